"""Subscribers, and the addresses that are not written to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from harvester.domain.subscribers import Preferences, Subscriber
from harvester.store.papers import chunks
from harvester.store.tables import subscribers, suppressions


def subscriber(db: Connection, key: str) -> Subscriber | None:
    """The subscriber whose address has this key."""
    row = db.execute(select(subscribers).where(subscribers.c.key == key)).first()
    return None if row is None else _subscriber(row)


def subscriber_numbered(db: Connection, number: int) -> Subscriber | None:
    """The subscriber with this number in the store."""
    row = db.execute(select(subscribers).where(subscribers.c.id == number)).first()
    return None if row is None else _subscriber(row)


def all_subscribers(db: Connection, state: str | None = None) -> list[Subscriber]:
    """The subscribers, or those in one state, in the order they joined."""
    query = select(subscribers).order_by(subscribers.c.id)
    if state:
        query = query.where(subscribers.c.state == state)
    return [_subscriber(row) for row in db.execute(query)]


def known_keys(db: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that somebody subscribes or once subscribed with."""
    found: set[str] = set()
    for chunk in chunks(list(keys)):
        found.update(db.execute(select(subscribers.c.key).where(subscribers.c.key.in_(chunk))).scalars())
    return found


def insert_subscribers(db: Connection, new: Iterable[Subscriber]) -> None:
    """Keep new subscribers."""
    rows = [
        {
            "key": one.key,
            "email": one.email,
            "state": one.state,
            "joined": one.joined,
            "confirmed": one.confirmed,
            "confirmed_after": one.confirmed_after,
            "consent": one.consent,
            **_columns(one.preferences),
        }
        for one in new
    ]
    if rows:
        db.execute(insert(subscribers), rows)


def set_preferences(db: Connection, key: str, preferences: Preferences, confirmed_after: int | None) -> None:
    """Give a subscriber other topics, another rhythm or form."""
    values = {**_columns(preferences), "confirmed_after": confirmed_after}
    db.execute(update(subscribers).where(subscribers.c.key == key).values(values))


def activate(db: Connection, key: str, now: datetime, after: int, consent: str) -> None:
    """Make a subscriber who is not active yet active: what decisions after this one accept is news to them."""
    values = {"state": "active", "confirmed": now, "confirmed_after": after, "consent": consent}
    waiting = (subscribers.c.key == key, subscribers.c.state != "active")
    db.execute(update(subscribers).where(*waiting).values(values))


def set_state(db: Connection, key: str, state: str) -> None:
    """Make a subscriber anything but active; one who is gone is left in peace."""
    db.execute(update(subscribers).where(subscribers.c.key == key).values(state=state))


def delete_subscriber(db: Connection, key: str) -> bool:
    """Forget a subscriber, all that was sent to them and came back; whether there was one."""
    return db.execute(delete(subscribers).where(subscribers.c.key == key)).rowcount == 1


def suppress(db: Connection, key: str, reason: str, now: datetime) -> None:
    """Keep the address with this key from being written to; the first reason stays."""
    if not suppressed(db, [key]):
        db.execute(insert(suppressions).values(key=key, reason=reason, since=now))


def suppressed(db: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Those of the keys whose address is not written to, and why."""
    found: dict[str, str] = {}
    for chunk in chunks(list(keys)):
        for row in db.execute(select(suppressions).where(suppressions.c.key.in_(chunk))):
            found[row.key] = row.reason
    return found


def lift(db: Connection, key: str) -> None:
    """Let the address with this key be written to again."""
    db.execute(delete(suppressions).where(suppressions.c.key == key))


def _columns(preferences: Preferences) -> dict[str, Any]:
    topics = {facet: list(labels) for facet, labels in preferences.topics.items()}
    return {"topics": topics, "every": preferences.every, "weekday": preferences.weekday, "form": preferences.form}


def _subscriber(row: Row[Any]) -> Subscriber:
    topics = {facet: tuple(labels) for facet, labels in row.topics.items()}
    preferences = Preferences(topics, row.every, row.weekday, row.form)
    return Subscriber(
        row.key,
        row.email,
        row.state,
        preferences,
        row.joined,
        row.confirmed,
        row.confirmed_after,
        row.consent,
        row.id,
    )
