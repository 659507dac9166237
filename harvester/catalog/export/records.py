"""An entry as other programs see it, whatever the format."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from harvester.base.escape import is_web_url
from harvester.catalog.entry import KIND, Entry
from harvester.domain.text import clean


def plain(entry: Entry) -> Entry:
    """The entry with one-line texts and without links that no browser should follow."""
    return replace(
        entry,
        title=clean(entry.title),
        authors=tuple(name for name in map(clean, entry.authors) if name),
        venue=clean(entry.venue),
        links={clean(role): clean(address) for role, address in entry.links.items() if is_web_url(address.strip())},
        path=None,
    )


def entry_json(entry: Entry) -> dict[str, Any]:
    """``{"id", "title", "authors", "published", "venue", "kind", <facets>, "links"}``; an unknown date is null."""
    return {
        "id": entry.id,
        "title": entry.title,
        "authors": list(entry.authors),
        "published": str(entry.published) or None,
        "venue": entry.venue,
        KIND: entry.labels.kind,
        **{facet: list(labels) for facet, labels in entry.labels.facets.items()},
        "links": dict(entry.links),
    }


def label_pairs(entry: Entry) -> list[str]:
    """``task:diagnosis`` for every label, the kind last."""
    pairs = [f"{facet}:{label}" for facet, labels in entry.labels.facets.items() for label in labels]
    return [*pairs, f"{KIND}:{entry.labels.kind}"]


def address_of(identifier: str) -> str:
    """Where an arXiv id or a DOI is found on the web; "" for a title."""
    scheme, _, name = identifier.partition(":")
    base = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}.get(scheme)
    return base + quote(name, safe="/.") if base else ""
