"""Invented lists in other formats than ours: the contents of each must be imported unchanged."""

# ruff: noqa: E501 - a row of a table is one line

import pytest

from harvester.base.errors import UsageError
from harvester.catalog.entry import Entry
from harvester.catalog.importing.awesome import ImportedList, parse_list
from harvester.catalog.importing.choices import parse_choices

from .strategies import TAXONOMY

LINKED_BULLETS = """\
Awesome Heart Models [![Awesome](https://awesome.example/badge.svg)](https://awesome.example)
====================
> A list of [things](https://example.org/things) about hearts.

## Contents
- [ECG](#ecg)
  - [Segmentation](#segmentation)

ECG
---
- [Reading beats without labels](https://arxiv.org/abs/2301.00011v2) - Bee et al., *MICCAI 2023*. [[code](https://github.com/invented/beats)]
- [Long rhythms, short windows](https://doi.org/10.1000/rhythm.7) (May 2024)
- [WaveBank](https://github.com/invented/wavebank)

### Segmentation
1. [Finding the QRS complex with less data](https://www.example.org/qrs), A. Dee, 2022
"""
LINKED_BULLETS_SAY = [
    ("arxiv:2301.00011", "Reading beats without labels", "2023", "MICCAI", {"paper", "code"}),
    ("doi:10.1000/rhythm.7", "Long rhythms, short windows", "2024-05", "", {"paper"}),
    ("title:wavebank", "WaveBank", "", "", {"code"}),
    ("title:findingtheqrscomplexwithlessdata", "Finding the QRS complex with less data", "2022", "", {"paper"}),
]

TABLE = """\
# Papers

<h2 align="center">Cardiac MRI</h2>

| Publish Date | Title | Authors | PDF | Code |
|:---------|:-----------------------|:---------|:------|:------|
|**2023-07-01**|**Strain from \\| pipes**|Ann Bee et.al.|[2307.00022v1](http://arxiv.org/abs/2307.00022v1)|**[link](https://github.com/invented/s)**|
|**2023-06-11**|**A second row of the table**|Cy Dee et.al.|[2306.00033v3](http://arxiv.org/abs/2306.00033v3)|null|

<details><summary>Heart failure</summary>

Venue | Year
No table at all, [guide](https://example.org/guide)

| Paper | Venue | Year | Links |
|---|---|---|---|
| [Predicting readmission from notes](https://example.org/readmission) | Circulation | 2021 | [Code](https://gitlab.com/invented/readmission) [Data](https://example.org/data) |

</details>
"""
TABLE_SAYS = [
    ("arxiv:2307.00022", "Strain from | pipes", "2023-07-01", "", {"paper", "code"}),
    ("arxiv:2306.00033", "A second row of the table", "2023-06-11", "", {"paper"}),
    ("title:predictingreadmissionfromnotes", "Predicting readmission from notes", "2021", "Circulation",
     {"paper", "code", "data"}),
]  # fmt: skip

NOTES_FIRST = """\
#### Echocardiography

* **[MICCAI 2021]** View selection in seconds [[paper]](https://arxiv.org/abs/2101.00044) [[code]](https://github.com/invented/views)
* [2022] [Measuring the left ventricle twice](https://example.org/twice)
* (CVPR'23) **Speckle as a signal** [pdf](https://example.org/speckle.pdf)
* Bee et al. (2020). Chambers in four views. Journal of Invented Echo. [[Paper](https://doi.org/10.1000/four)]
* 2019-05, **Doppler without Doppler**, Author et.al., Paper: [https://arxiv.org/abs/1905.00055](https://arxiv.org/abs/1905.00055)
"""
NOTES_FIRST_SAY = [
    ("arxiv:2101.00044", "View selection in seconds", "2021", "MICCAI", {"paper", "code"}),
    ("title:measuringtheleftventricletwice", "Measuring the left ventricle twice", "2022", "", {"paper"}),
    ("title:speckleasasignal", "Speckle as a signal", "2023", "CVPR", {"pdf"}),
    ("doi:10.1000/four", "Chambers in four views", "2020", "Journal of Invented Echo", {"paper"}),
    ("arxiv:1905.00055", "Doppler without Doppler", "2019-05", "", {"paper"}),
]

PARAGRAPHS = """\
## Classification 🩺<!-- more to come -->

[Murmurs heard by a phone](https://example.org/murmur) \\
[Jul., 2024] [Heart Sounds Quarterly] \\
[[GitHub](https://github.com/invented/murmur)]

Sorting beats into five bins\x20\x20
*Ann Bee, Cy Dee*\x20\x20
IEEE TBME, 2018. [Paper](https://doi.org/10.1000/bins) | [Code](https://github.com/invented/bins)

“A rhythm is not a disease, or is it?” [Paper](https://example.org/rhythm) [12 May 2024]

<a href="https://arxiv.org/abs/2402.00066">Screening with one lead</a><br>Ann Bee et al.<br>[arXiv, 2024]

This section is long; [the guide](https://example.org/guide) says how to read it.
"""
PARAGRAPHS_SAY = [
    ("title:murmursheardbyaphone", "Murmurs heard by a phone", "2024-07", "Heart Sounds Quarterly", {"paper", "code"}),
    ("doi:10.1000/bins", "Sorting beats into five bins", "2018", "IEEE TBME", {"paper", "code"}),
    ("title:arhythmisnotadiseaseorisit", "A rhythm is not a disease, or is it?", "2024-05-12", "", {"paper"}),
    ("arxiv:2402.00066", "Screening with one lead", "2024", "arXiv", {"paper"}),
]

NESTED = """\
# CT
- A title in plain words
  - [Paper](https://arxiv.org/abs/2203.00077)
  - [Code](https://github.com/invented/plain)
- [x] **Calcium, counted** - [Paper](https://example.org/calcium), [Project page](https://example.org/p)
    - Ann Bee, Cy Dee
"""
NESTED_SAY = [
    ("arxiv:2203.00077", "A title in plain words", "", "", {"paper", "code"}),
    ("title:calciumcounted", "Calcium, counted", "", "", {"paper", "project"}),
]


MARKS = """\
# ECG
Text above a rule is no heading when it is a paper: [Beats by rule](https://arxiv.org/abs/2201.00001)
---
- **A title that is broken
  in two** [2021] [[Paper](https://arxiv.org/abs/2202.00002)]
- ** Stars with spaces ** [2022] [[Paper](https://arxiv.org/abs/2202.00003)]
- [Defined elsewhere][far] [2023]
- <img src="https://badge.example/b.svg"> **Badges are no links** [![](https://badge.example/s.svg)](https://github.com/invented/b)
- ~~[Struck out](https://arxiv.org/abs/2202.00005)~~ (2024)
| Name | Paper |
| --- | --- |
| Right below a list | Pipes and beats [[pdf]](https://arxiv.org/abs/2202.00006) |

<ul>
<li><a href="https://arxiv.org/abs/2202.00007">One item of HTML</a> (2020)
<li><a href="https://arxiv.org/abs/2202.00008">Another item of HTML</a>
</ul>

[far]: https://arxiv.org/abs/2202.00004
"""
MARKS_SAY = [
    ("arxiv:2201.00001", "Beats by rule", "", "", {"paper"}),
    ("arxiv:2202.00002", "A title that is broken in two", "2021", "", {"paper"}),
    ("arxiv:2202.00003", "Stars with spaces", "2022", "", {"paper"}),
    ("arxiv:2202.00004", "Defined elsewhere", "2023", "", {"paper"}),
    ("title:badgesarenolinks", "Badges are no links", "", "", {"code"}),
    ("arxiv:2202.00005", "Struck out", "2024", "", {"paper"}),
    ("arxiv:2202.00006", "Pipes and beats", "", "", {"pdf"}),
    ("arxiv:2202.00007", "One item of HTML", "2020", "", {"paper"}),
    ("arxiv:2202.00008", "Another item of HTML", "", "", {"paper"}),
]


def said(papers: tuple[Entry, ...]) -> list[tuple[str, str, str, str, set[str]]]:
    return [(paper.id, paper.title, str(paper.published), paper.venue, set(paper.links)) for paper in papers]


def read(text: str, *choices: str) -> ImportedList:
    return parse_list(text, TAXONOMY, parse_choices(choices, TAXONOMY))


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        (LINKED_BULLETS, LINKED_BULLETS_SAY),
        (TABLE, TABLE_SAYS),
        (NOTES_FIRST, NOTES_FIRST_SAY),
        (PARAGRAPHS, PARAGRAPHS_SAY),
        (NESTED, NESTED_SAY),
        (MARKS, MARKS_SAY),
    ],
    ids=["linked bullets", "tables", "notes first", "paragraphs", "nested", "marks"],
)
def test_a_list_of_another_shape(text: str, papers: list[tuple[str, str, str, str, set[str]]]) -> None:
    found = read(text)
    assert said(found.papers) == papers
    assert found.placements >= len(papers)


def test_what_is_no_paper_is_listed_or_left() -> None:
    assert [unplaced.line for unplaced in read(PARAGRAPHS).unplaced] == [15]
    assert [unplaced.text for unplaced in read(TABLE).unplaced] == [
        "Venue | Year No table at all, [guide](https://example.org/guide)"
    ]
    assert read(LINKED_BULLETS).unplaced == ()


def test_a_link_below_prose_is_a_block_of_its_own() -> None:
    found = read("# Tools\n> A toolkit (TK) for hearts.\n\n[Link to the toolkit](https://example.org/tk)\n")
    assert [unplaced.line for unplaced in found.unplaced] == [4]


def test_bullets_of_a_known_section_are_never_dropped() -> None:
    found = read(
        "# ECG\n- A paper that has no link at all\n- [Kept here](papers/kept.pdf)\n- more soon\n- [Up](#ecg)\n"
    )
    assert [unplaced.line for unplaced in found.unplaced] == [2, 3]


def test_labels_follow_from_the_headings() -> None:
    papers = {paper.title: paper.labels.facets for paper in read(LINKED_BULLETS).papers}
    assert papers["WaveBank"]["modality"] == ("ecg",)
    qrs = papers["Finding the QRS complex with less data"]
    assert (qrs["task"], qrs["modality"]) == (("segmentation",), ("ecg",))
    assert [paper.labels.of("disease") for paper in read(TABLE).papers] == [(), (), ("hf",)]


@pytest.mark.parametrize(
    ("heading", "labels"),
    [
        ("Segmentation in Cardiac MRI", {("task", "segmentation"), ("modality", "cmr")}),
        ("CCTA & X-Ray", {("modality", "ccta"), ("modality", "xray")}),
        ("Deep Learning for ECG", {("modality", "ecg")}),
        ("Arrhythmia / Heart Failure", {("disease", "arrhythmia"), ("disease", "hf")}),
    ],
)
def test_a_heading_of_several_names(heading: str, labels: set[tuple[str, str]]) -> None:
    (paper,) = read(f"## {heading}\n- **T** [2024]\n").papers
    assert set(paper.labels.pairs) == {*labels, ("kind", "research")}


METHODS = "# ECG\n**A** [2024]\n# Methods 🧰\n**B** [2024]\n## ECG\n**A** [2024]\n**C** [2024]\n"


def test_a_section_can_be_skipped() -> None:
    found = read(METHODS, "methods=skip")
    assert ([paper.title for paper in found.papers], found.unplaced) == (["A"], ())
    assert [(skipped.line, skipped.reason, skipped.links) for skipped in found.skipped] == [
        (line, "left out with --map", 0) for line in (4, 6, 7)
    ]


def test_a_section_can_be_given_labels() -> None:
    found = read(METHODS, "Methods=task:diagnosis,ppg")
    assert [paper.title for paper in found.papers] == ["A", "B", "C"]
    assert found.papers[1].labels.names == ("task:diagnosis", "modality:ppg", "kind:research")
    assert found.unplaced == ()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("Methods", "is not understood; write HEADING=skip"),
        ("=skip", "is not understood"),
        ("Methods=magic", "'magic', which is not in the taxonomy"),
        ("Nothing=skip", "has no heading 'nothing'"),
    ],
)
def test_a_wrong_choice_is_named(choice: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(METHODS, choice)
