"""Cron expressions by wall-clock time: when something is due, even on the two days a year when clocks change.

APScheduler's own trigger works in a zone, where it skips a time that the clocks skip and fires twice at one that
they show twice. So it is asked for wall-clock times only, and each is then put into the zone as in PEP 495: a
skipped time is due that much later (02:30 at 03:30); of a time shown twice, the first counts.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from harvester.base.clock import as_utc

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
JUMP = timedelta(hours=3)  # more than any zone's clocks are changed by
SPANS = tuple(timedelta(days=days) for days in (1, 8, 40, 400, 3000))  # to look back; leap days are up to 8 years apart
_DAYS = re.compile(r"(?:\*|(?P<first>[0-7])(?:-(?P<last>[0-7]))?)(?:/(?P<step>[1-7]))?")


def zone_name(name: str) -> str:
    """The name of a time zone, if it is one.

    Raises:
        ValueError: it is not one.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'{name!r} is not a time zone; write one such as "UTC" or "Europe/Berlin"') from None
    return name


def cron_expression(text: str) -> str:
    """A cron expression, if it can be read and is ever due; "" means never.

    Raises:
        ValueError: it cannot be read, or no day of any year has such a date.
    """
    if not text.strip():
        return ""
    try:
        trigger = _trigger(text)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is not a valid cron expression ({error}); "
            'write minute, hour, day, month, weekday: "30 2 * * mon-fri"'
        ) from None
    if trigger.get_next_fire_time(None, datetime(2000, 1, 1, tzinfo=UTC)) is None:
        raise ValueError(f"{text!r} is never due: there is no such date")
    return text


def last_due(text: str, zone: str, now: datetime) -> datetime | None:
    """The newest moment up to `now` at which the expression was due; None where it was not for eight years."""
    zone_info = ZoneInfo(zone)
    wall = _wall(now, zone_info)
    for span in SPANS:
        times = takewhile(lambda time: time <= wall + JUMP, _walls(text, wall - span))
        if past := [moment for moment in (_moment(time, zone_info) for time in times) if moment <= now]:
            return max(past)
    return None


def next_due(text: str, zone: str, after: datetime) -> datetime | None:
    """The first moment after `after` at which the expression is due."""
    zone_info = ZoneInfo(zone)
    best = None
    for wall in _walls(text, _wall(after, zone_info) - JUMP):
        moment = _moment(wall, zone_info)
        if best and wall > _wall(best, zone_info) + JUMP:
            break
        if moment > after and (best is None or moment < best):
            best = moment
    return best


def _walls(text: str, begin: datetime) -> Iterator[datetime]:
    """The times on the wall at which the expression is due, from `begin` on; UTC stands for no zone."""
    trigger, found = _trigger(text), None
    while (found := trigger.get_next_fire_time(found, found or begin)) is not None:
        yield found


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=UTC, fold=0)


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    return as_utc(wall.replace(tzinfo=zone))


@lru_cache(maxsize=64)
def _trigger(text: str) -> Any:
    from apscheduler.triggers.cron import CronTrigger

    found = text.split()
    if len(found) != 5:
        raise ValueError(f"it has {len(found)} fields instead of 5")
    return CronTrigger.from_crontab(" ".join([*found[:4], _named(found[4])]), timezone=UTC)


def _named(weekdays: str) -> str:
    """The weekday field as a list of names: cron's week begins with Sunday, and APScheduler's with Monday."""
    numbers = re.sub("|".join(WEEKDAYS), lambda name: str(WEEKDAYS.index(name[0])), weekdays.lower())
    return ",".join(_names(part) for part in numbers.split(","))


def _names(part: str) -> str:
    found = _DAYS.fullmatch(part)
    if not found:
        return part
    first, last, step = int(found["first"] or 0), int(found["last"] or 6), int(found["step"] or 1)
    if found["first"] and not found["last"] and not found["step"]:
        last = first
    days = range(first, last + 1 if first <= last else last + 8, step)  # fri-mon continues into the next week
    return ",".join(WEEKDAYS[day % 7] for day in days)
