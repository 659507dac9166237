"""The one clock. Everything that needs the present moment is given a ``Clock``.

``HARVESTER_NOW`` (RFC 3339) stops the clock at that moment, for replays and tests. Waiting (request
spacing, time-outs, lock ages) is never measured with this clock but with ``time.monotonic``.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime

from harvester.base.errors import UsageError

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, UTC-aware."""
    return datetime.now(UTC)


def clock_from_environment() -> Clock:
    """The system clock, or one that stands still at ``$HARVESTER_NOW``.

    Raises:
        UsageError: the variable holds no RFC 3339 time.
    """
    text = os.environ.get("HARVESTER_NOW")
    if not text:
        return system_clock
    moment = parse_moment(text, "HARVESTER_NOW")
    return lambda: moment


def parse_moment(text: str, name: str) -> datetime:
    """``2025-06-12`` (midnight) or an RFC 3339 time as a UTC-aware datetime; without an offset, UTC.

    Raises:
        UsageError: naming `name` and the text.
    """
    try:
        return as_utc(datetime.fromisoformat(text.strip()))
    except OverflowError:
        raise UsageError(f"{name} {text!r} lies outside the years 1 to 9999 in UTC; give a nearer time.") from None
    except ValueError:
        raise UsageError(
            f"{name} {text!r} is neither a date (2025-06-12) nor an RFC 3339 time (2025-06-12T23:30:00Z)."
        ) from None


def parse_day(text: str) -> date:
    """``2025-06-12`` as a date.

    Raises:
        UsageError: naming the text.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text[:40]!r} is not a valid day", remedy="write it like 2025-06-12") from None


def as_utc(moment: datetime) -> datetime:
    """The same moment with UTC as its zone; a naive one is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def midnight(day: date) -> datetime:
    """The first moment of a UTC calendar day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def rfc3339(moment: datetime) -> str:
    """``2026-01-06T02:00:03Z``, to the second."""
    return as_utc(moment).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def utc_date(moment: datetime) -> date:
    """The UTC calendar day of a moment."""
    return as_utc(moment).date()
