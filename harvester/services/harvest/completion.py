"""What Crossref knows about single papers: a few groups of DOIs each night.

Papers of the catalog are asked for because of notices: a retraction may come years later, outside every window. Papers
that a feed showed without abstract or authors are completed.

A DOI is not asked for again soon: what Crossref knew has a sighting of its own, and the others are remembered.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from harvester.base.clock import utc_date
from harvester.domain.notices import Notice
from harvester.services.crossref_client import crossref_settings, crossref_transport
from harvester.services.workspace import Workspace
from harvester.sources.crossref import api
from harvester.sources.crossref.lookup import Found, look_up_many
from harvester.store.cursors import cursor, set_cursor
from harvester.store.engine import read, write
from harvester.store.incomplete import accepted_dois, without_text
from harvester.store.notices import attach
from harvester.store.recording import record

log = logging.getLogger(__name__)
MOST = 200  # DOIs a night
AGAIN = timedelta(days=30)  # a DOI may be in a feed before it is registered
ASKED = f"{api.PROVENANCE.name}/asked"
"""The cursor that remembers, in place of validators, when which DOI was asked for."""


@dataclass(frozen=True, slots=True)
class Completion:
    """How many DOIs were asked for, how many records came, the notices that are new, with their papers, and notes."""

    asked: int = 0
    found: int = 0
    noticed: tuple[tuple[int, Notice], ...] = ()
    notes: tuple[str, ...] = ()


def complete_papers(ws: Workspace) -> Completion:
    """Ask Crossref for what is missing, and merge it; without [harvest.crossref], nothing is asked.

    Raises:
        FetchError: Crossref gives no answer; what came before is kept.
    """
    settings = crossref_settings(ws)
    if settings is None:
        return Completion()
    today = utc_date(ws.clock())
    with read(ws.store) as db:
        resting = _recent(cursor(db, ASKED).validators, today)
        accepted = accepted_dois(db, MOST, resting)
        bare = without_text(db, api.PROVENANCE.name, MOST, resting)
    names = list(dict.fromkeys((*accepted, *bare)))[:MOST]
    dois, transport = [name.removeprefix("doi:") for name in names], crossref_transport(ws, settings)
    done = Completion()
    for group, found in look_up_many(settings, ws.settings.harvest.contact, transport, dois, today):
        noticed = _keep(ws, group, found, today)
        done = Completion(
            done.asked + len(group),
            done.found + len(found.readings),
            (*done.noticed, *noticed),
            (*done.notes, *found.notes),
        )
    for note in done.notes:
        log.warning("%s", note)
    if done.asked:
        log.info("Crossref knew %s of %s papers without abstract or authors", done.found, done.asked)
    return done


def _keep(ws: Workspace, group: Sequence[str], found: Found, today: date) -> list[tuple[int, Notice]]:
    sightings = [reading.sighting for reading in found.readings.values() if reading.sighting]
    with write(ws.store) as db:
        record(db, sightings, ws.clock(), add=False)
        noticed = attach(db, (notice for reading in found.readings.values() for notice in reading.notices))
        before = cursor(db, ASKED)
        asked = {f"doi:{doi}": today.isoformat() for doi in group}
        set_cursor(db, ASKED, replace(before, validators={**_recent(before.validators, today), **asked}))
    return noticed


def _recent(asked: Mapping[str, str], today: date) -> dict[str, str]:
    """The DOIs that were asked for so lately that they rest."""
    return {name: day for name, day in asked.items() if date.fromisoformat(day) + AGAIN > today}
