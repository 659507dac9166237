"""Subscribers, and the addresses that must not get mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, insert, literal, select, update

from harvester.domain.subscribers import Preferences, Subscriber
from harvester.store.papers import chunks
from harvester.store.tables import Moment, subscribers, suppressions


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
    """The keys among these that belong to a present or past subscriber."""
    found: set[str] = set()
    for chunk in chunks(list(keys)):
        found.update(db.execute(select(subscribers.c.key).where(subscribers.c.key.in_(chunk))).scalars())
    return found


def insert_subscribers(db: Connection, new: Iterable[Subscriber]) -> None:
    """Store new subscribers."""
    rows = [
        {
            "key": subscriber.key,
            "email": subscriber.email,
            "state": subscriber.state,
            "joined": subscriber.joined,
            "confirmed": subscriber.confirmed,
            "confirmed_after": subscriber.confirmed_after,
            "consent": subscriber.consent,
            **_columns(subscriber.preferences),
        }
        for subscriber in new
    ]
    if rows:
        db.execute(insert(subscribers), rows)


def set_preferences(db: Connection, key: str, preferences: Preferences, confirmed_after: int | None) -> None:
    """Change a subscriber's topics, frequency or format."""
    values = {**_columns(preferences), "confirmed_after": confirmed_after}
    db.execute(update(subscribers).where(subscribers.c.key == key).values(values))


def activate(db: Connection, key: str, now: datetime, after: int, consent: str) -> None:
    """Activate a subscriber who is not active yet: papers accepted after this decision are news to them."""
    values = {"state": "active", "confirmed": now, "confirmed_after": after, "consent": consent, "ended": None}
    waiting = (subscribers.c.key == key, subscribers.c.state != "active")
    db.execute(update(subscribers).where(*waiting).values(values))


def set_state(db: Connection, key: str, state: str) -> None:
    """Make a subscriber inactive."""
    db.execute(update(subscribers).where(subscribers.c.key == key).values(state=state))


def ask_again(db: Connection, key: str, now: datetime) -> None:
    """Let somebody wait for confirmation again; if they have never confirmed, they join only now."""
    joined = case((subscribers.c.confirmed.is_(None), literal(now, Moment)), else_=subscribers.c.joined)
    db.execute(update(subscribers).where(subscribers.c.key == key).values(state="pending", joined=joined))


def end(db: Connection, key: str, now: datetime) -> None:
    """Make a subscriber one who has left; only of an active one it is kept when, since only they may come back so."""
    when = case((subscribers.c.state == "active", now), else_=None)
    there = (subscribers.c.key == key, subscribers.c.state != "unsubscribed")
    db.execute(update(subscribers).where(*there).values(state="unsubscribed", ended=when))


def resume(db: Connection, key: str, since: datetime) -> bool:
    """Make a subscriber active again who left at this moment or later; returns whether there was one."""
    left = (subscribers.c.key == key, subscribers.c.state == "unsubscribed", subscribers.c.ended >= since)
    return db.execute(update(subscribers).where(*left).values(state="active", ended=None)).rowcount == 1


def delete_subscriber(db: Connection, key: str) -> bool:
    """Erase a subscriber, what was sent to them and what came back; returns whether there was one."""
    return db.execute(delete(subscribers).where(subscribers.c.key == key)).rowcount == 1


def suppress(db: Connection, key: str, reason: str, now: datetime) -> None:
    """Block mail to the address with this key; the first reason stays."""
    if not suppressed(db, [key]):
        db.execute(insert(suppressions).values(key=key, reason=reason, since=now))


def suppressed(db: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The keys among these whose address must not get mail, and why."""
    found: dict[str, str] = {}
    for chunk in chunks(list(keys)):
        for row in db.execute(select(suppressions).where(suppressions.c.key.in_(chunk))):
            found[row.key] = row.reason
    return found


def lift(db: Connection, key: str) -> None:
    """Allow mail to the address with this key again."""
    db.execute(delete(suppressions).where(suppressions.c.key == key))


def _columns(preferences: Preferences) -> dict[str, Any]:
    topics = {facet: list(labels) for facet, labels in preferences.topics.items()}
    lists = {"authors": list(preferences.authors), "words": list(preferences.words)}
    plain = {name: getattr(preferences, name) for name in ("every", "weekday", "form", "match")}
    return {"topics": topics, **plain, **lists}


def _subscriber(row: Row[Any]) -> Subscriber:
    topics = {facet: tuple(labels) for facet, labels in row.topics.items()}
    lists = (tuple(row.authors), tuple(row.words))
    preferences = Preferences(topics, row.every, row.weekday, row.form, row.match, *lists)
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
        row.ended,
    )


def delete_unconfirmed(db: Connection, joined_before: datetime) -> int:
    """Forget those who asked before some moment and never confirmed; returns how many."""
    stale = (subscribers.c.state == "pending", subscribers.c.confirmed.is_(None), subscribers.c.joined < joined_before)
    return db.execute(delete(subscribers).where(*stale)).rowcount
