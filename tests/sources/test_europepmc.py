"""Europe PMC's search over HTTP: whole months, and what fails and how it is told. The stand-in answers."""

import json
import re
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.sources.errors import BadQuery, FetchError, Malformed, Unavailable
from harvester.sources.europepmc import api
from harvester.sources.europepmc.query import DEFAULT_QUERY, dated
from harvester.sources.window import Window
from tests.conftest import Upstream, serving
from tests.sources.europepmc import NOW, SEARCH, ask, received, settings, sightings, transport

FIRST = {"match": SEARCH, "count": 1}
LATER = {"match": SEARCH, "count": 1, "skip": 1}
Fault = dict[str, Any]


def test_a_month_is_complete_and_told_in_order(service: Upstream) -> None:
    batches = ask(service.url)
    assert received(batches) == batches[0].expected
    assert len(batches) > 2
    days = [seen.announced for seen in sightings(batches)]
    assert days == sorted(filter(None, days)), "by the day of indexing"
    assert all(seen.paper.identifiers and seen.paper.links["paper"] for seen in sightings(batches))
    assert all(seen.paper.published and seen.paper.published <= NOW for seen in sightings(batches))
    text = " ".join(seen.paper.title + seen.paper.abstract for seen in sightings(batches))
    assert not any(mark in text for mark in ("<h4>", "</p>", "<i>", "<sub>", "<title>", "<italic>"))


def test_everything_that_the_service_has_arrives_as_a_paper_or_a_notice(service: Upstream) -> None:
    batches = ask(service.url, "FIRST_IDATE:[2025-01-01 TO *]")
    names = {name.partition(":")[2] for seen in sightings(batches) for name in seen.paper.identifiers}
    notices = {notice.link.removeprefix("https://doi.org/") for batch in batches for notice in batch.notices}
    due = indexed_in_july(service)
    assert len(due) > 10
    assert due <= names | notices


def indexed_in_july(service: Upstream) -> set[str]:
    """A name of each record; of a preprint's versions, only the newest one has a record."""
    works = [work for work in truth(service) if work["indexed"] <= "2025-07-31"]
    newest = {re.sub(r"/v[0-9]+$", "", work["doi"]): work for work in sorted(works, key=lambda work: work["indexed"])}
    july = [work for work in newest.values() if work["indexed"] >= "2025-07-01"]
    return {str(work["id"] if work["source"] == "PMC" else work["doi"]) for work in july}


def truth(service: Upstream) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{service.url}/_works", timeout=10) as answer:
        works: list[dict[str, Any]] = json.load(answer)
    return works


def test_both_ends_of_a_window_are_days() -> None:
    until = datetime(2025, 6, 12, tzinfo=UTC)
    since = datetime(2025, 6, 1, 2, 30, tzinfo=UTC)
    assert dated("a OR b", Window(since, until)) == "(a OR b) AND (FIRST_IDATE:[2025-06-01 TO 2025-06-11])"
    later = Window(since, until + timedelta(seconds=1))
    assert dated("a", later) == "(a) AND (FIRST_IDATE:[2025-06-01 TO 2025-06-12])"


def test_the_default_query_asks_for_the_subject_and_for_computing(service: Upstream) -> None:
    subject, computing = DEFAULT_QUERY.split(" AND ")
    assert '"blood flow"' in subject
    assert '"machine learning"' in computing
    assert subject.count("(") == subject.count(")") == computing.count("(") == computing.count(")") == 2
    few, many = ask(service.url, DEFAULT_QUERY), ask(service.url, subject)
    assert 0 < received(few) < received(many)
    assert received(few) == few[0].expected


def test_a_month_of_odd_records_costs_those_alone(shared: Path, corpus: Path, service: Upstream) -> None:
    whole = ask(service.url)
    with serving(shared, corpus, "--odd", "--limits") as url:
        Upstream(url).control(today="2025-07-31")
        batches = ask(url)
    assert received(batches) == batches[0].expected == received(whole)
    notes = [note for batch in batches for note in batch.notes]
    assert any("it has no title" in note for note in notes)
    assert any("it has no id" in note for note in notes)
    assert all(note.startswith("Record ") and "was left out" in note for note in notes)
    kept = {seen.paper.title for seen in sightings(batches)}
    others = {seen.paper.title for seen in sightings(whole)}
    assert len(others) - len(notes) <= len(kept) < len(others)
    assert kept < others
    assert all(seen.paper.abstract != "<h4></h4>" for seen in sightings(batches))


@pytest.mark.parametrize("where", [FIRST, LATER], ids=["first page", "later page"])
@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ({"kind": "status", "status": 429}, Unavailable, r"slow down \(HTTP 429\)"),
        ({"kind": "status", "status": 429, "retry_after": 1}, Unavailable, r"slow down .* wait 1 s"),
        ({"kind": "status", "status": 503}, Unavailable, r"HTTP 503"),
        ({"kind": "status", "status": 404}, BadQuery, r"Correct harvest.europepmc.query or harvest.europepmc.url"),
        ({"kind": "bare"}, Unavailable, "empty answer"),
        ({"kind": "errcode"}, Unavailable, r"an error: An error occurred .* \(errCode 500\)"),
        ({"kind": "html"}, Malformed, "a web page or a truncated answer"),
        ({"kind": "malformed"}, Malformed, "a web page or a truncated answer"),
        ({"kind": "truncate"}, Unavailable, "closed before the whole body"),
        ({"kind": "reset"}, Unavailable, "reset"),
    ],
)
def test_a_fault_is_named(service: Upstream, where: Fault, fault: Fault, error: type[FetchError], words: str) -> None:
    service.control(faults=[where | fault])
    with pytest.raises(error, match=words) as raised:
        ask(service.url)
    assert type(raised.value) is error or issubclass(type(raised.value), error)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("where", [FIRST, LATER], ids=["first page", "later page"])
@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 429}, {"kind": "bare"}, {"kind": "errcode"}, {"kind": "truncate"}, {"kind": "reset"}],
    ids=lambda fault: fault["kind"],
)
def test_what_passes_is_asked_for_again(service: Upstream, where: Fault, fault: Fault) -> None:
    whole = sightings(ask(service.url))
    service.control(faults=[{**where, **fault, "count": 2}])
    batches = ask(service.url, attempts=3)
    assert sightings(batches) == whole
    assert received(batches) == batches[0].expected


def test_an_empty_answer_is_no_empty_window(service: Upstream) -> None:
    service.control(faults=[{"match": SEARCH, "kind": "bare", "count": -1}])
    with pytest.raises(Unavailable, match="without a number of hits"):
        ask(service.url, attempts=2)
    service.control(faults=[])
    (none,) = ask(service.url, "TITLE_ABS:nobodywritesthis")
    assert (none.received, none.expected) == (0, 0)


def test_a_cursor_that_is_refused_once_is_sent_again(service: Upstream) -> None:
    service.control(faults=[LATER | {"kind": "badtoken", "skip": 0}])
    batches = ask(service.url, attempts=2)
    assert received(batches) == batches[0].expected
    service.control(faults=[LATER | {"kind": "badtoken", "skip": 0, "count": -1}])
    with pytest.raises(Unavailable, match="cursorMark"):
        ask(service.url, attempts=2)


@pytest.mark.parametrize("query", ["TITLE_ABS:(heart", 'TITLE_ABS:"heart', "heart AND"])
def test_a_query_that_is_rejected_is_told_with_the_remedy(service: Upstream, query: str) -> None:
    with pytest.raises(BadQuery, match=r"rejects the query: Invalid query.*; correct harvest\.europepmc\.query\.$"):
        ask(service.url, query, attempts=3)
    assert len(service.log()) == 1, "it is not asked again"


def test_every_record_counts_once(service: Upstream) -> None:
    whole = ask(service.url)
    service.control(faults=[{"match": SEARCH, "kind": "duplicate", "count": -1}])
    doubled = ask(service.url)
    assert sightings(doubled) == sightings(whole)
    assert received(doubled) == received(whole) == doubled[0].expected


def test_a_full_last_page_is_followed_by_an_empty_one(service: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = received(ask(service.url))
    monkeypatch.setattr(api, "PAGE", whole)
    service.control(clear_log=True)
    batches = ask(service.url)
    assert [batch.received for batch in batches] == [whole, 0]
    assert len(service.log()) == 2


def test_each_request_carries_what_the_service_needs(service: Upstream) -> None:
    ask(service.url)
    for entry in service.log():
        assert "format=json" in entry["path"]
        assert "resultType=core" in entry["path"]


def test_the_probe_tells_what_a_query_brings(service: Upstream) -> None:
    told = api._count(settings(service.url), transport())
    assert told.startswith("The query matches ")
    assert told.endswith(" a week.")
    assert len(service.log()) == 2
    with pytest.raises(Malformed, match=r"finds nothing for harvest\.europepmc\.query"):
        api._count(settings(service.url, "TITLE_ABS:nobodywritesthis"), transport())
