"""Which dates of publication are believed."""

from datetime import date, timedelta

EARLIEST = date(1900, 1, 1)
EPOCH = date(1970, 1, 1)  # what programs make of a missing date
AHEAD = timedelta(days=2)  # an issue is dated months ahead; a day's difference is a time zone's


def sane(day: date | None, latest: date) -> date | None:
    """The day, unless it lies before every record or is that of a coming issue."""
    return day if day and EARLIEST <= day <= latest else None
