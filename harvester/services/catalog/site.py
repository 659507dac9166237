"""The catalog's web page as a folder of static files."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from harvester.base.clock import utc_date
from harvester.base.errors import CatalogError
from harvester.base.files import write_atomic
from harvester.catalog.entry import Entry, tell
from harvester.catalog.folder import load_catalog
from harvester.catalog.site.files import framed, site
from harvester.catalog.site.known import Known
from harvester.domain.abstracts import free_abstract
from harvester.domain.identity import address_of, names_of_kind
from harvester.domain.papers import Stored
from harvester.services.catalog.export import export_context, refuse_foreign
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.acceptances import in_catalog
from harvester.store.engine import read
from harvester.store.papers import chunks, find_all

_OURS = ("assets", "data", "page", "paper")  # the folders of an earlier build that may hold files no longer needed
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
    home = ws.settings.catalog.site_url or ws.settings.digest.base_url
    makers = site(
        framed(catalog.entries, ws.taxonomy, home),
        lambda: known_papers(ws, catalog.entries),
        lambda: replace(export_context(ws, catalog.entries), base_url=""),  # it may be served from anywhere
    )
    for number, (name, make) in enumerate(makers.items(), 1):
        write_atomic(folder / name, make(), durable=False)
        watch("files", number, len(makers))
    _remove_old(folder, makers)
    return {"entries": len(catalog.entries), "files": [str(folder / name) for name in makers]}


def known_papers(ws: Workspace, entries: Iterable[Entry]) -> dict[str, Known]:
    """What the store knows of the entries' papers, by entry id."""
    known: dict[str, Known] = {}
    with read(ws.store) as db:
        since = in_catalog(db)
        for chunk in chunks([entry.id for entry in entries]):  # a whole paper takes several times what is kept of it
            for name, stored in find_all(db, chunk).items():
                known[name] = _known(stored, since.get(stored.number), shown=ws.settings.catalog.abstracts)
    return known


def _known(stored: Stored, accepted: datetime | None, *, shown: bool) -> Known:
    paper = stored.paper
    name, source = free_abstract(stored) if shown and paper.abstract else ("", "")
    return Known(
        text=paper.abstract,
        source=source,
        source_link=address_of(name),
        version=paper.version,
        updated=utc_date(paper.updated) if paper.updated and paper.version > 1 else None,
        added=utc_date(accepted) if accepted else None,
        upvotes=paper.upvotes,
        pmid=min(names_of_kind(paper.identifiers, "pmid"), default="").removeprefix("pmid:"),
    )


def _remove_old(folder: Path, makers: Collection[str]) -> None:
    """Remove files of an earlier build that are not needed any more, and the folders of pages that are gone."""
    for old in [path for name in _OURS for path in (folder / name).rglob("*") if path.is_file()]:
        if old.relative_to(folder).as_posix() not in makers:
            old.unlink()
            with suppress(OSError):  # there are other files beside it
                old.parent.rmdir()
