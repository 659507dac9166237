"""The description of a pull request: what it says, and that hostile titles do nothing in it."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from classifiers.taxonomy import load_taxonomy
from harvester.base.escape import forge_markdown
from harvester.catalog.entry import Entry
from harvester.catalog.proposal_summary import LONGEST, SummaryRow, summary
from harvester.catalog.published import Published
from harvester.domain.labels import Labels
from harvester.domain.predictions import Prediction

TAXONOMY = load_taxonomy(None)
LABELS = Labels({"task": ("diagnosis",), "modality": ("ecg",), "kind": ("research",)})
CHANCES = {"task": {"diagnosis": 0.93, "prognosis": 0.41}, "modality": {"ecg": 0.55}}
PREDICTION = Prediction(0.972, True, LABELS, ("modality:ecg", "task:prognosis"), CHANCES, "m")
HOSTILE = (
    "a | b\n<script>alert(1)</script> **bold** `code` [x](javascript:alert(1)) ![i](http://x/y.png) "
    "@owner fixes #1 Closes GH-2 and https://github.com/o/r/issues/3 www.example.org o/r#4 $x$ ~~s~~ \u202eevil \x1b[1m"
)


def entry(title: str, **known: str) -> Entry:
    return Entry(
        id="arxiv:2506.00001",
        title=title,
        labels=LABELS,
        published=Published(2025, 6, 12),
        venue=known.get("venue", "arXiv"),
        links={"paper": known.get("link", "https://arxiv.org/abs/2506.00001")},
        path=Path(known.get("path", "entries/2025/a-title-2506.00001.toml")),
    )


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_a_row_has_title_link_labels_with_probabilities_doubts_and_sentences() -> None:
    (row,) = rows(summary([SummaryRow(entry("A title"), PREDICTION, "The network reads it.")], TAXONOMY))
    assert row == (
        "| [A title](https://arxiv.org/abs/2506.00001)<br>arXiv, 2025-06-12, in scope 97%, "
        "entries/2025/a-title-2506.00001.toml | Diagnosis 93%<br>ECG 55% ?<br>Research"
        "<br>Not set: Prognosis 41% ? | The network reads it. |"
    )


@pytest.mark.parametrize("hostile", [HOSTILE, HOSTILE[::-1], "\\", "|", "a\\|b", "x" * 500])
def test_hostile_text_stays_in_its_cell(hostile: str) -> None:
    whole = SummaryRow(
        entry(hostile, venue=hostile, link=f"https://x.example/{hostile})", path=f"entries/{hostile}.toml"),
        PREDICTION,
        hostile,
    )
    text = summary([whole, SummaryRow(entry("The next"), None)], TAXONOMY)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert html.count("<tr>") == 3
    assert html.count("<td>") == 6
    assert "The next" in html
    for markup in ("<script", "<strong>bold", "<code", "<img", "<s>", 'href="javascript', "\x1b", "\u202e"):
        assert markup not in html.replace("<strong>correct", "")


@pytest.mark.parametrize(
    "text", ["@owner", "fixes #1", "gh-2", "GH-2", "o/r#4", "https://github.com/o/r/issues/3", "www.example.org", "!5"]
)
def test_a_forge_finds_nothing_to_refer_to(text: str) -> None:
    shown = MarkdownIt().render(forge_markdown(text)).strip().removeprefix("<p>").removesuffix("</p>")
    assert text not in shown
    assert shown.replace("\u200b", "") == text


def test_what_does_not_fit_is_counted() -> None:
    many = [SummaryRow(entry("T" * 400), PREDICTION, "S" * 400) for _ in range(100)]
    text = summary(many, TAXONOMY)
    left = int(text.rsplit("\n\n", 1)[1].split()[0])
    assert len(rows(text)) + left == 100
    assert len(text) < LONGEST + 100


def test_no_paper_takes_the_place_of_the_others() -> None:
    long = SummaryRow(entry("T" * 100_000, venue="V" * 100_000), PREDICTION, "S" * 100_000)
    assert len(rows(summary([long] * 10, TAXONOMY))) == 10
