"""A subject invented for tests: papers about gardens, with a taxonomy and labeled texts.

If it works, labels come from the taxonomy alone, and no code is specific to cardiology.
"""

import itertools
import json
from pathlib import Path

TAXONOMY = """
schema = 1
title = "Awesome Gardens"
[scope]
definition = "Work on kitchen gardens."
synonyms = ["garden*", "allotment"]
[[facets]]
id = "crop"
name = "Crops"
emoji = "🥕"
exclusive = false
[[facets.labels]]
id = "tomato"
name = "Tomatoes"
emoji = "🍅"
definition = "Tomatoes."
synonyms = ["tomato"]
[[facets.labels]]
id = "carrot"
name = "Carrots"
definition = "Carrots."
synonyms = ["carrot", "root vegetable"]
[[facets.labels]]
id = "apple"
name = "Apples"
definition = "Apples."
synonyms = ["orchard"]
[[facets]]
id = "kind"
name = "Kind"
exclusive = true
[[facets.labels]]
id = "study"
name = "Studies"
definition = "A trial of its own."
synonyms = ["trial"]
[[facets.labels]]
id = "guide"
name = "Guides"
definition = "Advice."
synonyms = ["handbook"]
"""

_CROPS = {
    "tomato": "tomato plants trained along strings in a greenhouse",
    "carrot": "carrots sown in deep sandy rows",
    "apple": "apple trees in an old orchard",
}
_KINDS = {
    "study": "We ran a trial over {n} seasons and report yield and loss",
    "guide": "This handbook gives advice in {n} steps for beginners",
}
_ELSEWHERE = (
    "A ferry timetable optimised for {n} harbours with integer programming",
    "Brass instruments and the acoustics of {n} concert halls",
    "Counting meteors with {n} amateur cameras on winter nights",
)


def labelled_rows() -> list[dict[str, object]]:
    """48 labelled papers: 36 about gardens, 12 about something else; years 2023 and 2024."""
    rows: list[dict[str, object]] = []
    for n, (crop, kind) in enumerate(itertools.product(_CROPS, _KINDS), 1):
        for season in range(6):
            text = (
                f"{_KINDS[kind].format(n=season + 2)}, with {_CROPS[crop]}. The garden lies at {100 * season} metres."
            )
            rows.append(
                {
                    "id": f"arxiv:{23 + season % 2}0{n}.{season:05d}",
                    "title": f"Garden notes {n}.{season} on the {crop}",
                    "abstract": text,
                    "scope": 2,
                    "crop": [crop],
                    "kind": kind,
                }
            )
    for n, text in enumerate(_ELSEWHERE):
        for season in range(4):
            title = text.format(n=season + 2)
            rows.append(
                {
                    "id": f"arxiv:{23 + season % 2}0{n + 1}.9{season:04d}",
                    "title": title,
                    "abstract": f"{title}. Nothing grows here.",
                    "scope": 0,
                    "crop": [],
                    "kind": "",
                }
            )
    return rows


def write(folder: Path) -> tuple[Path, Path]:
    """The taxonomy and the labels as files."""
    taxonomy, labels = folder / "garden.toml", folder / "garden.jsonl"
    taxonomy.write_text(TAXONOMY, encoding="utf-8")
    labels.write_text("".join(json.dumps(row) + "\n" for row in labelled_rows()), encoding="utf-8")
    return taxonomy, labels
