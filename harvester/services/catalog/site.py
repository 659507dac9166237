"""The catalog's web page as a folder of static files."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harvester.base.errors import CatalogError
from harvester.base.files import write_atomic
from harvester.catalog.entry import Entry, tell
from harvester.catalog.folder import load_catalog
from harvester.catalog.site.files import site
from harvester.services.catalog.export import export_context, refuse_foreign
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import read
from harvester.store.papers import find_all

_OURS = ("assets", "data")  # the folders of an earlier build that may hold files no longer needed
_MARK = "data/index.json"


def write_site(ws: Workspace, folder: Path, watch: Watch = unwatched) -> dict[str, Any]:
    """Write the site into `folder`; ``{"entries", "files"}``. Removes files of an earlier build that are not needed.

    Raises:
        CatalogError: an entry cannot be read; nothing is written.
        UsageError: the folder contains something other than a site of ours.
    """
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    if catalog.problems:
        raise CatalogError(f"The site is not built: {tell(catalog.problems)}")
    refuse_foreign(folder, _MARK, "site")
    makers = site(
        list(catalog.entries),
        ws.taxonomy,
        lambda: abstracts(ws, catalog.entries),
        context=lambda: replace(export_context(ws, catalog.entries), base_url=""),  # it may be served from anywhere
    )
    for number, (name, make) in enumerate(makers.items(), 1):
        write_atomic(folder / name, make())
        watch("files", number, len(makers))
    for old in (path for name in _OURS for path in (folder / name).rglob("*") if path.is_file()):
        if old.relative_to(folder).as_posix() not in makers:
            old.unlink()
    return {"entries": len(catalog.entries), "files": [str(folder / name) for name in makers]}


def abstracts(ws: Workspace, entries: tuple[Entry, ...]) -> Mapping[str, str]:
    """The abstracts of the entries that the store has, by entry id."""
    with read(ws.store) as db:
        found = find_all(db, [entry.id for entry in entries])
    return {name: stored.paper.abstract for name, stored in found.items() if stored.paper.abstract}
