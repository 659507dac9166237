"""Files win: changes that people make to the catalog's files become decisions in the store.

A deleted file withdraws a paper, an added file accepts one, and changed labels are a correction. What counts as a
change is decided by a three-way comparison with what this folder held before (`harvester.store.entry_files`): a file
that is as it was, of a paper that was decided on elsewhere, follows that decision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.errors import CatalogError, HarvesterError
from harvester.base.files import sweep
from harvester.catalog import git
from harvester.catalog.entry import Entry, EntryError
from harvester.catalog.folder import load_catalog, load_entry, remove_entry, write_entry
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision, Standing, standing
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import CATALOG
from harvester.services.catalog.missing_entries import missing_entries
from harvester.services.review.decisions import CATALOG_LOCK, note_held, record_decision, settle
from harvester.services.workspace import Workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import trial, write
from harvester.store.entry_files import forget_held, held_in, remember_held
from harvester.store.locks import lock
from harvester.store.notices import note_shown, shown_notices
from harvester.store.papers import find_all, load
from harvester.store.queue import find_candidate, in_state, set_filed, unfiled
from harvester.store.recording import record

BY = "catalogue files"


@dataclass(slots=True)
class Synced:
    """How many papers the files accepted, corrected and withdrew, and what could not be read or written."""

    accepted: int = 0
    corrected: int = 0
    gone: list[str] = field(default_factory=list)  # ids of the papers that were withdrawn
    problems: list[str] = field(default_factory=list)

    @property
    def withdrawn(self) -> int:
        """How many papers were withdrawn because their files are gone."""
        return len(self.gone)


def sync_catalog(ws: Workspace, *, withdraw_many: bool = False) -> Synced:
    """Write the files of earlier decisions, then record what the files say.

    Args:
        withdraw_many: whether many entries that are gone at once are meant to be gone.

    Raises:
        StoreError: the store fails.
    """
    with lock(ws.store, CATALOG_LOCK, wait=True):
        return sync_locked(ws, withdraw_many=withdraw_many)


def sync_locked(ws: Workspace, *, withdraw_many: bool = False) -> Synced:
    """``sync_catalog`` for a caller that already holds the catalog's lock.

    Raises:
        StoreError: the store fails.
    """
    if problem := _astray(ws):
        return Synced(problems=[f"{problem} The files were not read."])
    sweep(ws.catalog)
    done = Synced(problems=settle(ws))
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    done.problems.extend(str(problem) for problem in catalog.problems)
    with write(ws.store) as db:
        held = held_in(db, ws.catalog_key)
        entries = _one_a_paper(zip(_recorded(ws, db, catalog.entries), catalog.entries, strict=True), _filed(db), done)
        stale = _take_entries(ws, db, entries, held, done)
        found = missing_entries(ws, db, catalog, set(entries), set(held), many=withdraw_many)
        done.problems.extend(found.problems)
        _withdraw(ws, db, found.papers, done)
        changed = {number: entry.labels for number, entry in entries.items() if held.get(number) != entry.labels}
        remember_held(db, ws.catalog_key, changed)
    done.problems.extend(_follow_all(ws, stale))
    return done


def _astray(ws: Workspace) -> str:
    """Why the files are not those of the list now; "" without a repository, which a commit complains about."""
    try:
        return git.astray(ws.catalog) if ws.settings.catalog.needs_branch else ""
    except CatalogError:
        return ""


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


def paper_numbers(ws: Workspace, entries: Sequence[Entry]) -> list[int]:
    """The number of the paper that each entry would be of, if the catalog consisted of these; nothing is recorded.

    Args:
        entries: in the order of their files.
    """
    with trial(ws.store) as db:
        return _recorded(ws, db, entries)


def _recorded(ws: Workspace, db: Connection, entries: Sequence[Entry]) -> list[int]:
    """Record every entry as a sighting; the numbers of their papers."""
    return [seen.number for seen in record(db, [Sighting(CATALOG, paper_of(entry)) for entry in entries], ws.clock())]


def _filed(db: Connection) -> dict[int, str | None]:
    return {candidate.paper: candidate.entry for candidate in in_state(db, "accepted")}


def _take_entries(
    ws: Workspace, db: Connection, entries: Mapping[int, Entry], held: Mapping[int, Labels], done: Synced
) -> dict[Path, Decision | None]:
    """Make the decisions that changed files imply; returns the files that must follow a decision made elsewhere."""
    logs, unwritten = decisions_on(db, entries), {candidate.paper for candidate in unfiled(db)}
    shown, stale = shown_notices(db, entries), dict[Path, Decision | None]()
    for number, entry in entries.items():
        before = shown.get(number, {})
        note_shown(db, number, {role: link for role, link in entry.links.items() if role not in before})
        now = standing(logs.get(number, []))
        if number in unwritten:  # its file does not show the decision yet
            continue
        if entry.path and held.get(number) == entry.labels and not _shows(entry, now):
            stale[entry.path] = now.decision if now.state == "accepted" else None
        else:
            _take(ws, db, number, entry, now, done)
    return stale


def _shows(entry: Entry, now: Standing) -> bool:
    """Whether a file says what was decided."""
    return now.state == "accepted" and now.decision is not None and now.decision.labels == entry.labels


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


def _take(ws: Workspace, db: Connection, number: int, entry: Entry, now: Standing, done: Synced) -> None:
    """Decide what an entry's file implies, and record the file's current path: people rename files."""
    if not _shows(entry, now):
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


def _withdraw(ws: Workspace, db: Connection, missing: Iterable[Candidate], done: Synced) -> None:
    numbers = [candidate.paper for candidate in missing]
    for number in numbers:
        record_decision(
            ws, db, Decision(number, "withdraw", "files", None, "entry removed", BY, ws.clock()), filed=True
        )
    forget_held(db, ws.catalog_key, numbers)
    done.gone.extend(sorted(stored.paper.id for stored in load(db, numbers).values()))


def _follow_all(ws: Workspace, stale: Mapping[Path, Decision | None]) -> list[str]:
    """Bring files up to date with decisions that were made elsewhere; returns the errors, whose files wait."""
    problems = []
    for path, decision in stale.items():
        try:
            _follow(ws, path, decision)
        except (EntryError, HarvesterError) as error:
            problems.append(str(error))
    return problems


def _follow(ws: Workspace, path: Path, decision: Decision | None) -> None:
    entry = load_entry(ws.catalog, path, ws.taxonomy)
    labels = decision.labels if decision else None
    if labels:
        write_entry(ws.catalog, replace(entry, labels=labels), ws.taxonomy)
    else:
        remove_entry(ws.catalog, path)
    with write(ws.store) as db:
        note_held(ws, db, find_all(db, [entry.id])[entry.id].number, labels)
