"""Returned mail and complaints, as evidence."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from harvester.domain.subscribers import Bounce
from harvester.store.tables import bounces


def keep_bounce(db: Connection, bounce: Bounce) -> bool:
    """Store a report; False if it was stored before."""
    if db.execute(select(bounces.c.id).where(bounces.c.report == bounce.report)).first():
        return False
    values = {name: getattr(bounce, name) for name in bounce.__slots__}
    db.execute(insert(bounces).values(values))
    return True


def bounces_of(db: Connection, subscriber: int) -> list[Bounce]:
    """The reports on a subscriber, in the order they were read."""
    rows = db.execute(select(bounces).where(bounces.c.subscriber == subscriber).order_by(bounces.c.id))
    return [_bounce(row) for row in rows]


def _bounce(row: Row[Any]) -> Bounce:
    return Bounce(row.subscriber, row.kind, row.at, row.status, row.diagnostic, row.report, row.evidence)
