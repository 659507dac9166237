"""Crossref in a run, for papers without text, for suggestions, and the venues proposed for it."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.services.catalog.notices import mark_entries
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.completion import MOST, complete_papers
from harvester.services.harvest.proposals import _fetch_all, propose
from harvester.services.review.decisions import decide_all
from harvester.sources.crossref import api
from harvester.sources.registry import chosen
from harvester.store.engine import read, write
from harvester.store.papers import find, history
from harvester.store.proposals import proposals_in
from harvester.store.recording import record
from tests.conftest import Upstream, both_databases
from tests.room import Room

FEED = Provenance("circulation", Rank.JOURNAL, "journal")
KINDS = {"retraction": "retraction", "correction": "correction", "expression_of_concern": "concern"}
SINCE = datetime(2025, 5, 12, tzinfo=UTC)


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream, store_url: str) -> Iterator[Room]:
    crossref = {
        "url": f"{upstream.url}/crossref",
        "min_interval": 0.0,
        "venues": ["Journal of Computed Cardiology", "Rhythm and Signal", "Circulation"],
    }
    made = Room.make(tmp_path, upstream.url, store_url, **{"harvest.crossref": crossref, "harvest": {"feeds": []}})
    yield made
    made.ws.store.dispose()


def works(upstream: Upstream, chosen: str = "type:journal-article,has-abstract:true") -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{upstream.url}/crossref/works?rows=100&filter={chosen}", timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["message"]["items"]
    return [work for work in found if not work.get("update-to")]


def shown(room: Room, *dois: str, abstract: str = "") -> None:
    """What a feed shows: titles of its own, so that nothing but the DOI can match."""
    papers = [Paper((f"doi:{doi}",), f"As the feed of {doi} has it", abstract) for doi in dois]
    with write(room.ws.store) as db:
        record(db, [Sighting(FEED, paper) for paper in papers], room.now)


def requests(upstream: Upstream) -> int:
    return sum("/crossref/" in one["path"] for one in upstream.log())


def test_a_month_is_complete_and_the_second_run_brings_nothing_new(room: Room, upstream: Upstream) -> None:
    (source,) = chosen(room.ws.settings.harvest, source_state(room.ws.store), ["crossref"])
    first = harvest(room.ws, source, SINCE, None)
    assert (first.state, first.error, first.received) == ("fresh", None, first.expected)
    again = harvest(room.ws, source, SINCE, None)
    assert (again.state, again.received, len(again.changes)) == ("quiet", first.received, len(first.changes))
    assert {change.value for change in again.changes.values()} == {"same"}


def test_a_list_that_stays_incomplete_leaves_the_cursor(room: Room, upstream: Upstream) -> None:
    upstream.control(faults=[{"match": "/crossref/", "kind": "drift", "by": 3, "count": -1}])
    (source,) = chosen(room.ws.settings.harvest, source_state(room.ws.store), ["crossref"])
    failed = harvest(room.ws, source, SINCE, None)
    assert (failed.state, "announced" in (failed.error or "")) == ("failed", True)
    assert failed.changes, "what arrived is kept"
    upstream.control(faults=[])
    assert harvest(room.ws, source, SINCE, None).state == "fresh"


@both_databases
def test_papers_without_text_are_completed_and_nothing_is_asked_twice(room: Room, upstream: Upstream) -> None:
    (known, *_) = works(upstream)
    shown(room, known["DOI"], "10.9999/nobody.knows", "10.9999/with,comma")
    shown(room, "10.9999/has.text", abstract="Of hearts.")
    with write(room.ws.store) as db:
        whole = Paper(("doi:10.9999/whole",), "Whole", "Of hearts.", (Author("Jane Doe"),))
        record(db, [Sighting(FEED, whole)], room.now)
    upstream.control(clear_log=True)
    done = complete_papers(room.ws)
    assert (done.asked, done.found, requests(upstream)) == (3, 1, 1)
    with read(room.ws.store) as db:
        stored = find(db, f"doi:{known['DOI']}")
        assert stored is not None
        assert stored.paper.abstract
        assert len(stored.paper.authors) == len(known["author"])
        assert {seen.source for seen in history(db, stored.number)} == {"circulation", "crossref"}
    room.later(days=8)
    assert (complete_papers(room.ws).asked, requests(upstream)) == (0, 1)
    room.later(days=30)
    assert complete_papers(room.ws).asked == 2, "it may have been registered since"


def test_a_failure_keeps_what_came_and_asks_for_the_rest_again(room: Room, upstream: Upstream) -> None:
    shown(room, *(f"10.9999/nobody.{number}" for number in range(MOST + 60)))
    upstream.control(faults=[{"match": "/crossref/", "kind": "html", "skip": 1, "count": 1}])
    cut = complete_papers(room.ws)
    assert (cut.asked, "not JSON" in cut.error) == (50, True)
    upstream.control(faults=[])
    assert complete_papers(room.ws).asked == MOST
    assert complete_papers(room.ws).asked == 10
    assert complete_papers(room.ws).error == ""


def test_without_its_section_nothing_is_asked(tmp_path: Path, upstream: Upstream, store_url: str) -> None:
    room = Room.make(tmp_path, upstream.url, store_url)
    shown(room, "10.9999/nobody.knows")
    assert complete_papers(room.ws).asked == 0
    room.ws.store.dispose()


def test_a_suggested_doi_is_found(room: Room, upstream: Upstream) -> None:
    (known, *_) = works(upstream)
    upstream.control(faults=[{"match": "/crossref/", "kind": "status", "status": 503, "count": 1}])
    propose(room.ws, f"https://doi.org/{known['DOI']}", "", "192.0.2.1")
    propose(room.ws, "10.1000/nobody.knows", "", "192.0.2.1")
    assert _fetch_all(room.ws) == 1
    assert _fetch_all(room.ws) == 1
    with read(room.ws.store) as db:
        assert [proposal.name for proposal in proposals_in(db, "unknown")] == ["doi:10.1000/nobody.knows"]
        assert [proposal.name for proposal in proposals_in(db, "queued")] == [f"doi:{known['DOI']}"]


def test_venues_are_proposed_from_the_entries(room: Room) -> None:
    text = (
        'id = "doi:10.9999/{n}"\ntitle = "Paper {n}"\nauthors = ["Jane Doe"]\npublished = "2025"\nvenue = "{venue}"\n'
        'kind = "research"\ntask = ["prognosis"]\n[links]\npaper = "https://doi.org/10.9999/{n}"\n'
    )
    folder = room.folder / "data" / "catalog" / "entries" / "2025"
    folder.mkdir(parents=True)
    for n, venue in enumerate(("Rhythm & Signal", "Heart Robots 3 (2025)", "Heart Robots")):
        (folder / f"paper-{n}.toml").write_text(text.format(n=n, venue=venue), encoding="utf-8")
    assert room.json("venues") == [
        {"venue": "Heart Robots", "entries": 2, "covered_by": None},
        {"venue": "Rhythm & Signal", "entries": 1, "covered_by": "crossref"},
    ]
    assert "2 venues, 1 of which no source reads by name." in room.run("venues")


@pytest.mark.parametrize("contact", ["", "jane@example.org"])
def test_the_pace_of_its_headers_is_kept(
    tmp_path: Path, strict: Upstream, store_url: str, contact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in refuses a list too many: one a second, three with a contact. Nothing is refused in one attempt."""
    time.sleep(1)  # another test may just have asked
    monkeypatch.setattr(api, "PAGE", 10)
    crossref = {"url": f"{strict.url}/crossref", "min_interval": 0.0, "venues": ["Circulation", "Rhythm and Signal"]}
    sections: dict[str, Any] = {"harvest.crossref": crossref, "harvest": {"contact": contact, "feeds": []}}
    room = Room.make(tmp_path, strict.url, store_url, **sections)
    (source,) = chosen(room.ws.settings.harvest, source_state(room.ws.store), ["crossref"])
    outcome = harvest(room.ws, source, SINCE, None)
    assert (outcome.state, outcome.error, outcome.received) == ("fresh", None, outcome.expected)
    assert outcome.requests > 1
    room.ws.store.dispose()


def test_papers_of_the_catalog_are_asked_for_once_a_month_because_of_notices(room: Room, upstream: Upstream) -> None:
    """A retraction may come years later, when no window brings the article again."""
    upstream.control(today="2026-06-01")
    updated = next(work for work in works(upstream, "has-update:true") if work.get("updated-by"))
    (told, *_) = updated["updated-by"]
    name = f"doi:{updated['DOI']}"
    with write(room.ws.store) as db:
        paper = Paper((name,), "As the catalog has it", "Of hearts.", (Author("Jane Doe"),))
        record(db, [Sighting(FEED, paper)], room.now)
    (accepted,) = decide_all(room.ws, "accept", [name], "ann", "", {"task": "segmentation"})
    assert not accepted.error
    done = complete_papers(room.ws)
    ((number, notice),) = done.noticed
    assert done.requests == 1
    assert (notice.kind, notice.link) == (KINDS[told["type"]], f"https://doi.org/{told['DOI'].lower()}")
    assert mark_entries(room.ws) == [name]
    assert f'{notice.kind} = "{notice.link}"' in room.entries[0].read_text()
    with read(room.ws.store) as db:
        assert find(db, name).number == number  # type: ignore[union-attr]
    room.later(days=8)
    assert complete_papers(room.ws).asked == 0
    room.later(days=30)
    again = complete_papers(room.ws)
    assert (again.asked, again.noticed) == (1, []), "what is known is no news"
