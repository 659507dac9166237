"""Suggestions in the queue: an accepted preprint has appeared in a journal, so its entry can say where and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harvester.base.errors import HarvesterError
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_entry, write_entry
from harvester.catalog.published import Published
from harvester.domain.candidates import QueueRow
from harvester.domain.proposals import Suggestion
from harvester.services.review.decisions import CATALOG_LOCK, Decided
from harvester.services.review.queries import require_paper, rows_of
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.journal_updates import close_suggestion, open_suggestions
from harvester.store.locks import lock
from harvester.store.queue import find_candidate


@dataclass(frozen=True, slots=True)
class JournalUpdate:
    """An accepted preprint as a row of the queue, and what a journal says about it."""

    row: QueueRow
    suggestion: Suggestion


def journal_updates(ws: Workspace) -> list[JournalUpdate]:
    """The accepted preprints that have appeared in a journal, oldest news first."""
    with read(ws.store) as db:
        found = {suggestion.paper: suggestion for suggestion in open_suggestions(db)}
        return [JournalUpdate(row, found[row.candidate.paper]) for row in rows_of(ws, db, list(found))]


def settle_suggestions(ws: Workspace, names: Sequence[str], by: str, *, take: bool) -> list[Decided]:
    """Take or dismiss the open suggestions on these papers, each paper independently."""
    with lock(ws.store, CATALOG_LOCK, wait=True):
        return [_attempt(ws, name, by, take=take) for name in names]


def updated(entry: Entry, suggestion: Suggestion) -> Entry:
    """The entry with the journal's venue, date and link; the preprint's link stays beside it."""
    links = dict(entry.links)
    if suggestion.link and links.get("paper") != suggestion.link:
        links = {
            "paper": suggestion.link,
            "preprint": links.get("paper", ""),
            **{k: v for k, v in links.items() if k != "paper"},
        }
    return replace(
        entry,
        venue=suggestion.venue or entry.venue,
        published=Published.of(suggestion.published) if suggestion.published else entry.published,
        links={role: link for role, link in links.items() if link},
    )


def _attempt(ws: Workspace, name: str, by: str, *, take: bool) -> Decided:
    try:
        with read(ws.store) as db:
            stored = require_paper(db, name)
            found = [suggestion for suggestion in open_suggestions(db) if suggestion.paper == stored.number]
            candidate = find_candidate(db, stored.number)
        if not found:
            raise HarvesterError(f"There is no open suggestion for {name}.")
        if candidate is None or not candidate.entry:
            raise HarvesterError(f"{name} is no longer in the catalog.")
        for suggestion in found:
            if take:
                entry = updated(load_entry(ws.catalog, Path(candidate.entry), ws.taxonomy), suggestion)
                write_entry(ws.catalog, entry, ws.taxonomy)
            with write(ws.store) as db:
                close_suggestion(db, suggestion, "taken" if take else "dismissed", by)
    except HarvesterError as error:
        return Decided(name, error=f"{name}: {error}")
    return Decided(stored.paper.id, "taken" if take else "dismissed", str(ws.catalog / candidate.entry))
