"""Entries of retracted, doubted and corrected papers get the notice's link; people decide what becomes of them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from harvester.base.errors import CatalogError
from harvester.catalog.folder import load_entry, write_entry
from harvester.domain.notices import NOTICE_KINDS
from harvester.services.review.decisions import CATALOG_LOCK
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.notices import note_shown, shown_notices
from harvester.store.papers import load
from harvester.store.queue import in_state


def mark_entries(ws: Workspace) -> list[str]:
    """Write the links of notices into the entries of accepted papers that lack them; returns the entries' ids.

    Files win: a link that a maintainer has changed stays as it is, and one that was removed stays away.

    Raises:
        CatalogError: an entry cannot be written.
        StoreError: the store fails.
    """
    with lock(ws.store, CATALOG_LOCK, wait=True):
        return mark_locked(ws)


def mark_locked(ws: Workspace) -> list[str]:
    """``mark_entries`` for a caller that already holds the catalog's lock, and has read the files."""
    with read(ws.store) as db:
        files = {candidate.paper: candidate.entry for candidate in in_state(db, "accepted") if candidate.entry}
        papers = {number: stored.paper for number, stored in load(db, files).items()}
        shown = shown_notices(db, papers)
    marked = []
    for number, paper in papers.items():
        file = Path(files[number] or "")
        if paper.links.keys().isdisjoint(NOTICE_KINDS) or not (ws.catalog / file).exists():
            continue
        try:
            entry = load_entry(ws.catalog, file, ws.taxonomy)
        except CatalogError:  # reading the catalog has named it; the other entries are marked all the same
            continue
        if new := missing(paper.links, entry.links, shown.get(number, {})):
            write_entry(ws.catalog, replace(entry, links={**entry.links, **new}), ws.taxonomy)
            with write(ws.store) as db:
                note_shown(db, number, new)
            marked.append(entry.id)
    return marked


def missing(known: Mapping[str, str], entry: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """The notices that an entry should show and does not, by kind, from the links of the paper and those of its entry.

    Args:
        shown: the notices that the entry has shown before. An article's own page, which only marks it as retracted,
            gives way to the notice; no other link is replaced, and what is not there any more was removed.
    """
    new: dict[str, str] = {}
    for kind in NOTICE_KINDS:
        link, here = known.get(kind, ""), entry.get(kind, "")
        mark = here == entry.get("paper") and shown.get(kind) == here
        if link and link != here and (mark if here else kind not in shown):
            new[kind] = link
    return new
