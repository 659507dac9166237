"""Fields of Crossref's works."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from harvester.base.clock import midnight
from harvester.sources.dates import sane
from harvester.sources.feed import plain_text
from harvester.sources.json_fields import Fields, list_of

DATES = ("published-online", "published-print", "issued", "posted", "created")


def first_text(work: Fields, name: str) -> str:
    """The first text of a list that is not empty, without markup; "" if there is none.

    Raises:
        ValueError: it is not a list of texts.
    """
    return next(filter(None, map(plain_text, list_of(work, name, str))), "")


def published(work: Fields, latest: date) -> datetime | None:
    """The earliest sane date of publication, else that of registration.

    A date without a day counts if it lies before the others as a whole: an issue of "June 2025" may have appeared after
    the article did, but an article of 2019 that was registered in 2025 is not new.
    """
    spans = [span for name in DATES if (span := _span(work, name)) and sane(span[0], latest)]
    days = [begin for begin, end in spans if begin == end]
    first = min(days, default=None)
    first = min((begin for begin, end in spans if begin != end and (first is None or end < first)), default=first)
    return midnight(first) if first else None


def day_of(work: Fields, name: str, latest: date) -> date | None:
    """A sane date that names a day, else None."""
    span = _span(work, name)
    return sane(span[0], latest) if span and span[0] == span[1] else None


def _span(work: Fields, name: str) -> tuple[date, date] | None:
    """The first and last day that one to three ``date-parts`` may mean; None for ``[[null]]`` and impossible dates."""
    numbers = list(_numbers(work.get(name)))
    try:
        if len(numbers) == 3:
            return date(*numbers), date(*numbers)
        if len(numbers) == 2:
            year, month = numbers
            begin = date(year, month, 1)
            return begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return (date(numbers[0], 1, 1), date(numbers[0], 12, 31)) if numbers else None
    except (ValueError, OverflowError):
        return None


def _numbers(value: Any) -> Iterator[int]:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    for number in first[:3] if isinstance(first, list) else ():
        if not isinstance(number, int):
            return
        yield number
