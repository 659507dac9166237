"""Whether a complete answer is news, a quiet day, or a stale copy: decided by its content, never by a feed's dates.

A feed may say "today" and serve yesterday's batch, so the question is whether it brought anything that this source had
not shown before, and whether arXiv's calendar says that it should have. Stragglers from an older batch are news, but
do not show that the newest batch has arrived.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from harvester.sources.arxiv.calendar import EASTERN, is_batch_day, last_announcement, last_shown
from harvester.sources.window import Window

GRACE = timedelta(hours=6)  # how long after its due time a batch may be missing before that is a fault
CUT_OFF = timedelta(hours=6)  # papers submitted by 14:00 Eastern are announced at 20:00


@dataclass(frozen=True, slots=True)
class Freshness:
    """A source's state, and the newest batch that its answers are known to reach."""

    state: str
    batch: datetime | None


def judge(
    *, news: bool, newest: datetime | None, batch: datetime | None, window: Window, proven: datetime | None = None
) -> Freshness:
    """The state of a complete answer of a source that follows arXiv's calendar, by the table in DESIGN.md.

    Args:
        news: whether anything arrived that this source had not shown before.
        newest: when the newest paper of the news was submitted, if there is any.
        batch: when the newest batch that an earlier answer reached was due; None before the first.
        window: what was asked for; a batch submitted before it or due after it is not missed.
        proven: the newest batch that arXiv's feeds have shown, if no paper in it that was asked for is missing: then
            it brought nothing (2025-06-18 had no paper of the shipped query, and "stalled" was mailed).
    """
    due = last_announcement(window.until)
    submitted_from = last_announcement(due - timedelta(seconds=1)) - CUT_OFF
    if newest is not None and newest >= submitted_from:
        batch = due if batch is None else max(due, batch)
    if news:
        return Freshness("fresh", batch)
    if proven is not None and due <= proven:
        batch = due if batch is None else max(due, batch)
    if (batch is not None and due <= batch) or window.since > due - CUT_OFF:
        return Freshness("quiet", batch)
    return Freshness("waiting" if window.until - due < GRACE else "stalled", batch)


def judge_feed(*, news: bool, batch: datetime | None, now: datetime) -> Freshness:
    """The state of a complete answer of a feed that shows one day's announcements, by the same table.

    Any news completes the day's batch: a feed of one day has no stragglers, and small categories have days on which
    everything announced had been held back or is a replacement (2025-06-12, eess.IV and q-bio.QM).

    Args:
        news: whether anything arrived that this feed had not shown before.
        batch: when the newest batch that it has shown was due; None before the first.
        now: when it was asked.
    """
    due, shown = last_announcement(now), last_shown(now)
    if news:
        return Freshness("fresh", shown if batch is None else max(shown, batch))
    if batch is None and not is_batch_day(now.astimezone(EASTERN).date()):
        batch = shown  # an empty feed is right on such a day, and nobody had asked for what it showed before
    if batch is not None and due <= batch:
        return Freshness("quiet", batch)
    missing = due if batch is not None and shown <= batch else shown
    return Freshness("waiting" if now - missing < GRACE else "stalled", batch)
