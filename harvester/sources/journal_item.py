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
from harvester.domain.identity import (
    address_of,
    arxiv_version,
    doi_identifier,
    link_identifier,
    preprint_server,
    title_identifier,
)
from harvester.domain.notices import EDITORIAL
from harvester.domain.papers import Author, Paper
from harvester.sources.abstract import without_label
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.dates import AHEAD, EARLIEST, EPOCH
from harvester.sources.feed import plain_text
from harvester.sources.names import authors_of
from harvester.sources.xml import XmlElement

_PARAGRAPH = re.compile(r"</?(?:p|div|br|sec|section|li|ul|ol|table|tr)\b[^<>]*>", re.IGNORECASE)
# What publishers put before the abstract: Nature "npj X, Published online: 12 June 2025; doi:10.1038/...", Atypon
# (American Heart Association) "Circulation, Ahead of Print." or "Circulation, Volume 1, Issue 2, Page 3-4, June 2025."
_LEAD = re.compile(
    r"\A[^.;]{1,120}, (?:Published online: [^;]{1,40}; doi:\S+"
    r"|(?:Ahead of Print|Early ?View|Just Accepted|Accepted Article)\.|Volume \d+, [^.]{1,80}\.)(?:\s+|$)"
)
_NO_ABSTRACT = re.compile(
    r"(?:NO )?ABSTRACT\W*|Abstract|Graphical [Aa]bstract|(?:.{0,100}\s)?(?i:doi): ?10\.\S+"
    r"|https?://(?:dx\.)?doi\.org/\S+"
    r"|Author(?:s|\(s\))?: ?.*|PMID: ?\d+.*|(?:Publication date|Published online|Available online|Source): [^.]{1,150}"
    r"|Volume \d+, Issue [^.]{1,80}\.?|Published in [^.]{1,100}, \d{1,2} [A-Z][a-z]+ \d{4}\.?"
    r"|(?:Read|View|Click here to (?:read|view)) (?:more|the (?:full )?article)\W*"
    r"|The post .{1,300} appeared first on .{1,100}"
    r"|(?:Copyright )?© ?(?:19|20)\d\d .{0,200}"
    r"|[^.]{2,80}\. (?:19|20)\d\d [A-Z][a-z]{2}\b(?:.{0,80}\bdoi: ?\S+.{0,60}|[\w;:() -]{0,30}\.)",
    re.DOTALL,
)
_TAIL = re.compile(
    r" (?:Read more|Continue reading|The post .{1,300} appeared first on .{1,100}"
    r"|This article is protected by copyright\.(?: All rights reserved\.)?)\W{0,3}\Z"
)
# ScienceDirect's feeds have no abstract; these three lines stand in its place.
_SCIENCEDIRECT = re.compile(
    r"(?:(?:Publication date|Available online):? (?:Available online )?(?P<date>.{4,40}?)\s+)?"
    r"Source: (?P<venue>.{2,200}?)\s+Author\(s\):\s*(?P<authors>.*)",
    re.DOTALL,
)
_NO_TITLE = re.compile(r"null|none|n/?a|untitled|no title", re.IGNORECASE)
_EDITORIAL = re.compile(r"\[(?:editorials?|comments?|correspondence|letters?|obituary)\]\s", re.IGNORECASE)
_CUT = ("...", "…")
_LINES = re.compile(r"\n|<br\s*/?>", re.IGNORECASE)
_MARKS = re.compile(r"[,;&<]|\band\b")
_LONGEST_NAMES = 5_000  # letters of a line of authors
_ISSUE = re.compile(
    r",? (?:Volume|Vol\.|Part|Issue) .*"
    r"|, (?:Published online|Ahead of Print|Early ?View|Just Accepted|Accepted Article)\b.*"
)
# What publishers put around a journal's name in the title of its feed: "Wiley: Heart Failure: Table of Contents",
# "Latest Results for Heart Failure", "Heart Failure Advance Access", "medRxiv Channel: Cardiovascular Medicine".
_AROUND = re.compile(
    r"\A(?:ScienceDirect Publication|Wiley|AHA|SAGE Publications(?: Inc)?|Taylor (?:&|and) Francis): "
    r"|\A(?:Latest (?:Results|Articles) (?:for|from|in)|Table of contents for) (?:the )?(?=\S)"
    r"| (?:Channel|Subject Collection): .*"
    r"|\. List of articles from both the latest and ahead of print issues\.?"
    r"|\s*[:|\u2013-]?\s(?:(?:current )?table of contents|new toc|new and recent articles|ahead of print"
    r"|(?:current|recent|latest) issues?|advance a(?:ccess|rticles)|online first|early ?view|early access"
    r"|(?:latest|(?:most )?recent) articles|articles in press|rss(?: feed)?)\Z",
    re.IGNORECASE,
)
_PUBMED_ID = re.compile(r"\s*(?:pubmed|pmid)[:\s]\s*(\d{1,9})\s*", re.IGNORECASE)
_ARXIV_ID = re.compile(r"\s*(?:oai:arxiv\.org|arxiv):\s*(\S+)\s*", re.IGNORECASE)
_NO_DAY = re.compile(r"\s*\d{4}(?:-\d\d)?\s*")
_DAYS = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y/%m/%d")
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
        found = [_whole(child) for name in names for child in self.element.iterfind(f"{{*}}{name}")]
        return [plain_text(text) for text in found if text.strip()]

    def text(self, name: str) -> str:
        """The first of them, "" if there is none."""
        return next(iter(self.texts(name)), "")


def as_paper(item: Item, now: datetime | None) -> Paper | None:
    """The item as our record, or None if nothing identifies it; dates after `now` are an issue's and not taken."""
    title, link = _title(item), _link(item)
    names = _identifiers(item, link) or tuple(filter(None, [title_identifier(title)]))
    if not title or not names:
        return None
    name, authors = names[0], _authors(item)
    said = _in_place_of_an_abstract(item)
    return Paper(
        identifiers=names,
        title=title,
        abstract="" if said else without_label(_LEAD.sub("", _longest(item, title, authors), count=1)),
        authors=authors or authors_of([said["authors"]] if said else ()),
        published=_published(item, said["date"] if said else "", now),
        version=_version(name, link),
        venue=_venue(item, said["venue"] if said else ""),
        links=_links(name, link),
        kind=_kind(item),
    )


def _whole(element: XmlElement) -> str:
    """The text of an element, also behind a comment."""
    return str(element.xpath("string()"))


def _title(item: Item) -> str:
    title = plain_tex(without_lead(plain_text(item.entry.get("title") or "")))
    return "" if _NO_TITLE.fullmatch(title) else title


def _kind(item: Item) -> str:
    """Editorial, if the section before the title says so, which is no part of it."""
    return EDITORIAL if _EDITORIAL.match(plain_text(item.entry.get("title") or "")) else ""


def _identifiers(item: Item, link: str) -> tuple[str, ...]:
    """The DOI, wherever the publisher put it, or the arXiv id that the item links to; and PubMed's number."""
    values = item.texts("doi", "identifier", "guid", "id")
    names = [*map(_name_in, values), link_identifier(link), *map(doi_identifier, item.texts("url", "source"))]
    found = [name for name in names if name]
    work = [name for name in found if not name.startswith("pmid:")]
    return tuple(dict.fromkeys((*work[:1], *[name for name in found if name.startswith("pmid:")][:1])))


def _name_in(text: str) -> str | None:
    """The DOI in a text, or the number that says itself whose it is: ``pubmed:41000009``, ``arXiv:2601.00001``."""
    if found := _PUBMED_ID.fullmatch(text):
        return f"pmid:{found[1]}"
    found = _ARXIV_ID.fullmatch(text)
    named = arxiv_version(found[1]) if found else None
    return f"arxiv:{named[0]}" if named else doi_identifier(text)


def _link(item: Item) -> str:
    """The item's address: where ``<link/>`` is empty, that of its guid, unless it says that it is none."""
    guids = (guid.text or "" for guid in item.element.iterfind("{*}guid") if guid.get("isPermaLink") != "false")
    own = item.entry.get("link") or ""
    own = "" if own.startswith("10.") else own  # feedparser takes the id, a DOI, where there is no link
    others = (text for text in (*guids, *item.texts("url")) if "://" in text)
    offered = (_web_address(item.address, text) for text in (own, *others))
    return next(filter(None, offered), "")


def _authors(item: Item) -> tuple[Author, ...]:
    creators = [name for child in item.element.iterfind("{*}creator") for name in _listed(child)]
    return authors_of([plain_text(name) for name in (creators or _own_names(item))])


def _listed(creator: XmlElement) -> list[str]:
    """The names in one element: in RDF's containers, or one a line, or as they are."""
    inside = [_whole(name) for name in creator.iterfind(".//{*}li")]
    lines = [line for line in _LINES.split(_whole(creator)) if line.strip()]
    one_a_line = len(lines) > 1 and all(2 <= len(line.split()) <= 5 and not _MARKS.search(line) for line in lines)
    return inside or (lines if one_a_line else [name for name in [_whole(creator)] if name.strip()])


def _own_names(item: Item) -> Iterator[str]:
    """The names in Atom's ``author``, RSS' ``author`` and IEEE's ``authors``."""
    for name in ("author", "authors"):
        for child in item.element.iterfind(f"{{*}}{name}"):
            yield child.findtext("{*}name") or _without_address(_whole(child))


def _without_address(text: str) -> str:
    """``Jane Doe`` of RSS' ``jane@example.org (Jane Doe)``."""
    found = re.fullmatch(r"\s*\S+@\S+\s*\(([^()]+)\)\s*", text)
    return found[1] if found else text


def _in_place_of_an_abstract(item: Item) -> re.Match[str] | None:
    """ScienceDirect's lines, if they are all that one of the item's texts says."""
    lines = (" ".join(map(plain_text, _PARAGRAPH.split(text))).strip() for text in _texts(item))
    return next(filter(None, map(_SCIENCEDIRECT.fullmatch, lines)), None)


def _texts(item: Item) -> list[str]:
    return [item.entry.get("summary") or "", *(part.get("value") or "" for part in item.entry.get("content", ()))]


def _longest(item: Item, title: str, authors: tuple[Author, ...]) -> str:
    """The item's longest text that is whole: some publishers put one sentence, or the first words, in one element and
    the abstract in the other.
    """
    prose = (_prose(text, title, authors) for text in _texts(item))
    return max(prose, key=lambda text: (not text.endswith(_CUT), len(text)))


def _prose(markup: str, title: str, authors: tuple[Author, ...]) -> str:
    """The paragraphs that are neither the title again, nor where it appeared, nor by whom."""
    paragraphs = map(plain_text, _PARAGRAPH.split(markup))
    kept = [text for text in paragraphs if text and not _NO_ABSTRACT.fullmatch(text) and without_lead(text) != title]
    return _TAIL.sub("", " ".join(text for text in kept if not _names_only(text, authors)))


def _names_only(text: str, authors: tuple[Author, ...]) -> bool:
    """Whether a paragraph is the line ``by Jane Doe, Rick Roe``."""
    return bool(authors) and len(text) <= _LONGEST_NAMES and authors_of([text]) == authors


def _venue(item: Item, said: str) -> str:
    """PRISM's name of the journal, or that in the item's text or source, else what the feed's title says."""
    named = item.text("publicationName") or said or item.text("source")
    return _ISSUE.sub("", named) or _without_around(item.venue)


def _without_around(title: str) -> str:
    name, before = title, ""
    while name != before:
        name, before = _AROUND.sub("", name, count=1).strip() or name, name
    return name


def _published(item: Item, said: str, now: datetime | None) -> datetime | None:
    """The first sane date of the item that names a day: PRISM's, the item's own, or that of its text."""
    latest = now + AHEAD if now else datetime.max.replace(tzinfo=UTC)
    days = (day for day in _dates(item, said) if day and day != midnight(EPOCH))
    return next((day for day in days if midnight(EARLIEST) <= day <= latest), None)


def _dates(item: Item, said: str) -> Iterator[datetime | None]:
    for text in item.texts("publicationDate"):
        yield _iso(text)
    for key in ("published", "updated"):
        yield None if _NO_DAY.fullmatch(_as_written(item.entry, key)) else _moment(item.entry, f"{key}_parsed")
    for text in (*item.texts("pubDate", "date", "publicationDate", "coverDate"), said):
        yield _iso(text) or next(filter(None, (_written(text, form) for form in _DAYS)), None)


def _as_written(entry: Any, key: str) -> str:
    return str(entry[key]) if key in entry else ""


def _written(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


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
