"""Decide on many papers at once, and undo all of it: a batch is one transaction, then the files follow."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision, DecisionBatch
from harvester.domain.papers import Stored
from harvester.services.learning.models import version_in_use
from harvester.services.review.decisions import (
    CATALOG_LOCK,
    Decided,
    DecisionRequest,
    Stale,
    already,
    failed,
    follow,
    late,
    record_request,
    settle,
)
from harvester.services.review.queries import ReviewedPaper, reviewed_paper
from harvester.services.workspace import Workspace
from harvester.store.batches import add_batch, batch, put_in_batch, recent_batches
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import load
from harvester.store.queue import find_candidates

log = logging.getLogger(__name__)
LARGEST = 500  # papers
ACTIONS = ("accept", "reject", "defer")


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The outcome of a batch: its `number`, and what happened to each paper."""

    number: int
    decided: tuple[Decided, ...]

    @property
    def done(self) -> tuple[Decided, ...]:
        """The papers that now have a decision."""
        return tuple(decided for decided in self.decided if not decided.error)


@dataclass(frozen=True, slots=True)
class PastBatch:
    """A batch as it stands now: its decisions, their papers, and those papers' candidates."""

    batch: DecisionBatch
    made: tuple[Decision, ...]
    papers: Mapping[int, Stored]
    candidates: Mapping[int, Candidate]

    @property
    def holding(self) -> tuple[Decision, ...]:
        """The decisions that nobody has undone or overruled."""
        return tuple(made for made in self.made if self.candidates[made.paper].decision == made.id)


def decide_together(ws: Workspace, action: str, chosen: Mapping[str, int], by: str) -> BatchResult:
    """Decide on all of these papers, each in the version the reviewer saw; a paper that has changed since is skipped.

    Raises:
        UsageError: the action is unknown, or there are no papers or too many.
    """
    if action not in ACTIONS:
        raise UsageError(f"{action!r} is not an action for several papers", remedy=f"use one of {', '.join(ACTIONS)}")
    if not 0 < len(chosen) <= LARGEST:
        raise UsageError(f"{len(chosen)} papers are chosen", remedy=f"choose 1 to {LARGEST}")
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
        made, decisions = found
        numbers = [decision.paper for decision in decisions]
        return PastBatch(made, tuple(decisions), load(db, numbers), find_candidates(db, numbers))


def past_batches(ws: Workspace, limit: int = 20) -> list[tuple[DecisionBatch, int]]:
    """The newest batches, newest first, each with the number of its decisions."""
    with read(ws.store) as db:
        return recent_batches(db, limit)


def undo_batch(ws: Workspace, number: int, by: str) -> BatchResult:
    """Undo the decisions of a batch that still stand, as a separate batch; those overruled since are left unchanged.

    Raises:
        HarvesterError: there is no such batch.
        UsageError: none of its decisions stands any more.
    """
    found = past(ws, number)
    numbers = [decision.paper for decision in found.holding]
    holding = {found.papers[number].paper.id: found.candidates[number].version for number in numbers}
    if not holding:
        raise UsageError(f"No decision of batch {number} is left to undo.")
    return _together(ws, DecisionRequest("undo", by), holding)


def _together(ws: Workspace, request: DecisionRequest, chosen: Mapping[str, int]) -> BatchResult:
    with lock(ws.store, CATALOG_LOCK, wait=True):
        for problem in settle(ws):
            log.warning("%s", problem)
        model = version_in_use(ws)
        with write(ws.store) as db:
            number = add_batch(db, request.action, request.by, ws.clock())
            recorded = [_record(ws, db, name, request, model, seen) for name, seen in chosen.items()]
            put_in_batch(db, number, [made.decisions[-1].id for made in recorded if not isinstance(made, Decided)])
        return BatchResult(number, tuple(made if isinstance(made, Decided) else _follow(ws, made) for made in recorded))


def _record(
    ws: Workspace, db: Connection, name: str, request: DecisionRequest, model: str, seen: int
) -> ReviewedPaper | Decided:
    """Record one decision of a batch, unless it stands already; every error is found before anything is written."""
    known = None
    try:
        known = reviewed_paper(ws, db, name, model)
        made = record_request(ws, db, known, request, seen)
        return already(ws, made) if made is known else made
    except Stale as error:
        assert known is not None  # noqa: S101 - only a paper that was found can have changed
        return late(ws, known, request, seen, error)
    except HarvesterError as error:
        return failed(name, error, known)


def _follow(ws: Workspace, made: ReviewedPaper) -> Decided:
    try:
        return follow(ws, made)
    except HarvesterError as error:
        return failed(made.paper.id, error, made)
