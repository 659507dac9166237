"""Due times, by a clock that is moved through the year: none is left out, none comes twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.cron import cron_expression, last_due, next_due, zone_name

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(text: str, zone: str, after: str, until: str) -> list[str]:
    """All due times in between, as the scheduler walks through them."""
    found, now = [], at(after)
    while (moment := next_due(text, zone, now)) is not None and moment <= at(until):
        found.append(f"{moment:%m-%d %H:%M}")
        now = moment
    return found


@pytest.mark.parametrize(
    ("text", "zone", "after", "until", "expected"),
    [
        # The clocks of Berlin skip 02:00 to 03:00 on 2026-03-29 and show it twice on 2026-10-25.
        ("30 2 * * *", BERLIN, "2026-03-27", "2026-03-30", ["03-27 01:30", "03-28 01:30", "03-29 01:30"]),
        ("30 2 * * *", BERLIN, "2026-03-29 12:00", "2026-03-31", ["03-30 00:30"]),
        ("30 2 * * *", BERLIN, "2026-10-24", "2026-10-27", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        ("0,30 2,3 * * *", BERLIN, "2026-03-29", "2026-03-29 12:00", ["03-29 01:00", "03-29 01:30"]),
        ("0 */2 * * *", BERLIN, "2026-10-24 23:00", "2026-10-25 05:00", ["10-25 00:00", "10-25 03:00", "10-25 05:00"]),
        ("0 20 * * sun-thu", NEW_YORK, "2026-03-07", "2026-03-11", ["03-09 00:00", "03-10 00:00", "03-11 00:00"]),
        ("0 20 * * sun-thu", NEW_YORK, "2026-10-31", "2026-11-03 02:00", ["11-02 01:00", "11-03 01:00"]),
        ("15 1 * * *", "Australia/Lord_Howe", "2026-04-04", "2026-04-06", ["04-04 14:15", "04-05 14:45"]),
        # cron's weekday numbers begin with Sunday
        ("0 5 * * 0", "UTC", "2026-11-01", "2026-11-16", ["11-01 05:00", "11-08 05:00", "11-15 05:00"]),
        ("0 5 * * 7", "UTC", "2026-11-01 06:00", "2026-11-09", ["11-08 05:00"]),
        ("0 5 * * 1-5/2", "UTC", "2026-11-01", "2026-11-08", ["11-02 05:00", "11-04 05:00", "11-06 05:00"]),
        ("0 5 * * fri-sun", "UTC", "2026-11-03", "2026-11-10", ["11-06 05:00", "11-07 05:00", "11-08 05:00"]),
        ("0 5 * * */3", "UTC", "2026-11-01", "2026-11-08", ["11-01 05:00", "11-04 05:00", "11-07 05:00"]),
        ("0 5 1-7 * sun", "UTC", "2026-11-01 06:00", "2027-01-05", ["12-06 05:00", "01-03 05:00"]),
    ],
)
def test_due_times(text: str, zone: str, after: str, until: str, expected: list[str]) -> None:
    assert due(text, zone, after, until) == expected


@given(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: at("2025-01-01") + timedelta(minutes=minutes, seconds=7)),
    st.sampled_from(["30 2 * * *", "*/20 * * * *", "0 0 1 * *", "15 1,2,3 * * sun", "59 23 * * 5"]),
    st.sampled_from([BERLIN, NEW_YORK, "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_looking_back_and_looking_on_agree(now: datetime, text: str, zone: str) -> None:
    """The last due time is the next one after the moment before it, and no other lies between it and now."""
    last = last_due(text, zone, now)
    assert last is not None
    assert last <= now
    assert next_due(text, zone, last - timedelta(microseconds=1)) == last
    following = next_due(text, zone, last)
    assert following is not None
    assert following > now


def test_a_leap_day_is_found_from_afar() -> None:
    assert last_due("0 0 29 2 *", "UTC", at("2027-12-31")) == at("2024-02-29")


@pytest.mark.parametrize(
    "text", ["daily", "0 25 * * *", "0 2 * *", "0 2 * * someday", "0 2 * * 8", "0 0 30 2 *", "61 * * * *"]
)
def test_a_wrong_expression_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid cron expression|is never due") as caught:
        cron_expression(text)
    assert text in str(caught.value)


def test_turned_off_and_time_zones() -> None:
    assert cron_expression(" ") == ""
    assert zone_name("Europe/Berlin") == "Europe/Berlin"
    for wrong in ("Mars/Olympus", "", "../etc/passwd"):
        with pytest.raises(ValueError, match="is not a time zone"):
            zone_name(wrong)
