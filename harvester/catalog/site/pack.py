"""The data files of the site, in columns, so that 20,000 papers take only a few megabytes and parse at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from classifiers.taxonomy import Facet, Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.export.bibtex import to_record
from harvester.catalog.export.records import Context
from harvester.catalog.search import label_text
from harvester.catalog.site.known import UNKNOWN, AllKnown
from harvester.domain.identity import address_of
from harvester.domain.labels import exclusive_last

BIB_CHUNK = 200  # papers per file of BibTeX records; citing a paper fetches its file


def index(entries: Sequence[Entry], taxonomy: Taxonomy, slugs: Mapping[str, str], known: AllKnown) -> bytes:
    """All data for list, search, facets and charts; a paper is a position in every column.

    Args:
        slugs: the names of the papers' pages, by entry id.
        known: what the store knows of the papers.
    """
    venues = sorted({entry.venue for entry in entries})
    place = {venue: number for number, venue in enumerate(venues)}
    facets = exclusive_last(taxonomy)
    details = [known.get(entry.id, UNKNOWN) for entry in entries]
    return dumps(
        {
            "facets": [_facet(facet) for facet in facets],
            "venues": venues,
            "bibChunk": BIB_CHUNK,
            "id": [entry.id for entry in entries],
            "slug": [slugs[entry.id] for entry in entries],
            "title": [entry.title for entry in entries],
            "authors": [", ".join(entry.authors) for entry in entries],
            "date": [str(entry.published) for entry in entries],
            "venue": [place[entry.venue] for entry in entries],
            "labels": {facet.id: [_held(entry, facet) for entry in entries] for facet in facets},
            "added": [str(one.added or "") for one in details],
            "votes": [one.upvotes or 0 for one in details],
            "links": [_links(entry) for entry in entries],
        }
    )


def abstracts(entries: Sequence[Entry], known: AllKnown) -> bytes:
    """The abstracts that may be shown, in the order of the index: for the search, which fetches them when it begins."""
    return dumps([known.get(entry.id, UNKNOWN).abstract for entry in entries])


def bibtex_chunks(entries: Sequence[Entry], context: Context) -> Iterator[bytes]:
    """The BibTeX records, `BIB_CHUNK` papers per file."""
    for start in range(0, len(entries), BIB_CHUNK):
        chunk = entries[start : start + BIB_CHUNK]
        yield dumps([to_record(entry, context.primary_class(entry.id)) for entry in chunk])


def dumps(document: object) -> bytes:
    """Compact JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _facet(facet: Facet) -> dict[str, Any]:
    labels = [
        {"id": label.id, "name": label.name, "about": label.definition, "words": label_text(label)}
        for label in facet.labels
    ]
    return {"id": facet.id, "name": facet.name, "labels": labels}


def _held(entry: Entry, facet: Facet) -> list[int]:
    """The positions of the labels that a paper has in a facet."""
    return [number for number, label in enumerate(facet.label_ids) if entry.labels.has(facet.id, label)]


def _links(entry: Entry) -> dict[str, str]:
    """The addresses by role; the paper's own is left out if it can be derived from the id."""
    own = address_of(entry.id)
    return {role: address for role, address in entry.links.items() if (role, address) != ("paper", own)}
