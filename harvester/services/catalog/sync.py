"""Files win: changes that people make to the catalog's files become decisions in the store.

A deleted file withdraws a paper, an added file accepts one, and changed labels are a correction.
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
from harvester.services.review.decisions import CATALOG_LOCK, record_decision, settle
from harvester.services.workspace import Workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import write
from harvester.store.locks import lock
from harvester.store.notices import note_shown, shown_notices
from harvester.store.papers import find_all
from harvester.store.queue import find_candidate, in_state, set_filed, unfiled
from harvester.store.recording import record

BY = "catalogue files"


@dataclass(slots=True)
class Synced:
    """How many papers the files accepted, corrected and withdrew, and what could not be read or written."""

    accepted: int = 0
    corrected: int = 0
    withdrawn: int = 0
    problems: list[str] = field(default_factory=list)


def sync_catalog(ws: Workspace) -> Synced:
    """Write the files of earlier decisions, then record what the files say.

    Raises:
        StoreError: the store fails.
    """
    with lock(ws.store, CATALOG_LOCK, wait=True):
        return sync_locked(ws)


def sync_locked(ws: Workspace) -> Synced:
    """``sync_catalog`` for a caller that already holds the catalog's lock.

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
    """The paper as its entry describes it; an entry has no abstract."""
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
    """Record every entry and make the decisions its file implies; returns the papers' numbers."""
    seen = record(db, [Sighting(CATALOG, paper_of(entry)) for entry in catalog.entries], ws.clock())
    filed = {candidate.paper: candidate.entry for candidate in in_state(db, "accepted")}
    entries = _one_a_paper(zip((result.number for result in seen), catalog.entries, strict=True), filed, done)
    logs, unwritten = decisions_on(db, entries), {candidate.paper for candidate in unfiled(db)}
    shown = shown_notices(db, entries)
    for number, entry in entries.items():
        before = shown.get(number, {})
        note_shown(db, number, {role: link for role, link in entry.links.items() if role not in before})
        if number not in unwritten:  # its file does not show the decision yet
            _take(ws, db, number, entry, logs, done)
    return set(entries)


def _one_a_paper(found: Iterable[tuple[int, Entry]], filed: Mapping[int, str | None], done: Synced) -> dict[int, Entry]:
    """One entry per paper: if two files describe one paper (by arXiv id and DOI), the earlier one counts.

    If both counted, each would correct the other's labels again every night.
    """
    entries: dict[int, Entry] = {}
    for number, entry in found:
        first = entries.setdefault(number, entry)
        if first is entry:
            continue
        if _path_of(entry) == filed.get(number):
            entries[number], first, entry = entry, entry, first
        done.problems.append(
            f"{_path_of(entry)} ({entry.id}) and {_path_of(first)} ({first.id}) are entries of one paper; only the "
            "latter counts until one of the two files is removed."
        )
    return entries


def _path_of(entry: Entry) -> str | None:
    return entry.path.as_posix() if entry.path else None


def _take(
    ws: Workspace, db: Connection, number: int, entry: Entry, logs: Mapping[int, list[Decision]], done: Synced
) -> None:
    """Decide what an entry's file implies, and record the file's current path: people rename files."""
    now = standing(logs.get(number, []))
    if now.state != "accepted" or now.decision is None or now.decision.labels != entry.labels:
        _decide(ws, db, number, entry, now.state, done)
    candidate = find_candidate(db, number)
    if candidate and entry.path and candidate.entry != _path_of(entry):
        set_filed(db, number, candidate.version, _path_of(entry))


def _decide(ws: Workspace, db: Connection, number: int, entry: Entry, state: str, done: Synced) -> None:
    reason = "labels corrected" if state == "accepted" else "entry added"
    decision = Decision(number, "accept", "files", entry.labels, reason, BY, ws.clock())
    record_decision(ws, db, decision, filed=True)
    done.corrected += state == "accepted"
    done.accepted += state != "accepted"


def _withdraw_missing(ws: Workspace, db: Connection, catalog: Catalog, present: set[int], done: Synced) -> None:
    """Withdraw accepted papers whose files are gone, unless the whole folder may be gone or a file is broken."""
    accepted = [candidate for candidate in in_state(db, "accepted") if candidate.filed]
    missing = [candidate for candidate in accepted if candidate.paper not in present and not _has_file(ws, candidate)]
    if len(missing) == len(accepted) > 1 and not _is_catalog(ws.catalog):
        done.problems.append(
            f"{ws.catalog} holds none of the {len(accepted)} accepted entries, and no list; restore the folder or "
            "correct catalog.dir. Nothing was withdrawn."
        )
        return
    for candidate in _without_renamed(ws, db, catalog, missing, done):
        gone = Decision(candidate.paper, "withdraw", "files", None, "entry removed", BY, ws.clock())
        record_decision(ws, db, gone, filed=True)
        done.withdrawn += 1


def _without_renamed(
    ws: Workspace, db: Connection, catalog: Catalog, missing: list[Candidate], done: Synced
) -> list[Candidate]:
    """The missing papers that no broken file can belong to: people rename and break a file in one edit."""
    gone = {candidate.paper for candidate in missing}
    known = {candidate.entry for candidate in in_state(db, "accepted") if candidate.paper not in gone}
    strange = [file for file in dict.fromkeys(problem.file for problem in catalog.problems) if file not in known]
    named = {file: named_in(ws.catalog, Path(file)) for file in strange}
    if missing and (nameless := [file for file, name in named.items() if not name]):
        done.problems.append(f"Nothing was withdrawn because it is unclear which paper's entry {nameless[0]} is.")
        return []
    spared = {stored.number for stored in find_all(db, filter(None, named.values())).values()}
    return [candidate for candidate in missing if candidate.paper not in spared]


def _is_catalog(folder: Path) -> bool:
    """Whether this is the catalog's folder, even an empty one: git leaves the list, and `rm` leaves the folder."""
    return (folder / "README.md").exists() or (folder / "entries").exists()


def _has_file(ws: Workspace, candidate: Candidate) -> bool:
    """Whether the file exists even if it cannot be read: that is not a withdrawal."""
    return bool(candidate.entry) and (ws.catalog / str(candidate.entry)).exists()
