"""Stores what a source returns, batch by batch: what has arrived stays, whatever comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from harvester import __version__
from harvester.domain.cursors import Cursor, Progress
from harvester.domain.merging import Absorbed, Change, Merged
from harvester.domain.notices import Sifted, sift
from harvester.domain.papers import Sighting
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.workspace import Watch, Workspace
from harvester.sources.arxiv.freshness import judge_feed
from harvester.sources.registry import provenance_of
from harvester.sources.source import Source
from harvester.sources.window import Batch
from harvester.store.cursors import cursor, set_cursor
from harvester.store.engine import read, write
from harvester.store.journal_updates import suggest
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
            sifted = sift(batch.sightings)
            outcome.notes.extend(_furniture(sifted))
            merged = record(db, sifted.papers, ws.clock())
            outcome.note(attach(db, (*batch.notices, *sifted.notices)))
            keep_odd(db, source.name, batch.odd, __version__, ws.clock())
            _suggest(db, sifted.papers, merged, outcome, ws.clock())
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
        batch = source.reread(raw, ws.clock()) if source.reread else Batch((), 0)
        with write(ws.store) as db:
            if batch.odd:
                mark_tried(db, [number], __version__)
                continue
            sifted = sift(batch.sightings)
            _tally(outcome, replace(batch, backlog=True), record(db, sifted.papers, ws.clock()))
            outcome.note(attach(db, (*batch.notices, *sifted.notices)))
            drop_odd(db, [number])
        outcome.notes.append("A record that an earlier version could not read has been read.")


def _first(known: int | None, announced: int | None, carried: int) -> int | None:
    """The total that the first answer announces, plus what an earlier attempt received of the window."""
    return known if known is not None or announced is None else announced + carried


def _furniture(sifted: Sifted) -> list[str]:
    """A note on what an issue consists of besides papers."""
    titles = list(dict.fromkeys(sifted.furniture))
    left_out = f"{len(sifted.furniture)} items are no papers and were left out: {', '.join(titles[:5])}."
    return [left_out] if titles else []


def _suggest(
    db: Connection, papers: Sequence[Sighting], merged: Sequence[Merged], outcome: SourceOutcome, now: datetime
) -> None:
    pairs = [pair for pair in zip(papers, merged, strict=True) if pair[0].source.kind == "journal"]
    articles = [
        (article, replace(result, first=True))
        for result in merged
        for lost in result.absorbed
        if (article := _article(lost))
    ]
    outcome.suggested += sum(suggest(db, sighting, result, now) for sighting, result in (*pairs, *articles))


def _article(lost: Absorbed) -> Sighting | None:
    """What a journal had shown of a paper that turned out to be another paper's article."""
    shown = (provenance_of(name) for name in lost.sources)
    journal = next((source for source in shown if source.kind == "journal"), None)
    return Sighting(journal, lost.paper) if journal else None


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
