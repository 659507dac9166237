"""Every fault of the stand-in, on the first request of a night and on a later one.

Faults that the transport handles alike for every source are tried on arXiv's API, which resumes, and once elsewhere;
faults that a source must detect in its own format are tried on every source. Two rules always hold: a
source that reports completeness has the same papers as an undisturbed one, and the next night without the fault repairs
every other source. Faults that only one service can have are in a table of their own. (OAI's are in
tests/sources/test_oai.py.)
"""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harvester.sources.crossref.api import READINGS
from tests.conftest import Upstream
from tests.reliability.conftest import SOURCES, Reference
from tests.reliability.ground import Field
from tests.reliability.spoiler import Spoilt, spoiling

JOURNAL = "npj-digital-medicine"
OTHERS = [source for source in SOURCES if source != "arxiv"]
LITERATURE = ("europepmc", "crossref")
Fault = dict[str, Any]

# Where a fault may strike in the night of a source: the requests it counts, and how many of them succeed before.
PLACES: dict[str, dict[str, Fault]] = {
    "arxiv": {"first page": {"match": "/api/query"}, "later page": {"match": "/api/query", "skip": 3}},
    "arxiv_rss": {
        "first category": {"match": "/rss/"},
        "later category": {"match": "/rss/", "skip": 1},
        "first texts": {"match": "/api/query"},
        "later texts": {"match": "/api/query", "skip": 2},
    },
    "europepmc": {"first page": {"match": "/europepmc/"}, "later page": {"match": "/europepmc/", "skip": 4}},
    "crossref": {"first page": {"match": "/crossref/"}, "later page": {"match": "/crossref/", "skip": 5}},
    "huggingface": {
        "first day": {"match": "/api/daily_papers"},
        "later search": {"match": "/api/papers/search", "skip": 1},
    },
    JOURNAL: {"only request": {"match": "/feed/"}},
}
SILENT = {"timeout": 0.4}
SLOW = {"read_limit": 0.6}
SMALL = {"max_bytes": 2_000_000}

# Name of the incident: the fault, what the error must say, settings of that night.
LOUD: dict[str, tuple[Fault, str, dict[str, Any]]] = {
    "throttled": ({"kind": "status", "status": 429}, r"slow down \(HTTP 429\)", {}),
    "throttled for a second": ({"kind": "status", "status": 429, "retry_after": 1}, r"slow down \(HTTP 429\)", {}),
    "forbidden": ({"kind": "status", "status": 403}, r"slow down \(HTTP 403\)", {}),
    "turned away by the edge": ({"kind": "status", "status": 406}, r"slow down \(HTTP 406\)", {}),
    "out of order": ({"kind": "status", "status": 503}, r"answers HTTP 503", {}),
    "busy": ({"kind": "status", "status": 503, "retry_after": 0}, r"is busy \(HTTP 503\)", {}),
    "a proxy's page": ({"kind": "html"}, r"web page", {}),
    "cut, but called whole": ({"kind": "malformed"}, r"truncated|cannot be read", {}),
    "cut off": ({"kind": "truncate"}, r"closed before the whole body", {}),
    "reset": ({"kind": "reset"}, r"reset", {}),
    "silent": ({"kind": "stall", "seconds": 0.8}, r"stopped sending data", SILENT),
    "too slow": ({"kind": "drip", "seconds": 2.5}, r"took more than 0.6 s", SLOW),
    "an entity bomb": ({"kind": "bomb"}, r"DOCTYPE|not JSON", {}),
    "a gzip bomb": ({"kind": "gzipbomb"}, r"more than 2000000 bytes", SMALL),
    "led elsewhere": ({"kind": "redirect"}, r"redirects to another host, http://127\.0\.0\.1:1/", {}),
}
# Faults that a source's own reader must detect; the transport handles all others, whatever the source.
CONTENT = ("a proxy's page", "cut, but called whole", "an entity bomb")
TRANSPORT = [name for name in LOUD if name not in CONTENT]
# How often a fault must strike to spoil a night without further attempts: a list that lost a page is read once more.
STRIKES = {"crossref": READINGS}
PASSING = ("throttled", "forbidden", "turned away by the edge", "out of order", "busy", "cut off", "reset", "silent")
# Whether an empty or stale response can be told from a good one depends on the metadata that the source gives.
HIDDEN: dict[str, Fault] = {
    "everything twice": {"kind": "duplicate"},
    "slow, but in time": {"kind": "drip", "seconds": 0.3},
    "empty": {"kind": "empty"},
    "stale": {"kind": "stale"},
}


def cases(*names: str, sources: Sequence[str] = SOURCES) -> list[Any]:
    return [
        pytest.param(source, where, name, id=f"{source}: {name} on the {place}")
        for source in sources
        for place, where in PLACES[source].items()
        for name in names
    ]


def one_sentence(error: str | None) -> bool:
    return bool(error and re.fullmatch(r"[^\n]{10,300}\.", error))


def made_good(field: Field, source: str, reference: Reference) -> int:
    """Check that the next night gives the same papers as an undisturbed one; returns the number of requests."""
    outcome = field.night(source)
    assert outcome.error is None
    assert outcome.state in ("fresh", "quiet")
    assert field.snapshot() == reference.after
    assert field.cursor(source).progress is None
    again = field.night(source)
    assert (again.state, again.error, again.first) == ("quiet", None, set())
    return outcome.requests


@pytest.mark.parametrize(
    ("source", "where", "name"),
    [
        *cases(*TRANSPORT, sources=["arxiv"]),
        *cases("reset", sources=OTHERS),
        *cases("throttled", "throttled for a second", "cut off", sources=LITERATURE),
        *cases(*CONTENT),
    ],
)
def test_a_fault_is_named_and_the_next_night_makes_it_good(
    upstream: Upstream,
    monday: Callable[[str], Field],
    reference_of: Callable[[str], Reference],
    source: str,
    where: Fault,
    name: str,
) -> None:
    fault, words, settings = LOUD[name]
    field, reference = monday(source), reference_of(source)
    before = field.cursor(source)
    upstream.control(faults=[{**where, **fault, "count": STRIKES.get(source, 1)}])
    outcome = field.night(source, **settings)

    assert outcome.state == "failed"
    assert one_sentence(outcome.error)
    assert re.search(words, outcome.error or "")
    after = field.cursor(source)
    assert (after.until, after.batch, after.validators) == (before.until, before.batch, before.validators)
    kept = field.snapshot()
    assert reference.before.seen <= kept.seen <= reference.after.seen
    if where.get("skip"):
        assert outcome.received > 0
        assert kept.sightings > reference.before.sightings, "what did arrive is kept"

    upstream.control(faults=[])
    requests = made_good(field, source, reference)
    if source == "arxiv" and where.get("skip"):
        assert requests < reference.requests, "it goes on where it was cut off"


@pytest.mark.parametrize(
    ("source", "where", "name"),
    [*cases("everything twice", "empty", "stale"), *cases("slow, but in time", sources=["arxiv"])],
)
def test_what_looks_good_is_no_error_unless_something_is_missing(
    upstream: Upstream,
    monday: Callable[[str], Field],
    reference_of: Callable[[str], Reference],
    source: str,
    where: Fault,
    name: str,
) -> None:
    field, reference = monday(source), reference_of(source)
    before = field.cursor(source)
    upstream.control(faults=[{**where, **HIDDEN[name], "count": 1}])
    outcome = field.night(source)
    whole = field.snapshot() == reference.after

    if outcome.error is None:
        assert outcome.state in ("fresh", "quiet")
        assert whole or source != "arxiv", "arXiv's API tells a total: nothing may be missing without a word"
    else:
        assert name in ("empty", "stale"), "no error is invented"
        assert one_sentence(outcome.error)
        assert (field.cursor(source).until, field.cursor(source).batch) == (before.until, before.batch)
    if name in ("everything twice", "slow, but in time"):
        assert whole
        assert (outcome.state, outcome.error) == ("fresh", None)
    if outcome.expected is not None and outcome.error is None:
        assert outcome.expected == outcome.received
    upstream.control(faults=[])
    made_good(field, source, reference)


@pytest.mark.parametrize(
    ("source", "kind", "state"),
    [
        ("arxiv", "stale", "stalled"),
        ("arxiv", "empty", "failed"),
        ("arxiv_rss", "stale", "stalled"),
        ("arxiv_rss", "empty", "stalled"),
        ("europepmc", "stale", "quiet"),
        ("europepmc", "empty", "failed"),
        ("crossref", "stale", "quiet"),
        ("crossref", "empty", "failed"),
        ("huggingface", "stale", "quiet"),
        ("huggingface", "empty", "quiet"),
        (JOURNAL, "stale", "quiet"),
        (JOURNAL, "empty", "quiet"),
    ],
)
def test_a_service_that_is_stale_or_empty_all_night(
    upstream: Upstream,
    monday: Callable[[str], Field],
    reference_of: Callable[[str], Reference],
    source: str,
    kind: str,
    state: str,
) -> None:
    field, reference = monday(source), reference_of(source)
    before = field.cursor(source)
    upstream.control(faults=[{"match": "/", "kind": kind, "count": -1}])
    outcome = field.night(source)
    assert outcome.state == state
    if state in ("stalled", "failed"):
        assert one_sentence(outcome.error)
        assert (field.cursor(source).until, field.cursor(source).batch) == (before.until, before.batch)
    else:
        assert outcome.error is None
    assert reference.before.seen <= field.snapshot().seen
    upstream.control(faults=[])
    made_good(field, source, reference)


def test_one_category_that_repeats_an_old_batch_is_named(
    upstream: Upstream, monday: Callable[[str], Field], reference_of: Callable[[str], Reference]
) -> None:
    """As on 2026-08-12, when arXiv's feed of cs.AI was that of the day before while cs.CL was current."""
    field, reference = monday("arxiv_rss"), reference_of("arxiv_rss")
    upstream.control(faults=[{"match": "/rss/cs.LG", "kind": "stale"}])
    outcome = field.night("arxiv_rss")
    assert field.snapshot() != reference.after
    assert outcome.state == "stalled"
    assert "cs.LG" in (outcome.error or "")
    upstream.control(faults=[])
    made_good(field, "arxiv_rss", reference)


@pytest.mark.parametrize(
    ("source", "where", "name"), [*cases(*PASSING, sources=["arxiv"]), *cases("busy", sources=OTHERS)]
)
def test_what_passes_within_the_night_is_tried_again(
    upstream: Upstream,
    monday: Callable[[str], Field],
    reference_of: Callable[[str], Reference],
    source: str,
    where: Fault,
    name: str,
) -> None:
    fault, _, settings = LOUD[name]
    field, reference = monday(source), reference_of(source)
    upstream.control(faults=[{**where, **fault, "count": 2}])
    outcome = field.night(source, attempts=3, **settings)
    assert (outcome.state, outcome.error) == ("fresh", None)
    assert outcome.requests == reference.requests + 2
    assert field.snapshot() == reference.after


FIRST, LATER = "first page", "later page"
BARE, REFUSED = {"kind": "bare"}, {"kind": "errcode", "code": 404}
# What only one service does: the source, the place, the fault, what the error must say ("" if it is made good at once).
OWN: list[tuple[str, str, Fault, str]] = [
    ("europepmc", FIRST, BARE, r"empty answer, without a number of hits"),
    ("europepmc", LATER, BARE, r"empty answer, without a number of hits"),
    ("europepmc", FIRST, {"kind": "errcode"}, r"answers with an error: .*errCode 500"),
    ("europepmc", LATER, {"kind": "errcode"}, r"answers with an error: .*errCode 500"),
    ("europepmc", FIRST, REFUSED, r"rejects the query: .*; correct harvest\.europepmc\.query"),
    ("europepmc", LATER, REFUSED, r"rejects the query: .*; correct harvest\.europepmc\.query"),
    ("europepmc", FIRST, {"kind": "badtoken"}, ""),  # it is asked with the mark "*"
    ("europepmc", LATER, {"kind": "badtoken"}, r"Unable to parse 'cursorMark'"),
    ("europepmc", FIRST, {"kind": "drift", "by": 2}, r"announced \d+ (records|works) and sent \d+"),
    ("europepmc", FIRST, {"kind": "drift", "by": -2}, r"announced \d+ (records|works) and sent \d+"),
    ("europepmc", LATER, {"kind": "drift", "by": 2}, ""),  # the first page tells the total
    ("crossref", FIRST, {"kind": "badtoken"}, ""),
    ("crossref", LATER, {"kind": "badtoken"}, ""),  # the list is read once more
    ("crossref", LATER, {"kind": "badtoken", "count": -1}, r"forgotten the place in its list"),
    ("crossref", FIRST, {"kind": "drift", "by": 2}, r"announced \d+ (records|works) and sent \d+"),
    ("crossref", FIRST, {"kind": "drift", "by": -2}, r"announced \d+ (records|works) and sent \d+"),
    ("crossref", LATER, {"kind": "drift", "by": 2}, ""),
    ("crossref", LATER, {"kind": "html"}, ""),
    ("crossref", LATER, {"kind": "malformed"}, ""),
]


@pytest.mark.parametrize(("source", "place", "fault", "words"), OWN)
def test_what_only_one_service_does(
    upstream: Upstream,
    monday: Callable[[str], Field],
    reference_of: Callable[[str], Reference],
    source: str,
    place: str,
    fault: Fault,
    words: str,
) -> None:
    field, reference = monday(source), reference_of(source)
    before = field.cursor(source)
    upstream.control(faults=[{**PLACES[source][place], "count": 1, **fault}])
    outcome = field.night(source)
    if words:
        assert outcome.state == "failed"
        assert one_sentence(outcome.error)
        assert re.search(words, outcome.error or "")
        assert field.cursor(source).until == before.until
    else:
        assert (outcome.state, outcome.error, outcome.received) == ("fresh", None, outcome.expected)
        assert field.snapshot() == reference.after
    upstream.control(faults=[])
    made_good(field, source, reference)


# Bodies that no fault of the stand-in has: what comes with them, and what the error must say.
BODIES: dict[str, tuple[Spoilt, str]] = {
    "429 without a body": (Spoilt(429, b""), r"slow down \(HTTP 429\)"),
    "nothing": (Spoilt(200, b""), r"not JSON"),
    "null": (Spoilt(200, b"null"), r"JSON that is not a (list of records|work list)"),
    "another list": (
        Spoilt(200, b'{"hitCount": 1, "resultList": {"result": "x"}, "message": [], "message-type": "work-list"}'),
        r"JSON that is not a (list of records|work list)",
    ),
    "brackets without end": (Spoilt(200, b"[" * 100_000), r"not JSON"),
    "Latin-1": (Spoilt(200, '{"hitCount": "é"'.encode("latin-1")), r"not JSON"),
}


@pytest.mark.parametrize(("source", "where", "name"), cases(*BODIES, sources=LITERATURE))
def test_an_odd_body_is_named_and_the_next_night_makes_it_good(
    upstream: Upstream,
    monday: Callable[[str], Field],
    reference_of: Callable[[str], Reference],
    source: str,
    where: Fault,
    name: str,
) -> None:
    spoilt, words = BODIES[name]
    field, reference = monday(source), reference_of(source)
    before = field.cursor(source)
    section = getattr(field.ws.settings.harvest, source)
    with spoiling(upstream.url, spoilt, where.get("skip", 0), STRIKES.get(source, 1)) as address:
        elsewhere = section.model_copy(update={"url": section.url.replace(upstream.url, address)})
        outcome = field.night(source, **{source: elsewhere})
    assert outcome.state == "failed"
    assert one_sentence(outcome.error)
    assert re.search(words, outcome.error or "")
    assert field.cursor(source).until == before.until
    assert reference.before.seen <= field.snapshot().seen <= reference.after.seen
    made_good(field, source, reference)


WEEKS = [
    *((source, 0, "sqlite") for source in SOURCES),
    ("arxiv", 2, "postgresql"),
    *(
        pytest.param(source, seed, database, marks=pytest.mark.soak)
        for source in SOURCES
        for seed in range(1, 40)
        for database in ("sqlite", "postgresql")
    ),
]


@pytest.mark.parametrize(("source", "seed", "store_url"), WEEKS, indirect=["store_url"])
def test_a_week_of_bad_nights_ends_well(
    upstream: Upstream, tmp_path: Path, reference_of: Callable[[str], Reference], source: str, seed: int, store_url: str
) -> None:
    """From an empty store, with one fault after another: no complete source lacks papers, and all are repaired."""
    reference = reference_of(source)
    chance = random.Random(seed)
    field = Field.make(tmp_path / "disturbed", upstream.url, store=store_url)
    undisturbed = Field.make(tmp_path / "undisturbed", upstream.url)
    assert undisturbed.night(source).error is None
    for _ in range(5):
        name = chance.choice([*LOUD, "everything twice"])
        fault, _, settings = LOUD.get(name, (HIDDEN.get(name, {}), "", {}))
        skip = chance.randrange(reference.requests)
        upstream.control(faults=[{"match": "/", "skip": skip, **fault, "count": 1}])
        outcome = field.night(source, **settings)
        if outcome.error is None:
            assert field.snapshot() == undisturbed.snapshot(), f"complete after {name!r}, but not whole"
    upstream.control(faults=[])
    assert field.night(source).error is None
    assert field.snapshot() == undisturbed.snapshot()
