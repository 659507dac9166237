"""Journal feeds: RSS 1.0 (RDF), RSS 2.0 and Atom, with the Dublin Core and PRISM elements that publishers add.

A feed contains the latest few dozen papers and cannot be queried by date, so it is read whole whenever it has changed:
the request carries ETag and Last-Modified of the last stored answer, and "not modified" ends the matter.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from harvester.base.clock import utc_date
from harvester.domain.papers import OddRecord, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.same_work import is_preprint
from harvester.domain.text import clean
from harvester.sources.errors import Malformed
from harvester.sources.feed import alone, parse_feed, plain_text
from harvester.sources.http import Answer, Transport
from harvester.sources.journal_item import Item, as_paper
from harvester.sources.records import UNREADABLE, why_unreadable
from harvester.sources.source import (
    HarvestSettings,
    NamedWebSource,
    Probe,
    Source,
    SourceKind,
    SourceState,
    Validators,
)
from harvester.sources.window import Batch, Window, is_another_format
from harvester.sources.xml import legal

PROVENANCE = Provenance("", Rank.JOURNAL, "journal")  # each feed adds its own name
POSTED = Provenance(PROVENANCE.name, Rank.AGGREGATED, "preprint")  # the article's text comes before its preprint's
ACCEPT = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.8"
VERSIONS = ("rss", "atom")
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


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
    answer = read(feed, transport, validators, window.until)
    yield answer.batch
    remember(answer.validators)


def read(
    feed: FeedSettings, transport: Transport, validators: Validators, now: datetime | None = None
) -> JournalAnswer:
    """Ask the feed once; `now` as in `read_feed`.

    Raises:
        FetchError: no answer, or one that is not a feed.
    """
    address = {"url": hashlib.sha256(feed.url.encode()).hexdigest()}
    ours = validators if validators.get("url") == address["url"] else {}
    conditions = {_CONDITIONS[name]: value.strip() for name, value in ours.items() if name in _CONDITIONS}
    answer = transport.get(feed.url, {}, ACCEPT, conditions)
    if answer.status == 304:
        return JournalAnswer(Batch((), 0), {**ours, **_validators(answer)})
    return JournalAnswer(read_feed(answer.body, feed, answer.url, now), address | _validators(answer))


def read_feed(body: bytes, feed: FeedSettings, address: str = "", now: datetime | None = None) -> Batch:
    """The papers in a feed; items with neither title nor DOI are not papers and are counted in a note.

    Args:
        address: the feed's own, to resolve relative links.
        now: later dates are an issue's, and not taken.

    Raises:
        Malformed: a web page, a truncated document, an entity declaration, or not a feed.
        Incomplete: an item that cannot be read.
    """
    found = parse_feed(_no_page(body, feed), f"The feed {feed.name!r}", VERSIONS)
    channel = found.parsed.feed
    venue = plain_text(channel.get("prism_publicationname") or channel.get("title") or "") or feed.name
    entries = zip(found.parsed.entries, found.elements, strict=True)
    papers, notes, odd = _papers([Item(entry, element, venue, address or feed.url) for entry, element in entries], now)
    if is_another_format(len(odd), len(found.elements)):
        raise Malformed(f"The feed {feed.name!r} contains items of which none can be read: {notes[0]}.")
    if not found.elements:
        notes.append("no items at all")
    if dropped := legal(body)[1]:
        notes.append(f"characters that XML does not allow; {dropped} were dropped")
    sightings = [_sighting(feed.name, paper) for paper in papers]
    told = [f"The feed {feed.name!r} contains {note}." for note in notes]
    return Batch(sightings, len(found.elements), notes=told, odd=odd)


def reread(feed: FeedSettings, raw: str, now: datetime) -> Batch:
    """An item that an earlier version could not read."""
    return read_feed(raw.encode(), feed, now=now)


def _no_page(body: bytes, feed: FeedSettings) -> bytes:
    """The body, unless it is a web page: a journal's home page is easily mistaken for its feed."""
    head = body[:4096].lower()
    if b"<!doctype html" in head or (b"<html" in head and not re.search(rb"<(?:rss|feed|rdf:rdf)\b", head)):
        raise Malformed(
            f"The feed {feed.name!r} is a web page; its url in harvest.feeds must be the address of the RSS or Atom "
            f"feed itself, which the journal's page links to."
        )
    return body


def _papers(items: Sequence[Item], now: datetime | None) -> tuple[list[Paper], list[str], list[OddRecord]]:
    """The papers, what else the feed contains, and its odd items: each costs only itself."""
    papers: list[Paper] = []
    notes: list[str] = []
    nameless: list[str] = []
    odd: list[OddRecord] = []
    for number, item in enumerate(items, 1):
        try:
            paper = as_paper(item, now)
        except UNREADABLE as error:
            why = why_unreadable(error)
            notes.append(f"an item, {_place(number, item)}, that cannot be read: {why}")
            odd.append(OddRecord(alone(item.element), why))
            continue
        if paper is None:
            nameless.append(_place(number, item))
            odd.append(OddRecord(alone(item.element), "it has no title"))
        papers += [paper] if paper else []
    if nameless:
        named = ", ".join(nameless)
        notes.append(f"{len(nameless)} item{'s' * (len(nameless) > 1)} without a title, left out: {named}")
    return papers, notes, odd


def _place(number: int, item: Item) -> str:
    """Where in the feed an item stands, and what it links to."""
    link = clean(item.entry.get("link") or item.entry.get("id") or "")
    return f"number {number}" + (f" ({link[:120]})" if link else "")


def _sighting(name: str, paper: Paper) -> Sighting:
    """As an article, or as the preprint that it is: medRxiv's channels are feeds like a journal's."""
    announced = utc_date(paper.published) if paper.published else None
    if is_preprint(paper):
        return Sighting(POSTED.named(name), paper, announced, POSTED.kind)
    return Sighting(PROVENANCE.named(name), paper, announced)


def _validators(answer: Answer) -> dict[str, str]:
    return {name: clean(answer.headers[name]) for name in _CONDITIONS if answer.headers.get(name)}


def _source(feed: FeedSettings, _harvest: HarvestSettings, state: SourceState) -> Source:
    asked = partial(fetch, feed, state.validators(feed.name), partial(state.remember, feed.name))
    return Source(PROVENANCE.named(feed.name), asked, allow_private=feed.allow_private, reread=partial(reread, feed))


def _probe(feed: FeedSettings) -> Probe:
    return Probe(feed.name, partial(_count, feed), allow_private=feed.allow_private)


def _count(feed: FeedSettings, transport: Transport) -> str:
    return f"It contains {read(feed, transport, {}).batch.received:,} papers."


KIND = SourceKind(PROVENANCE, "feeds", FeedSettings, _source, _probe)
