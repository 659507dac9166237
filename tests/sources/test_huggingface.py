"""Hugging Face's listings: what every item has, and the odd ones among them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.domain.papers import Author
from harvester.sources.errors import Malformed
from harvester.sources.huggingface import HuggingFaceSettings, fetch, read_listing
from harvester.sources.window import MANY, Window
from tests.conftest import Upstream
from tests.sources.europepmc import transport

RECORD = {
    "id": "2506.00001",
    "title": "A study\nof hearts",
    "summary": "We study\nhearts.",
    "publishedAt": "2025-06-11T20:00:00.000Z",
    "submittedOnDailyAt": "2025-06-12T09:00:00.000Z",
    "authors": [{"name": "Jane Doe"}, {"name": "Hidden Person", "hidden": True}, {"name": ":"}],
    "upvotes": 3,
}


def listing(*changes: dict[str, Any]) -> bytes:
    return json.dumps([{"paper": RECORD | change} for change in changes]).encode()


def test_a_sound_item() -> None:
    found = read_listing(listing({}))
    (seen,) = found.sightings
    assert (seen.paper.id, seen.paper.title) == ("arxiv:2506.00001", "A study of hearts")
    assert seen.paper.abstract == "We study hearts."
    assert seen.paper.authors == (Author("Jane Doe"),)
    assert seen.paper.published == datetime(2025, 6, 11, 20, tzinfo=UTC)
    assert (found.received, found.notes) == (1, [])


def test_what_may_be_missing_may_be_missing() -> None:
    undated = {"publishedAt": None, "submittedOnDailyAt": None}
    found = read_listing(listing({"authors": None}, undated, {"summary": None}))
    assert len(found.sightings) == 3
    assert found.sightings[0].paper.authors == ()
    assert found.sightings[1].paper.published is None
    assert found.notes == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"title": None}, r"Item 2 \(2506.00001\) cannot be read and was left out: it has no title\."),
        ({"summary": ["a"]}, r"Item 2 \(2506.00001\).*: its summary is not text\."),
        ({"upvotes": [1]}, r"Item 2 \(2506.00001\).*: one of its fields is of another type than documented\."),
        ({"title": " "}, "it has no title"),
        ({"id": "openreview-a1B2c3"}, r"Item 2 \(openreview-a1B2c3\).*is not an arXiv id"),
        ({"publishedAt": "some day"}, "'some day' is not a date and time"),
        ({"authors": "Jane Doe"}, "cannot be read"),
    ],
)
def test_an_odd_item_costs_only_itself(change: dict[str, Any], named: str) -> None:
    found = read_listing(listing({}, change, {"id": "2506.00003"}))
    assert [seen.paper.id for seen in found.sightings] == ["arxiv:2506.00001", "arxiv:2506.00003"]
    assert found.received == 3
    (note,) = found.notes
    assert re.search(named, note)


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        ({"publishedAt": "9999-01-01T00:00:00Z"}, "published", None),
        ({"publishedAt": "0001-01-02T00:00:00Z"}, "published", None),
        ({"authors": [{"name": None}, {"user": {}}, {"name": "Jane Doe"}]}, "authors", (Author("Jane Doe"),)),
        ({"ai_keywords": ["ECG", " "]}, "keywords", ("ECG",)),
        ({"title": r"\textbf{Net} of Schr\"odinger"}, "title", "Net of Schrödinger"),
        (
            {"githubRepo": "github.com/a/b"},
            "links",
            {"paper": "https://arxiv.org/abs/2506.00001", "code": "https://github.com/a/b"},
        ),
    ],
)
def test_odd_fields_cost_only_themselves(change: dict[str, Any], field: str, expected: Any) -> None:
    (seen,) = read_listing(listing(change), datetime(2025, 6, 12, tzinfo=UTC)).sightings
    assert getattr(seen.paper, field) == expected


def test_an_item_of_another_shape_is_named() -> None:
    found = read_listing(json.dumps([{"paper": RECORD}, "odd", {"paper": None}, None]).encode())
    assert len(found.sightings) == 1
    assert len(found.notes) == 3


def test_a_list_of_which_nothing_can_be_read_is_a_fault() -> None:
    with pytest.raises(Malformed, match="none can be read"):
        read_listing(listing(*[{"id": "x"}] * MANY))
    assert len(read_listing(listing({"id": "x"}, {"title": None})).odd) == 2, "a day may have few papers"
    assert read_listing(b"[]").received == 0


def test_an_odd_item_that_is_listed_every_day_is_told_once(strict: Upstream) -> None:
    window = Window(datetime(2025, 6, 2, tzinfo=UTC), datetime(2025, 6, 12, tzinfo=UTC))
    found = list(fetch(HuggingFaceSettings(url=strict.url, queries=()), transport(attempts=3), window))
    assert sum(len(batch.odd) for batch in found) == 20
    assert [note for batch in found for note in batch.notes if "openreview" in note] == [
        "Daily papers of 2025-06-02: Item 7 (openreview-a1B2c3) cannot be read and was left out: "
        "'openreview-a1B2c3' is not an arXiv id."
    ]
