"""The one writer of Atom (RFC 4287). What Atom has no element for stands in Dublin Core's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
NEVER = "1970-01-01T00:00:00Z"
"""What is without a date must name one too, always the same."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a feed or an entry."""

    rel: str
    href: str
    title: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """An entry. Times are by RFC 3339; `categories` are pairs of term and scheme; `dublin_core` is by element."""

    id: str
    title: str
    updated: str
    published: str = ""
    authors: Sequence[str] = ()
    links: Sequence[Link] = ()
    categories: Sequence[tuple[str, str]] = ()
    summary: str = ""
    dublin_core: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed, which is its own author."""

    id: str
    title: str
    updated: str
    entries: Sequence[AtomEntry]
    links: Sequence[Link] = ()


def to_bytes(feed: AtomFeed) -> bytes:
    """The feed as a file in UTF-8, without the characters that XML 1.0 cannot hold; empty fields are left out."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "dc": DC})
    _head(root, feed)
    _authors(root, [feed.title])
    _links(root, feed.links)
    for entry in feed.entries:
        _entry(_add(root, "entry"), entry)
    etree.cleanup_namespaces(root)
    etree.indent(root, space=" ")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _entry(element: etree._Element, entry: AtomEntry) -> None:
    _head(element, entry)
    _text(element, "published", entry.published)
    _authors(element, entry.authors)
    _links(element, entry.links)
    for term, scheme in entry.categories:
        _add(element, "category", term=term, scheme=scheme)
    _text(element, "summary", entry.summary)
    for name, value in entry.dublin_core.items():
        _text(element, name, value, DC)


def _head(element: etree._Element, thing: AtomFeed | AtomEntry) -> None:
    _add(element, "id").text = _xml(thing.id)
    _add(element, "title").text = _xml(thing.title)  # even an empty one: each must be there
    _add(element, "updated").text = thing.updated


def _authors(element: etree._Element, names: Sequence[str]) -> None:
    for name in names:
        _add(_add(element, "author"), "name").text = _xml(name)


def _links(element: etree._Element, links: Sequence[Link]) -> None:
    for link in links:
        _add(element, "link", rel=link.rel, href=link.href, title=link.title, type=link.type)


def _text(parent: etree._Element, tag: str, text: str, space: str = ATOM) -> None:
    if text:
        _add(parent, tag, space).text = _xml(text)


def _add(parent: etree._Element, tag: str, space: str = ATOM, **attributes: str) -> etree._Element:
    given = {name: _xml(value) for name, value in attributes.items() if value}
    return etree.SubElement(parent, f"{{{space}}}{tag}", given)


def _xml(text: str) -> str:
    return _NO_XML.sub("", text)
