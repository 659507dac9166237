"""Which paper each reviewer has open."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from harvester.domain.together import Presence
from harvester.store.tables import presences, users


def note_presence(db: Connection, user: int, paper: int, now: datetime, expired: datetime) -> None:
    """Record that a user has a paper open, in place of any other; rows from before `expired` are deleted."""
    end_presence(db, user)
    db.execute(delete(presences).where(presences.c.seen <= expired))
    db.execute(insert(presences).values(user=user, paper=paper, seen=now))


def end_presence(db: Connection, user: int) -> None:
    """Record that a user has no paper open."""
    db.execute(delete(presences).where(presences.c.user == user))


def present_since(db: Connection, moment: datetime) -> list[Presence]:
    """Who was seen with which paper after this moment, by name."""
    query = select(presences.c.paper, users.c.name).join(users, users.c.id == presences.c.user)
    rows = db.execute(query.where(presences.c.seen > moment).order_by(users.c.name))
    return [Presence(row.paper, row.name) for row in rows]
