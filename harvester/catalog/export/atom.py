"""Atom (RFC 4287) of the whole catalog. What Atom has no element for is in Dublin Core's."""

import re
from urllib.parse import quote

from lxml import etree

from classifiers.taxonomy import Taxonomy
from harvester.base.escape import url
from harvester.catalog.entry import Entry
from harvester.catalog.export.records import address_of
from harvester.catalog.published import Published

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
_NO_DATE = "1970-01-01T00:00:00Z"
_NOT_XML = re.compile("[\ufffe\uffff]")


def to_atom(entries: list[Entry], taxonomy: Taxonomy) -> str:
    """A feed whose dates are the papers' own, so that the same entries give the same bytes."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "dc": DC})
    _text(feed, "id", f"tag:cardio-harvester,2024:{quote(taxonomy.title, safe='')}")
    _text(feed, "title", taxonomy.title)
    _text(feed, "updated", max((_moment(entry.published) for entry in entries), default=_NO_DATE))
    _text(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", taxonomy.title)
    for entry in entries:
        _entry(feed, entry)
    etree.indent(feed, space=" ")
    text: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
    return text.decode() + "\n"


def _entry(feed: etree._Element, entry: Entry) -> None:
    item = etree.SubElement(feed, f"{{{ATOM}}}entry")
    _text(item, "id", address_of(entry.id) or f"tag:cardio-harvester,2024:{quote(entry.id, safe=':')}")
    _text(item, "title", entry.title)
    _text(item, "updated", _moment(entry.published))
    for author in entry.authors:
        _text(etree.SubElement(item, f"{{{ATOM}}}author"), "name", author)
    paper = entry.links.get("paper", "") or address_of(entry.id)
    for role, address in {"paper": paper, **entry.links}.items():
        if target := url(address):
            relation = "alternate" if role == "paper" else "related"
            etree.SubElement(item, f"{{{ATOM}}}link", rel=relation, href=target, title=_xml(role))
    for facet, label in entry.labels.pairs:
        etree.SubElement(item, f"{{{ATOM}}}category", term=label, scheme=facet)
    for name, value in (("identifier", entry.id), ("source", entry.venue), ("date", str(entry.published))):
        if value:
            etree.SubElement(item, f"{{{DC}}}{name}").text = _xml(value)


def _text(parent: etree._Element, name: str, value: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = _xml(value)


def _xml(text: str) -> str:
    """The text without what XML 1.0 has no way to write."""
    return _NOT_XML.sub("", text)


def _moment(when: Published) -> str:
    """The first moment of a date that may be no more than a year."""
    return f"{when.year:04}-{when.month or 1:02}-{when.day or 1:02}T00:00:00Z" if when else _NO_DATE
