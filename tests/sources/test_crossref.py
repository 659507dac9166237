"""Crossref's lists and single DOIs, from the stand-in over HTTP with its faults."""

import json
import re
import urllib.request
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from harvester.base.errors import FetchError
from harvester.config.harvest import HarvestSettings
from harvester.domain.papers import Sighting
from harvester.sources.crossref import api, lookup
from harvester.sources.crossref.api import KIND, CrossrefSettings, fetch, pace
from harvester.sources.crossref.lookup import look_up, look_up_many
from harvester.sources.errors import BadQuery, Incomplete, Malformed, Throttled, Unavailable
from harvester.sources.http import Answer, Transport
from harvester.sources.window import Batch, Window
from tests.conftest import Upstream

WINDOW = Window(datetime(2025, 5, 20, tzinfo=UTC), datetime(2025, 6, 20, tzinfo=UTC))
TODAY = date(2025, 6, 19)
JOURNALS = (
    "Journal of Computed Cardiology",
    "Rhythm and Signal",
    "Cardiac Informatics & Imaging",
    "Circulation",
    "npj Digital Medicine",
)
QUICK = HarvestSettings(attempts=1, timeout=5, read_limit=10, max_wait=0.1)
PATIENT = QUICK.model_copy(update={"attempts": 3})


@pytest.fixture
def crossref(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Upstream:
    """The stand-in in the middle of June, asked for pages of 3."""
    monkeypatch.setattr(api, "PAGE", 3)
    upstream.control(today="2025-06-19")
    return upstream


def settings(upstream: Upstream, *venues: str) -> CrossrefSettings:
    return CrossrefSettings(url=f"{upstream.url}/crossref", min_interval=0, venues=venues)


def read(upstream: Upstream, venues: tuple[str, ...] = JOURNALS, http: HarvestSettings = QUICK) -> list[Batch]:
    return list(fetch(settings(upstream, *venues), "", Transport(http), WINDOW))


def names(batches: list[Batch]) -> list[str]:
    return [seen.paper.identifiers[0] for batch in batches for seen in batch.sightings]


def ask(upstream: Upstream, query: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{upstream.url}/crossref/works?{query}", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)["message"]
    return found


def asked(upstream: Upstream) -> list[dict[str, list[str]]]:
    """The parameters of every request for a list."""
    return [parse_qs(urlsplit(one["path"]).query) for one in upstream.log() if "/crossref/works?" in one["path"]]


@pytest.fixture
def some_doi(crossref: Upstream) -> str:
    query = "filter=from-index-date:2025-06-01,has-abstract:true&rows=1&sort=indexed"
    return str(ask(crossref, query)["items"][0]["DOI"])


class TestLists:
    def test_a_month_is_complete_over_several_pages(self, crossref: Upstream) -> None:
        batches = read(crossref)
        assert len(batches) > 3
        assert sum(batch.received for batch in batches) == batches[0].expected
        found = names(batches)
        assert len(found) == len(set(found))
        notices = sum(len(batch.notices) for batch in batches)
        assert notices
        assert [note for batch in batches for note in batch.notes] == []
        cursors = [one["cursor"][0] for one in asked(crossref)]
        assert cursors[0] == "*"
        assert len(set(cursors)) == 2, "the same cursor on every page"

    def test_the_records_are_those_of_the_venues_and_nothing_else(self, crossref: Upstream) -> None:
        truth = {
            work["doi"]: work
            for work in json.load(urllib.request.urlopen(f"{crossref.url}/_works", timeout=10))
            if work["source"] != "PPR"
        }
        batches = read(crossref)
        for seen in (seen for batch in batches for seen in batch.sightings):
            assert seen.paper.identifiers[0].removeprefix("doi:") in truth
            assert seen.paper.venue in JOURNALS
        chosen = {name.removeprefix("doi:") for name in names(batches)}
        fresh = {doi for doi, work in truth.items() if "2025-06-01" <= work["online"] <= "2025-06-19"}
        of_venues = {str(w["DOI"]) for v in JOURNALS for w in _all_of(crossref, v)}
        is_notice = {str(w["DOI"]) for v in JOURNALS for w in _all_of(crossref, v) if w.get("update-to")}
        assert fresh & of_venues - is_notice <= chosen

    def test_an_issn_and_a_title_may_stand_side_by_side(self, crossref: Upstream) -> None:
        issn = ask(crossref, f"filter=container-title:{JOURNALS[0].replace(' ', '%20')}&rows=1")["items"][0]["ISSN"][0]
        both = read(crossref, (issn, JOURNALS[1]))
        assert sum(batch.received for batch in both) == both[0].expected
        assert sorted(names(both)) == sorted(names(read(crossref, JOURNALS[:2])))

    def test_without_venues_nothing_is_asked(self, crossref: Upstream) -> None:
        assert read(crossref, ()) == []
        assert asked(crossref) == []

    def test_the_contact_and_the_fields_are_sent(self, crossref: Upstream) -> None:
        contact = "jane@example.org"
        list(fetch(settings(crossref, JOURNALS[0]), contact, Transport(QUICK), WINDOW))
        (first, *_) = asked(crossref)
        assert first["mailto"] == [contact]
        assert "reference" not in first["select"][0].split(",")
        assert re.fullmatch(
            r"from-index-date:2025-05-20,until-index-date:2025-06-19,from-created-date:2024-05-19,container-title:.*",
            first["filter"][0],
        )

    @pytest.mark.parametrize("skip", [0, 1])
    @pytest.mark.parametrize(
        ("fault", "why"),
        [
            ({"kind": "status", "status": 429}, Throttled),
            ({"kind": "status", "status": 429, "retry_after": 30}, Throttled),
            ({"kind": "status", "status": 403}, Throttled),
            ({"kind": "status", "status": 500}, Unavailable),
            ({"kind": "status", "status": 404}, BadQuery),
            ({"kind": "truncate"}, Unavailable),
            ({"kind": "reset"}, Unavailable),
            ({"kind": "malformed"}, Malformed),
            ({"kind": "html"}, Malformed),
            ({"kind": "empty"}, Incomplete),
        ],
    )
    def test_faults_that_last_are_told(
        self, crossref: Upstream, fault: dict[str, Any], why: type[FetchError], skip: int
    ) -> None:
        crossref.control(faults=[{"match": "/crossref/", "skip": skip, "count": -1, **fault}])
        with pytest.raises(why):
            read(crossref)

    @pytest.mark.parametrize("skip", [0, 1, 2])
    @pytest.mark.parametrize("kind", ["malformed", "html", "empty", "badtoken"])
    def test_a_page_that_is_lost_costs_nothing(self, crossref: Upstream, kind: str, skip: int) -> None:
        whole = names(read(crossref))
        crossref.control(faults=[{"match": "/crossref/", "skip": skip, "count": 1, "kind": kind}])
        batches = read(crossref)
        assert sum(batch.received for batch in batches) == batches[0].expected
        assert sorted(names(batches)) == sorted(whole)

    @pytest.mark.parametrize("kind", ["truncate", "reset", "status"])
    def test_a_page_that_is_asked_for_again_is_the_next_one(
        self, crossref: Upstream, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("time.sleep", lambda _seconds: None)
        whole = names(read(crossref))
        crossref.control(faults=[{"match": "/crossref/", "skip": 1, "count": 1, "kind": kind, "status": 429}])
        batches = read(crossref, http=PATIENT)
        assert sum(batch.received for batch in batches) == batches[0].expected
        assert sorted(names(batches)) == sorted(whole)

    def test_a_cursor_that_is_never_accepted_is_told(self, crossref: Upstream) -> None:
        crossref.control(faults=[{"match": "/crossref/", "count": -1, "kind": "badtoken"}])
        with pytest.raises(BadQuery, match="cursor-invalid"):
            read(crossref)

    @pytest.mark.parametrize("by", [2, -2])
    def test_a_total_that_is_wrong_is_no_complete_answer(self, crossref: Upstream, by: int) -> None:
        crossref.control(faults=[{"match": "/crossref/", "count": -1, "kind": "drift", "by": by}])
        received, expected, error = 0, None, ""
        try:
            for batch in fetch(settings(crossref, *JOURNALS), "", Transport(QUICK), WINDOW):
                received, expected = received + batch.received, expected or batch.expected
        except Incomplete as told:
            error = str(told)
        assert received
        assert received != expected
        assert bool(error) == (by > 0)

    def test_every_work_twice_counts_once(self, crossref: Upstream) -> None:
        whole = read(crossref)
        crossref.control(faults=[{"match": "/crossref/", "count": -1, "kind": "duplicate"}])
        batches = read(crossref)
        assert sum(batch.received for batch in batches) == whole[0].expected
        assert sorted(names(batches)) == sorted(names(whole))

    def test_a_rejected_request_is_told_with_the_remedy(
        self, crossref: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(api, "PAGE", 5000)
        with pytest.raises(BadQuery, match=r"It says: Integer specified as 5000 .*Correct harvest\.crossref"):
            read(crossref)


def _all_of(upstream: Upstream, venue: str) -> list[dict[str, Any]]:
    title = venue.replace("&", "%26").replace(" ", "%20")
    found: list[dict[str, Any]] = ask(upstream, f"filter=container-title:{title}&rows=1000")["items"]
    return found


def test_odd_records_cost_themselves_alone(strict: Upstream) -> None:
    """All in one page: this stand-in refuses a second request within a second, and another test may have asked."""
    batches = read(strict, http=QUICK.model_copy(update={"attempts": 3, "max_wait": 2}))
    assert sum(batch.received for batch in batches) == batches[0].expected
    (batch,) = batches
    assert batch.notes
    assert all(re.fullmatch(r"Work \d+ \(10\.\S+\) cannot .* left out: it has no title\.", x) for x in batch.notes)
    assert len(batch.sightings) + len(batch.notes) + len(batch.notices) >= batch.received


class TestSingleDois:
    def test_a_doi_in_any_spelling(self, crossref: Upstream, some_doi: str) -> None:
        found = look_up(settings(crossref), "", Transport(QUICK), some_doi.upper(), TODAY)
        assert found is not None
        assert isinstance(found.sighting, Sighting)
        assert found.sighting.paper.identifiers[0] == f"doi:{some_doi}"
        (path,) = [one["path"] for one in crossref.log() if "/crossref/works/" in one["path"]]
        assert "%2F" in path
        assert unquote(path).endswith(some_doi.upper())

    def test_a_doi_that_nobody_knows(self, crossref: Upstream) -> None:
        assert look_up(settings(crossref), "", Transport(QUICK), "10.9999/<no one> knows?#", TODAY) is None

    def test_a_wrong_address_is_not_an_unknown_doi(self, crossref: Upstream) -> None:
        wrong = CrossrefSettings(url=f"{crossref.url}/elsewhere", min_interval=0)
        with pytest.raises(BadQuery, match=r"Correct harvest\.crossref\.url"):
            look_up(wrong, "", Transport(QUICK), "10.9999/x", TODAY)

    @pytest.mark.parametrize("kind", ["html", "malformed", "truncate"])
    def test_faults_are_told(self, crossref: Upstream, some_doi: str, kind: str) -> None:
        crossref.control(faults=[{"match": "/crossref/", "count": 1, "kind": kind}])
        with pytest.raises(FetchError):
            look_up(settings(crossref), "", Transport(QUICK), some_doi, TODAY)

    def test_many_at_once(self, crossref: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
        dois = [str(work["DOI"]) for work in ask(crossref, "rows=60&sort=indexed")["items"]]
        monkeypatch.setattr(lookup, "GROUP", 20)
        groups = list(look_up_many(settings(crossref), "", Transport(QUICK), [*dois, "10.9999/a,b", "10.9/no"], TODAY))
        assert [len(group) for group, _ in groups] == [20, 20, len(dois) + 1 - 40]
        readings = {name for _, found in groups for name in found.readings}
        assert readings == {f"doi:{doi}" for doi in dois}


class TestPace:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"X-Rate-Limit-Limit": "3", "X-Rate-Limit-Interval": "1s"}, 1 / 3),
            ({"X-Rate-Limit-Limit": "1", "X-Rate-Limit-Interval": "2s"}, 2.0),
            ({"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Interval": "1s"}, 0.0),
            ({"X-Rate-Limit-Limit": "many", "X-Rate-Limit-Interval": "1s"}, 0.0),
            ({"X-Rate-Limit-Limit": "1", "X-Rate-Limit-Interval": "inf"}, 0.0),
            ({}, 0.0),
        ],
    )
    def test_headers(self, headers: dict[str, str], seconds: float) -> None:
        assert pace(Answer("", 200, headers, b"")) == pytest.approx(seconds)

    @pytest.mark.parametrize(("interval", "pauses"), [(0.0, [1 / 3]), (1.0, [])])
    def test_the_slower_of_ours_and_theirs_counts(
        self, crossref: Upstream, interval: float, pauses: list[float]
    ) -> None:
        told: list[float] = []
        polite = QUICK.model_copy(update={"contact": "jane@example.org"})
        chosen = CrossrefSettings(url=f"{crossref.url}/crossref", min_interval=interval, venues=())
        api.ask(chosen, "", Transport(polite, cool_down=told.append), {"rows": 0})
        assert told == pytest.approx(pauses)


class TestProbe:
    def test_it_says_how_much_there_is(self, crossref: Upstream) -> None:
        assert KIND.probe is not None
        found = KIND.probe(settings(crossref, *JOURNALS)).ask(Transport(QUICK))
        assert re.fullmatch(r"It has [\d,]+ records of the venues\.", found)
        assert "empty" in KIND.probe(settings(crossref)).ask(Transport(QUICK))

    def test_venues_that_crossref_does_not_have_are_told(self, crossref: Upstream) -> None:
        assert KIND.probe is not None
        with pytest.raises(BadQuery, match="no works of harvest"):
            KIND.probe(settings(crossref, "Annals of Nothing")).ask(Transport(QUICK))
