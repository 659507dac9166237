"""Europe PMC's search over HTTP: windows, pages, what fails and how it is told. The stand-in answers."""

import json
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harvester.domain.merging import Change
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.harvest.collect import SourceOutcome, harvest, source_state
from harvester.services.review.decisions import decide_all
from harvester.sources.arxiv import api as arxiv
from harvester.sources.errors import BadQuery, FetchError, Malformed, Unavailable
from harvester.sources.europepmc import api
from harvester.sources.europepmc.answer import read_page
from harvester.sources.europepmc.query import DEFAULT_QUERY, dated
from harvester.sources.europepmc.record import read_record
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.registry import chosen
from harvester.sources.window import Batch, Window
from harvester.store.cursors import cursor
from harvester.store.engine import read, write
from harvester.store.recording import record
from tests.conftest import Upstream, both_databases
from tests.reliability.conftest import serving
from tests.room import Room

SEARCH = "/europepmc/webservices/rest/search"
NOW = datetime(2025, 7, 31, 23, 30, tzinfo=UTC)
MONTH = Window(NOW - timedelta(days=31), NOW)
HEARTS = "TITLE_ABS:(heart OR cardiac OR ECG OR coronary)"
PAGE = 5
FIRST = {"match": SEARCH, "count": 1}
LATER = {"match": SEARCH, "count": 1, "skip": 1}
Fault = dict[str, Any]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PAGE", PAGE)


@pytest.fixture
def service(upstream: Upstream) -> Upstream:
    upstream.control(today="2025-07-31")
    return upstream


def settings(url: str, query: str = HEARTS) -> api.EuropePmcSettings:
    return api.EuropePmcSettings(url=f"{url}/europepmc/webservices/rest", query=query)


def transport(attempts: int = 1) -> Transport:
    return Transport(HttpSettings(attempts=attempts, max_wait=0.01, timeout=10.0))


def ask(url: str, query: str = HEARTS, window: Window = MONTH, attempts: int = 1) -> list[Batch]:
    return list(api.fetch(settings(url, query), transport(attempts), window))


def sightings(batches: Sequence[Batch]) -> list[Sighting]:
    return [seen for batch in batches for seen in batch.sightings]


def received(batches: Sequence[Batch]) -> int:
    return sum(batch.received for batch in batches)


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


class Scripted(BaseHTTPRequestHandler):
    """Answers with whatever pages a test has, whichever are asked for."""

    pages: Sequence[Any]
    asked: list[str]

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.asked.append(query["cursorMark"][0])
        page = {"request": {"queryString": query["query"][0]}} | self.pages[min(len(self.asked), len(self.pages)) - 1]
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Date", format_datetime(NOW, usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)  # without the Date of today

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def scripted() -> Iterator[Callable[..., str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def serve(*pages: Any) -> str:
        Scripted.pages, Scripted.asked = pages, []
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    server.shutdown()
    server.server_close()


def hearts(*days: str, first: int = 1) -> list[dict[str, Any]]:
    numbered = enumerate(days, first)
    return [{"source": "MED", "id": f"99{n}", "title": f"Hearts {n}.", "firstIndexDate": day} for n, day in numbered]


def page(records: Sequence[Any], mark: str = "", total: int = 4) -> dict[str, Any]:
    return {"hitCount": total, "resultList": {"result": records}} | ({"nextCursorMark": mark} if mark else {})


def test_a_mark_that_does_not_move_is_the_end(scripted: Callable[..., str]) -> None:
    """As the service did until 2021."""
    url = scripted(page(hearts("2025-07-02"), "A+="), page(hearts("2025-07-03", first=2), "A+="))
    assert received(ask(url)) == 2
    assert Scripted.asked == ["*", "A+="], "the mark is encoded"


def test_pages_that_stay_empty_or_repeat_themselves_end_the_search(scripted: Callable[..., str]) -> None:
    """It has announced 170 records, given 168, and then gone on with empty pages and new marks for ever."""
    url = scripted(page(hearts("2025-07-02"), "A"), page([], "B"), page([], "C"))
    assert (received(ask(url)), len(Scripted.asked)) == (1, 2)
    url = scripted(page(hearts("2025-07-02"), "A"), page(hearts("2025-07-02"), "B"))
    assert (received(ask(url)), len(Scripted.asked)) == (1, 2)
    url = scripted({"hitCount": 0, "resultList": {}})
    assert received(ask(url)) == 0


def test_what_is_settled_after_a_page(scripted: Callable[..., str]) -> None:
    url = scripted(
        page(hearts("2025-07-02", "2025-07-03"), "A"),
        page(hearts("2025-07-03", "2025-07-03", first=3), "B"),
        page(hearts("2025-07-04", first=5)),
    )
    told = [(batch.reached, batch.again) for batch in ask(url)]
    third, fourth = datetime(2025, 7, 3, tzinfo=UTC), datetime(2025, 7, 4, tzinfo=UTC)
    assert told == [(third, 1), (third, 3), (fourth, 1)]


@pytest.mark.parametrize("days", [("2025-07-03", "2025-07-02"), ("2025-07-03", None), ("2025-07-03", "2026-01-01")])
def test_without_the_order_nothing_is_settled(scripted: Callable[..., str], days: tuple[str, ...]) -> None:
    url = scripted(page(hearts(*days), "A"), page(hearts("2025-07-05", first=3)))
    assert [(batch.reached, batch.again) for batch in ask(url)] == [(None, 0)] * 2


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ("odd", r"Record 2 \(odd\) .*: it has no fields\."),
        (None, r"Record 2 \(None\)"),
        ({"source": "MED", "id": "7"}, r"Record 2 \(MED/7\) cannot be read and was left out: it has no title\."),
        ({"source": 7, "id": [], "title": "Hearts"}, r"its source is not text"),
    ],
)
def test_an_odd_record_is_named_with_its_place(scripted: Callable[..., str], record: Any, named: str) -> None:
    first, last = hearts("2025-07-02", "2025-07-03")
    (batch,) = ask(scripted(page([first, record, last], total=3)))
    assert (batch.received, len(batch.sightings)) == (3, 2)
    (note,) = batch.notes
    assert re.search(named, note)


def test_records_of_which_none_can_be_read_are_a_fault(scripted: Callable[..., str]) -> None:
    with pytest.raises(Malformed, match=r"none can be read\. Record 1 \(MED/0\)"):
        ask(scripted(page([{"source": "MED", "id": str(n)} for n in range(12)])))
    (few,) = ask(scripted(page([{"source": "MED", "id": "1"}], total=1)))
    assert len(few.notes) == 1, "a single one is only odd"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"hitCount": "many"}, Malformed, "not a list of records"),
        ({"hitCount": 1, "resultList": []}, None, ""),
        ({"hitCount": 1, "resultList": {"result": {}}}, None, ""),
        ({"hitCount": 1, "resultList": {"result": "x"}}, Malformed, "not a list of records"),
        ({"hitCount": -1}, Malformed, "not a list of records"),
        ([], Malformed, "not a list of records"),
        ({"version": "6.9"}, Unavailable, "empty answer"),
        ({"errCode": 404, "errMsg": "Please provide a valid query."}, BadQuery, r"\(errCode 404\); correct"),
        ({"errCode": 400, "errMsg": "Invalid value\nof a parameter"}, BadQuery, "Invalid value of a parameter"),
        ({"errCode": 429, "errMsg": "Slow down"}, Unavailable, "Slow down"),
        ({"errCode": 500}, Unavailable, "errCode 500"),
        ({"hitCount": 1, "request": {"queryString": "hear"}}, BadQuery, "reads the query otherwise: 'hear'"),
        ({"hitCount": 1, "request": {"queryString": "(&quot;HEART&quot;"}}, None, ""),
        ({"hitCount": 1, "request": {"queryString": "%22heart%22"}}, None, ""),
    ],
)
def test_answers(answer: Any, error: type[FetchError] | None, words: str) -> None:
    body = json.dumps(answer).encode()
    if error is None:
        assert read_page(body, '"heart"').total == 1
    else:
        with pytest.raises(error, match=words):
            read_page(body, '"heart"')


def test_the_probe_tells_what_a_query_brings(service: Upstream) -> None:
    told = api._count(settings(service.url), transport())
    assert told.startswith("The query matches ")
    assert told.endswith(" a week.")
    assert len(service.log()) == 2
    with pytest.raises(Malformed, match=r"finds nothing for harvest\.europepmc\.query"):
        api._count(settings(service.url, "TITLE_ABS:nobodywritesthis"), transport())


@pytest.fixture
def room(tmp_path: Path, store_url: str, service: Upstream) -> Room:
    section = {"url": f"{service.url}/europepmc/webservices/rest", "query": HEARTS, "min_interval": 0.0}
    return Room.make(tmp_path, service.url, store_url, **{"harvest.europepmc": section})


def night(room: Room, day: datetime = NOW, **changed: Any) -> SourceOutcome:
    """A night of this source, for the month before it."""
    room.now = day
    ws = room.ws
    (source,) = chosen(ws.settings.harvest, source_state(ws.store), ["europepmc"])
    return harvest(ws, source, day - timedelta(days=31), None, **changed)


@both_databases
def test_a_night_is_kept_and_the_second_one_is_quiet(room: Room) -> None:
    outcome = night(room)
    assert (outcome.state, outcome.error) == ("fresh", None)
    assert outcome.received == outcome.expected
    with read(room.ws.store) as db:
        assert cursor(db, "europepmc").until == NOW
    again = night(room)
    assert (again.state, again.first, again.requests) == ("quiet", set(), outcome.requests)


@pytest.mark.parametrize("by", [2, -2])
def test_hits_that_do_not_come_are_told(room: Room, service: Upstream, by: int) -> None:
    service.control(faults=[{"match": SEARCH, "kind": "drift", "by": by, "count": -1}])
    outcome = night(room)
    assert outcome.state == "failed"
    assert outcome.error == f"europepmc announced {outcome.expected} records and sent {outcome.received}."
    assert outcome.expected == outcome.received + by
    assert outcome.first, "what arrived is kept"
    with read(room.ws.store) as db:
        assert cursor(db, "europepmc").until is None


def test_a_night_that_was_cut_off_goes_on_where_it_ended(room: Room, service: Upstream) -> None:
    service.control(faults=[LATER | {"kind": "html", "skip": 2}])
    cut = night(room)
    assert (cut.state, cut.received) == ("failed", 2 * PAGE)
    service.control(faults=[], clear_log=True)
    whole = night(room)
    assert (whole.state, whole.error) == ("fresh", None)
    assert whole.received == whole.expected == received(ask(service.url))
    assert whole.requests < 1 + -(-whole.received // PAGE)


def test_requests_keep_their_distance(room: Room, service: Upstream) -> None:
    section = room.ws.settings.harvest.europepmc
    assert section is not None
    spaced = section.model_copy(update={"min_interval": 0.3})
    wanted = room.ws.settings.harvest.model_copy(update={"europepmc": spaced})
    (source,) = chosen(wanted, source_state(room.ws.store), ["europepmc"])
    service.control(clear_log=True)
    room.now = NOW
    outcome = harvest(room.ws, source, NOW - timedelta(days=10), None)
    times = [entry["time"] for entry in service.log()]
    assert outcome.requests == len(times) > 1
    assert source.spacing == 0.3
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.25


ARXIV_PAPER = Paper(("arxiv:2506.00001",), "Hearts 1", "We count.", (Author("Jane Doe"),), version=1)
AUTHORS = {"authorList": {"author": [{"firstName": "Jane", "lastName": "Doe"}]}}


def accepted(room: Room) -> None:
    """The store has a preprint from arXiv, which a reviewer has accepted."""
    ws = room.ws
    with write(ws.store) as db:
        record(db, [Sighting(arxiv.PROVENANCE, ARXIV_PAPER)], NOW)
    (done,) = decide_all(ws, "accept", ["arxiv:2506.00001"], "ann", "", {"task": "diagnosis", "modality": "ecg"})
    assert not done.error


@pytest.mark.parametrize(("source", "suggested"), [("MED", 1), ("PPR", 0)])
def test_an_article_updates_an_accepted_preprint_and_another_preprint_does_not(
    room: Room, scripted: Callable[..., str], source: str, suggested: int
) -> None:
    accepted(room)
    (found,) = hearts("2025-07-02")
    url = scripted(page([found | AUTHORS | {"source": source}], total=1))
    room.config.write_text(room.config.read_text().replace(room.ws.settings.harvest.europepmc.url, f"{url}/rest"))
    del room.ws
    outcome = night(room)
    assert (outcome.state, outcome.error) == ("fresh", None)
    assert outcome.count(Change.NEW) == 0, "it is the same work"
    assert outcome.suggested == suggested


@pytest.mark.parametrize(("source", "sources"), [("MED", ("europepmc",)), ("PPR", ())])
def test_a_preprint_that_turns_out_to_be_another_papers_was_shown_by_no_journal(
    room: Room, source: str, sources: tuple[str, ...]
) -> None:
    raw = {"source": source, "id": "99000001", "doi": "10.9999/hearts.1", "title": "Heartbeats, counted", **AUTHORS}
    shown = read_record(raw, NOW.date()).sighting
    assert shown is not None
    gained = replace(ARXIV_PAPER, identifiers=(*ARXIV_PAPER.identifiers, "doi:10.9999/hearts.1"), version=2)
    with write(room.ws.store) as db:
        record(db, [shown, Sighting(arxiv.PROVENANCE, ARXIV_PAPER)], NOW)
        (merged,) = record(db, [Sighting(arxiv.PROVENANCE, gained)], NOW)
    assert [lost.sources for lost in merged.absorbed] == [sources]
