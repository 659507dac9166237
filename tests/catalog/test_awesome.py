from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry
from harvester.catalog.importing.account import Unplaced
from harvester.catalog.importing.awesome import ImportedList, parse_list, read_list
from harvester.catalog.importing.mojibake import repair
from harvester.catalog.published import Published

from .strategies import TAXONOMY, hostile


def read(text: str) -> ImportedList:
    return parse_list(text, TAXONOMY)


def labels(entry: Entry) -> dict[str, tuple[str, ...]]:
    return {facet: given for facet, given in entry.labels.facets.items() if facet != "kind"}


def only(text: str) -> Entry:
    found = read(text)
    assert found.unplaced == ()
    assert len(found.papers) == 1
    return found.papers[0]


def test_a_paper_in_the_seeds_form() -> None:
    entry = only(
        "# **Tasks 🛠️**\n\n### Segmentation 🖼️\n**A \\*bold\\* title** \\\n[Jul., 2024] [Nature Medicine] \\\n"
        "[[Paper](https://arxiv.org/abs/2411.13602v2)] [[GitHub](https://github.com/a/b)]\n"
    )
    assert entry.id == "arxiv:2411.13602"
    assert entry.title == "A *bold* title"
    assert entry.published == Published(2024, 7)
    assert entry.venue == "Nature Medicine"
    assert entry.labels.one_of("kind") == "research"
    assert labels(entry) == {"task": ("segmentation",)}
    assert entry.links == {"paper": "https://arxiv.org/abs/2411.13602v2", "code": "https://github.com/a/b"}


@pytest.mark.parametrize(
    "block",
    [
        "**T** [2023] [MICCAI] [[Paper](https://doi.org/10.1/x)]",
        "- **T** [2023] [MICCAI] [[Paper](https://doi.org/10.1/x)]",
        "* **T**\n  - [2023] [MICCAI]\n  - [[Paper](https://doi.org/10.1/x)]",
        "1. __T__ [MICCAI] [2023] [[paper]](https://doi.org/10.1/x)",
        "**[T](https://doi.org/10.1/x)** [2023] [MICCAI]",
        "**T**\n\n[2023] [MICCAI] \\\n[[Paper](https://doi.org/10.1/x)]",
        '**T**\r\n[2023] [MICCAI]\\\r\n[Paper](<https://doi.org/10.1/x> "the paper")',
        "**T** \\\n[2023] [MICCAI] \\\n[![Paper](https://img.example/b.svg)](https://doi.org/10.1/x)",
    ],
)
def test_other_forms_of_a_block(block: str) -> None:
    block = block.replace("10.1/", "10.1000/")
    entry = only(f"## Segmentation\n\n{block}\n")
    assert (entry.id, entry.title, entry.venue, str(entry.published)) == ("doi:10.1000/x", "T", "MICCAI", "2023")
    assert entry.links == {"paper": "https://doi.org/10.1000/x"}


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("## classification", {"task": ("diagnosis",)}),
        ("# Tasks\n###### **Diagnosis or Classification** 🩺", {"task": ("diagnosis",)}),
        ("## <a name='x'></a>Functional Index Calculation ##", {"task": ("quantification",)}),
        ("## [X-ray imaging](#top)", {"modality": ("xray",)}),
        ("## Arrhythmia", {"disease": ("arrhythmia",)}),
        ("## Heart failures", {"disease": ("hf",)}),
        ("# Tasks\n## Simulation", {"task": ("modelling",)}),
        ("# Data\n## Simulation", {"modality": ("simulated",)}),
        ("# ECG\n## Segmentation", {"task": ("segmentation",), "modality": ("ecg",)}),
        ("# ECG\n## 2023", {"modality": ("ecg",)}),
        ("# ECG\n# Segmentation", {"task": ("segmentation",)}),
        ("# Other", {}),
        ("# Papers", {}),
    ],
)
def test_headings_are_mapped_by_the_taxonomys_names(headings: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert labels(only(f"{headings}\n**T** [2024]\n")) == expected


def test_kinds_come_from_sections_too() -> None:
    found = read("# Related Reviews\n**A**\n# Open-Source Datasets\n**B**\n# ECG\n**C**\n**A**\n")
    assert [(paper.title, paper.labels.one_of("kind")) for paper in found.papers] == [
        ("A", "review"), ("B", "dataset"), ("C", "research"),
    ]  # fmt: skip
    assert found.placements == 4


def test_one_title_in_several_sections_is_one_paper() -> None:
    found = read(
        "# ECG\n**The Title**\\\n[2024]\\\n[[Paper](https://doi.org/10.1000/x)]\n"
        "# CMRI\n**The title** \\\n[May 2024] [Nature] \\\n[[Paper](https://doi.org/10.1000/x)] [[Code](https://gitlab.com/a)]\n"
        "# Multi-modal Data\n**The title**\n"
    )
    assert (len(found.papers), found.placements, found.derived, found.unplaced) == (1, 2, 1, ())
    entry = found.papers[0]
    assert labels(entry) == {"modality": ("ecg", "cmr")}
    assert (entry.title, entry.venue, str(entry.published)) == ("The Title", "Nature", "2024")
    assert entry.links == {"paper": "https://doi.org/10.1000/x", "code": "https://gitlab.com/a"}


def test_a_second_link_of_one_name_is_kept() -> None:
    entry = only(
        "# ECG\n**T** [[Paper](https://e.example/1)] [[Paper](https://e.example/2)] [[Web Demo](https://e.example/3)]"
    )
    assert entry.links == {
        "paper": "https://e.example/1",
        "paper-2": "https://e.example/2",
        "demo": "https://e.example/3",
    }


def test_an_id_that_several_titles_claim_is_withheld_from_all() -> None:
    link = "[[Paper](https://arxiv.org/abs/2307.06312)]"
    found = read(
        f"# ECG\n**One** {link}\n**Two** {link}\n**Three** {link.replace('06312', '00001')}\n# CT\n**One** {link}"
    )
    assert [paper.id for paper in found.papers] == ["title:one", "title:two", "arxiv:2307.00001"]
    assert {paper.links["paper"] for paper in found.papers[:2]} == {"https://arxiv.org/abs/2307.06312"}


def test_a_link_to_code_or_data_names_no_paper() -> None:
    entry = only(
        "# ECG\n**One** [[Code](https://doi.org/10.5281/zenodo.1)] [[Dataset](https://doi.org/10.5281/zenodo.2)]"
    )
    assert entry.id == "title:one"


def test_what_finds_no_place_is_listed_with_its_line() -> None:
    text = """# Awesome list
Made with love, see [the guide](https://example.org/guide).

[![Badge](https://example.org/badge.svg)](https://example.org)

# Methods
**In an unknown section** [[Paper](https://example.org/1)]

# Tasks
**Below a facet, in no section of it** [2024]

## Segmentation
[2024] [A venue without a title] \\
[[Paper](https://example.org/2)]

- [website](https://example.org/3)
- Another thing on [the web](https://example.org/4)

| ✓ | [paper](https://example.org/5) |
| - | [paper](https://example.org/6) |

**???** [[Code](https://example.org/7)]

**Good** [2024] [[Paper](https://example.org/8)]

[2023] [Next without a title]

# Multi-modal Data
**Only in a derived section** [2024]
"""
    found = read(text)
    assert [paper.title for paper in found.papers] == ["Good"]
    assert [unplaced.line for unplaced in found.unplaced] == [7, 10, 13, 16, 17, 19, 20, 22, 26, 29]
    assert [(skipped.line, skipped.reason) for skipped in found.skipped] == [(2, "text"), (4, "badge"), (4, "badge")]
    why = "no heading above it names a label"
    assert found.unplaced[0] == Unplaced(7, "**In an unknown section** [[Paper](https://example.org/1)]", why, 1)
    assert found.unplaced[2].text == "[2024] [A venue without a title] \\ [[Paper](https://example.org/2)]"


def test_two_titles_that_begin_alike_are_two_papers() -> None:
    long = "word " * 20
    found = read(
        f"# ECG\n**{long} part one**\n**{long} part two**\n**{long} three** [[Paper](https://doi.org/10.1000/x)]\n"
    )
    assert [paper.title[-5:] for paper in found.papers] == ["t one", "t two", "three"]
    names = [paper.id for paper in found.papers]
    assert names == [f"title:{'word' * 15}", f"title:{'word' * 15}~2", "doi:10.1000/x"]


def test_a_paper_of_two_kinds_is_listed() -> None:
    found = read("# Reviews\n**T**\n# Datasets\n**T**\n")
    assert [paper.labels.one_of("kind") for paper in found.papers] == ["review"]
    assert [unplaced.line for unplaced in found.unplaced] == [4]


def test_contents_comments_code_and_dots_are_no_papers() -> None:
    found = read(
        "# Contents\n* **[Tasks](#tasks) 🛠️**\n    * [ECG](#ecg)\n"
        "<!-- * **[Data](https://e.example)**\n# CT\n**T** -->\n"
        "# ECG\n...\n…\n```\n**Title** [2024] [[Paper](https://e.example)]\n```\nText ```**x**``` more\n"
        "[Back to top](#contents)\n![figure](https://e.example/f.png)\n"
    )
    assert (found.papers, found.unplaced, found.balance.left_out) == ((), (), 6)
    reasons = ["navigation", "navigation", "comment", "code", "navigation", "image"]
    assert [skipped.reason for skipped in found.skipped] == reasons


def test_impossible_dates_are_kept_as_text() -> None:
    entry = only("# ECG\n**T** [2024-13] [Nature]")
    assert (str(entry.published), entry.venue) == ("", "2024-13, Nature")


@pytest.mark.parametrize("meant", ["Tasks 🛠️", "Données – “é”", "ΔΣ ≥ 心电图", "naïve Schrödinger 🫀", "TGF-β", "±5 °C"])
def test_mojibake_is_repaired(meant: str) -> None:
    assert repair(meant.encode().decode("mac_roman")) == meant
    assert repair(meant) == meant


@pytest.mark.parametrize("right", ["«¢", "Modèle de cœur – l’été", "“Écho”", "« é »", "∆ = √2 ± ∞", "“É", "plain"])
def test_what_is_right_is_left_alone(right: str) -> None:
    assert repair(right) == right


@given(st.text())
def test_every_mojibake_of_one_character_is_repaired_or_left(text: str) -> None:
    garbled = text.encode().decode("mac_roman")
    assert repair(garbled) in (text, garbled)


@given(st.lists(hostile, max_size=12).map("\n".join))
def test_no_text_breaks_the_import(text: str) -> None:
    found = read(text)
    assert len({paper.id for paper in found.papers}) == len(found.papers)
    assert all(1 <= unplaced.line <= text.count("\n") + text.count("\r") + 1 for unplaced in found.unplaced)


@pytest.mark.timeout(40)
@pytest.mark.parametrize(
    "unit", ["[", "](", "<!--", "**", "[a](", " ", "# ", "\\", "![", "[x]( ", "<a ", "&#", "_", "```\n", "- ", "[[a]("]
)
def test_long_hostile_lines_take_linear_time(unit: str) -> None:
    read("# ECG\n**T" + unit * 20_000)
    read("# ECG\n**T** [x](" + unit * 20_000)
    read("# " + unit * 20_000 + "x")


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.md"
    with pytest.raises(CatalogError, match=r"list\.md: No such file"):
        read_list(path)
    for binary in (b"# ECG\n\x00", b"# ECG\n\x89PNG\x1a\x01\x02\x03\xff\xfe"):
        path.write_bytes(binary)
        with pytest.raises(CatalogError, match=r"list\.md, line 2: not a text file"):
            read_list(path)
    path.write_bytes(b"# ECG\n**T\x02o** [2024]")
    assert len(read(read_list(path)).papers) == 1
    path.write_bytes(b"\xef\xbb\xbf# ECG\n**T**")
    assert len(read(read_list(path)).papers) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_list_in_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.md"
    path.write_bytes("# ECG\r\n**Über Herzklappen** [2024]\r\n".encode(encoding))
    text = read_list(path)
    assert text.count("\r\n") == 2
    assert [paper.title for paper in read(text).papers] == ["Über Herzklappen"]
