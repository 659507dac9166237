"""Returned mail and complaints, as evidence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from harvester.store.tables import bounces


@dataclass(frozen=True, slots=True)
class Bounce:
    """One report on one subscriber: `kind` is hard, soft, complaint or opt-out, `report` names it for ever."""

    subscriber: int
    kind: str
    at: datetime
    status: str
    diagnostic: str
    report: str
    evidence: str


def keep_bounce(db: Connection, one: Bounce) -> bool:
    """Keep a report; False where it was kept before."""
    if db.execute(select(bounces.c.id).where(bounces.c.report == one.report)).first():
        return False
    values = {name: getattr(one, name) for name in one.__slots__}
    db.execute(insert(bounces).values(values))
    return True


def bounces_of(db: Connection, subscriber: int) -> list[Bounce]:
    """The reports on a subscriber, in the order they were read."""
    rows = db.execute(select(bounces).where(bounces.c.subscriber == subscriber).order_by(bounces.c.id))
    return [_bounce(row) for row in rows]


def _bounce(row: Row[Any]) -> Bounce:
    return Bounce(row.subscriber, row.kind, row.at, row.status, row.diagnostic, row.report, row.evidence)
