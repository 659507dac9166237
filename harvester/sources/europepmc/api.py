"""Europe PMC's search (https://europepmc.org/RestfulWebService), queried by the day of first indexing.

The order by that day lets a window that was cut off go on where it ended; whether it was kept is checked on every page.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from pydantic import Field, field_validator

from harvester.base.clock import midnight
from harvester.base.counts import count_of
from harvester.base.escape import one_line
from harvester.base.settings_section import WebAddress
from harvester.domain.coverage import Work
from harvester.domain.same_work import same_title
from harvester.domain.text import clean
from harvester.sources.errors import BadQuery, Malformed
from harvester.sources.europepmc.answer import REMEDY, Page, read_page
from harvester.sources.europepmc.fields import day_of
from harvester.sources.europepmc.query import DEFAULT_QUERY, asked_as, dated, last_day, recent
from harvester.sources.europepmc.record import ARTICLE, own_names, read_record
from harvester.sources.http import Params, Transport
from harvester.sources.records import UNREADABLE, Reader, Reading, read_all, why_unreadable
from harvester.sources.source import HarvestSettings, Probe, Source, SourceKind, SourceState, WebSource
from harvester.sources.window import Batch, Window

PROVENANCE = ARTICLE  # preprints among its records have one of their own
ACCEPT = "application/json"
PAGE = 500  # records of some 10 kB; at most 1,000
ORDER = "FIRST_IDATE_D asc"
FIRST_MARK = "*"
FEW = 10  # records that have nearly the title of one work
WEEKS = 4
PROBES = 3  # attempts of the doctor: now and then an answer is empty


def _name(record: Any) -> str:
    """What a note calls a record."""
    if not isinstance(record, dict):
        return clean(str(record))[:80]
    return clean(f"{record.get('source')}/{record.get('id') or record.get('title')}")[:80]


READER = Reader("Europe PMC", "Record", _name)


class EuropePmcSettings(WebSource):
    """Europe PMC's search."""

    url: WebAddress = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    min_interval: float = Field(default=0.2, ge=0)
    query: str = DEFAULT_QUERY

    @field_validator("query")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("it is empty; Europe PMC would reject it")
        return one_line(value)


def fetch(settings: EuropePmcSettings, transport: Transport, window: Window) -> Iterator[Batch]:
    """Everything that was first indexed on the days of the window and matches the query, oldest first.

    Each record counts once. The number of hits may exceed what the pages give, and pages may then stay empty for ever:
    an empty page is the last one.

    Raises:
        FetchError: an answer is missing, malformed, or an error.
    """
    query, mark, expected = dated(settings.query, window), FIRST_MARK, None
    seen, order = set[str](), _Order()
    while True:
        page = _page(settings, transport, query, mark)
        expected = page.total if expected is None else expected
        new = {key: record for record in page.records if (key := _key(record)) not in seen}
        batch = _batch(tuple(new.values()), last_day(window), len(seen))
        seen.update(new)
        order.add(_indexed(record) for record in new.values())
        reached, again = order.settled(window)
        yield replace(batch, expected=expected, reached=reached, again=again)
        if not new or page.mark in ("", mark):
            return
        mark = page.mark


@dataclass(slots=True)
class _Order:
    """The newest day of indexing so far and how many records bear it, as long as the records come in order."""

    newest: date = date.min
    on_newest: int = 0
    kept: bool = True

    def add(self, days: Iterable[date | None]) -> None:
        for day in days:
            if day is None or day < self.newest:
                self.kept = False
            elif day == self.newest:
                self.on_newest += 1
            else:
                self.newest, self.on_newest = day, 1

    def settled(self, window: Window) -> tuple[datetime | None, int]:
        """The moment before which nothing is missing, and how many records lie after it."""
        if not self.kept or not self.on_newest or self.newest > last_day(window):
            return None, 0
        return midnight(self.newest), self.on_newest


def _page(settings: EuropePmcSettings, transport: Transport, query: str, mark: str) -> Page:
    return _ask(settings, transport, query, {"resultType": "core", "pageSize": PAGE, "cursorMark": mark, "sort": ORDER})


def _ask(settings: EuropePmcSettings, transport: Transport, query: str, more: Params) -> Page:
    """One answer; an empty one, or an error on their side, is asked for again like one that did not arrive."""
    params: Params = {"query": query, "format": "json", **more}
    try:
        return transport.ask(f"{settings.url}/search", params, ACCEPT, lambda answer: read_page(answer.body, query))
    except BadQuery as error:
        if REMEDY in str(error):
            raise
        raise BadQuery(f"{error} Correct harvest.europepmc.query or harvest.europepmc.url.", error.body) from error


def _batch(records: tuple[Any, ...], latest: date, before: int = 0) -> Batch:
    return read_all(READER, lambda record: read_record(record, latest), records, before)


def reread(raw: str, now: datetime) -> Batch:
    """A record that an earlier version could not read."""
    return _batch((json.loads(raw),), now.date())


def _key(record: Any) -> str:
    """Identifies a record within a window: source and id, else all of it."""
    if isinstance(record, dict) and record.get("source") and record.get("id"):
        return f"{record['source']}/{record['id']}"
    return json.dumps(record, sort_keys=True)


def _indexed(record: Any) -> date | None:
    return day_of(record, "firstIndexDate") if isinstance(record, dict) else None


def _source(settings: EuropePmcSettings, _harvest: HarvestSettings, _state: SourceState) -> Source:
    asked = hashlib.sha256(settings.query.encode()).hexdigest()
    return Source(
        PROVENANCE, partial(fetch, settings), asked, windowed=True, spacing=settings.min_interval, reread=reread
    )


def _probe(settings: EuropePmcSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_count, settings), spacing=settings.min_interval, attempts=PROBES)


def _count(settings: EuropePmcSettings, transport: Transport) -> str:
    """How much the query matches, and how much of it is new in a week of the service's own clock."""
    small: Params = {"resultType": "idlist", "pageSize": 1}
    total = _ask(settings, transport, settings.query, small).total
    if not total:
        raise Malformed("Europe PMC finds nothing for harvest.europepmc.query.")
    if transport.date is None:
        return f"The query matches {count_of(total, 'paper')}."
    return (
        f"The query matches {count_of(total, 'paper')}, about {weekly(settings, transport, transport.date):,} a week."
    )


def weekly(settings: EuropePmcSettings, transport: Transport, now: datetime) -> int:
    """About how many papers a week the query brings.

    Raises:
        FetchError: no answer, or not one to this query.
    """
    query = recent(settings.query, now, 7 * WEEKS)
    return round(_ask(settings, transport, query, {"resultType": "idlist", "pageSize": 1}).total / WEEKS)


def covers(settings: EuropePmcSettings, transport: Transport, work: Work) -> bool:
    """Whether the query finds a work that Europe PMC has under one of the list's identifiers, else under its title.

    Raises:
        FetchError: no answer, or not one to this query.
    """
    query = f"({asked_as(work)}) AND ({settings.query})"
    page = _ask(settings, transport, query, {"resultType": "core", "pageSize": FEW})
    found = [seen.paper for seen in _batch(page.records, date.max).sightings]
    names = {name for name in work.identifiers if not name.startswith("title:")}
    return any(names & set(paper.identifiers) or same_title(paper.title, work.title) for paper in found)


def look_up(settings: EuropePmcSettings, transport: Transport, name: str, today: date) -> Reading | None:
    """The record of a DOI, a PubMed id or a PMC id; None if Europe PMC does not know it, or it is another kind of name.

    Raises:
        FetchError: no answer, or one that is not a record.
    """
    query = asked_as(Work("", (name,)))
    if not query:
        return None
    page = _ask(settings, transport, query, {"resultType": "core", "pageSize": FEW})
    for record in page.records:
        try:
            if name in own_names(record):
                return read_record(record, today)
        except UNREADABLE as error:
            raise Malformed(f"Europe PMC's record of {name} cannot be read: {why_unreadable(error)}.") from None
    return None


KIND = SourceKind(PROVENANCE, "europepmc", EuropePmcSettings, _source, _probe, covers, weekly)
