"""Candidates: joining the queue, the reading order, and the states that decisions give them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, select, update

from harvester.base.errors import StoreError
from harvester.domain.candidates import Candidate
from harvester.domain.notices import NOT_QUEUED
from harvester.store.papers import chunks
from harvester.store.predictions import by_model, current_prediction
from harvester.store.tables import candidates, papers, predictions, probes

_WANTED = (~papers.c.withdrawn, papers.c.kind.not_in(NOT_QUEUED))


def enqueue(
    db: Connection, numbers: Iterable[tuple[int, float]], now: datetime, *, backlog: bool = False
) -> list[Candidate]:
    """Add papers with their scope as pending candidates; those of the backlog are listed after all others."""
    made = [Candidate(number, "pending", 0, scope, now, backlog=backlog, usefulness=scope) for number, scope in numbers]
    if made:
        db.execute(insert(candidates), [_joining(candidate) for candidate in made])
    return made


def _joining(candidate: Candidate) -> dict[str, Any]:
    shown = ("paper", "state", "version", "scope", "queued", "filed", "backlog")
    return {name: getattr(candidate, name) for name in shown}


def unqueued(db: Connection, model: str, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
    """Papers in scope by this model's view of their present text that never joined the queue, with their scope.

    Args:
        among: only these papers, no more of them than fit one statement.
    """
    query = (
        select(papers.c.number, predictions.c.scope)
        .join(predictions, by_model(model))
        .outerjoin(candidates, candidates.c.paper == papers.c.number)
        .where(predictions.c.in_scope, *_WANTED, candidates.c.paper.is_(None))
    )
    if among is not None:
        query = query.where(papers.c.number.in_(among))
    return [(row.number, row.scope) for row in db.execute(query.order_by(papers.c.number))]


def below_gate(db: Connection, model: str, floor: float, limit: int) -> list[tuple[int, float]]:
    """Papers that this model puts out of scope and that never joined the queue, likeliest first, with their scope.

    `floor` is the scope probability below which a paper is not worth a reviewer's time.
    """
    query = (
        select(papers.c.number, predictions.c.scope)
        .join(predictions, by_model(model))
        .outerjoin(candidates, candidates.c.paper == papers.c.number)
        .where(~predictions.c.in_scope, predictions.c.scope >= floor)
        .where(*_WANTED, candidates.c.paper.is_(None))
    )
    rows = db.execute(query.order_by(predictions.c.scope.desc(), papers.c.number).limit(limit))
    return [(row.number, row.scope) for row in rows]


def add_probes(db: Connection, week: str, model: str, found: Iterable[tuple[int, float]]) -> None:
    """Record which papers joined the queue from below the scope threshold, in which ISO week."""
    rows = [{"paper": number, "week": week, "model": model, "scope": scope} for number, scope in found]
    if rows:
        db.execute(insert(probes), rows)


def first_queued(db: Connection) -> datetime | None:
    """When the first paper joined the queue; None before."""
    earliest: datetime | None = db.execute(select(func.min(candidates.c.queued))).scalar_one()
    return earliest


def probed(db: Connection, week: str) -> int:
    """How many papers were probed in an ISO week."""
    return int(db.execute(select(func.count()).select_from(probes).where(probes.c.week == week)).scalar_one())


def probe_states(db: Connection) -> dict[str, int]:
    """How many probed papers are in each state of the queue."""
    query = select(candidates.c.state, func.count()).join(probes, probes.c.paper == candidates.c.paper)
    return {state: int(count) for state, count in db.execute(query.group_by(candidates.c.state))}


def rescore(db: Connection, model: str) -> None:
    """Give pending candidates the scope of their current prediction; withdrawn ones come last."""
    query = (
        select(candidates.c.paper, predictions.c.scope)
        .select_from(candidates.join(papers).join(predictions, predictions.c.id == current_prediction(model)))
        .where(candidates.c.state == "pending", predictions.c.scope != candidates.c.scope, ~papers.c.withdrawn)
    )
    for number, scope in db.execute(query).all():
        db.execute(update(candidates).where(candidates.c.paper == number).values(scope=scope))
    withdrawn = select(papers.c.number).where(papers.c.withdrawn)
    db.execute(
        update(candidates).where(candidates.c.state == "pending", candidates.c.paper.in_(withdrawn)).values(scope=0.0)
    )


def count_judged(db: Connection, model: str) -> int:
    """How many pending candidates are ranked by this model's word on their present text."""
    judged = candidates.join(papers).join(predictions, and_(predictions.c.paper == papers.c.number, by_model(model)))
    query = select(func.count(candidates.c.paper.distinct())).select_from(judged)
    return db.execute(query.where(candidates.c.state == "pending")).scalar_one()


BEST_FIRST = (candidates.c.backlog, candidates.c.reading_position, candidates.c.scope.desc(), candidates.c.paper)
"""The one order of the queue, on the command line and on the page: newcomers, then as the last run arranged them
(`set_reading_order`); a backfill's thousands come last."""


def in_state(db: Connection, state: str, limit: int | None = None) -> list[Candidate]:
    """Candidates in one state, best first."""
    query = select(candidates).where(candidates.c.state == state).order_by(*BEST_FIRST)
    return candidates_of(db, query.limit(limit))


def set_reading_order(db: Connection, order: Iterable[tuple[int, float]]) -> None:
    """Set the reading order to these candidates, each with its usefulness."""
    values = [
        {"number": number, "position": position, "useful": usefulness}
        for position, (number, usefulness) in enumerate(order, 1)
    ]
    if values:
        arranged = update(candidates).where(candidates.c.paper == bindparam("number"))
        db.execute(arranged.values(reading_position=bindparam("position"), usefulness=bindparam("useful")), values)


def candidates_of(db: Connection, query: Select[Any]) -> list[Candidate]:
    """The candidates that a query on their table returns, in its order."""
    return [candidate_of(row) for row in db.execute(query)]


def find_candidate(db: Connection, number: int) -> Candidate | None:
    """A paper as a candidate, if it ever joined the queue."""
    row = db.execute(select(candidates).where(candidates.c.paper == number)).first()
    return None if row is None else candidate_of(row)


def find_candidates(db: Connection, numbers: Iterable[int]) -> dict[int, Candidate]:
    """Those of these papers that ever joined the queue, as candidates."""
    found: dict[int, Candidate] = {}
    for chunk in chunks(list(dict.fromkeys(numbers))):
        these = candidates_of(db, select(candidates).where(candidates.c.paper.in_(chunk)))
        found.update((candidate.paper, candidate) for candidate in these)
    return found


def unfiled(db: Connection) -> list[Candidate]:
    """Candidates whose catalog file does not yet show what was decided."""
    return candidates_of(db, select(candidates).where(~candidates.c.filed).order_by(candidates.c.paper))


def newest_scopes(db: Connection, limit: int) -> list[tuple[datetime, float]]:
    """When the newest papers joined the queue, and their scope; those without one were imported or withdrawn."""
    query = select(candidates.c.queued, candidates.c.scope).where(candidates.c.scope > 0)
    query = query.order_by(candidates.c.paper.desc()).limit(limit)
    return [(row.queued, row.scope) for row in db.execute(query)]


def move(
    db: Connection,
    before: Candidate,
    state: str,
    accepted_by: int | None,
    *,
    filed: bool,
    decision: int | None = None,
) -> Candidate:
    """Give a candidate the state that follows from its decisions and increment its version; returns it as it is now.

    Args:
        decision: the one in effect now.

    Raises:
        StoreError: another decision was made meanwhile.
    """
    same = and_(candidates.c.paper == before.paper, candidates.c.version == before.version)
    moved = {"state": state, "accepted_by": accepted_by, "filed": filed, "decision": decision}
    if db.execute(update(candidates).where(same).values(**moved, version=before.version + 1)).rowcount != 1:
        raise StoreError("Another reviewer decided on this paper a moment ago; look at it again.")
    return replace(
        before, state=state, accepted_by=accepted_by, filed=filed, decision=decision, version=before.version + 1
    )


def set_filed(db: Connection, number: int, version: int, entry: str | None) -> None:
    """Record that the files show what was decided up to this version, and where the entry is."""
    same = and_(candidates.c.paper == number, candidates.c.version == version)
    db.execute(update(candidates).where(same).values(filed=True, entry=entry))


def candidate_of(row: Row[Any]) -> Candidate:
    """A row of the table as a candidate; one not yet arranged is as useful as it is likely in scope."""
    arranged = row.state == "pending" and row.reading_position
    return Candidate(
        row.paper,
        row.state,
        row.version,
        row.scope,
        row.queued,
        row.entry,
        row.filed,
        row.accepted_by,
        row.decision,
        row.backlog,
        row.reading_position,
        row.usefulness if arranged else row.scope,
    )
