"""Nights of Europe PMC: what is stored, what is asked for again, and what its preprints do not count as."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harvester.domain.merging import Change
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.review.decisions import decide_all
from harvester.sources.arxiv import api as arxiv
from harvester.sources.europepmc.record import read_record
from harvester.sources.registry import chosen
from harvester.store.cursors import cursor
from harvester.store.engine import read, write
from harvester.store.recording import record
from tests.conftest import Upstream, both_databases
from tests.room import Room
from tests.sources.europepmc import HEARTS, NOW, PAGE, SEARCH, ask, hearts, page, received

LATER = {"match": SEARCH, "count": 1, "skip": 1}


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
