"""An entry in the form that all export formats share."""

from dataclasses import replace
from typing import Any

from classifiers.taxonomy import Taxonomy
from harvester.base.escape import is_web_url
from harvester.catalog.entry import Entry
from harvester.domain.labels import labels_json
from harvester.domain.text import clean


def plain(entry: Entry) -> Entry:
    """The entry with its text on one line, and without links that are not web addresses."""
    return replace(
        entry,
        title=clean(entry.title),
        authors=tuple(name for name in map(clean, entry.authors) if name),
        venue=clean(entry.venue),
        note=clean(entry.note),
        links={clean(role): clean(address) for role, address in entry.links.items() if is_web_url(address.strip())},
        path=None,
    )


def entry_json(entry: Entry, taxonomy: Taxonomy) -> dict[str, Any]:
    """``{"id", "title", "authors", "published", "venue", "note", <facets>, "links"}``; an unknown date is null."""
    return {
        "id": entry.id,
        "title": entry.title,
        "authors": list(entry.authors),
        "published": str(entry.published) or None,
        "venue": entry.venue,
        "note": entry.note,
        **labels_json(entry.labels, taxonomy),
        "links": dict(entry.links),
    }
