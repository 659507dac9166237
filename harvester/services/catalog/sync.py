"""Files win: what people changed in the catalogue's files becomes decisions in the store.

A file that is gone is a paper withdrawn, one that was added is a paper accepted, changed labels are a correction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from harvester.catalog.entry import Entry
from harvester.catalog.folder import Catalog, load_catalog, named_in
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision, standing
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import CATALOG
from harvester.services.review.decisions import CATALOGUE_LOCK, record_decision, settle
from harvester.services.workspace import Workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import write
from harvester.store.locks import lock
from harvester.store.papers import find_all, record
from harvester.store.queue import find_candidate, in_state, set_filed, unfiled

BY = "catalogue files"


@dataclass(slots=True)
class Synced:
    """How many papers the files accepted, corrected and withdrew, and what could not be read or written."""

    accepted: int = 0
    corrected: int = 0
    withdrawn: int = 0
    problems: list[str] = field(default_factory=list)


def sync_catalogue(ws: Workspace) -> Synced:
    """Finish what earlier decisions left to write, then take over what the files say.

    Raises:
        StoreError: the store fails.
    """
    with lock(ws.store, CATALOGUE_LOCK, wait=True):
        return sync_locked(ws)


def sync_locked(ws: Workspace) -> Synced:
    """``sync_catalogue`` for a caller that holds the catalogue's lock already.

    Raises:
        StoreError: the store fails.
    """
    done = Synced(problems=settle(ws))
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    done.problems.extend(str(problem) for problem in catalog.problems)
    with write(ws.store) as db:
        numbers = _take_entries(ws, db, catalog, done)
        _withdraw_missing(ws, db, catalog, numbers, done)
    return done


def paper_of(entry: Entry) -> Paper:
    """What an entry tells of its paper; it knows no abstract."""
    day = entry.published.exact
    return Paper(
        identifiers=(entry.id,),
        title=entry.title,
        authors=tuple(Author(name) for name in entry.authors),
        published=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None,
        venue=entry.venue,
        links=dict(entry.links),
    )


def _take_entries(ws: Workspace, db: Connection, catalog: Catalog, done: Synced) -> set[int]:
    """Record every entry and make the decisions its file asks for; returns the papers' numbers."""
    seen = record(db, [Sighting(CATALOG, paper_of(entry)) for entry in catalog.entries], ws.clock())
    filed = {one.paper: one.entry for one in in_state(db, "accepted")}
    entries = _one_a_paper(zip((one.number for one in seen), catalog.entries, strict=True), filed, done)
    logs, unwritten = decisions_on(db, entries), {one.paper for one in unfiled(db)}
    for number, entry in entries.items():
        if number not in unwritten:  # its file does not yet say what was decided here
            _take(ws, db, number, entry, logs, done)
    return set(entries)


def _one_a_paper(found: Iterable[tuple[int, Entry]], filed: Mapping[int, str | None], done: Synced) -> dict[int, Entry]:
    """One entry for each paper: of two files of one paper (its arXiv id, its DOI) that which was there before counts.

    If both were taken, each would correct the other's labels again every night.
    """
    entries: dict[int, Entry] = {}
    for number, entry in found:
        first = entries.setdefault(number, entry)
        if first is entry:
            continue
        if _place(entry) == filed.get(number):
            entries[number], first, entry = entry, entry, first
        done.problems.append(
            f"{_place(entry)} ({entry.id}) and {_place(first)} ({first.id}) are entries of one paper; only the latter "
            "counts until one of the two files is removed."
        )
    return entries


def _place(entry: Entry) -> str | None:
    return entry.path.as_posix() if entry.path else None


def _take(
    ws: Workspace, db: Connection, number: int, entry: Entry, logs: Mapping[int, list[Decision]], done: Synced
) -> None:
    """Decide what one entry's file asks for, and note where that file lies now: people rename files."""
    now = standing(logs.get(number, []))
    if now.state != "accepted" or now.decision is None or now.decision.labels != entry.labels:
        _decide(ws, db, number, entry, now.state, done)
    candidate = find_candidate(db, number)
    if candidate and entry.path and candidate.entry != _place(entry):
        set_filed(db, number, candidate.version, _place(entry))


def _decide(ws: Workspace, db: Connection, number: int, entry: Entry, state: str, done: Synced) -> None:
    reason = "labels corrected" if state == "accepted" else "entry added"
    decision = Decision(number, "accept", "files", entry.labels, reason, BY, ws.clock())
    record_decision(ws, db, decision, filed=True)
    done.corrected += state == "accepted"
    done.accepted += state != "accepted"


def _withdraw_missing(ws: Workspace, db: Connection, catalog: Catalog, present: set[int], done: Synced) -> None:
    """Withdraw accepted papers whose files are gone, unless it may be the folder that is gone, or a file is broken."""
    accepted = [one for one in in_state(db, "accepted") if one.filed]
    missing = [one for one in accepted if one.paper not in present and not _has_file(ws, one)]
    if len(missing) == len(accepted) > 1 and not _is_catalogue(ws.catalog):
        done.problems.append(
            f"{ws.catalog} holds none of the {len(accepted)} accepted entries, and no list; restore the folder or "
            "correct catalog.dir. Nothing was withdrawn."
        )
        return
    for one in _without_renamed(ws, db, catalog, missing, done):
        gone = Decision(one.paper, "withdraw", "files", None, "entry removed", BY, ws.clock())
        record_decision(ws, db, gone, filed=True)
        done.withdrawn += 1


def _without_renamed(
    ws: Workspace, db: Connection, catalog: Catalog, missing: list[Candidate], done: Synced
) -> list[Candidate]:
    """Those of the missing that no broken file elsewhere can be: people rename and break a file in one edit."""
    known = {one.entry for one in in_state(db, "accepted") if one.paper not in {gone.paper for gone in missing}}
    strange = [file for file in dict.fromkeys(one.file for one in catalog.problems) if file not in known]
    named = {file: named_in(ws.catalog, Path(file)) for file in strange}
    if missing and (nameless := [file for file, name in named.items() if not name]):
        done.problems.append(f"Nothing was withdrawn while nobody can tell which paper's entry {nameless[0]} is.")
        return []
    spared = {stored.number for stored in find_all(db, filter(None, named.values())).values()}
    return [one for one in missing if one.paper not in spared]


def _is_catalogue(folder: Path) -> bool:
    """Whether this is the catalogue's folder, if an empty one: git leaves the list, people's `rm` the folder too."""
    return (folder / "README.md").exists() or (folder / "entries").exists()


def _has_file(ws: Workspace, one: Candidate) -> bool:
    """Whether the file is there although it cannot be read: that is not a withdrawal."""
    return bool(one.entry) and (ws.catalog / str(one.entry)).exists()
