"""The layout of the catalog's papers: made when a night ends, so that nobody who asks for a page waits for it."""

import json
from hashlib import sha256

from harvester.catalog.export import shown
from harvester.catalog.folder import load_catalog
from harvester.catalog.site import nearby
from harvester.catalog.site.clusters import groups
from harvester.domain.layouts import Layout
from harvester.services.catalog.site import known_papers
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.layouts import keep_layout, layout_mark


def renew_layout(ws: Workspace) -> bool:
    """Make the layout if the texts of the catalog's papers have changed; returns whether it was made.

    Raises:
        CatalogError: the catalog's folder cannot be listed.
    """
    papers = shown(load_catalog(ws.catalog, ws.taxonomy).entries)
    known = known_papers(ws, papers)
    ids = [paper.id for paper in papers]
    texts = nearby.texts_of(papers, ws.taxonomy, {name: one.text for name, one in known.items()})
    mark = sha256(json.dumps([ids, texts]).encode()).hexdigest()
    with read(ws.store) as db:
        if not papers or layout_mark(db) == mark:
            return False
    placed = nearby.vectors(texts)
    places = nearby.layout(placed)
    layout = Layout(mark, ids, places, groups(places), nearby.similar(placed))
    with write(ws.store) as db:
        keep_layout(db, layout, ws.clock())
    return True
