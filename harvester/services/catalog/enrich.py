"""What a list or a citation leaves out about its papers, filled in from the store and, if requested, from arXiv.

It only adds: an entry keeps what its source said. If the upstream fails, the entries are unchanged.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harvester.base.errors import FetchError
from harvester.catalog.entry import Entry
from harvester.domain.author_names import common_authors
from harvester.domain.folding import whole_title
from harvester.domain.identity import title_identifier
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.arxiv_client import arxiv_settings, arxiv_transport
from harvester.services.review.decisions import entry_of
from harvester.services.workspace import Workspace
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv.ids import hydrate
from harvester.store.engine import read, write
from harvester.store.papers import find_all
from harvester.store.recording import record

log = logging.getLogger(__name__)


def enriched(ws: Workspace, entries: Sequence[Entry], *, online: bool) -> list[Entry]:
    """The entries with missing data filled in: authors, date, venue and the paper's address.

    Papers are identified by arXiv id or DOI, otherwise by their whole title.
    """
    known = _stored(ws, entries)
    if online:
        known = {**_asked(ws, [entry for entry in entries if entry.id not in known]), **known}
    return [_filled(entry, known[entry.id]) if entry.id in known else entry for entry in entries]


def _stored(ws: Workspace, entries: Sequence[Entry]) -> dict[str, Paper]:
    """The papers that the store knows, by the entry's id."""
    titles = {entry.id: title_identifier(entry.title) or "" for entry in entries}
    with read(ws.store) as db:
        found = find_all(db, [*titles, *filter(None, titles.values())])
    known = {}
    for entry in entries:
        stored = found.get(entry.id) or found.get(titles[entry.id])
        if stored and (
            entry.id in stored.paper.identifiers or whole_title(stored.paper.title) == whole_title(entry.title)
        ):
            known[entry.id] = stored.paper
    return known


def _asked(ws: Workspace, entries: Sequence[Entry]) -> dict[str, Paper]:
    """What arXiv knows about the entries: all ids in a few requests, then title by title."""
    api = arxiv_settings(ws)
    transport = arxiv_transport(ws)
    ids = [entry.id.removeprefix("arxiv:") for entry in entries if entry.id.startswith("arxiv:")]
    known: dict[str, Paper] = {}
    try:
        known |= {paper.id: paper for paper in hydrate(api, transport, ids)[0]}
        for entry in entries:
            if not entry.id.startswith("arxiv:"):
                listed = arxiv_api.titled(api, transport, entry.title)
                same = [paper for paper in listed if whole_title(paper.title) == whole_title(entry.title)]
                if same:
                    known[entry.id] = same[0]
    except FetchError as error:
        log.warning("Papers are not completed from arXiv: %s", error)
    _record(ws, list(known.values()))
    return known


def _record(ws: Workspace, papers: Sequence[Paper]) -> None:
    if papers:
        with write(ws.store) as db:
            record(db, [Sighting(arxiv_api.PROVENANCE, paper) for paper in papers], ws.clock())


def _filled(entry: Entry, paper: Paper) -> Entry:
    known = entry_of(paper, entry.labels)
    links: Mapping[str, str] = known.links if not entry.links else {}
    return replace(
        entry,
        authors=_all_authors(entry.authors, known.authors),
        published=entry.published or known.published,
        venue=entry.venue or known.venue,
        links={**links, **entry.links},
    )


def _all_authors(listed: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """The listed authors, or all that are known where a list names only the first (``Dee et al.``)."""
    same = common_authors([Author(name) for name in listed], [Author(name) for name in known])
    return known if len(known) > len(listed) == same else listed or known
