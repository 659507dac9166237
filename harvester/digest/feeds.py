"""Accepted papers as Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from lxml import etree

from classifiers.taxonomy import Taxonomy
from harvester.base.clock import rfc3339
from harvester.digest.content import DigestPaper
from harvester.domain.papers import Paper

ATOM = "http://www.w3.org/2005/Atom"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # an empty feed must name a time too, always the same one
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Posted:
    """A paper in a feed: as mails show it, since when it is accepted, and its labels as ``facet:label``."""

    paper: Paper
    shown: DigestPaper
    at: datetime
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title, its address without the ending, and what it brings, the newest first."""

    title: str
    base_url: str
    path: str
    posted: Sequence[Posted]

    @property
    def updated(self) -> datetime:
        """When something came last."""
        return max((one.at for one in self.posted), default=NEVER)

    def name(self, thing: str) -> str:
        """A name for ever (RFC 4151), which no change of address makes new to readers of the feed."""
        return f"tag:{urlsplit(self.base_url).hostname},2026:{quote(thing, safe=':/')}"


def feed_title(taxonomy: Taxonomy, facet: str, label: str) -> str | None:
    """The title of a label's feed, or with two empty names of the feed of everything; None where there is no such."""
    if not facet and not label:
        return taxonomy.title
    names = {(one.id, each.id): each.name for one in taxonomy.facets for each in one.labels}
    return f"{taxonomy.title}: {names[facet, label]}" if (facet, label) in names else None


def to_atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _text(root, "id", feed.name(feed.path))
    _text(root, "title", feed.title)
    _text(root, "updated", rfc3339(feed.updated))
    _text(_add(root, "author"), "name", feed.title)
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{feed.base_url}{feed.path}.atom")
    _add(root, "link", rel="alternate", type="text/html", href=f"{feed.base_url}/")
    for one in feed.posted:
        _entry(root, feed, one)
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return found


def to_json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.base_url}/",
        "feed_url": f"{feed.base_url}{feed.path}.json",
        "language": "en",
        "items": [_item(feed, one) for one in feed.posted],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _entry(root: etree._Element, feed: Feed, one: Posted) -> None:
    entry = _add(root, "entry")
    _text(entry, "id", feed.name(one.paper.id))
    _text(entry, "title", one.shown.title)
    _text(entry, "updated", rfc3339(one.at))
    if one.paper.published:
        _text(entry, "published", rfc3339(one.paper.published))
    for author in one.paper.authors:
        _text(_add(entry, "author"), "name", author.name)
    for name, address in one.shown.links:
        _add(entry, "link", rel="alternate" if name == one.shown.links[0][0] else "related", title=name, href=address)
    for label in one.labels:
        _add(entry, "category", term=label)
    _text(entry, "summary", one.shown.extract or one.shown.title)


def _item(feed: Feed, one: Posted) -> dict[str, object]:
    item: dict[str, object] = {
        "id": feed.name(one.paper.id),
        "title": one.shown.title,
        "content_text": one.shown.extract or one.shown.title,
        "date_published": rfc3339(one.at),
        "authors": [{"name": author.name} for author in one.paper.authors],
        "tags": list(one.labels),
    }
    return item | ({"url": one.shown.links[0][1]} if one.shown.links else {})


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(
        parent, f"{{{ATOM}}}{tag}", {key: _NO_XML.sub("", text) for key, text in attributes.items()}
    )


def _text(parent: etree._Element, tag: str, text: str) -> None:
    _add(parent, tag).text = _NO_XML.sub("", text)
