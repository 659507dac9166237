"""Which accepted papers were withdrawn by removing their files, and when it is safer to ask first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from harvester.catalog.folder import Catalog, named_in
from harvester.domain.candidates import Candidate
from harvester.services.workspace import Workspace
from harvester.store.papers import find_all
from harvester.store.queue import in_state

FEW = 3  # entries that may always go at once
SHARE = 10  # of a larger catalog, one entry in so many


@dataclass(frozen=True, slots=True)
class Missing:
    """The papers whose files are gone, and why nothing is concluded from others that are."""

    papers: Sequence[Candidate] = ()
    problems: tuple[str, ...] = ()


def missing_entries(
    ws: Workspace, db: Connection, catalog: Catalog, present: Collection[int], held: Collection[int], *, many: bool
) -> Missing:
    """The accepted papers whose files this folder `held` and no longer has.

    Nothing is concluded if the whole folder may be gone, if a broken file may be one of those missing, or if more are
    gone than people usually remove in one step, unless `many` says that they are meant to be.
    """
    accepted = [candidate for candidate in in_state(db, "accepted") if candidate.filed and candidate.paper in held]
    gone = [candidate for candidate in accepted if candidate.paper not in present and not _has_file(ws, candidate)]
    if len(gone) == len(accepted) > 1 and not _is_catalog(ws.catalog):
        return Missing(problems=(_lost(ws.catalog, len(accepted)),))
    found = _without_renamed(ws, db, catalog, gone)
    if len(found.papers) > max(FEW, len(accepted) // SHARE) and not many:
        return Missing(problems=(*found.problems, _too_many(len(found.papers), len(accepted), ws.catalog)))
    return found


def _lost(folder: Path, accepted: int) -> str:
    return (
        f"{folder} holds none of the {accepted} accepted entries, and no list; restore the folder or correct "
        "catalog.dir. Nothing was withdrawn."
    )


def _too_many(gone: int, accepted: int, folder: Path) -> str:
    return (
        f"{gone} of {accepted} entries are gone from {folder}, and nothing was withdrawn: restore the files, or run "
        "`harvester catalog build --withdraw` if they were removed on purpose."
    )


def _without_renamed(ws: Workspace, db: Connection, catalog: Catalog, missing: Sequence[Candidate]) -> Missing:
    """The missing papers that no broken file can belong to: people rename and break a file in one edit."""
    gone = {candidate.paper for candidate in missing}
    known = {candidate.entry for candidate in in_state(db, "accepted") if candidate.paper not in gone}
    strange = [file for file in dict.fromkeys(problem.file for problem in catalog.problems) if file not in known]
    named = {file: named_in(ws.catalog, Path(file)) for file in strange}
    if missing and (nameless := [file for file, name in named.items() if not name]):
        why = f"Nothing was withdrawn because it is unclear which paper's entry {nameless[0]} is."
        return Missing(problems=(why,))
    spared = {stored.number for stored in find_all(db, filter(None, named.values())).values()}
    return Missing([candidate for candidate in missing if candidate.paper not in spared])


def _is_catalog(folder: Path) -> bool:
    """Whether this is the catalog's folder, even an empty one: git leaves the list, and `rm` leaves the folder."""
    return (folder / "README.md").exists() or (folder / "entries").exists()


def _has_file(ws: Workspace, candidate: Candidate) -> bool:
    """Whether the file exists even if it cannot be read: that is not a withdrawal."""
    return bool(candidate.entry) and (ws.catalog / str(candidate.entry)).exists()
