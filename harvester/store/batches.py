"""Decisions that were made together, and renderings of the list."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from harvester.domain.decisions import Decision, DecisionBatch, Publication
from harvester.store.decisions import decisions_by_id
from harvester.store.papers import inserted
from harvester.store.tables import batched, batches, decisions, publications


def add_batch(db: Connection, action: str, by: str, now: datetime) -> int:
    """A new batch, still empty; returns its number."""
    return inserted(db, batches, {"action": action, "by": by, "at": now})


def put_in_batch(db: Connection, batch: int, made: Iterable[int]) -> None:
    """Record which decisions were made together."""
    if rows := [{"batch": batch, "decision": decision} for decision in made]:
        db.execute(insert(batched), rows)


def batch(db: Connection, number: int) -> tuple[DecisionBatch, list[Decision]] | None:
    """A batch with its decisions, in the order they were made."""
    row = db.execute(select(batches).where(batches.c.id == number)).first()
    if row is None:
        return None
    return DecisionBatch(**row._mapping), decisions_by_id(
        db, select(batched.c.decision).where(batched.c.batch == number)
    )


def recent_batches(db: Connection, limit: int) -> list[tuple[DecisionBatch, int]]:
    """The newest batches, newest first, each with the number of its decisions."""
    size = select(func.count()).where(batched.c.batch == batches.c.id).scalar_subquery()
    rows = db.execute(select(batches, size.label("size")).order_by(batches.c.id.desc()).limit(limit))
    return [(DecisionBatch(row.id, row.action, row.by, row.at), row.size) for row in rows]


def last_publication(db: Connection) -> Publication | None:
    """The newest rendering of the list from here, if there is one."""
    row = db.execute(select(publications).order_by(publications.c.id.desc()).limit(1)).first()
    return None if row is None else Publication(**row._mapping)


def add_publication(db: Connection, by: str, decision: int, commit: str, now: datetime) -> None:
    """Record that the list was rendered."""
    db.execute(insert(publications).values(by=by, decision=decision, commit=commit, at=now))


def decided_after(db: Connection, decision: int) -> dict[str, int]:
    """Who made how many decisions here after this one, the most first."""
    query = select(decisions.c.by, func.count().label("made")).where(decisions.c.id > decision)
    query = query.where(decisions.c.via == "review").group_by(decisions.c.by)
    return {row.by: row.made for row in db.execute(query.order_by(func.count().desc(), decisions.c.by))}
