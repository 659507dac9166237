"""The catalog for other programs: as one document, or as a folder for the Hugging Face hub."""

import json
import logging
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from harvester.base.clock import utc_date
from harvester.base.errors import CatalogError, UsageError
from harvester.base.files import write_atomic
from harvester.catalog.entry import Entry, tell
from harvester.catalog.export import WRITERS, shown
from harvester.catalog.export import export as write_export
from harvester.catalog.export.dataset import CROISSANT, JSON_LINES, PARQUET, data_files, dataset
from harvester.catalog.export.records import Context
from harvester.catalog.folder import load_catalog
from harvester.digest.opml import to_opml
from harvester.services.workspace import Workspace
from harvester.store.engine import read
from harvester.store.papers import find_all

log = logging.getLogger(__name__)
OPML = "opml"
DATASET = "dataset"
FORMATS = (*WRITERS, OPML, DATASET)
"""What ``catalog export --format`` takes."""


def export(ws: Workspace, name: str) -> bytes:
    """All entries in one format, or the addresses of the server's feeds.

    Raises:
        UsageError: the format is unknown, or is one that needs a folder.
        CatalogError: an entry cannot be read: an export that silently lacks papers is worse than none.
    """
    if name == OPML:
        return to_opml(ws.settings.digest.base_url, ws.taxonomy)
    if name not in WRITERS:
        raise UsageError(f"There is no format {name!r}; the formats are: {', '.join(FORMATS)}.")
    entries = _entries(ws)
    return write_export(entries, export_context(ws, entries), name).encode()


def export_dataset(ws: Workspace, folder: Path) -> dict[str, Any]:
    """Write the dataset into `folder`: ``{"entries", "files"}``. Other files there, such as those of git, stay.

    Raises:
        CatalogError: an entry cannot be read; nothing is written.
        UsageError: the folder contains something other than a dataset of ours.
    """
    entries = shown(_entries(ws))
    refuse_foreign(folder, JSON_LINES, "dataset")
    context = export_context(ws, entries)
    data = data_files(entries, context)
    if PARQUET not in data:
        log.warning(
            "The dataset is written without a Parquet file, because pyarrow is missing; "
            "to get one: pip install 'cardio-harvester[dataset]'"
        )
        (folder / PARQUET).unlink(missing_ok=True)  # one of an earlier export would contradict the rest
    day = _written_on(folder, data) or utc_date(ws.clock())
    files = dataset(data, len(entries), context, day)
    for name, content in files.items():
        write_atomic(folder / name, content)
    return {"entries": len(entries), "files": [str(folder / name) for name in files]}


def export_context(ws: Workspace, entries: Iterable[Entry]) -> Context:
    """What exports say besides the entries: addresses, the licence, and the arXiv categories that the store knows."""
    with read(ws.store) as db:
        known = find_all(db, [entry.id for entry in entries if entry.id.startswith("arxiv:")])
    classes = {name: stored.paper.categories[0] for name, stored in known.items() if stored.paper.categories}
    return Context(ws.taxonomy, ws.settings.digest.base_url, classes, ws.settings.catalog.license)


def refuse_foreign(folder: Path, mark: str, what: str) -> None:
    """Refuse to mix our files with other files: a typing error must not fill a home folder.

    An earlier `what` is told by its file `mark`. A clone of an empty repository is as good as an empty folder.

    Raises:
        UsageError: the folder is none, or has other files.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; give a folder for the {what}.")
    if folder.is_dir() and not (folder / mark).is_file() and any(not _of_git(path) for path in folder.iterdir()):
        raise UsageError(f"{folder} contains other files; give an empty folder or one with an earlier {what}.")


def _of_git(path: Path) -> bool:
    return path.name in (".git", ".gitattributes")


def _entries(ws: Workspace) -> tuple[Entry, ...]:
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    if catalog.problems:
        raise CatalogError(f"Nothing is exported: {tell(catalog.problems)}")
    return catalog.entries


def _written_on(folder: Path, data: dict[str, bytes]) -> date | None:
    """The date in the folder's description if the folder has exactly these data, so that nothing changes."""
    try:
        if any((folder / name).read_bytes() != content for name, content in data.items()):
            return None
        return date.fromisoformat(json.loads((folder / CROISSANT).read_text(encoding="utf-8"))["datePublished"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
