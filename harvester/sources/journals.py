"""Journal feeds: RSS 1.0 (RDF), RSS 2.0 and Atom, with the Dublin Core and PRISM elements that publishers add.

A feed contains the latest few dozen papers and cannot be queried by date, so it is read whole whenever it has changed:
the request carries ETag and Last-Modified of the last stored answer, and "not modified" ends the matter.
"""

import hashlib
import re
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin

from harvester.base.clock import as_utc, utc_date
from harvester.base.escape import is_web_url
from harvester.domain.identity import doi_identifier, link_identifier, title_identifier
from harvester.domain.papers import Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.errors import Malformed
from harvester.sources.feed import Feed, parse_feed, plain_text
from harvester.sources.http import Answer, Transport
from harvester.sources.names import authors_of
from harvester.sources.source import (
    HarvestSettings,
    NamedWebSource,
    Probe,
    Source,
    SourceKind,
    SourceState,
    Validators,
)
from harvester.sources.window import Batch, Window
from harvester.sources.xml import legal

PROVENANCE = Provenance("", Rank.JOURNAL, "journal")  # each feed adds its own name
ACCEPT = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.8"
VERSIONS = ("rss", "atom")
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
# What publishers put before the abstract: Nature "npj X, Published online: 12 June 2025; doi:10.1038/...", Atypon
# (American Heart Association) "Circulation, Ahead of Print." or "Circulation, Volume 1, Issue 2, Page 3-4, June 2025."
_LEAD = re.compile(
    r"\A[^.;]{1,120}, (?:Published online: [^;]{1,40}; doi:\S+|Ahead of Print\.|Volume \d+, [^.]{1,80}\.)(?:\s+|$)"
)
_SUBPAGE = re.compile(r"/(?:full|abstract|e?pdf|meta)/?\Z")  # the suffix of an address that otherwise ends with the DOI


class FeedSettings(NamedWebSource):
    """A journal's feed."""

    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class JournalAnswer:
    """One answer, and the validators to send next time, once the batch is stored."""

    batch: Batch
    validators: Validators


def fetch(
    feed: FeedSettings,
    validators: Validators,
    remember: Callable[[Validators], None],
    transport: Transport,
    window: Window,
) -> Iterator[Batch]:
    """The feed's papers, whatever the window, if it has changed since `validators`.

    Args:
        remember: receives the new validators when the next batch is requested, that is, once this one is stored: a run
            that dies in between reads the feed again.

    Raises:
        FetchError: no answer, or one that is not a feed.
    """
    answer = read(feed, transport, validators)
    yield answer.batch
    remember(answer.validators)


def read(feed: FeedSettings, transport: Transport, validators: Validators) -> JournalAnswer:
    """Ask the feed once.

    Raises:
        FetchError: no answer, or one that is not a feed.
    """
    address = {"url": hashlib.sha256(feed.url.encode()).hexdigest()}
    ours = validators if validators.get("url") == address["url"] else {}
    conditions = {_CONDITIONS[name]: value.strip() for name, value in ours.items() if name in _CONDITIONS}
    answer = transport.get(feed.url, {}, ACCEPT, conditions)
    if answer.status == 304:
        return JournalAnswer(Batch((), 0), {**ours, **_validators(answer)})
    return JournalAnswer(read_feed(answer.body, feed, answer.url), address | _validators(answer))


def read_feed(body: bytes, feed: FeedSettings, address: str = "") -> Batch:
    """The papers in a feed; items with neither title nor DOI are not papers and are counted in a note.

    Args:
        address: the feed's own, to resolve relative links.

    Raises:
        Malformed: a web page, a truncated document, an entity declaration, or not a feed.
        Incomplete: an item that cannot be read.
    """
    parsed = parse_feed(_no_page(body, feed), f"The feed {feed.name!r}", VERSIONS)
    venue = _text(parsed.feed, "prism_publicationname") or _text(parsed.feed, "title") or feed.name
    papers = [as_paper(entry, venue, address or feed.url) for entry in parsed.entries]
    sightings = [_sighting(feed.name, paper) for paper in papers if paper]
    notes = _notes(feed, parsed, len(papers) - len(sightings))
    if dropped := legal(body)[1]:
        notes.append(f"The feed {feed.name!r} contains characters that XML does not allow; {dropped} were dropped.")
    return Batch(sightings, len(papers), notes=notes)


def as_paper(entry: Any, venue: str, address: str) -> Paper | None:
    """One item as our record, or None if nothing identifies it."""
    title, link = _text(entry, "title"), _web_address(address, entry.get("link", ""))
    name = _identifier(entry, link) or title_identifier(title)
    if not title or not name:
        return None
    return Paper(
        identifiers=(name,),
        title=title,
        abstract=_abstract(entry),
        authors=authors_of([plain_text(author.get("name", "")) for author in entry.get("authors", ())]),
        published=_published(entry),
        venue=_text(entry, "prism_publicationname") or venue,
        links=_links(name, link),
    )


def _no_page(body: bytes, feed: FeedSettings) -> bytes:
    """The body, unless it is a web page: a journal's home page is easily mistaken for its feed."""
    head = body[:4096].lower()
    if b"<!doctype html" in head or (b"<html" in head and not re.search(rb"<(?:rss|feed|rdf:rdf)\b", head)):
        raise Malformed(
            f"The feed {feed.name!r} is a web page; its url in harvest.feeds must be the address of the RSS or Atom "
            f"feed itself, which the journal's page links to."
        )
    return body


def _notes(feed: FeedSettings, parsed: Feed, left_out: int) -> list[str]:
    if not parsed.entries:
        return [f"The feed {feed.name!r} contains no items at all."]
    if left_out:
        return [f"The feed {feed.name!r} contains {left_out} items without a title, which were left out."]
    return []


def _sighting(name: str, paper: Paper) -> Sighting:
    return Sighting(PROVENANCE.named(name), paper, announced=utc_date(paper.published) if paper.published else None)


def _identifier(entry: Any, link: str) -> str | None:
    """The DOI, wherever the publisher put it, or the arXiv id that the item links to."""
    values = (_SUBPAGE.sub("", entry.get(key) or "") for key in ("prism_doi", "dc_identifier", "id"))
    names = (*map(doi_identifier, values), link_identifier(_SUBPAGE.sub("", link)))
    return next((name for name in names if name), None)


def _abstract(entry: Any) -> str:
    """The item's longest text: some publishers put one sentence in one element and the abstract in the other."""
    texts = [entry.get("summary") or "", *(part.get("value") or "" for part in entry.get("content", ()))]
    return max((_LEAD.sub("", plain_text(text), count=1) for text in texts), key=len)


def _published(entry: Any) -> datetime | None:
    """The first date of the item that names a day: PRISM's, else the item's own."""
    try:
        return as_utc(datetime.fromisoformat((entry.get("prism_publicationdate") or "").strip()))
    except (ValueError, OverflowError):  # "June 2025", "2025-06", or nothing
        return _moment(entry, "published_parsed") or _moment(entry, "updated_parsed")


def _moment(entry: Any, key: str) -> datetime | None:
    """feedparser's dates are in UTC; unreadable ones are None."""
    parsed = entry.get(key) if key in entry else None  # feedparser warns when it substitutes another date
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):  # a year outside the calendar
        return None


def _web_address(address: str, link: str) -> str:
    """The link as a web address, or "" if it is not one."""
    try:
        found = urljoin(address, link.strip()) if link.strip() else ""
    except ValueError:  # brackets that are not an IPv6 address
        return ""
    return found if is_web_url(found) else ""


def _links(name: str, link: str) -> dict[str, str]:
    address = link or (f"https://doi.org/{name.removeprefix('doi:')}" if name.startswith("doi:") else "")
    return {"paper": address} if address else {}


def _validators(answer: Answer) -> dict[str, str]:
    return {name: clean(answer.headers[name]) for name in _CONDITIONS if answer.headers.get(name)}


def _text(entry: Any, key: str) -> str:
    return plain_text(entry.get(key) or "")


def _source(feed: FeedSettings, _harvest: HarvestSettings, state: SourceState) -> Source:
    asked = partial(fetch, feed, state.validators(feed.name), partial(state.remember, feed.name))
    return Source(PROVENANCE.named(feed.name), asked, allow_private=feed.allow_private)


def _probe(feed: FeedSettings) -> Probe:
    return Probe(feed.name, partial(_count, feed), allow_private=feed.allow_private)


def _count(feed: FeedSettings, transport: Transport) -> str:
    return f"It contains {read(feed, transport, {}).batch.received:,} papers."


KIND = SourceKind(PROVENANCE, "feeds", FeedSettings, _source, _probe)
