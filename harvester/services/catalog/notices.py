"""Entries of retracted, doubted and corrected papers get the notice's link; people decide what becomes of them."""

from dataclasses import replace
from pathlib import Path

from harvester.catalog.folder import load_entry, write_entry
from harvester.domain.notices import NOTICE_KINDS
from harvester.services.review.decisions import CATALOG_LOCK
from harvester.services.workspace import Workspace
from harvester.store.engine import read
from harvester.store.locks import lock
from harvester.store.papers import load
from harvester.store.queue import in_state


def mark_entries(ws: Workspace) -> list[str]:
    """Write the links of notices into the entries of accepted papers that lack them; returns the entries' ids.

    Raises:
        CatalogError: an entry cannot be read or written.
        StoreError: the store fails.
    """
    with lock(ws.store, CATALOG_LOCK, wait=True):
        with read(ws.store) as db:
            files = {candidate.paper: candidate.entry for candidate in in_state(db, "accepted") if candidate.entry}
            papers = {number: stored.paper for number, stored in load(db, files).items()}
        marked = []
        for number, paper in papers.items():
            links: dict[str, str] = {kind: paper.links[kind] for kind in NOTICE_KINDS if kind in paper.links}
            file = Path(files[number] or "")
            if not links or not (ws.catalog / file).exists():
                continue
            entry = load_entry(ws.catalog, file, ws.taxonomy)
            if links.items() <= entry.links.items():
                continue
            write_entry(ws.catalog, replace(entry, links={**entry.links, **links}), ws.taxonomy)
            marked.append(entry.id)
    return marked
