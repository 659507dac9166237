"""Nights without papers, by arXiv's calendar: which are quiet, which are waiting, and which are stalled."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.services.harvest.collect import reconsider, source_state
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv.api import ArxivSettings
from harvester.sources.arxiv.rss import RssSettings
from harvester.sources.registry import enabled
from tests.conftest import Upstream
from tests.reliability.ground import Field

DAY = timedelta(days=1)
ARXIV = ("arxiv", "arxiv_rss")


@pytest.fixture
def field(tmp_path: Path, upstream: Upstream) -> Field:
    return Field.make(tmp_path / "field", upstream.url)


def night(field: Field, upstream: Upstream, source: str, day: str) -> str:
    upstream.control(today=day)
    outcome = field.night(source, day)
    assert (outcome.error is None) == (outcome.state not in ("stalled", "failed"))
    return outcome.state


@pytest.mark.parametrize("source", ARXIV)
def test_a_weekend_is_quiet_and_monday_fresh(field: Field, upstream: Upstream, source: str) -> None:
    nights = {day: night(field, upstream, source, f"2025-06-{day}") for day in (13, 14, 15, 16)}
    assert nights == {13: "fresh", 14: "quiet", 15: "quiet", 16: "fresh"}


@pytest.mark.parametrize("source", ARXIV)
def test_a_holiday_has_its_batch_and_the_day_after_it_has_none(field: Field, upstream: Upstream, source: str) -> None:
    """Juneteenth is an evening without an announcement: the batch of the 20th is missing, not that of the 19th."""
    nights = {day: night(field, upstream, source, f"2025-06-{day}") for day in (18, 19, 20, 21, 22, 23)}
    assert nights == {18: "fresh", 19: "fresh", 20: "quiet", 21: "quiet", 22: "quiet", 23: "fresh"}


@pytest.mark.parametrize("source", ARXIV)
def test_memorial_day_is_a_day_like_any_other(field: Field, upstream: Upstream, source: str) -> None:
    assert [night(field, upstream, source, f"2025-05-{day}") for day in (26, 27)] == ["fresh", "fresh"]


@pytest.mark.parametrize("source", ARXIV)
def test_a_batch_that_is_missing_on_a_holiday_is_stalled(field: Field, upstream: Upstream, source: str) -> None:
    """Read as a date without a batch, Juneteenth hid that its batch was missing."""
    night(field, upstream, source, "2025-06-18")
    late = field.night(source, "2025-06-19", "10:00")  # the stand-in is still at the batch of the 18th
    assert late.state == "stalled"


@pytest.mark.parametrize("source", ARXIV)
def test_mondays_batch_is_waited_for_until_it_is_overdue(field: Field, upstream: Upstream, source: str) -> None:
    night(field, upstream, source, "2025-06-13")
    night(field, upstream, source, "2025-06-15")  # the stand-in stays on Sunday: its batch of Monday is late
    friday = field.cursor(source).batch
    for at, state in (("00:30", "waiting"), ("05:30", "waiting"), ("06:30", "stalled"), ("10:00", "stalled")):
        outcome = field.night(source, "2025-06-16", at)
        assert outcome.state == state, at
        assert field.cursor(source).batch == friday, "a batch that has not come is not passed"
    assert night(field, upstream, source, "2025-06-16") == "fresh"
    assert field.cursor(source).batch != friday


@pytest.mark.parametrize("source", ARXIV)
def test_a_batch_that_stays_away_for_days_is_stalled_every_night(field: Field, upstream: Upstream, source: str) -> None:
    """The following weekend does not make the source quiet: the cursor stays before the missing batch."""
    night(field, upstream, source, "2025-06-09")
    before = field.cursor(source)
    upstream.control(today="2025-06-12", faults=[{"match": "/", "kind": "stale", "count": -1}])
    assert field.night(source, "2025-06-12").state == "stalled"
    upstream.control(today="2025-06-12")
    assert field.night(source, "2025-06-12", "23:45").state == "stalled"
    assert (field.cursor(source).until, field.cursor(source).batch) == (before.until, before.batch)
    upstream.control(today="2025-06-13", faults=[])
    assert field.night(source, "2025-06-13").state == "fresh"


def test_stragglers_of_moderation_are_caught_by_the_overlap(
    field: Field, tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harvesting nightly for a fortnight, and once at its end, gives the same papers."""
    monkeypatch.setattr(arxiv_api, "PAGE", 200)
    whole = Field.make(tmp_path / "whole", upstream.url)
    for day in range(5, 19):
        upstream.control(today=f"2025-06-{day:02}")
        assert field.night("arxiv", f"2025-06-{day:02}", overlap_days=14).error is None
    assert whole.night("arxiv", "2025-06-18", overlap_days=28).error is None
    assert not whole.snapshot().seen - field.snapshot().seen
    hasty = Field.make(tmp_path / "hasty", upstream.url)
    for day in range(5, 19):
        upstream.control(today=f"2025-06-{day:02}")
        hasty.night("arxiv", f"2025-06-{day:02}", overlap_days=1)
    assert whole.snapshot().seen - hasty.snapshot().seen, "without the overlap some would be lost: the test can tell"


def test_a_day_of_held_back_papers_alone_is_that_days_batch(field: Field, upstream: Upstream) -> None:
    """Read again, those of 2025-06-12 were called stalled: none had been submitted in the last cycle."""
    small = RssSettings(url=f"{upstream.url}/rss", categories=("eess.IV", "q-bio.QM"))
    first, again = (field.night("arxiv_rss", "2025-06-12", at, arxiv_rss=small) for at in ("23:30", "23:31"))
    assert first.state == "fresh"
    assert (again.state, again.error) == ("quiet", None)


@pytest.mark.parametrize("day", ["2025-06-14", "2025-06-20"])
def test_an_empty_feed_on_a_first_day_without_a_batch_is_quiet(field: Field, upstream: Upstream, day: str) -> None:
    """Set up on a Saturday or the day after a holiday, the program's very first run ended in `stalled`."""
    assert night(field, upstream, "arxiv_rss", day) == "quiet"
    assert night(field, upstream, "arxiv_rss", "2025-06-23") == "fresh"


def test_an_empty_feed_on_a_first_day_with_a_batch_is_stalled(field: Field, upstream: Upstream) -> None:
    upstream.control(today="2025-06-12", faults=[{"match": "/rss/", "kind": "empty", "count": -1}])
    assert field.night("arxiv_rss", "2025-06-12").state == "stalled"


def test_todays_feed_is_not_judged_by_the_window_of_a_backfill(field: Field, upstream: Upstream) -> None:
    """A first run over the year before closed the batch of then, and the same night's second run was stalled."""
    upstream.control(today="2025-06-12")
    long_ago = datetime(2024, 6, 12, tzinfo=UTC)
    assert field.night("arxiv_rss", "2025-06-12", since=long_ago, until=long_ago + DAY).state == "fresh"
    assert field.night("arxiv_rss", "2025-06-12", "23:45").state == "quiet"


def narrow(upstream: Upstream) -> dict[str, Any]:
    """The shipped query, which has days without a paper, and the shipped overlap."""
    return {"overlap_days": 14, "arxiv": ArxivSettings(url=f"{upstream.url}/api/query", min_interval=0)}


def test_a_batch_without_a_match_is_quiet_once_the_feeds_show_it(field: Field, upstream: Upstream) -> None:
    """No paper of 2025-06-18 matches the shipped query: "stalled again" was mailed on the day after it.

    Where the feeds do not show that the batch has come, it still is.
    """
    query = narrow(upstream)
    upstream.control(today="2025-06-17")
    assert field.night("arxiv", "2025-06-17", **query).state == "fresh"
    upstream.control(today="2025-06-18")
    assert field.night("arxiv", "2025-06-18", **query).state == "stalled"
    assert field.night("arxiv_rss", "2025-06-18").state == "fresh"
    again = field.night("arxiv", "2025-06-18", "23:40", **query)
    assert (again.state, again.error) == ("quiet", None)
    assert field.cursor("arxiv").until == datetime(2025, 6, 18, 23, 40, tzinfo=UTC)
    assert field.night("arxiv", "2025-06-19", "10:00", **query).state == "stalled", "the next batch is another matter"


def test_the_feeds_prove_a_batch_in_the_same_night(field: Field, upstream: Upstream) -> None:
    """They are read after the API, so its verdict is given at the end of the run."""
    query = narrow(upstream)
    upstream.control(today="2025-06-17")
    field.night("arxiv", "2025-06-17", **query)
    upstream.control(today="2025-06-18")
    outcomes = [field.night("arxiv", "2025-06-18", **query), field.night("arxiv_rss", "2025-06-18")]
    assert [outcome.state for outcome in outcomes] == ["stalled", "fresh"]
    harvest = field.ws.settings.harvest.model_copy(update=query)
    sources = [source for source in enabled(harvest, source_state(field.ws.store)) if source.name in ARXIV]
    reconsider(replace(field.ws, clock=lambda: datetime(2025, 6, 18, 23, 30, tzinfo=UTC)), sources, outcomes)
    assert [outcome.state for outcome in outcomes] == ["quiet", "fresh"]
    assert outcomes[0].error is None
    after = field.cursor("arxiv")
    assert (after.until, after.progress) == (datetime(2025, 6, 18, 23, 30, tzinfo=UTC), None)


def test_a_stale_api_is_stalled_while_the_feeds_show_papers_that_it_should_have(
    field: Field, upstream: Upstream
) -> None:
    query = narrow(upstream)
    upstream.control(today="2025-06-18")
    field.night("arxiv", "2025-06-18", **query)
    before = field.cursor("arxiv").batch
    upstream.control(today="2025-06-19")
    assert field.night("arxiv_rss", "2025-06-19", "11:30").state == "fresh"
    upstream.control(today="2025-06-18")  # the API alone is a day behind
    stale = field.night("arxiv", "2025-06-19", "11:30", **query)
    assert stale.state == "stalled"
    assert re.search(r"announce papers that the query should find, such as arxiv:2506\.", stale.error or "")
    upstream.control(today="2025-06-19")
    assert field.night("arxiv", "2025-06-19", "23:45", **query).state == "fresh"
    assert field.cursor("arxiv").batch != before


def test_hugging_faces_search_keeps_to_the_end_of_a_window(field: Field, upstream: Upstream) -> None:
    """A window of January brought 35 papers of the months after it, as new ones."""
    since = datetime(2025, 5, 27, tzinfo=UTC)
    assert field.night("huggingface", "2025-06-12", since=since, until=since + 5 * DAY).error is None
    found = [paper for paper, _ in field.snapshot().papers.values()]
    assert found
    assert all(paper.published < since + 5 * DAY for paper in found)
