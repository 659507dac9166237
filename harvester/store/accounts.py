"""Who may review, and their sessions: a session is a random token, of which only the hash is stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from harvester.domain.accounts import Session, User, folded_name
from harvester.store.tables import sessions, users


def user_named(db: Connection, name: str) -> User | None:
    """The user with this name, in any case."""
    row = db.execute(select(users).where(users.c.folded == folded_name(name))).first()
    return None if row is None else _user(row)


def all_users(db: Connection) -> list[User]:
    """Everybody, by name."""
    return [_user(row) for row in db.execute(select(users).order_by(users.c.name))]


def has_users(db: Connection) -> bool:
    """Whether anybody may review."""
    return db.execute(select(users.c.id).limit(1)).first() is not None


def put_user(db: Connection, name: str, role: str, password: str, now: datetime) -> User | None:
    """Add a user, or give an existing one another role and password, which ends their sessions.

    Returns:
        The existing one as they were.
    """
    known = user_named(db, name)
    if known is None:
        db.execute(insert(users).values(name=name, folded=folded_name(name), role=role, password=password, joined=now))
        return None
    db.execute(update(users).where(users.c.id == known.id).values(role=role, password=password))
    end_sessions(db, known.id)
    return known


def set_password(db: Connection, user: int, password: str) -> None:
    """Store a new hash of the same password: argon2's recommended parameters grow over the years."""
    db.execute(update(users).where(users.c.id == user).values(password=password))


def delete_user(db: Connection, user: int) -> None:
    """Forget a user and their sessions; their decisions stay, with their name."""
    db.execute(delete(users).where(users.c.id == user))


def begin_session(db: Connection, user: int, token: str, now: datetime) -> None:
    """Store a new session under the hash of its token."""
    db.execute(insert(sessions).values(user=user, token=token, begun=now, seen=now))


def session_of(db: Connection, token: str) -> Session | None:
    """The session with this token's hash, with its user, in one statement."""
    columns = (sessions.c.id.label("session"), sessions.c.begun, sessions.c.seen, *users.c)
    query = select(*columns).join(users, users.c.id == sessions.c.user).where(sessions.c.token == token)
    row = db.execute(query).first()
    if row is None:
        return None
    return Session(row.session, _user(row), row.begun, row.seen)


def mark_seen(db: Connection, session: int, now: datetime) -> None:
    """Record that a session is in use."""
    db.execute(update(sessions).where(sessions.c.id == session).values(seen=now))


def end_session(db: Connection, token: str) -> None:
    """Sign one browser out."""
    db.execute(delete(sessions).where(sessions.c.token == token))


def end_sessions(db: Connection, user: int) -> int:
    """Sign a user out everywhere; returns from how many browsers."""
    return db.execute(delete(sessions).where(sessions.c.user == user)).rowcount


def sweep_sessions(db: Connection, idle_since: datetime, begun_before: datetime) -> None:
    """Delete expired sessions."""
    db.execute(delete(sessions).where((sessions.c.seen <= idle_since) | (sessions.c.begun <= begun_before)))


def session_counts(db: Connection) -> Mapping[int, tuple[int, datetime]]:
    """How many sessions each user has, and when the latest was in use."""
    query = select(sessions.c.user, func.count(), func.max(sessions.c.seen, type_=sessions.c.seen.type))
    return {row[0]: (row[1], row[2]) for row in db.execute(query.group_by(sessions.c.user))}


def _user(row: Row[Any]) -> User:
    return User(row.id, row.name, row.role, row.password, row.joined)
