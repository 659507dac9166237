"""arXiv's announcement feeds (https://info.arxiv.org/help/rss.html): today's announcements, one category per request.

The feeds name the papers; their text comes from the API, because a feed gives all authors as one string that commas
do not split correctly. One category per request: arXiv cuts a feed at 2,000 rows and drops new papers first. The
dates in a feed may lag a day behind its content, so they are stored but never used to judge. A batch that is not read
before midnight in New York is lost, which is why one bad category must not cost the others.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from harvester.base.counts import count_of
from harvester.base.errors import FetchError
from harvester.base.escape import excerpt
from harvester.base.settings_section import WebAddress
from harvester.domain.identity import arxiv_version, doi_identifier
from harvester.domain.papers import OddRecord, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv.api import ArxivSettings
from harvester.sources.arxiv.ids import BATCH, hydrate
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.errors import BadQuery, Malformed, Throttled, Unavailable, Unreached
from harvester.sources.feed import alone, parse_feed
from harvester.sources.http import Transport
from harvester.sources.source import HarvestSettings, Known, Probe, Source, SourceKind, SourceState, WebSource
from harvester.sources.window import Batch, Window, is_another_format

PROVENANCE = Provenance("arxiv_rss", Rank.ANNOUNCED, "preprint")
ACCEPT = "application/rss+xml, application/atom+xml"
VERSIONS = ("rss20", "atom10")
TYPES = ("new", "cross", "replace", "replace-cross")  # the earlier type wins if feeds differ
ROW_CAP, ALARM = 2000, 1900
_LEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[\w-]+)\s+Abstract:\s*")
_ERROR_TITLE = "feed error for query"
_REMEDY = "correct harvest.arxiv_rss.categories"


class RssSettings(WebSource):
    """arXiv's announcement feeds."""

    url: WebAddress = "https://rss.arxiv.org/rss"
    categories: tuple[str, ...] = (
        "eess.IV", "eess.SP", "cs.CV", "cs.LG", "q-bio.QM", "physics.med-ph", "stat.ML", "cs.AI",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Announcement:
    """One paper in one day's feeds; `day` is the date that the feed declares."""

    base: str
    version: int
    announce_type: str
    day: date | None
    title: str
    abstract: str
    categories: tuple[str, ...] = ()
    doi: str = ""

    def as_paper(self) -> Paper:
        """The paper as the feed gives it: without authors or submission dates."""
        return Paper(
            identifiers=(f"arxiv:{self.base}", *((self.doi,) if self.doi else ())),
            title=self.title,
            abstract=self.abstract,
            version=self.version,
            categories=self.categories,
            links={"paper": f"https://arxiv.org/abs/{self.base}"},
        )


def fetch(
    settings: RssSettings,
    api: ArxivSettings,
    is_known: Known,
    unhydrated: Callable[[], Sequence[str]],
    transport: Transport,
    window: Window,
) -> Iterator[Batch]:
    """Today's announcements of all categories, whatever the window: the feeds have no other day.

    Args:
        is_known: of (base id, version) pairs, those whose text the store has from arXiv's API, in that version or a
            newer one; all others are requested there. If that fails or finds nothing, the feed's own text is kept.
        unhydrated: base ids left with a feed's text by an earlier night, because tomorrow's feed does not repeat them.

    Raises:
        FetchError: at the end, after everything obtainable: a feed or an API answer was missing or malformed.
    """
    gathered = _gather(settings, transport)
    announced = union(gathered.announcements)
    known = is_known([(seen.base, seen.version) for seen in announced])
    already = [seen for seen in announced if (seen.base, seen.version) in known]
    groups = gathered.groups
    shown = [_sighting(seen) for seen in already]
    yield Batch(shown, gathered.received, notes=gathered.notes, groups=groups, odd=gathered.odd)
    wanted = [seen for seen in announced if (seen.base, seen.version) not in known]
    yield from _hydrated(api, transport, wanted, gathered.errors)
    if not gathered.errors and (left := [base for base in unhydrated() if base not in {seen.base for seen in wanted}]):
        papers, missing = hydrate(api, transport, left)
        notes = [_missing(missing)] if missing else []
        yield Batch([Sighting(arxiv_api.PROVENANCE, paper) for paper in papers], 0, notes=notes, backlog=True)
    if gathered.errors:
        raise _joined(gathered.errors)


def read_feed(body: bytes, category: str) -> list[Announcement]:
    """The announcements in one category's feed, in its order, duplicates included; an odd item costs only itself.

    Raises:
        BadQuery: arXiv's feed for an unknown category.
        Malformed: not a feed, or a truncated one, or one of which no item can be read.
    """
    return _read(body, category)[0]


def reread(raw: str, _now: datetime) -> Batch:
    """An item that an earlier version could not read. It says no more that the paper is new, for it is not."""
    announcements, odd = _read(raw.encode(), "an earlier day")
    shown = [Sighting(PROVENANCE, seen.as_paper(), seen.day) for seen in announcements]
    return Batch(shown, 1, odd=odd)


def union(announcements: Iterable[Announcement]) -> list[Announcement]:
    """Each paper once: its newest version and strongest type, with the categories from all its feeds."""
    found: dict[str, Announcement] = {}
    for seen in announcements:
        other = found.get(seen.base, seen)
        first, second = sorted((other, seen), key=_strength)
        categories = tuple(dict.fromkeys((*first.categories, *second.categories)))
        found[seen.base] = replace(first, categories=categories, doi=first.doi or second.doi)
    return list(found.values())


@dataclass(slots=True)
class _Gathered:
    """What the feeds of all categories brought, and what went wrong."""

    announcements: list[Announcement] = field(default_factory=list)
    received: int = 0
    notes: list[str] = field(default_factory=list)
    odd: list[OddRecord] = field(default_factory=list)
    errors: list[FetchError] = field(default_factory=list)
    groups: dict[str, set[str]] = field(default_factory=dict)

    def add(self, category: str, body: bytes) -> None:
        announcements, odd = _read(body, category)
        self.announcements += announcements
        self.odd += odd
        self.groups[category] = {f"arxiv:{seen.base}" for seen in announcements}
        received = len(announcements) + len(odd)
        self.received += received
        if received >= ALARM:
            self.notes.append(
                f"arXiv's feed of {category} has {received:,} items, near arXiv's cap of {ROW_CAP:,} rows, so new "
                f"papers may be missing; narrow the categories in harvest.arxiv_rss.categories."
            )
        self.notes += [f"arXiv's feed of {category}: {record.why}; it was left out." for record in odd]


def _gather(settings: RssSettings, transport: Transport) -> _Gathered:
    """All categories, even after one fails; stop only if arXiv asks us to slow down or cannot be reached."""
    gathered = _Gathered()
    for category in dict.fromkeys(settings.categories):
        try:
            gathered.add(category, _ask(settings, transport, category))
        except FetchError as error:
            gathered.errors.append(error)
            if isinstance(error, (Throttled, Unreached)):
                break
    return gathered


def _ask(settings: RssSettings, transport: Transport, category: str) -> bytes:
    try:
        return transport.get(f"{settings.url}/{quote(category, safe='')}", {}, ACCEPT).body
    except BadQuery as error:
        # arXiv answers 400 for a category that it does not know.
        raise BadQuery(
            f"{error} This was the feed of {category!r}; if arXiv has no such category, {_REMEDY}."
        ) from error


def _read(body: bytes, category: str) -> tuple[list[Announcement], list[OddRecord]]:
    """The readable items, and the others, each with its place and its id or title."""
    found = parse_feed(body, f"arXiv's feed of {category}", VERSIONS)
    parsed = found.parsed
    if clean(parsed.feed.get("title", "")).lower().startswith(_ERROR_TITLE):
        reason = excerpt(clean(parsed.feed.get("subtitle", "")), 200)
        raise BadQuery(f"arXiv has no feed of {category!r} ({reason or 'no reason given'}); {_REMEDY}.")
    announcements, odd = [], []
    for number, (entry, element) in enumerate(zip(parsed.entries, found.elements, strict=True), 1):
        if seen := _announcement(entry, category):
            announcements.append(seen)
            continue
        name = clean(entry.get("id") or entry.get("title") or "")[:60] or "without an id"
        why = f"item {number} ({name}) lacks an id with a version, a title, or the type of its announcement"
        odd.append(OddRecord(alone(element), why))
    if is_another_format(len(odd), len(parsed.entries)):
        raise Malformed(f"arXiv's feed of {category} contains items of which none can be read: {odd[0].why}.")
    return announcements, odd


def _announcement(entry: Any, category: str) -> Announcement | None:
    """One item, or None if it lacks the id with version, the type or the title that every item has."""
    named, title = arxiv_version(entry.get("id", "")), clean(entry.get("title", ""))
    abstract = entry.get("summary", "")
    lead = _LEAD.match(abstract)
    kind = clean(entry.get("arxiv_announce_type", "")) or (lead["type"] if lead else "")
    if named is None or not named[1] or not title or kind not in TYPES:
        return None
    doi = doi_identifier(entry.get("arxiv_doi", "")) or ""
    return Announcement(
        base=named[0],
        version=named[1],
        announce_type=kind,
        day=_day(entry),
        title=plain_tex(title),
        abstract=plain_tex(clean(abstract[lead.end() :] if lead else abstract)),
        categories=_categories(entry, category, kind),
        doi=doi if doi.startswith("doi:") else "",
    )


def _categories(entry: Any, category: str, kind: str) -> tuple[str, ...]:
    """The primary one first: the feed lists them in any order, but only the primary's feed says new or replace."""
    listed = [clean(tag.get("term") or "") for tag in entry.get("tags", ())]
    first = [category] if kind in ("new", "replace") and category in listed else []
    return tuple(dict.fromkeys(filter(None, (*first, *listed))))


def _day(entry: Any) -> date | None:
    """The date of midnight in New York, which in UTC is four or five o'clock on the same day."""
    declared = entry.get("published_parsed")
    try:
        return date(*declared[:3]) if declared else None
    except ValueError:
        return None


def _strength(seen: Announcement) -> tuple[int, int]:
    return -seen.version, TYPES.index(seen.announce_type)


def _hydrated(
    api: ArxivSettings, transport: Transport, wanted: Sequence[Announcement], errors: list[FetchError]
) -> Iterator[Batch]:
    """The wanted papers with the API's text, new ones first; with the feed's own if the API has none."""
    queue = sorted(wanted, key=lambda seen: TYPES.index(seen.announce_type))
    while queue:
        part, queue = queue[:BATCH], queue[BATCH:]
        try:
            papers, _ = hydrate(api, transport, [seen.base for seen in part])
        except FetchError as error:
            errors.append(error)
            if isinstance(error, Unavailable):
                part, queue = [*part, *queue], []
            yield Batch([_sighting(seen) for seen in part], 0)
        else:
            yield _matched(part, {paper.id: paper for paper in papers})


def _matched(part: Sequence[Announcement], papers: dict[str, Paper]) -> Batch:
    """Announcements and the API's papers for them; a version older than announced does not count yet."""
    sightings, missing = [], []
    for seen in part:
        paper = papers.get(f"arxiv:{seen.base}")
        if paper is None or paper.version < seen.version:
            missing.append(f"{seen.base}v{seen.version}")
            paper = None
        sightings.append(_sighting(seen, paper))
    return Batch(sightings, 0, notes=[_missing(missing)] if missing else [])


def _sighting(seen: Announcement, paper: Paper | None = None) -> Sighting:
    text_from = None if paper is None else arxiv_api.PROVENANCE
    return Sighting(PROVENANCE, paper or seen.as_paper(), seen.day, seen.announce_type, text_from)


def _missing(names: Sequence[str]) -> str:
    return (
        f"arXiv's API does not show {len(names)} of the announced papers yet; they are kept as the feed gives them, "
        f"without authors: {', '.join(names)}."
    )


def _joined(errors: Sequence[FetchError]) -> FetchError:
    """One error with the messages of all, each once, of the first one's type."""
    return type(errors[0])(" ".join(dict.fromkeys(map(str, errors))))


def _source(settings: RssSettings, harvest: HarvestSettings, state: SourceState) -> Source:
    api = arxiv_api.KIND.section_or_defaults(harvest)
    announced = partial(fetch, settings, api, state.known, state.unhydrated)
    return Source(PROVENANCE, announced, gated=True, calendar=True, reread=reread)


def _probe(settings: RssSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_count, settings), gated=True)


def _count(settings: RssSettings, transport: Transport) -> str:
    if not settings.categories:
        return "No category is configured."
    category = settings.categories[0]
    body = transport.get(f"{settings.url}/{category}", {}, ACCEPT).body
    return f"{category} announces {count_of(len(read_feed(body, category)), 'paper')}."


KIND = SourceKind(PROVENANCE, "arxiv_rss", RssSettings, _source, _probe)
