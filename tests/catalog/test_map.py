"""Headings that are no labels: which they are, what is proposed for them, and the file that a maintainer gives back."""

from collections.abc import Mapping, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.keywords import SynonymMatcher
from harvester.base.errors import UsageError
from harvester.catalog.importing.awesome import ImportedList, parse_list
from harvester.catalog.importing.choices import Choices, Meaning, heading_key, parse_choices
from harvester.catalog.importing.map_file import about, format_map, parse_map, value_of
from harvester.catalog.importing.proposals import Label, Proposal, propose
from harvester.catalog.importing.unknown import Unknown, is_grouping
from harvester.services.catalog.similar_labels import named

from .foreign_lists import bullets
from .strategies import TAXONOMY

NAMED = partial(named, SynonymMatcher(TAXONOMY))
LIST = f"""\
# Awesome Hearts
## Contents
- [Methods](#methods)

## Segmentation
{bullets(1)}
# Tasks
## Methods
### 2023
{bullets(2)}
### 2022
{bullets(1)}
# Data
## Methods
{bullets(1)}
## 🫀
{bullets(1)}
## Simulations
{bullets(1)}
# Simulation
{bullets(2)}
# ECG
## FFR
{bullets(1)}
# License
- [CC0](https://example.org/cc0)
"""


def read(text: str, choices: Choices | None = None) -> ImportedList:
    return parse_list(text, TAXONOMY, choices)


def nothing_alike(texts: Sequence[str]) -> list[Mapping[Label, float]]:
    return [{} for _ in texts]


def proposals(*headings: str, facet: str = "") -> list[Proposal]:
    unknown = [Unknown(n, heading, (heading,), 2, facet=facet) for n, heading in enumerate(headings)]
    return list(propose(unknown, TAXONOMY, NAMED, nothing_alike))


def test_headings_without_a_meaning_are_told_with_lines_and_counts() -> None:
    found = read(LIST).unknown
    assert [(unknown.name, unknown.line, unknown.papers, unknown.facet) for unknown in found] == [
        ("Tasks > Methods", 9, 3, "task"),
        ("Data > Methods", 18, 1, "modality"),
        ("Data", 17, 1, "modality"),
        ("Simulation", 27, 2, ""),
        ("FFR", 32, 0, "modality"),
    ]
    assert found[3].claims == (("task", "modelling"), ("modality", "simulated"))


def test_a_heading_that_two_labels_claim_waits_for_a_decision() -> None:
    assert [paper.labels.of("task") for paper in read("# Simulation\n" + bullets(1)).papers] == []
    (within,) = read(f"# Data\n## Simulation\n{bullets(1)}").papers
    assert within.labels.of("modality") == ("simulated",)
    (below,) = read(f"# ECG\n## FFR\n{bullets(1)}").papers
    assert below.labels.names == ("modality:ecg", "kind:research"), "the heading above is clear"
    (piece,) = read(f"# Simulation of ECG\n{bullets(1)}").papers
    assert piece.labels.names == ("modality:ecg", "kind:research")
    assert read(f"# Simulation of ECG\n{bullets(1)}").unknown[0].claims == (
        ("task", "modelling"),
        ("modality", "simulated"),
    )


@pytest.mark.parametrize(
    ("heading", "labels"),
    [
        ("2. Segmentation", "task:segmentation"),
        ("2.1 Segmentation (17)", "task:segmentation"),
        ("IV. Segmentation", "task:segmentation"),
        ("Segmentation (3 papers)", "task:segmentation"),
        ("4D flow", "modality:cmr"),
        ("12-lead", "modality:ecg"),
    ],
)
def test_numbers_of_sections_do_not_matter(heading: str, labels: str) -> None:
    (paper,) = read(f"# {heading}\n{bullets(1)}").papers
    assert labels in paper.labels.names


@pytest.mark.parametrize(
    ("heading", "groups"),
    [
        ("2023", True), ("CVPR 2023", True), ("Before 2020", True), ("2020-2022", True), ("2023年", True),
        ("Journal papers", True), ("Workshops", True), ("Older papers", True), ("arXiv", True),
        ("PhysioNet Challenge 2020 on twelve leads", False), ("Newborns", False), ("Segmentation", False),
        ("1D", False), ("Paper", False),
    ],
)  # fmt: skip
def test_headings_that_only_sort(heading: str, groups: bool) -> None:
    assert is_grouping(heading) == groups


@pytest.mark.parametrize(
    ("heading", "value", "why"),
    [
        ("Papers on MRI and prognosis", ["modality:cmr", "task:prognosis"], 'synonym "MRI"), task:prognosis (name)'),
        ("Detecting arrhythmias early", ["task:diagnosis", "disease:arrhythmia"], 'synonym "Detecting"'),
        ("Qantification", ["task:quantification"], 'spelled like "Quantification"'),
        ("Synthetic data galore", ["task:generation", "modality:simulated"], "several labels claim it, keep what is"),
        ("Survey of a dataset", ["kind:review"], "Also: kind:dataset (name)"),
        ("Our papers", [], "no label found"),
        ("Acknowledgements", "skip", "a section that usually lists no papers"),
        ("Star History", "skip", "usually lists no papers"),
        ("贡献", "skip", "usually lists no papers"),
        ("分割", [], "no label found"),
    ],
)  # fmt: skip
def test_what_is_proposed_by_words(heading: str, value: str | list[str], why: str) -> None:
    (proposal,) = proposals(heading)
    assert value_of(proposal) == value
    assert why in about(proposal)


def test_the_facet_around_a_heading_takes_precedence() -> None:
    (proposal,) = proposals("Synthetic data galore", facet="modality")
    assert value_of(proposal) == ["modality:simulated"]
    assert [guess.label for guess in proposal.others] == [("task", "generation")]


def test_meaning_is_asked_for_once_and_only_where_words_say_nothing() -> None:
    asked: list[list[str]] = []

    def similar(texts: Sequence[str]) -> list[Mapping[Label, float]]:
        asked.append(list(texts))
        return [
            {("disease", "arrhythmia"): 0.6, ("task", "diagnosis"): 0.4, ("kind", "research"): 0.9},
            {("disease", "arrhythmia"): 0.4, ("task", "diagnosis"): 0.2},
        ]

    unknown = [Unknown(n, name, ("T", name), 1) for n, name in enumerate(("Rhythms", "All of MRI", "Rest", "License"))]
    first, second, third, fourth = propose(unknown, TAXONOMY, NAMED, similar)
    assert asked == [["Rhythms", "Rest"]]
    assert (value_of(first), value_of(third)) == (["disease:arrhythmia"], [])
    assert (
        about(first)
        == "Line 0, 1 paper not placed: disease:arrhythmia (similar, 0.60). Also: task:diagnosis (similar, 0.40)."
    )
    assert [str(guess) for guess in third.others] == ["disease:arrhythmia (similar, 0.40)"]
    assert (value_of(second), value_of(fourth)) == (["modality:cmr"], "skip")
    asked.clear()
    propose(unknown[1:2], TAXONOMY, NAMED, similar)
    assert asked == []


def test_a_section_of_papers_is_not_skipped_whatever_its_name() -> None:
    kept = parse_list(f"# Hearts\n## Videos\n{bullets(2)}", TAXONOMY).unknown
    talks = parse_list(
        "# Hearts\n## Videos\n- [A talk](https://example.org/t)\n- [B](https://example.org/b)\n", TAXONOMY
    ).unknown
    skipped = [proposal.skip for proposal in propose((*kept, *talks), TAXONOMY, NAMED, nothing_alike)]
    assert skipped == [False, True]


def test_the_file_gives_the_proposals_back() -> None:
    text = format_map(
        propose(read(LIST).unknown, TAXONOMY, NAMED, nothing_alike), TAXONOMY, ["list.md"], "list.map.toml"
    )
    assert "#   harvester catalog import list.md --map list.map.toml" in text.splitlines()
    choices = parse_map(text, "list.map.toml", TAXONOMY)
    assert set(choices.by_heading) == {"simulation", "ffr"}
    assert choices.places.keys() - choices.by_heading.keys() == {"tasks > methods", "data > methods", "data"}
    text = text.replace('"Tasks > Methods" = []', '"Tasks > Methods" = ["task:segmentation"]')
    text = text.replace('"Data > Methods" = []', '"Data > Methods" = "echo, review"')
    done = read(LIST, parse_map(text, "list.map.toml", TAXONOMY))
    held = {paper.title: paper.labels for paper in done.papers}
    assert len(held) == 9
    assert sorted(labels.names for labels in held.values()).count(("task:segmentation", "kind:research")) == 4
    assert ("modality:echo", "kind:review") in [labels.names for labels in held.values()]
    assert ([record.reason for record in done.skipped], [unknown.name for unknown in done.unknown]) == (
        ["navigation", "licence"],
        ["Data"],
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"A" = ["task:reconstrution"]', r"line 1: 'A' names .*did you mean 'task:reconstruction'"),
        ('# c\n\n"A" = [\n  "ecg", # one\n  "emr",\n]', r"line 5: 'A' names the label 'emr'.*did you mean 'ehr'"),
        ('"A" = "skipp"', r"line 1: .*'skipp'.*did you mean 'skip'"),
        ('A = ["skip", "ecg"]', "line 1: 'A' has labels beside 'skip'; write either"),
        ('"A" = 3', "line 1: 'A' must be \"skip\" or a list of labels"),
        ('"A" = [["ecg"]]', "line 1: 'A' must be"),
        ('"A" = {x = 1}', "line 1: 'A' must be"),
        ('A.B = ["ecg"]', "map.toml: 'A' must be"),
        ('[A]\nB = ["ecg"]', "map.toml: 'A' must be"),
        ('"A" = ["ecg"]\n\'a \' = "skip"', "line 2: 'a ' is the same heading as in map.toml, line 1"),
        ('"🫀" = ["ecg"]', "line 1: '🫀' has no words"),
        ('"A" = ["ecg"', "map.toml: not valid TOML \\(Unclosed array"),
        ('"A" = []\n"A" = []', "map.toml: not valid TOML \\(Cannot overwrite"),
        ("x = " + "[" * 3000, "map.toml: (nested too deeply|not valid TOML)"),
        ("x = " + "9" * 5000, "map.toml: not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_map_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_map(text, "map.toml", TAXONOMY)


def test_what_is_not_decided_changes_nothing() -> None:
    for empty in ("[]", '""', '[""]', '" , "'):
        choices = parse_map(f'"Rhythms" = {empty}', "map.toml", TAXONOMY)
        assert (choices.by_heading, choices.places) == ({}, {"rhythms": "map.toml, line 1"})
        assert read(f"# Hearts\n{bullets(1)}", choices).unknown, "nor need the list have the heading"


def test_a_heading_that_the_list_lacks_is_named_with_a_similar_one() -> None:
    choices = parse_map('\n"Task > Method" = "skip"', "map.toml", TAXONOMY)
    with pytest.raises(
        UsageError, match=r"map\.toml, line 2: .*no heading 'task > method' \(did you mean 'tasks > methods'"
    ):
        read(LIST, choices)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", [" ", "1. ", "(1) ", "2023 ", " > ", "[[a]("])
def test_long_hostile_headings_take_linear_time(unit: str) -> None:
    found = read(f"# A\n## a{unit * 5_000}x\n{bullets(1)}").unknown
    proposals(*(unknown.name for unknown in found))


def test_what_is_said_later_takes_precedence() -> None:
    file = parse_map('"Methods" = "skip"\n"A" = "skip"', "map.toml", TAXONOMY)
    both = file.joined(parse_choices(["Methods=ecg"], TAXONOMY))
    assert both.by_heading["methods"] == Meaning(labels=(("modality", "ecg"),), known=True)
    assert (both.by_heading["a"].skipped, both.places) == (True, {"a": "map.toml, line 2"})


def test_a_path_takes_precedence_over_a_heading() -> None:
    choices = parse_choices(["Methods=skip", "Tasks>Methods=task:diagnosis"], TAXONOMY)
    done = read(LIST, choices)
    assert [paper.labels.of("task") for paper in done.papers].count(("diagnosis",)) == 3
    assert [record.reason for record in done.skipped] == ["navigation", "left out with --map", "licence"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_the_heading_its_row_is_read_back(heading: str) -> None:
    if not heading_key(heading):
        return
    unknown = Unknown(1, heading, (heading,), 1)
    text = format_map([Proposal(unknown, skip=True)], TAXONOMY, [f"{heading}.md"], "x.map.toml")
    assert parse_map(text, "x.map.toml", TAXONOMY).by_heading == {heading_key(heading): Meaning(skipped=True)}
