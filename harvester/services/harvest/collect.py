"""Query every source for its window and store the answers; a source's cursor moves only when its window is complete."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from harvester.base.clock import rfc3339
from harvester.base.errors import FetchError, HarvesterError, UsageError
from harvester.domain.cursors import Cursor, Progress
from harvester.domain.merging import Change
from harvester.services.arxiv_client import arxiv_transport
from harvester.services.gated import gated_transport
from harvester.services.harvest.arrival import arrival
from harvester.services.harvest.keeping import keep_all, read_again
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.arxiv.calendar import last_announcement, last_shown
from harvester.sources.arxiv.freshness import Freshness, judge, judge_feed
from harvester.sources.errors import Incomplete, WrongClock
from harvester.sources.http import Transport
from harvester.sources.source import Source, SourceState
from harvester.sources.window import Window
from harvester.store.cursors import cursor, set_cursor
from harvester.store.engine import read, write
from harvester.store.papers import known_versions, unhydrated

log = logging.getLogger(__name__)
NAMED = 5  # papers in a message
SHORTEST_WINDOW = timedelta(minutes=1)  # arXiv's windows have no seconds
CLOCK_TOLERANCE = timedelta(hours=12)


def source_state(store: Engine) -> SourceState:
    """What sources may read from the store and write to it."""

    def known(pairs: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
        with read(store) as db:
            return known_versions(db, pairs)

    def waiting() -> list[str]:
        with read(store) as db:
            return unhydrated(db)

    def validators(source: str) -> Mapping[str, str]:
        with read(store) as db:
            return cursor(db, source).validators

    def remember(source: str, now: Mapping[str, str]) -> None:
        with write(store) as db:
            set_cursor(db, source, replace(cursor(db, source), validators=now))

    return SourceState(known, waiting, validators, remember)


def harvest(
    ws: Workspace, source: Source, since: datetime | None, until: datetime | None, watch: Watch = unwatched
) -> SourceOutcome:
    """Query one source and keep all that arrives, complete or not; an upstream failure is in the outcome, never raised.

    Raises:
        UsageError: the window is empty.
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        before = cursor(db, source.name)
    outcome = SourceOutcome(source.name, plan(ws, source, since, until), source.windowed)
    begin = _take_up(source, before.progress, outcome, ws.clock())
    transport = transport_to(ws, source)
    try:
        read_again(ws, source, outcome)
        keep_all(ws, source, source.fetch(transport, begin), outcome, watch)
        _conclude(ws, source, transport, before, outcome)
    except FetchError as error:
        log.warning("%s: %s", source.name, error)
        outcome.error = str(error)
    except HarvesterError:
        raise
    except Exception as error:  # a bug of ours in reading one answer: reported, and the other sources still run
        log.warning("%s", source.name, exc_info=log.isEnabledFor(logging.DEBUG))
        outcome.error = f"{source.name} sent something that this program cannot read: {type(error).__name__}: {error}."
    outcome.requests, outcome.payloads = transport.requests, transport.payloads
    new, updated = outcome.count(Change.NEW), outcome.count(Change.UPDATED)
    log.info("%s is %s: %s new, %s updated", source.name, outcome.state, new, updated)
    return outcome


def _take_up(source: Source, progress: Progress | None, outcome: SourceOutcome, now: datetime) -> Window:
    """The window that is left to query after an earlier attempt at the same batch that did not finish."""
    batch = last_announcement if source.windowed else last_shown
    if progress is None or batch(now) > batch(progress.saved):
        return outcome.window
    outcome.news, outcome.newest = progress.news, progress.newest
    same = (progress.since, progress.question) == (outcome.window.since, source.question)
    if not same or not progress.since < progress.reached < outcome.window.until:
        return outcome.window
    outcome.received = progress.received
    return Window(progress.reached, outcome.window.until)


def check_clock(who: str, transport: Transport, now: datetime) -> None:
    """Refuse to conclude anything from a wrong clock: windows and the calendar would be wrong, too.

    Raises:
        WrongClock: the upstream's own Date is far from `now`.
    """
    theirs = transport.date
    if theirs and abs(theirs - now) > CLOCK_TOLERANCE:
        raise WrongClock(
            f"This machine's clock says {rfc3339(now)}, that of {who} says {rfc3339(theirs)}; correct this machine's "
            "clock or $HARVESTER_NOW. What arrived is kept, and the cursor has not moved."
        )


def _conclude(ws: Workspace, source: Source, transport: Transport, before: Cursor, outcome: SourceOutcome) -> None:
    """Judge a complete answer and move the cursor past its window, unless the answer is not credible."""
    try:
        if outcome.expected is not None and outcome.received != outcome.expected:
            raise Incomplete(f"{outcome.source} announced {outcome.expected} records and sent {outcome.received}.")
        if source.calendar or source.windowed:
            check_clock(source.name, transport, ws.clock())
    except FetchError:
        _start_over(ws, source, outcome)
        raise
    judged = _judge(ws, source, before, outcome)
    stale = _stale_groups(ws, source, outcome) if source.calendar else []
    outcome.state = "stalled" if stale else judged.state
    if outcome.state == "stalled":
        outcome.error = _stalled(source, stale, outcome)
        _start_over(ws, source, outcome)
        return
    _advance(ws, source, before, outcome, judged)


def reconsider(ws: Workspace, sources: Sequence[Source], outcomes: Sequence[SourceOutcome]) -> None:
    """Judge stalled sources again after the whole run: arXiv's feeds are read later, and may prove the batch."""
    for source, outcome in zip(sources, outcomes, strict=True):
        if source.may_match and outcome.state == "stalled":
            with read(ws.store) as db:
                before = cursor(db, source.name)
            judged = _judge(ws, source, before, outcome)
            if judged.state == "stalled":
                outcome.error = _stalled(source, (), outcome)
                continue
            outcome.state, outcome.error = judged.state, None
            _advance(ws, source, before, outcome, judged)
            log.info("%s is %s: the batch has arrived without a paper for it", source.name, outcome.state)


def _stalled(source: Source, stale: Sequence[str], outcome: SourceOutcome) -> str:
    """Why a source is stalled, in a sentence."""
    which = f" ({', '.join(stale)})" if stale else ""
    names = ", ".join(outcome.lacking[:NAMED])
    more = f"; arXiv's feeds announce papers that the query should find, such as {names}" if names else ""
    return f"{source.name} returns only known papers: the batch that was due has not arrived{which}{more}."


def _advance(ws: Workspace, source: Source, before: Cursor, outcome: SourceOutcome, judged: Freshness) -> None:
    """Move the cursor past the window."""
    since, until = outcome.window.since, outcome.window.until
    with write(ws.store) as db:
        # Read again: the source may have remembered newer validators than `before` holds.
        now = replace(cursor(db, source.name), batch=judged.batch, progress=None)
        if not source.windowed or before.until is None or since <= before.until:
            now = replace(now, until=max(until, min(before.until or until, ws.clock())))
        set_cursor(db, source.name, now)


def _judge(ws: Workspace, source: Source, before: Cursor, outcome: SourceOutcome) -> Freshness:
    if not source.calendar:
        return Freshness("fresh" if outcome.news else "quiet", None)
    if not source.windowed:
        return judge_feed(news=outcome.news, batch=before.batch, now=ws.clock())
    with read(ws.store) as db:
        shown = arrival(db, source, outcome.window)
    outcome.lacking = shown.lacking
    return judge(
        news=outcome.news, newest=outcome.newest, batch=before.batch, window=outcome.window, proven=shown.proven
    )


def _stale_groups(ws: Workspace, source: Source, outcome: SourceOutcome) -> list[str]:
    """The feeds of a source that show only what they showed for an older batch; an empty feed proves nothing.

    One category's feed once served the previous batch while the others were current (2026-08-12, cs.AI).
    """
    with read(ws.store) as db:
        batches = {group: cursor(db, f"{source.name}/{group}").batch for group in outcome.groups}
    return [
        group
        for group, shown in outcome.groups.items()
        if shown
        and group not in outcome.marked
        and judge_feed(news=False, batch=batches[group], now=ws.clock()).state == "stalled"
    ]


def _start_over(ws: Workspace, source: Source, outcome: SourceOutcome) -> None:
    """Let the next attempt query the whole window again, knowing whether news has already come from it."""
    since = outcome.window.since
    progress = Progress(since, since, 0, ws.clock(), source.question, outcome.news, outcome.newest)
    with write(ws.store) as db:
        set_cursor(db, source.name, replace(cursor(db, source.name), progress=progress))


def plan(ws: Workspace, source: Source, since: datetime | None, until: datetime | None) -> Window:
    """The window that a source would be queried for now.

    Raises:
        UsageError: it would be empty.
    """
    with read(ws.store) as db:
        before = cursor(db, source.name)
    now, overlap = ws.clock(), ws.settings.harvest.overlap_days
    first = None
    if before.progress and before.until is None:
        # A first window that was cut off begins where it did, but no later than a new one (a clock may have run ahead).
        first = min(before.progress.since, now - timedelta(days=overlap))
    asked = window_of(before.until, since or first, until, now, overlap)
    # A source that knows only the present day is judged by it, whatever window the others are queried for.
    return asked if source.windowed else window_of(before.until, None, None, now, overlap)


def window_of(
    before: datetime | None, since: datetime | None, until: datetime | None, now: datetime, overlap_days: int
) -> Window:
    """The span to query: from the cursor (without one, from now) minus the overlap to now, unless it is given.

    Raises:
        UsageError: it would be empty.
    """
    end = min(until or now, now).replace(microsecond=0)
    reached = min(before or now, now)  # a cursor in the future was set by a clock that ran ahead
    begin = (since or reached - timedelta(days=overlap_days)).replace(microsecond=0)
    if since is None and until is None:
        begin = min(begin, end - SHORTEST_WINDOW)  # without an overlap, two runs in one minute
    if begin >= end:
        raise UsageError(f"The window is empty: it would begin at {rfc3339(begin)} and end at {rfc3339(end)}.")
    return Window(begin, end)


def transport_to(ws: Workspace, source: Source) -> Transport:
    """A transport to a source, through the gate that arXiv's services share if it is one of them."""
    if source.gated:
        return arxiv_transport(ws)
    if source.spacing:
        return gated_transport(ws, source.name, source.spacing, allow_private=source.allow_private)
    return Transport(ws.settings.harvest, allow_private=source.allow_private)
