"""Suggestions in the queue: an accepted preprint has appeared in a journal, so its entry may say where and when."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harvester.base.errors import HarvesterError
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_entry, write_entry
from harvester.catalog.published import Published
from harvester.domain.proposals import Suggestion
from harvester.services.review.decisions import CATALOGUE_LOCK, Decided
from harvester.services.review.documents import require_paper
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.journal_updates import close_suggestion, open_suggestions
from harvester.store.locks import lock
from harvester.store.queue import candidate


def settle_suggestions(ws: Workspace, names: Sequence[str], by: str, *, take: bool) -> list[Decided]:
    """Take or dismiss the open suggestions on these papers, each by itself."""
    with lock(ws.store, CATALOGUE_LOCK, wait=True):
        return [_attempt(ws, name, by, take=take) for name in names]


def updated(entry: Entry, one: Suggestion) -> Entry:
    """The entry with the journal's venue, date and link; the preprint is named beside it."""
    links = dict(entry.links)
    if one.link and links.get("paper") != one.link:
        links = {
            "paper": one.link,
            "preprint": links.get("paper", ""),
            **{k: v for k, v in links.items() if k != "paper"},
        }
    return replace(
        entry,
        venue=one.venue or entry.venue,
        published=Published.of(one.published) if one.published else entry.published,
        links={role: link for role, link in links.items() if link},
    )


def _attempt(ws: Workspace, name: str, by: str, *, take: bool) -> Decided:
    try:
        with read(ws.store) as db:
            stored = require_paper(db, name)
            found = [one for one in open_suggestions(db) if one.paper == stored.number]
            place = candidate(db, stored.number)
        if not found:
            raise HarvesterError(f"There is no open suggestion on {name}.")
        if place is None or not place.entry:
            raise HarvesterError(f"{name} is no longer in the catalogue.")
        for one in found:
            if take:
                entry = updated(load_entry(ws.catalog, Path(place.entry), ws.taxonomy), one)
                write_entry(ws.catalog, entry, ws.taxonomy)
            with write(ws.store) as db:
                close_suggestion(db, one, "taken" if take else "dismissed", by)
    except HarvesterError as error:
        return Decided(name, error=f"{name}: {error}")
    return Decided(stored.paper.id, "taken" if take else "dismissed", str(ws.catalog / place.entry))
