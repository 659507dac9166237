"""Stores what a source returns, batch by batch: what has arrived stays, whatever comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from harvester import __version__
from harvester.domain.cursors import Cursor, Progress
from harvester.domain.merging import Change, Merged
from harvester.domain.notices import Sifted, sift
from harvester.domain.papers import OddRecord
from harvester.services.harvest.journal_versions import suggest_versions
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.workspace import Watch, Workspace
from harvester.sources.arxiv.freshness import judge_feed
from harvester.sources.source import Source
from harvester.sources.window import Batch, left_out
from harvester.store.cursors import cursor, set_cursor
from harvester.store.engine import read, write
from harvester.store.notices import attach
from harvester.store.odd_records import drop_odd, keep_odd, mark_tried, untried
from harvester.store.recording import record


def keep_all(ws: Workspace, source: Source, batches: Iterator[Batch], outcome: SourceOutcome, watch: Watch) -> None:
    """Store each batch with the progress through the window: what has arrived stays, whatever comes next."""
    carried, since = outcome.received, outcome.window.since
    for batch in batches:
        outcome.received += batch.received
        outcome.expected = _first(outcome.expected, batch.expected, carried)
        outcome.notes.extend(batch.notes)
        outcome.groups = {**outcome.groups, **batch.groups}
        with write(ws.store) as db:
            sifted = _sifted(batch, outcome)
            merged = record(db, sifted.papers, ws.clock())
            outcome.note(attach(db, (*batch.notices, *sifted.notices)))
            keep_odd(db, source.name, batch.odd, __version__, ws.clock())
            outcome.suggested += suggest_versions(db, sifted.papers, merged, ws.clock())
            _tally(outcome, batch, merged + record(db, batch.known_only, ws.clock(), add=False))
            _mark_groups(db, source, outcome, ws.clock())
            reached, settled = batch.reached or since, outcome.received - batch.again if batch.reached else 0
            done = Progress(since, reached, settled, ws.clock(), source.question, outcome.news, outcome.newest)
            set_cursor(db, outcome.source, replace(cursor(db, source.name), progress=done))
        watch(outcome.source, outcome.received, outcome.expected)


def read_again(ws: Workspace, source: Source, outcome: SourceOutcome) -> None:
    """Read the odd records that earlier versions of this program have kept."""
    with read(ws.store) as db:
        waiting = untried(db, source.name, __version__) if source.reread else []
    for number, raw in waiting:
        batch = _reread(source, raw, ws.clock())
        with write(ws.store) as db:
            if batch.odd:
                mark_tried(db, [number], __version__)
                continue
            sifted = _sifted(batch, outcome)
            _tally(outcome, replace(batch, backlog=True), record(db, sifted.papers, ws.clock()))
            outcome.note(attach(db, (*batch.notices, *sifted.notices)))
            drop_odd(db, [number])
        outcome.notes.append("A record that an earlier version could not read has been read.")


def attach_late(ws: Workspace, outcomes: Sequence[SourceOutcome]) -> None:
    """Try again, after the whole run, the notices that came before their papers: other sources may have shown these."""
    for outcome in outcomes:
        with write(ws.store) as db:
            found = attach(db, outcome.lost)
        outcome.lost.clear()
        outcome.note(found)


def _reread(source: Source, raw: str, now: datetime) -> Batch:
    """The record as this version reads it; whatever is odd about it, it must not cost the source its night."""
    try:
        return source.reread(raw, now) if source.reread else Batch((), 0)
    except Exception as error:  # versions before this one may have kept it in another form
        return Batch((), 1, odd=[OddRecord(raw, f"{type(error).__name__} {error}")])


def _sifted(batch: Batch, outcome: SourceOutcome) -> Sifted:
    """The papers and notices of a batch; what else it contains is noted."""
    sifted = sift(batch.sightings)
    if sifted.furniture:
        outcome.notes.append(left_out(sifted.furniture))
    return sifted


def _first(known: int | None, announced: int | None, carried: int) -> int | None:
    """The total that the first answer announces, plus what an earlier attempt received of the window."""
    return known if known is not None or announced is None else announced + carried


def _tally(outcome: SourceOutcome, batch: Batch, merged: Sequence[Merged]) -> None:
    for result in merged:
        outcome.merged += len(result.absorbed) + result.joined
        if result.withdrawn:
            outcome.withdrawn.add(result.number)
        if outcome.changes.get(result.number, Change.SAME) is Change.SAME:
            outcome.changes[result.number] = result.change
        if (result.first or result.change is not Change.SAME) and not batch.backlog:
            outcome.news = True
            outcome.first.add(result.id)
            outcome.newest = max(filter(None, (outcome.newest, result.published)), default=None)


def _mark_groups(db: Connection, source: Source, outcome: SourceOutcome, now: datetime) -> None:
    """Note each feed of a source that has shown something new, at once: the run may still fail."""
    for group, shown in outcome.groups.items():
        if group not in outcome.marked and not outcome.first.isdisjoint(shown):
            name = f"{source.name}/{group}"
            judged = judge_feed(news=True, batch=cursor(db, name).batch, now=now)
            set_cursor(db, name, Cursor(now, judged.batch))
            outcome.marked.add(group)
