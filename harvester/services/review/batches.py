"""Decide on many papers at once, and take all of that back: a batch is one transaction, then the files follow."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision, DecisionBatch
from harvester.domain.papers import Stored
from harvester.services.review.decisions import (
    CATALOGUE_LOCK,
    Decided,
    DecisionRequest,
    Stale,
    follow,
    record_request,
    settle,
)
from harvester.services.workspace import Workspace
from harvester.store.batches import add_batch, batch, put_in_batch, recent_batches
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import load
from harvester.store.queue import places

log = logging.getLogger(__name__)
LARGEST = 500  # papers
ACTIONS = ("accept", "reject", "defer")


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: `number` names it, each paper by itself."""

    number: int
    decided: tuple[Decided, ...]

    @property
    def done(self) -> tuple[Decided, ...]:
        """The papers that were decided on."""
        return tuple(one for one in self.decided if not one.error)


@dataclass(frozen=True, slots=True)
class PastBatch:
    """A batch as it stands now: its decisions, their papers, and where those are in the queue."""

    batch: DecisionBatch
    made: tuple[Decision, ...]
    papers: Mapping[int, Stored]
    places: Mapping[int, Candidate]

    @property
    def holding(self) -> tuple[Decision, ...]:
        """The decisions that nobody has taken back or overruled."""
        return tuple(one for one in self.made if self.places[one.paper].decision == one.id)


def decide_together(ws: Workspace, action: str, chosen: Mapping[str, int], by: str) -> BatchResult:
    """Decide on all of these papers, each in the version that was seen; one that changed since is left alone.

    Raises:
        UsageError: no such action, no paper, or too many.
    """
    if action not in ACTIONS:
        raise UsageError(f"There is no {action!r} for many papers; there are: {', '.join(ACTIONS)}.")
    if not 0 < len(chosen) <= LARGEST:
        raise UsageError(f"Choose 1 to {LARGEST} papers; these are {len(chosen)}.")
    return _together(ws, DecisionRequest(action, by), chosen)


def past(ws: Workspace, number: int) -> PastBatch:
    """A batch as it stands now.

    Raises:
        HarvesterError: there is no such batch.
    """
    with read(ws.store) as db:
        found = batch(db, number)
        if found is None:
            raise HarvesterError(f"There is no batch {number}.")
        numbers = [one.paper for one in found[1]]
        return PastBatch(found[0], tuple(found[1]), load(db, numbers), places(db, numbers))


def past_batches(ws: Workspace, limit: int = 20) -> list[tuple[DecisionBatch, int]]:
    """The newest batches, newest first, each with the number of its decisions."""
    with read(ws.store) as db:
        return recent_batches(db, limit)


def undo_batch(ws: Workspace, number: int, by: str) -> BatchResult:
    """Take back what still holds of a batch, as a batch of its own; what was overruled since is left alone.

    Raises:
        HarvesterError: there is no such batch.
        UsageError: nothing of it holds any more.
    """
    found = past(ws, number)
    holding = {found.papers[one.paper].paper.id: found.places[one.paper].version for one in found.holding}
    if not holding:
        raise UsageError(f"Nothing of batch {number} is left to take back.")
    return _together(ws, DecisionRequest("undo", by), holding)


def _together(ws: Workspace, wish: DecisionRequest, chosen: Mapping[str, int]) -> BatchResult:
    with lock(ws.store, CATALOGUE_LOCK, wait=True):
        for problem in settle(ws):
            log.warning("%s", problem)
        with write(ws.store) as db:
            number = add_batch(db, wish.action, wish.by, ws.clock())
            recorded = [_record(ws, db, name, wish, seen) for name, seen in chosen.items()]
            put_in_batch(db, number, [one[1] for one in recorded if not isinstance(one, Decided)])
        return BatchResult(number, tuple(one if isinstance(one, Decided) else _follow(ws, one[0]) for one in recorded))


def _record(ws: Workspace, db: Connection, name: str, wish: DecisionRequest, seen: int) -> tuple[Stored, int] | Decided:
    """Record one decision of a batch; whatever is wrong with it is found before anything is written."""
    try:
        return record_request(ws, db, name, wish, seen)
    except HarvesterError as error:
        return Decided(name, error=f"{name}: {error}", stale=isinstance(error, Stale))


def _follow(ws: Workspace, stored: Stored) -> Decided:
    try:
        return follow(ws, stored)
    except HarvesterError as error:
        return Decided(stored.paper.id, error=f"{stored.paper.id}: {error}")
