"""When arXiv announces: at 20:00 Eastern time, Sunday to Thursday, except on its holidays.

https://info.arxiv.org/help/availability.html. A batch has the date of the next morning: Sunday evening's is Monday's.
On a holiday there is no batch of that date; its papers come with the next one.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
HOUR = time(20)
LONGEST_PAUSE = 14  # days to look back for the last batch; arXiv never pauses that long

# Batches that arXiv does not announce, in addition to those on the same day every year.
YEARLY = {(1, 1), (6, 19), (7, 4), (12, 25)}
HOLIDAYS = {
    date.fromisoformat(day)
    for day in (
        "2025-01-20", "2025-05-26", "2025-09-01", "2025-11-27",
        "2026-01-19", "2026-05-25", "2026-09-07", "2026-11-26",
    )
}  # fmt: skip


def is_batch_day(day: date) -> bool:
    """Whether a batch has this date: a working day that is not a holiday."""
    return day.weekday() < 5 and day not in HOLIDAYS and (day.month, day.day) not in YEARLY


def last_announcement(now: datetime) -> datetime:
    """When the newest batch was due, as a UTC moment at or before `now`."""
    day = now.astimezone(EASTERN).date() + timedelta(days=1)
    for back in range(LONGEST_PAUSE):
        batch = day - timedelta(days=back)
        due = datetime.combine(batch - timedelta(days=1), HOUR, EASTERN).astimezone(UTC)
        if is_batch_day(batch) and due <= now:
            return due
    raise AssertionError(f"no batch within {LONGEST_PAUSE} days before {now}")


def last_shown(now: datetime) -> datetime:
    """When the batch now in arXiv's feeds was due: they switch to a new day at midnight Eastern time."""
    return last_announcement(datetime.combine(now.astimezone(EASTERN).date(), time(), EASTERN))
