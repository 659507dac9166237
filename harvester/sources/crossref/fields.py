"""Fields of Crossref's works: what is missing may be null, and anything of another type makes a work odd."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from harvester.sources.feed import plain_text

Work = Mapping[str, Any]
EARLIEST = date(1900, 1, 1)
DATES = ("published-online", "published-print", "issued", "posted", "created")


def text_of(work: Work, name: str) -> str:
    """A field of text as it is, "" if it is missing.

    Raises:
        ValueError: it is something else.
    """
    value = work.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"its {name} is not text")
    return value or ""


def list_of(work: Work, name: str, kind: type) -> list[Any]:
    """A list of values of one type, empty if it is missing.

    Raises:
        ValueError: it is something else, or contains something else.
    """
    value = work.get(name)
    if value is not None and (not isinstance(value, list) or not all(isinstance(item, kind) for item in value)):
        raise ValueError(f"its {name} is not a list of {'texts' if kind is str else 'records'}")
    return value or []


def first_text(work: Work, name: str) -> str:
    """The first text of a list that is not empty, without markup; "" if there is none.

    Raises:
        ValueError: it is not a list of texts.
    """
    return next(filter(None, map(plain_text, list_of(work, name, str))), "")


def published(work: Work, latest: date) -> datetime | None:
    """The earliest sane date of publication, else that of registration.

    A date without a day counts if it lies before the others as a whole: an issue of "June 2025" may have appeared after
    the article did, but an article of 2019 that was registered in 2025 is not new.
    """
    spans = [span for name in DATES if (span := _span(work, name)) and EARLIEST <= span[0] <= latest]
    days = [begin for begin, end in spans if begin == end]
    first = min(days, default=None)
    first = min((begin for begin, end in spans if begin != end and (first is None or end < first)), default=first)
    return datetime(first.year, first.month, first.day, tzinfo=UTC) if first else None


def day_of(work: Work, name: str, latest: date) -> date | None:
    """A sane date that names a day, else None."""
    span = _span(work, name)
    return span[0] if span and span[0] == span[1] and EARLIEST <= span[0] <= latest else None


def _span(work: Work, name: str) -> tuple[date, date] | None:
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
