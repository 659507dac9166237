from datetime import UTC, date, datetime, timedelta

import pytest

from harvester.sources.arxiv.calendar import (
    HOLIDAYS,
    LISTED,
    is_batch_day,
    is_holiday,
    last_announcement,
    usual_holidays,
)
from harvester.sources.arxiv.freshness import judge, judge_feed
from harvester.sources.window import Window


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2025-06-12T23:30", "2025-06-12T00:00"),  # Thursday: Wednesday 20:00 EDT
        ("2025-06-15T23:30", "2025-06-13T00:00"),  # Sunday evening in Europe, before 20:00 ET: still Friday's batch
        ("2025-06-16T00:30", "2025-06-16T00:00"),  # Monday's batch, announced on Sunday 20:00 ET
        ("2025-06-19T23:30", "2025-06-19T00:00"),  # Juneteenth: its batch was announced the evening before
        ("2025-06-20T23:30", "2025-06-19T00:00"),  # but on its own evening there was none
        ("2025-07-07T23:30", "2025-07-04T00:00"),  # arXiv's list had Sunday, 6 July
        ("2026-05-26T01:00", "2026-05-26T00:00"),  # Memorial Day is not on the list
        ("2025-12-25T01:30", "2025-12-25T01:00"),  # winter time
        ("2025-12-26T23:30", "2025-12-25T01:00"),
        ("2026-01-02T23:30", "2026-01-01T01:00"),
        ("2025-03-10T00:30", "2025-03-10T00:00"),  # the Sunday on which summer time began
        ("2025-11-03T00:30", "2025-10-31T00:00"),  # the Sunday on which it ended: 20:00 EST is 01:00 UTC
        ("2025-11-03T01:00", "2025-11-03T01:00"),
    ],
)
def test_announcements_come_at_20_eastern_sunday_to_thursday(now: str, due: str) -> None:
    assert last_announcement(at(now)) == at(due)


def test_weekends_and_holidays_have_no_batch() -> None:
    assert not is_batch_day(date(2025, 6, 14))
    assert is_batch_day(date(2025, 11, 27)), "Thanksgiving: announced on Wednesday evening"
    assert not is_batch_day(date(2025, 11, 28))


@pytest.mark.parametrize("year", sorted(LISTED))
def test_theusual_holidays_are_on_arxivs_lists(year: int) -> None:
    """What the lists have in addition is between Christmas and New Year, and follows no rule."""
    more = {day for day in HOLIDAYS if day.year == year} - usual_holidays(year)
    assert usual_holidays(year) < HOLIDAYS
    assert all((day.month, day.day) > (12, 25) for day in more)


def test_years_without_a_list_have_theusual_holidays() -> None:
    evenings = {day for day in (date(2027, 1, 1) + timedelta(days=n) for n in range(365)) if is_holiday(day)}
    assert {f"{day:%m-%d}" for day in evenings} == {"01-01", "01-18", "06-19", "07-05", "09-06", "11-25", "12-25"}
    assert is_holiday(date(2028, 7, 4))
    assert not is_holiday(date(2027, 5, 31)), "Memorial Day"


def fortnight(until: datetime) -> Window:
    return Window(until - timedelta(days=14), until)


MONDAY = at("2025-06-16T00:00")


def test_news_is_fresh_and_closes_the_batch() -> None:
    assert (
        judge(
            news=True, newest=MONDAY - timedelta(days=3), batch=None, window=fortnight(MONDAY + timedelta(hours=2))
        ).batch
        == MONDAY
    )


def test_the_same_batch_read_again_is_quiet() -> None:
    assert judge(news=False, newest=None, batch=MONDAY, window=fortnight(MONDAY + timedelta(hours=20))).state == "quiet"


def test_a_weekend_is_quiet() -> None:
    friday = at("2025-06-13T00:00")
    assert judge(news=False, newest=None, batch=friday, window=fortnight(at("2025-06-15T12:00"))).state == "quiet"


def test_a_batch_that_is_late_is_waited_for_and_then_missed() -> None:
    friday = at("2025-06-13T00:00")
    late = judge(news=False, newest=None, batch=friday, window=fortnight(MONDAY + timedelta(hours=5)))
    assert late.state == "waiting"
    assert late.batch == friday, "waiting must not count as having seen the batch"
    assert (
        judge(news=False, newest=None, batch=late.batch, window=fortnight(MONDAY + timedelta(hours=7))).state
        == "stalled"
    )


def test_an_empty_first_answer_is_suspicious() -> None:
    assert judge(news=False, newest=None, batch=None, window=fortnight(MONDAY + timedelta(hours=7))).state == "stalled"


def test_a_window_after_the_batch_was_submitted_cannot_miss_it() -> None:
    until = MONDAY + timedelta(hours=7)
    assert judge(news=False, newest=None, batch=None, window=Window(MONDAY, until)).state == "quiet"


def test_a_straggler_is_news_but_does_not_close_the_batch() -> None:
    """Polaris #419: stragglers of an old batch closed the day, and 446 papers were lost."""
    friday, until = at("2025-06-13T00:00"), MONDAY + timedelta(hours=2)
    judged = judge(news=True, newest=MONDAY - timedelta(days=6), batch=friday, window=fortnight(until))
    assert (judged.state, judged.batch) == ("fresh", friday)


def test_a_feed_turns_to_its_new_day_at_midnight_eastern() -> None:
    """The shipped schedule asks at 02:30 UTC, when the 20:00 batch is due but the feed still shows that day's."""
    thursday = at("2025-06-12T00:00")
    evening = judge_feed(news=True, batch=None, now=at("2025-06-13T02:30"))
    assert (evening.state, evening.batch) == ("fresh", thursday)
    assert judge_feed(news=False, batch=thursday, now=at("2025-06-13T03:00")).state == "waiting"
    assert judge_feed(news=False, batch=thursday, now=at("2025-06-13T10:00")).state == "stalled"


def test_a_feed_that_missed_its_day_is_not_excused_by_the_next_batch() -> None:
    wednesday = at("2025-06-11T00:00")
    assert judge_feed(news=False, batch=wednesday, now=at("2025-06-13T02:30")).state == "stalled"
