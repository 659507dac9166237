"""Crossref's list of works (https://api.crossref.org), queried for some venues by the day of indexing.

The cursor is the same string on every page because Crossref keeps the place: a page that is lost on the way is gone,
and asking again brings the next one. So the works are counted, and after a loss the list is read again from the start.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import Field, field_validator

from harvester.base.counts import count_of
from harvester.base.settings_section import WebAddress
from harvester.domain.coverage import Work
from harvester.domain.same_work import same_title
from harvester.domain.text import clean
from harvester.sources.crossref.answer import Page, complaint, is_bad_cursor, read_page
from harvester.sources.crossref.record import ARTICLE, read_record
from harvester.sources.crossref.venues import DEFAULT_VENUES, checked, filters
from harvester.sources.dates import AHEAD
from harvester.sources.errors import BadQuery, Incomplete, Malformed
from harvester.sources.http import Answer, Params, Transport
from harvester.sources.records import Reader, read_all
from harvester.sources.source import HarvestSettings, Probe, Source, SourceKind, SourceState, WebSource
from harvester.sources.window import Batch, Window

PROVENANCE = ARTICLE  # preprints among its works have one of their own
ACCEPT = "application/json"
PAGE = 500  # works; at most 1,000
FIRST = "*"
READINGS = 2  # of a list of which pages are lost
FEW = 10  # works that resemble a title; the order is by words in common
SPACING = 0.001  # seconds; where min_interval is 0, the pace that Crossref's headers ask for still needs a gate
REGISTERED = timedelta(days=366)
"""How long before the window a work may have been registered. Crossref indexes a work again whenever somebody cites it:
without a limit, each window would bring most of what the venues ever published."""
SELECT = (
    "DOI,type,title,subtitle,author,abstract,container-title,group-title,published-online,published-print,issued,posted,"
    "created,relation,update-to,updated-by"
)
"""All that `record` reads, but for what only preprints have and cannot be selected. Most of a work is references."""


def _name(work: Any) -> str:
    """What a note calls a work."""
    return clean(str(work.get("DOI") or work.get("title") if isinstance(work, dict) else work))[:80]


READER = Reader("Crossref", "Work", _name)


class CrossrefSettings(WebSource):
    """Crossref's works."""

    url: WebAddress = "https://api.crossref.org"
    min_interval: float = Field(default=1.0, ge=0)
    venues: tuple[str, ...] = DEFAULT_VENUES

    @field_validator("venues")
    @classmethod
    def _askable(cls, venues: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(checked, venues)))


def fetch(settings: CrossrefSettings, contact: str, transport: Transport, window: Window) -> Iterator[Batch]:
    """Everything of the venues that was indexed on the days of the window; nothing without venues.

    Raises:
        FetchError: an answer is missing or malformed, or works are missing.
    """
    latest = (window.until - timedelta(microseconds=1)).date()
    span = (
        f"from-index-date:{window.since:%Y-%m-%d},until-index-date:{latest},"
        f"from-created-date:{(window.since - REGISTERED):%Y-%m-%d}"
    )
    lists = [_List(f"{span},{venues}") for venues in filters(settings.venues)]
    readings = [_pages(settings, contact, transport, one) for one in lists]
    # The total of all lists must be known with the first batch, so the first page of each is read before.
    first = [next(pages, []) for pages in readings]
    expected = sum(one.total or 0 for one in lists)
    for one, pages, works in zip(lists, readings, first, strict=True):
        yield replace(_batch(works, latest + AHEAD), expected=expected)
        for more in pages:
            yield replace(_batch(more, latest + AHEAD, len(one.seen) - len(more)), expected=expected)


@dataclass(slots=True)
class _List:
    """One list of works as it is read: the total that it announces, and the keys of the works that have arrived."""

    filter: str
    total: int | None = None
    seen: set[str] = field(default_factory=set)


def _pages(settings: CrossrefSettings, contact: str, transport: Transport, listed: _List) -> Iterator[list[Any]]:
    """The works of a list, each once; if works are lost on the way, the list is read once more."""
    for reading in range(1, READINGS + 1):
        try:
            yield from _read(settings, contact, transport, listed)
            return
        except (Malformed, Incomplete, _Forgotten):
            if reading == READINGS:
                raise


class _Forgotten(BadQuery):
    """Crossref does not know the cursor any more."""


def _read(settings: CrossrefSettings, contact: str, transport: Transport, listed: _List) -> Iterator[list[Any]]:
    """One reading of a list from its start: the works of each page that had not arrived before."""
    cursor, here = FIRST, set[str]()
    while True:
        page = ask(settings, contact, transport, _next(listed.filter, cursor))
        listed.total = page.total if listed.total is None else listed.total
        works = {_key(work): work for work in page.works}
        new = {key: work for key, work in works.items() if key not in listed.seen}
        here.update(works)
        listed.seen.update(new)
        if new or cursor == FIRST:
            yield list(new.values())
        if len(here) >= page.total:
            return
        if not works or not page.cursor:
            raise Incomplete(f"Crossref announced {page.total} works and sent {len(here)}.")
        cursor = page.cursor


def _next(chosen: str, cursor: str) -> Params:
    return {"filter": chosen, "rows": PAGE, "cursor": cursor, "select": SELECT}


def ask(settings: CrossrefSettings, contact: str, transport: Transport, params: Params) -> Page:
    """One page of works, at the pace that Crossref asks for.

    Raises:
        FetchError: no answer, or not a list of works.
    """
    try:
        answer = get(settings, contact, transport, "/works", params)
    except BadQuery as error:
        if is_bad_cursor(error.body):
            raise _Forgotten("Crossref has forgotten the place in its list of works (cursor-invalid).") from error
        remedy = "Correct harvest.crossref.venues or harvest.crossref.url."
        raise BadQuery(f"{error} {complaint(error.body)}{remedy}", error.body) from error
    return read_page(answer.body)


def get(settings: CrossrefSettings, contact: str, transport: Transport, path: str, params: Params) -> Answer:
    """One answer. With the contact, Crossref serves from its polite pool; its headers say how often to ask.

    Raises:
        FetchError: no answer.
    """
    polite: Params = {**params, "mailto": contact} if contact else params
    answer = transport.get(f"{settings.url}{path}", polite, ACCEPT)
    if (pause := pace(answer)) > settings.min_interval:
        transport.pause(pause)
    return answer


def pace(answer: Answer) -> float:
    """The seconds between two requests that the headers of an answer allow, 0 if they do not say."""
    try:
        requests = int(answer.headers["X-Rate-Limit-Limit"])
        seconds = float(answer.headers["X-Rate-Limit-Interval"].strip().removesuffix("s"))
    except (KeyError, ValueError):
        return 0.0
    return seconds / requests if requests > 0 and 0 < seconds <= 3600 else 0.0


def _batch(works: Sequence[Any], latest: date, before: int = 0) -> Batch:
    return read_all(READER, lambda work: read_record(work, latest), works, before)


def reread(raw: str, now: datetime) -> Batch:
    """A work that an earlier version could not read."""
    return _batch([json.loads(raw)], now.date() + AHEAD)


def _key(work: Any) -> str:
    """Identifies a work within a list: its DOI, else all of it."""
    doi = work.get("DOI") if isinstance(work, dict) else None
    return doi.lower() if isinstance(doi, str) and doi else json.dumps(work, sort_keys=True)


def _source(settings: CrossrefSettings, harvest: HarvestSettings, _state: SourceState) -> Source:
    asked = hashlib.sha256("\n".join(settings.venues).encode()).hexdigest()
    return Source(
        PROVENANCE,
        partial(fetch, settings, harvest.contact),
        asked,
        windowed=True,
        spacing=spacing(settings),
        reread=reread,
    )


def spacing(settings: CrossrefSettings) -> float:
    """The seconds between two requests, for all processes on the store; never 0, so that there is a gate."""
    return max(settings.min_interval, SPACING)


def _probe(settings: CrossrefSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_count, settings), spacing=spacing(settings))


def _count(settings: CrossrefSettings, transport: Transport) -> str:
    """How much there is of the venues; the contact is in the User-Agent."""
    lists = filters(settings.venues)
    if not lists:
        ask(settings, "", transport, {"rows": 0})
        return "It answers; harvest.crossref.venues is empty, so it is asked for single DOIs alone."
    total = sum(ask(settings, "", transport, {"filter": venues, "rows": 0}).total for venues in lists)
    if not total:
        raise BadQuery("Crossref has no works of harvest.crossref.venues; give their ISSNs, or their exact titles.")
    return f"It has {count_of(total, 'record')} of the venues."


def covers(settings: CrossrefSettings, transport: Transport, work: Work) -> bool:
    """Whether a work, by its DOI or else its title, is one of the venues' works.

    Raises:
        FetchError: no answer, or one that is not a list of works.
    """
    dois = [name.removeprefix("doi:") for name in work.identifiers if name.startswith("doi:") and "," not in name]
    for venues in filters(settings.venues):
        by_doi = ",".join(f"doi:{doi}" for doi in dois)
        if dois and ask(settings, "", transport, {"filter": f"{venues},{by_doi}", "rows": 0}).total:
            return True
        likely = ask(settings, "", transport, {"filter": venues, "query.bibliographic": work.title, "rows": FEW}).works
        if any(same_title(seen.paper.title, work.title) for seen in _batch(likely, date.max).sightings):
            return True
    return False


KIND = SourceKind(PROVENANCE, "crossref", CrossrefSettings, _source, _probe, covers)
