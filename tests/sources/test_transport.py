"""The transport against the stand-in's faults, on the wire."""

import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from harvester.base.errors import FetchError
from harvester.config.harvest import HarvestSettings
from harvester.sources import huggingface
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv.api import ArxivSettings
from harvester.sources.errors import BadQuery, Incomplete, Malformed, Throttled, Unavailable
from harvester.sources.http import Transport, retry_after, user_agent
from harvester.sources.huggingface import HuggingFaceSettings
from harvester.sources.window import Window
from harvester.store.engine import open_store
from harvester.store.locks import close_gate, gate
from tests.conftest import Upstream
from tests.room.website import sending, website

QUICK = HarvestSettings(attempts=1, timeout=20.0, read_limit=60.0, max_wait=0.1, contact="ops@example.org")
IMPATIENT = QUICK.model_copy(update={"timeout": 1.0, "read_limit": 3.0})
FORTNIGHT = Window(datetime(2025, 5, 29, tzinfo=UTC), datetime(2025, 6, 12, 23, 30, tzinfo=UTC))


def ask_arxiv(upstream: Upstream, settings: HarvestSettings = QUICK, query: str = "all:cardiac") -> int:
    source = ArxivSettings(url=f"{upstream.url}/api/query", query=query, min_interval=0)
    return sum(batch.received for batch in arxiv_api.fetch(source, Transport(settings), FORTNIGHT))


def ask_hub(upstream: Upstream) -> int:
    source = HuggingFaceSettings(url=upstream.url, queries=("cardiac",))
    return sum(batch.received for batch in huggingface.fetch(source, Transport(QUICK), FORTNIGHT))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "html"}, Malformed),
        ({"kind": "empty"}, Incomplete),
        ({"kind": "malformed"}, Malformed),
        ({"kind": "truncate"}, Unavailable),
        ({"kind": "reset"}, Unavailable),
        ({"kind": "bomb"}, Malformed),
        ({"kind": "gzipbomb"}, Malformed),
        ({"kind": "redirect"}, BadQuery),
        ({"kind": "status", "status": 403}, Throttled),
        ({"kind": "status", "status": 406}, Throttled),
        ({"kind": "status", "status": 429, "retry_after": 1}, Throttled),
        ({"kind": "status", "status": 503}, Unavailable),
        ({"kind": "status", "status": 404}, BadQuery),
    ],
)
def test_a_spoilt_answer_is_never_a_quiet_one(
    upstream: Upstream, fault: dict[str, object], error: type[FetchError]
) -> None:
    upstream.control(faults=[{"match": "/api/query", "count": -1, **fault}])
    with pytest.raises(error):
        ask_arxiv(upstream)


@pytest.mark.parametrize("fault", [{"kind": "stall", "seconds": 3}, {"kind": "drip", "seconds": 8}])
def test_an_answer_that_takes_too_long_is_given_up(upstream: Upstream, fault: dict[str, object]) -> None:
    upstream.control(faults=[{"match": "/api/query", "count": -1, **fault}])
    with pytest.raises(Unavailable):
        ask_arxiv(upstream, IMPATIENT)


@pytest.mark.parametrize("kind", ["html", "malformed", "truncate", "reset", "redirect"])
def test_hugging_face_is_held_to_the_same(upstream: Upstream, kind: str) -> None:
    upstream.control(faults=[{"match": "/api/papers/search", "kind": kind}])
    with pytest.raises(FetchError):
        ask_hub(upstream)


def test_an_empty_day_on_hugging_face_is_no_error(upstream: Upstream) -> None:
    upstream.control(faults=[{"match": "/api/daily_papers", "kind": "empty", "count": -1}])
    assert ask_hub(upstream) >= 0


def test_a_slow_answer_in_time_is_a_good_one(upstream: Upstream) -> None:
    upstream.control(faults=[{"match": "/api/query", "kind": "drip", "seconds": 1}])
    assert ask_arxiv(upstream) > 0


def test_what_passes_by_itself_is_tried_again(upstream: Upstream) -> None:
    upstream.control(faults=[{"match": "/api/query", "kind": "status", "status": 503, "count": 2}], clear_log=True)
    assert ask_arxiv(upstream, QUICK.model_copy(update={"attempts": 3})) > 0
    assert [entry["status"] for entry in upstream.log()] == [503, 503, 200]


def test_a_rejected_query_is_not_asked_again(upstream: Upstream) -> None:
    with pytest.raises(BadQuery, match=r"HTTP 400.*unknown field 'foo'.*harvest\.arxiv\.query"):
        ask_arxiv(upstream, QUICK.model_copy(update={"attempts": 3}), query="foo:bar")
    assert [entry["status"] for entry in upstream.log()] == [400]


def test_a_query_that_arxiv_rewrites_is_named(upstream: Upstream) -> None:
    body = Transport(QUICK).get(f"{upstream.url}/api/query", {"search_query": "cardiac"}, arxiv_api.ACCEPT).body
    with pytest.raises(BadQuery, match=r"all:cardiac.*harvest\.arxiv\.query"):
        arxiv_api.read_page(body, "cardiac")


def test_the_service_says_how_long_to_wait_and_others_hear_of_it(upstream: Upstream) -> None:
    upstream.control(faults=[{"match": "/api/query", "kind": "status", "status": 429, "retry_after": 1}])
    told: list[float] = []
    transport = Transport(HarvestSettings(attempts=2, max_wait=5), cool_down=told.append)
    begun = time.monotonic()
    transport.get(f"{upstream.url}/api/query", {"search_query": "all:cardiac"}, arxiv_api.ACCEPT)
    assert told == [1.0]
    assert time.monotonic() - begun >= 1.0


def test_a_service_that_wants_a_long_rest_is_not_asked_again(upstream: Upstream) -> None:
    fault = {"match": "/api/query", "kind": "status", "status": 429, "retry_after": 900, "count": -1}
    upstream.control(faults=[fault], clear_log=True)
    told: list[float] = []
    transport = Transport(QUICK.model_copy(update={"attempts": 4}), cool_down=told.append)
    with pytest.raises(Throttled, match=r"HTTP 429.*wait 900 s"):
        transport.get(f"{upstream.url}/api/query", {"search_query": "all:cardiac"}, arxiv_api.ACCEPT)
    assert told == [900.0]
    assert len(upstream.log()) == 1


def test_a_closed_gate_is_a_service_that_wants_rest(upstream: Upstream, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/harvester.db")
    close_gate(store, "arxiv", 900)
    upstream.control(clear_log=True)
    shared = partial(close_gate, store, "arxiv")
    transport = Transport(QUICK.model_copy(update={"attempts": 4}), lambda: gate(store, "arxiv", 0, 1.0), shared)
    with pytest.raises(Throttled, match=r"/api/query is not asked now.*900 s"):
        transport.get(f"{upstream.url}/api/query", {}, arxiv_api.ACCEPT)
    assert upstream.log() == []
    assert transport.requests == 0


KEYED = "http://reader:T0KEN@"


def test_user_password_and_key_of_an_address_are_kept_from_reports(upstream: Upstream) -> None:
    transport = Transport(QUICK)
    address = upstream.url.replace("http://", KEYED)
    answer = transport.get(f"{address}/api/query?key=T0KEN", {"search_query": "all:ECG"}, arxiv_api.ACCEPT)
    assert answer.url.startswith(f"{upstream.url}/api/query?key=T0KEN"), "for relative links, without the password"
    (payload,) = transport.payloads
    assert payload.url == f"{upstream.url}/api/query?search_query=all%3AECG"


@pytest.mark.parametrize("rest", ["127.0.0.1:1/api", "127.0.0.1:1/\x1b[31mred\x07", "nowhere.invalid/x?key=T0KEN"])
@pytest.mark.parametrize("allow_private", [True, False])
def test_messages_hold_no_password_and_no_escape_sequence(rest: str, allow_private: bool) -> None:
    with pytest.raises(FetchError) as caught:
        Transport(QUICK, allow_private=allow_private).get(KEYED + rest, {}, "*/*")
    with pytest.raises(FetchError) as posted:
        Transport(QUICK).post_json(KEYED + rest, {})
    for text in (str(caught.value), str(posted.value)):
        assert rest.partition("/")[0] in text
        assert "T0KEN" not in text
        assert text.isprintable()


def test_requests_carry_a_name_and_what_they_accept(upstream: Upstream) -> None:
    ask_arxiv(upstream)
    entry = upstream.log()[-1]
    assert entry["user_agent"] == user_agent("ops@example.org")
    assert "mailto:ops@example.org" in entry["user_agent"]
    assert entry["accept"] == "application/atom+xml"


def test_retry_after_counts_a_date_from_the_answers_own_date() -> None:
    date = {"Date": "Thu, 12 Jun 2025 23:30:00 GMT", "Retry-After": "Thu, 12 Jun 2025 23:31:30 GMT"}
    assert retry_after(date) == 90.0
    assert retry_after({"Retry-After": "7"}) == 7.0
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({}) is None
    assert retry_after(date | {"Date": "yesterday"}) == 0.0, "by our clock"
    assert retry_after({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2300"}) is None


@pytest.mark.parametrize("endless", ["/header", "/redirect"])
def test_what_never_ends_is_given_up(endless: str) -> None:
    """The client library limits single reads only, and reads the body of a redirect whole."""
    with website() as site:
        site.answers["/header"] = sending(b"HTTP/1.1 200 OK\r\nX: ", b"y", pause=0.1, forever=True)
        moved = b"HTTP/1.1 302 Found\r\nLocation: /header\r\n\r\n"
        site.answers["/redirect"] = sending(moved, b"x" * 65_536, forever=True)
        with pytest.raises(Unavailable, match=r"stopped sending data"):
            Transport(IMPATIENT).get(f"{site.url}{endless}", {}, "*/*")


def test_an_impossible_date_harms_nobody() -> None:
    with website() as site:
        site.answers["/a"] = (200, {"Date": "Fri, 31 Dec 9999 23:59:59 -2300"})
        transport = Transport(QUICK)
        assert transport.get(f"{site.url}/a", {}, "*/*").body == b""
        assert transport.date is None


def test_a_private_address_is_refused_where_it_may_not_be_asked(upstream: Upstream) -> None:
    with pytest.raises(BadQuery, match="private network"):
        Transport(QUICK, allow_private=False).get(f"{upstream.url}/feed/circulation.xml", {}, "*/*")
    assert upstream.log() == []


def test_an_unreachable_host_is_named() -> None:
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:1/api.*refused"):
        Transport(QUICK).get("http://127.0.0.1:1/api", {}, "*/*")
