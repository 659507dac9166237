"""One item of a journal's feed as our record: what publishers wrap around a paper comes off.

feedparser keeps the last of several elements of one name and takes an unknown ``<authors>`` for its own list, so names
and identifiers are read from the item's XML element.
"""

import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from harvester.base.clock import as_utc, midnight
from harvester.base.escape import is_web_url
from harvester.domain.folding import without_lead
from harvester.domain.identity import address_of, doi_identifier, link_identifier, preprint_server, title_identifier
from harvester.domain.papers import Author, Paper
from harvester.sources.dates import AHEAD, EARLIEST
from harvester.sources.feed import plain_text
from harvester.sources.names import authors_of
from harvester.sources.xml import XmlElement

_PARAGRAPH = re.compile(r"</?(?:p|div|br|sec|section|li|ul|ol|table|tr)\b[^<>]*>", re.IGNORECASE)
# What publishers put before the abstract: Nature "npj X, Published online: 12 June 2025; doi:10.1038/...", Atypon
# (American Heart Association) "Circulation, Ahead of Print." or "Circulation, Volume 1, Issue 2, Page 3-4, June 2025."
_LEAD = re.compile(
    r"\A[^.;]{1,120}, (?:Published online: [^;]{1,40}; doi:\S+|Ahead of Print\.|Volume \d+, [^.]{1,80}\.)(?:\s+|$)"
)
_NO_ABSTRACT = re.compile(
    r"(?:NO )?ABSTRACT\W*|Abstract|(?:.{0,100}\s)?doi: ?10\.\S+|Authors?: ?.*|PMID: ?\d+.*|"
    r"[^.]{2,80}\. (?:19|20)\d\d [A-Z][a-z]{2}\b.{0,80}\bdoi: ?\S+.{0,60}",
    re.DOTALL,
)
# ScienceDirect's feeds have no abstract; these three lines stand in its place.
_SCIENCEDIRECT = re.compile(
    r"(?:(?:Publication date|Available online):? (?P<date>.{4,40}?)\s+)?Source: (?P<venue>.{2,200}?)\s+"
    r"Author\(s\):\s*(?P<authors>.*)",
    re.DOTALL,
)
_CUT = ("...", "…")
_ISSUE = re.compile(r",? (?:Volume|Vol\.|Part|Issue) .*")
_CHANNEL = re.compile(r" Channel: .*")  # "medRxiv Channel: Cardiovascular Medicine"
_VERSION = re.compile(r"v([1-9]\d{0,3})\Z")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as feedparser reads it, its XML element, and the feed's name and address."""

    entry: Any
    element: XmlElement
    venue: str
    address: str

    def texts(self, *names: str) -> list[str]:
        """The texts of the elements of some local names, in the order of the names."""
        found = [child.text or "" for name in names for child in self.element.iterfind(f"{{*}}{name}")]
        return [plain_text(text) for text in found if text.strip()]

    def text(self, name: str) -> str:
        """The first of them, "" if there is none."""
        return next(iter(self.texts(name)), "")


def as_paper(item: Item, now: datetime | None) -> Paper | None:
    """The item as our record, or None if nothing identifies it; dates after `now` are an issue's and not taken."""
    title, link = _title(item), _web_address(item.address, item.entry.get("link", ""))
    name = _identifier(item, link) or title_identifier(title)
    if not title or not name:
        return None
    text = _longest(item, title)
    said = _SCIENCEDIRECT.fullmatch(text)
    return Paper(
        identifiers=(name,),
        title=title,
        abstract="" if said else _LEAD.sub("", text, count=1),
        authors=_authors(item) or authors_of([said["authors"]] if said else ()),
        published=_published(item, said["date"] if said else "", now),
        version=_version(name, link),
        venue=_venue(item, said["venue"] if said else ""),
        links=_links(name, link),
    )


def _title(item: Item) -> str:
    return without_lead(plain_text(item.entry.get("title") or ""))


def _identifier(item: Item, link: str) -> str | None:
    """The DOI, wherever the publisher put it, or the arXiv id that the item links to."""
    values = item.texts("doi", "identifier", "guid", "id")
    names = (*map(doi_identifier, values), link_identifier(link))
    return next((name for name in names if name), None)


def _authors(item: Item) -> tuple[Author, ...]:
    names = item.texts("creator") or [plain_text(name) for name in _own_names(item)]
    return authors_of(names)


def _own_names(item: Item) -> Iterator[str]:
    """The names in Atom's ``author``, RSS' ``author`` and IEEE's ``authors``."""
    for name in ("author", "authors"):
        for child in item.element.iterfind(f"{{*}}{name}"):
            yield child.findtext("{*}name") or _without_address(child.text or "")


def _without_address(text: str) -> str:
    """``Jane Doe`` of RSS' ``jane@example.org (Jane Doe)``."""
    found = re.fullmatch(r"\s*\S+@\S+\s*\(([^()]+)\)\s*", text)
    return found[1] if found else text


def _longest(item: Item, title: str) -> str:
    """The item's longest text that is whole: some publishers put one sentence, or the first words, in one element and
    the abstract in the other.
    """
    texts = [item.entry.get("summary") or "", *(part.get("value") or "" for part in item.entry.get("content", ()))]
    return max((_prose(text, title) for text in texts), key=lambda text: (not text.endswith(_CUT), len(text)))


def _prose(markup: str, title: str) -> str:
    """The paragraphs that are neither the title again, nor where it appeared, nor by whom."""
    paragraphs = map(plain_text, _PARAGRAPH.split(markup))
    kept = [text for text in paragraphs if text and not _NO_ABSTRACT.fullmatch(text) and without_lead(text) != title]
    return " ".join(kept)


def _venue(item: Item, said: str) -> str:
    channel = _CHANNEL.sub("", item.venue) or item.venue
    return item.text("publicationName") or _ISSUE.sub("", said) or item.text("source") or channel


def _published(item: Item, said: str, now: datetime | None) -> datetime | None:
    """The first sane date of the item that names a day: PRISM's, the item's own, or that of its text."""
    latest = now + AHEAD if now else datetime.max.replace(tzinfo=UTC)
    return next((day for day in _dates(item, said) if day and midnight(EARLIEST) <= day <= latest), None)


def _dates(item: Item, said: str) -> Iterator[datetime | None]:
    for text in item.texts("publicationDate"):
        yield _iso(text)
    for key in ("published_parsed", "updated_parsed"):
        yield _moment(item.entry, key)
    for form in ("%d %B %Y", "%B %d, %Y", "%d %b %Y"):
        try:
            yield datetime.strptime(said, form).replace(tzinfo=UTC)
        except ValueError:
            continue


def _iso(text: str) -> datetime | None:
    try:
        return as_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):  # "June 2025" or "2025-06"
        return None


def _moment(entry: Any, key: str) -> datetime | None:
    """feedparser's dates are in UTC; unreadable ones are None."""
    parsed = entry.get(key) if key in entry else None  # feedparser warns when it substitutes another date
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):  # a year outside the calendar
        return None


def _version(name: str, link: str) -> int:
    """A preprint's version, which its address or DOI ends with, 1 if neither does; 0 for an article."""
    if not preprint_server(name):
        return 0
    found = _VERSION.search(urlsplit(link).path) or _VERSION.search(name)
    return int(found[1]) if found else 1


def _web_address(address: str, link: str) -> str:
    """The link as a web address, or "" if it is not one."""
    try:
        found = urljoin(address, link.strip()) if link.strip() else ""
    except ValueError:  # brackets that are not an IPv6 address
        return ""
    return found if is_web_url(found) else ""


def _links(name: str, link: str) -> dict[str, str]:
    address = link or address_of(name)
    return {"paper": address} if address else {}
