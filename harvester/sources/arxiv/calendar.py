"""When arXiv announces: at 20:00 Eastern time, Sunday to Thursday, except on its holidays.

https://info.arxiv.org/help/availability.html. A batch has the date of the next morning: Sunday evening's is Monday's.
A holiday is an evening without an announcement, so the batch of the next morning is missing and its papers come with
the one after. The batch dated the holiday itself, announced the evening before, appears as on any other day.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
HOUR = time(20)
LONGEST_PAUSE = 14  # days to look back for the last batch; arXiv never pauses that long
DAY = timedelta(days=1)
MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6

# arXiv's own lists. Memorial Day is not on them, and 4 July only as the day on which it is observed.
HOLIDAYS = {
    date.fromisoformat(day)
    for day in (
        "2025-01-01", "2025-01-20", "2025-06-19", "2025-07-06", "2025-09-01", "2025-11-27", "2025-12-25", "2025-12-30",
        "2026-01-01", "2026-01-19", "2026-06-19", "2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25", "2026-12-29",
        "2026-12-31",
    )
}  # fmt: skip
LISTED = {day.year for day in HOLIDAYS}


def is_batch_day(day: date) -> bool:
    """Whether a batch has this date: a working day after an evening that is not a holiday."""
    return day.weekday() < SATURDAY and not is_holiday(day - DAY)


def is_holiday(evening: date) -> bool:
    """Whether arXiv announces nothing on this evening; by its list, or for a year without one by its usual rules.

    The rules lack the extra evenings at the end of a year, which follow none: a batch that is missing then is called
    late until the list is added here, which is better than taking a missing batch for a holiday.
    """
    return evening in (HOLIDAYS if evening.year in LISTED else usual_holidays(evening.year))


def usual_holidays(year: int) -> set[date]:
    """New Year, Martin Luther King Day, Juneteenth, Independence Day, Labor Day, Thanksgiving and Christmas."""
    return {
        date(year, 1, 1),
        _nth(MONDAY, 3, date(year, 1, 1)),
        date(year, 6, 19),
        _independence_day(year),
        _nth(MONDAY, 1, date(year, 9, 1)),
        _nth(THURSDAY, 4, date(year, 11, 1)),
        date(year, 12, 25),
    }


def _nth(weekday: int, count: int, first: date) -> date:
    """The third Monday, say, of the month that begins on `first`."""
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=count - 1)


def _independence_day(year: int) -> date:
    """4 July as observed: arXiv's lists move a Friday (2025) to the Sunday after, a Saturday (2026) to the day before.

    A Sunday is observed on Monday everywhere in the United States.
    """
    day = date(year, 7, 4)
    return day + {FRIDAY: 2 * DAY, SATURDAY: -DAY, SUNDAY: DAY}.get(day.weekday(), 0 * DAY)


def last_announcement(now: datetime) -> datetime:
    """When the newest batch was due, as a UTC moment at or before `now`."""
    day = now.astimezone(EASTERN).date() + DAY
    for back in range(LONGEST_PAUSE):
        batch = day - timedelta(days=back)
        due = datetime.combine(batch - DAY, HOUR, EASTERN).astimezone(UTC)
        if is_batch_day(batch) and due <= now:
            return due
    raise AssertionError(f"no batch within {LONGEST_PAUSE} days before {now}")


def last_shown(now: datetime) -> datetime:
    """When the batch now in arXiv's feeds was due: they switch to a new day at midnight Eastern time."""
    return last_announcement(datetime.combine(now.astimezone(EASTERN).date(), time(), EASTERN))
