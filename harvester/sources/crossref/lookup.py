"""What Crossref knows about single DOIs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from harvester.domain.identity import doi_identifier
from harvester.domain.text import clean
from harvester.sources.crossref.answer import NOT_FOUND, read_work
from harvester.sources.crossref.api import CrossrefSettings, ask, get
from harvester.sources.crossref.record import read_record
from harvester.sources.dates import AHEAD
from harvester.sources.errors import BadQuery, Malformed
from harvester.sources.http import Transport
from harvester.sources.records import UNREADABLE, Reading

GROUP = 50  # DOIs in one request


@dataclass(frozen=True, slots=True)
class Found:
    """The readings by identifier (``doi:...``), and a note on each record that cannot be read."""

    readings: dict[str, Reading]
    notes: tuple[str, ...] = ()


def look_up(settings: CrossrefSettings, contact: str, transport: Transport, doi: str, today: date) -> Reading | None:
    """The record of one DOI; None if Crossref does not know it.

    Args:
        doi: without ``doi:``.

    Raises:
        FetchError: no answer, or one that is not a record.
    """
    try:
        answer = get(settings, contact, transport, f"/works/{quote(doi, safe='')}", {})
    except BadQuery as error:
        if error.body.strip() == NOT_FOUND:
            return None
        raise BadQuery(f"{error} Correct harvest.crossref.url.", error.body) from error
    try:
        return read_record(read_work(answer.body), today + AHEAD)
    except UNREADABLE as error:
        raise Malformed(f"Crossref's record of {clean(doi)} cannot be read: {error}.") from None


def look_up_many(
    settings: CrossrefSettings, contact: str, transport: Transport, dois: Sequence[str], today: date
) -> Iterator[tuple[Sequence[str], Found]]:
    """The records of many DOIs, with each group of DOIs that was asked for; unknown ones are missing among them.

    Raises:
        FetchError: no answer, or one that is not a list of records.
    """
    askable = [doi for doi in dois if "," not in doi]  # a comma ends a filter's value
    for begin in range(0, len(askable), GROUP):
        group = askable[begin : begin + GROUP]
        chosen = ",".join(f"doi:{doi}" for doi in group)
        page = ask(settings, contact, transport, {"filter": chosen, "rows": len(group)})
        yield group, _found(page.works, today)


def _found(works: Sequence[Any], today: date) -> Found:
    readings: dict[str, Reading] = {}
    notes = []
    for work in works:
        name = doi_identifier(str(work.get("DOI") or "")) if isinstance(work, dict) else None
        if name is None:
            continue
        try:
            readings[name] = read_record(work, today + AHEAD)
        except UNREADABLE as error:
            notes.append(f"Crossref's record of {name} cannot be read and was left out: {error}.")
    return Found(readings, tuple(notes))
