"""How far the backfill of each snapshot has progressed, and what it has found so far."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from harvester.domain.backfills import Backfill
from harvester.store.tables import backfills


def backfill(db: Connection, fingerprint: str, model: str, categories: str) -> Backfill:
    """The progress of a file's backfill by this model; at the beginning before its first commit."""
    query = select(*(backfills.c[name] for name in Backfill.__slots__))
    row = db.execute(query.where(_same(fingerprint, model, categories))).first()
    if row is None:
        return Backfill()
    return Backfill(**{**row._mapping, "problems": tuple((line, text) for line, text in row.problems)})


def set_backfill(db: Connection, fingerprint: str, model: str, categories: str, at: Backfill, now: datetime) -> None:
    """Record the progress of a file's backfill by this model."""
    values = {**asdict(at), "problems": [list(problem) for problem in at.problems], "changed": now}
    same = _same(fingerprint, model, categories)
    if db.execute(update(backfills).where(same).values(values)).rowcount == 0:
        names = {"fingerprint": fingerprint, "model": model, "categories": categories}
        db.execute(insert(backfills).values(**names, **values))


def _same(fingerprint: str, model: str, categories: str) -> ColumnElement[bool]:
    columns = backfills.c
    return and_(columns.fingerprint == fingerprint, columns.model == model, columns.categories == categories)
