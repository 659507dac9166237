"""Texts, labels and identifiers: what is accepted, what is cleaned, what is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.errors import InputError
from classifiers.records import (
    TEXT_LIMIT,
    BadLine,
    Labelled,
    Text,
    clean,
    labelled_of,
    month_of,
    parse_text,
    title_key,
    without_repeats,
    year_of,
)
from classifiers.taxonomy import load_taxonomy


@pytest.mark.parametrize(
    ("line", "paper_id", "error"),
    [
        ("not json", None, "not a JSON object"),
        ("[1, 2]", None, "not a JSON object but of type list"),
        ("null", None, "not a JSON object but of type NoneType"),
        ('{"title": "A", "abstract": "B"}', None, "field id must be a string"),
        ('{"id": 7, "title": "A", "abstract": "B"}', 7, "field id must be a string"),
        ('{"id": "x", "title": ["A"], "abstract": "B"}', "x", "field title must be a string, not list"),
        ('{"id": "x", "title": "A", "abstract": 3.5}', "x", "field abstract must be a string, not float"),
        ('{"id": "x", "title": " ", "abstract": null}', "x", "both empty"),
        ("[" * 100_000, None, "not a JSON object"),
        (b'{"id": "x", "title": "\xff\xfe"}', None, "not a JSON object"),
    ],
)
def test_bad_lines_say_what_is_wrong(line: str | bytes, paper_id: Any, error: str) -> None:
    bad = parse_text(line)
    assert isinstance(bad, BadLine)
    assert bad.id == paper_id
    assert error in bad.error


@given(st.binary(max_size=200))
def test_no_line_raises(line: bytes) -> None:
    assert isinstance(parse_text(line), BadLine | Text)


def test_a_paper_without_abstract_is_a_paper() -> None:
    assert parse_text('{"id": "x", "title": "A heart", "abstract": null}') == Text("x", "A heart", "")


def test_text_is_cleaned() -> None:
    assert clean("<p>Blood&nbsp;flow, $p<0.05$ and\n x > 3</p> \ud800") == "Blood flow, $p<0.05$ and x > 3"
    assert len(clean("a" * 200_000)) == TEXT_LIMIT


@pytest.mark.parametrize(
    ("paper_id", "month"),
    [
        ("arxiv:2411.13602", (2024, 11)),
        ("arxiv:0704.0001", (2007, 4)),
        ("arxiv:math/0601346", (2006, 1)),
        ("arxiv:cond-mat/9912004", (1999, 12)),
        ("arxiv:math.GT/0309136", (2003, 9)),
        ("arxiv:2413.00001", None),
        ("doi:10.1000/2501.00001", None),
        ("title:aheart", None),
    ],
)
def test_months_come_from_arxiv_ids_alone(paper_id: str, month: tuple[int, int] | None) -> None:
    assert month_of(paper_id) == month
    assert year_of(paper_id) == (month[0] if month else None)


def test_title_keys_follow_the_design() -> None:
    assert title_key("4D-Hearts: A Début, again!") == "title:4dheartsadébutagain"
    assert len(title_key("x" * 100)) == len("title:") + 60


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"scope": 3}, "scope must be 0, 1 or 2"),
        ({"scope": True}, "scope must be 0, 1 or 2"),
        ({"task": ["surgery"]}, "unknown label 'surgery' in task; the known ones are: diagnosis"),
        ({"task": [1]}, "field task must hold label ids"),
        ({"task": {"diagnosis": 1}}, "field task must hold label ids"),
        ({"kind": ["research", "review"]}, "takes one label, not 2"),
        ({"title": None, "abstract": None}, "both empty"),
    ],
)
def test_labels_are_checked(change: dict[str, Any], error: str) -> None:
    record = {
        "id": "x",
        "title": "A heart",
        "abstract": "Beats.",
        "scope": 2,
        "task": ["diagnosis"],
        "kind": "research",
    }
    with pytest.raises(InputError, match=error):
        labelled_of(record | change, load_taxonomy())


def test_labels_out_of_scope_have_no_kind() -> None:
    paper = labelled_of({"id": "x", "title": "Ferries", "scope": 0, "kind": ""}, load_taxonomy())
    assert not paper.in_scope
    assert paper.labels["kind"] == ()


def test_the_later_record_of_a_paper_wins() -> None:
    def paper(paper_id: str, title: str, scope: int) -> Labelled:
        return Labelled(Text(paper_id, title, "text"), scope, {})

    first, other = paper("title:aheart", "A heart", 0), paper("arxiv:2501.00001", "Ferries", 0)
    corrected, renamed = paper("arxiv:2501.00002", "A Heart", 2), paper("arxiv:2501.00001", "Ferries, revised", 1)
    assert without_repeats([first, other, corrected, renamed]) == [corrected, renamed]


def test_a_correction_without_abstract_keeps_the_text() -> None:
    first = Labelled(Text("arxiv:2501.00001", "A heart", "It beats."), 0, {})
    by_id = Labelled(Text("arxiv:2501.00001", "", ""), 2, {})
    by_title = Labelled(Text("title:aheart", "A heart", ""), 1, {})
    assert without_repeats([first, by_id]) == [replace(first, scope=2)]
    assert without_repeats([first, by_title]) == [Labelled(replace(first.text, id="title:aheart"), 1, {})]


def test_bad_lines_keep_their_place_as_json() -> None:
    assert json.loads(json.dumps(BadLine(None, "why").to_json())) == {"id": None, "error": "why"}
