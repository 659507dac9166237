"""Hugging Face: daily papers by day, and search by term. The JSON is parsed here (https://huggingface.co/api/daily_papers).

The client library drops keywords, code and project links. Never fetch a paper's web page: visiting it makes
Hugging Face index the paper.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from harvester.base.clock import as_utc, midnight, utc_date
from harvester.base.escape import is_web_url
from harvester.base.settings_section import WebAddress
from harvester.domain.identity import arxiv_version
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.dates import AHEAD, sane
from harvester.sources.errors import Malformed
from harvester.sources.http import Transport
from harvester.sources.json_fields import Fields, list_of, text_of
from harvester.sources.names import name_of
from harvester.sources.records import Reader, Reading, read_all
from harvester.sources.source import HarvestSettings, Probe, Source, SourceKind, SourceState, WebSource
from harvester.sources.window import Batch, Window

PROVENANCE = Provenance("huggingface", Rank.AGGREGATED, "aggregator")
ACCEPT = "application/json"
PAGE = 100
FEW = 5  # daily papers for the doctor: one alone may be odd
SEARCH_LIMIT = 120
MOST_VOTES = 1_000_000_000  # fits a database integer
_NUMBER = re.compile(r"^Item \d+ ")
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def _name(item: Any) -> str:
    """What a note calls an item."""
    record = item.get("paper") if isinstance(item, dict) else None
    return clean(str(record.get("id") if isinstance(record, dict) else item))[:80]


READER = Reader("Hugging Face", "Item", _name)


class HuggingFaceSettings(WebSource):
    """Hugging Face's daily papers and paper search."""

    url: WebAddress = "https://huggingface.co"
    queries: tuple[str, ...] = (
        "cardiac", "cardiovascular", "heart", "ECG", "electrocardiogram", "echocardiography", "coronary", "arrhythmia",
        "photoplethysmography", "stroke",
    )  # fmt: skip


def fetch(settings: HuggingFaceSettings, transport: Transport, window: Window) -> Iterator[Batch]:
    """The daily papers of each day in the window, then the results for each search term.

    Search has no date filter: results from outside the window update known papers and add none.

    Raises:
        FetchError: an answer is missing or not in Hugging Face's format.
    """
    told: set[str] = set()
    for day in _days(window):
        for found in _daily(transport, f"{settings.url}/api/daily_papers", day, window.until):
            yield _noted(found, f"Daily papers of {day}", told)
    for query in settings.queries:
        params: dict[str, str | int] = {"q": query, "limit": SEARCH_LIMIT}
        found = read_listing(transport.get(f"{settings.url}/api/papers/search", params, ACCEPT).body, window.until)
        asked = [seen for seen in found.sightings if window.since <= _appeared(seen) < window.until]
        others = [seen for seen in found.sightings if not window.since <= _appeared(seen) < window.until]
        yield replace(_noted(found, f"Search for {query!r}", told), sightings=asked, known_only=others)


def _noted(found: Batch, place: str, told: set[str]) -> Batch:
    """The same with the place of the listing in its notes; an odd item that is listed every day is told once."""
    notes = {_NUMBER.sub("", note): note for note in found.notes}
    new = [f"{place}: {note}" for kind, note in notes.items() if kind not in told]
    told.update(notes)
    return replace(found, notes=new)


def read_listing(body: bytes, now: datetime | None = None) -> Batch:
    """The papers in a listing; an odd item costs only itself.

    Args:
        now: later dates are not taken.

    Raises:
        Malformed: not a JSON list of papers, or a long list of which nothing can be read.
    """
    try:
        items = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("Hugging Face sent something that is not JSON: a web page or a truncated answer.") from None
    if not isinstance(items, list):
        raise Malformed("Hugging Face sent JSON that is not a list of papers.")
    return read_all(READER, partial(_read, now=now), items)


def reread(raw: str, now: datetime) -> Batch:
    """An item that an earlier version could not read."""
    return read_all(READER, partial(_read, now=now), [json.loads(raw)])


def _read(item: Fields, now: datetime | None) -> Reading:
    seen = as_sighting(item)
    day = utc_date(seen.paper.published) if seen.paper.published else None
    if day and not sane(day, utc_date(now) + AHEAD if now else date.max):
        return Reading(replace(seen, paper=replace(seen.paper, published=None)))
    return Reading(seen)


def as_sighting(item: Fields) -> Sighting:
    """One item of a listing; raises KeyError, TypeError or ValueError if it lacks what every item has."""
    record = item["paper"]
    name = text_of(record, "id")
    named = arxiv_version(name)
    if named is None:
        raise ValueError(f"{name!r} is not an arXiv id")
    paper = Paper(
        identifiers=(f"arxiv:{named[0]}",),
        title=_title(text_of(record, "title")),
        abstract=plain_tex(clean(text_of(record, "summary"))),
        authors=_authors(list_of(record, "authors", dict)),
        published=_moment(record["publishedAt"]) if record["publishedAt"] else None,
        links={"paper": f"https://arxiv.org/abs/{named[0]}"} | _links(record),
        keywords=tuple(filter(None, map(clean, list_of(record, "ai_keywords", str)))),
        upvotes=min(int(record.get("upvotes") or 0), MOST_VOTES),
    )
    listed = record.get("submittedOnDailyAt")
    return Sighting(PROVENANCE, paper, announced=utc_date(_moment(listed)) if listed else None)


def _daily(transport: Transport, url: str, day: date, now: datetime) -> Iterator[Batch]:
    page, last = 0, PAGE
    while last == PAGE:
        asked: dict[str, str | int] = {"date": day.isoformat(), "p": page, "limit": PAGE}
        found = read_listing(transport.get(url, asked, ACCEPT).body, now)
        page, last = page + 1, found.received
        yield found


def _days(window: Window) -> Iterator[date]:
    day = utc_date(window.since)
    while midnight(day) < window.until:
        yield day
        day += timedelta(days=1)


def _appeared(seen: Sighting) -> datetime:
    published = seen.paper.published
    return published if published else datetime.min.replace(tzinfo=UTC)


def _title(text: str) -> str:
    if not (title := plain_tex(clean(text))):
        raise ValueError("it has no title")
    return title


def _authors(listed: Sequence[Mapping[str, Any]]) -> tuple[Author, ...]:
    """Those who have a name, and have not asked to be hidden."""
    names = (name_of(text_of(author, "name")) for author in listed if not author.get("hidden"))
    return tuple(Author(name) for name in names if name)


def _links(record: dict[str, Any]) -> dict[str, str]:
    """Code and project addresses; the repository is given as an address or as ``owner/name``."""
    repository, project = str(record.get("githubRepo") or ""), str(record.get("projectPage") or "")
    repository = re.sub(r"\A(?:www\.)?github\.com/", "", repository)
    if REPOSITORY.fullmatch(repository):
        repository = f"https://github.com/{repository}"
    return {role: url for role, url in (("code", repository), ("project", project)) if is_web_url(url)}


def _moment(text: str) -> datetime:
    try:
        return as_utc(datetime.fromisoformat(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a date and time") from None


def _source(settings: HuggingFaceSettings, _harvest: HarvestSettings, _state: SourceState) -> Source:
    return Source(PROVENANCE, partial(fetch, settings), windowed=True, reread=reread)


def _probe(settings: HuggingFaceSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_count, settings))


def _count(settings: HuggingFaceSettings, transport: Transport) -> str:
    body = transport.get(f"{settings.url}/api/daily_papers", {"limit": FEW}, ACCEPT).body
    found = read_listing(body)
    if found.received and not found.sightings:
        raise Malformed(f"Of {found.received} daily papers of Hugging Face none can be read. {found.notes[0]}")
    return f"It lists {found.received} of its newest daily papers."


KIND = SourceKind(PROVENANCE, "huggingface", HuggingFaceSettings, _source, _probe)
