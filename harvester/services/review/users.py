"""Who may review: adding people, signing in and out. Passwords are kept as argon2 hashes, sessions as hashes too.

https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError, TooManyRequests, UsageError
from harvester.domain.accounts import User
from harvester.services.workspace import Workspace
from harvester.store.accounts import (
    all_users,
    begin_session,
    delete_user,
    end_session,
    end_sessions,
    has_users,
    mark_seen,
    put_user,
    session_counts,
    session_of,
    set_password,
    sweep_sessions,
    user_named,
)
from harvester.store.engine import read, write
from harvester.store.rate_limits import allowed

if TYPE_CHECKING:
    from argon2 import PasswordHasher

ROLES = ("reviewer", "admin")
SHORTEST, LONGEST = 8, 200  # characters of a password
IDLE = timedelta(hours=12)
LONGEST_SESSION = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)  # so often at most is it noted that a session is in use
TRIES_WITHIN = timedelta(minutes=15)
TRIES_FROM, TRIES_FOR = 10, 50  # from one address, and for one name wherever they come from
_NAME = re.compile(r"[\w.@+-]{1,64}")


class NotSignedIn(HarvesterError):
    """A name and password that do not belong together."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user, and how they use the pages."""

    name: str
    role: str
    joined: datetime
    sessions: int
    seen: datetime | None

    def to_json(self) -> dict[str, object]:
        """One element of what ``users list`` prints."""
        seen = rfc3339(self.seen) if self.seen else None
        joined = rfc3339(self.joined)
        return {"name": self.name, "role": self.role, "joined": joined, "sessions": self.sessions, "seen": seen}


def add_user(ws: Workspace, name: str, role: str, password: str) -> Account:
    """Let somebody review; a known name gets the new role and password, and is signed out everywhere.

    Raises:
        UsageError: the name, role or password is not good.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name: up to 64 letters, digits and . _ - + @ make one.")
    if role not in ROLES:
        raise UsageError(f"There is no role {role!r}; there are: {', '.join(ROLES)}.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.")
    hashed = _hasher().hash(password)
    with write(ws.store) as db:
        put_user(db, name, role, hashed, ws.clock())
    return next(one for one in users(ws) if one.name.lower() == name.lower())


def users(ws: Workspace) -> list[Account]:
    """Everybody who may review, by name."""
    with read(ws.store) as db:
        found, counts = all_users(db), session_counts(db)
    return [Account(one.name, one.role, one.joined, *counts.get(one.id, (0, None))) for one in found]


def remove_user(ws: Workspace, name: str) -> Account:
    """Let somebody review no longer; what they decided stays, with their name. Returns them as they were.

    Raises:
        HarvesterError: there is no such user.
    """
    before = {one.name.lower(): one for one in users(ws)}
    with write(ws.store) as db:
        delete_user(db, _known(user_named(db, name), name).id)
    return before[name.lower()]


def sign_out_everywhere(ws: Workspace, name: str) -> int:
    """End all sessions of a user; returns how many there were.

    Raises:
        HarvesterError: there is no such user.
    """
    with write(ws.store) as db:
        return end_sessions(db, _known(user_named(db, name), name).id)


def anybody(ws: Workspace) -> bool:
    """Whether there is a user at all."""
    with read(ws.store) as db:
        return has_users(db)


def sign_in(ws: Workspace, name: str, password: str, address: str) -> str:
    """The token of a new session.

    Args:
        address: where the try comes from, for the limit.

    Raises:
        NotSignedIn: name and password do not belong together.
        TooManyRequests: too many tries from this address, or for this name.
    """
    now = ws.clock()
    with write(ws.store) as db:
        tries = (("sign in from", address, TRIES_FROM), ("sign in as", name.lower(), TRIES_FOR))
        if not all(allowed(db, act, who, now, most=most, within=TRIES_WITHIN) for act, who, most in tries):
            raise TooManyRequests("Too many tries. Wait a quarter of an hour.")
        user = user_named(db, name)
    if not _is_password(user, password) or user is None:
        raise NotSignedIn("Name and password do not belong together.")
    token = secrets.token_urlsafe(32)
    renewed = _hasher().hash(password) if _hasher().check_needs_rehash(user.password) else ""
    with write(ws.store) as db:
        sweep_sessions(db, now - IDLE, now - LONGEST_SESSION)
        if renewed:
            set_password(db, user.id, renewed)
        begin_session(db, user.id, hash_token(token), now)
    return token


def signed_in(ws: Workspace, token: str) -> User | None:
    """Whose session this token is; nobody's where it ended, or was left alone for too long."""
    now, key = ws.clock(), hash_token(token)
    with read(ws.store) as db:
        found = session_of(db, key)
    if found is None or now - found.seen >= IDLE or now - found.begun >= LONGEST_SESSION:
        return None
    if now - found.seen >= SEEN_EVERY:
        with write(ws.store) as db:
            mark_seen(db, found.id, now)
    return found.user


def sign_out(ws: Workspace, token: str) -> None:
    """End the session of this token."""
    with write(ws.store) as db:
        end_session(db, hash_token(token))


def hash_token(token: str) -> str:
    """What the store keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _known(found: User | None, name: str) -> User:
    if found is None:
        raise HarvesterError(f"There is no user {name!r}; `harvester users list` names all.")
    return found


def _is_password(user: User | None, password: str) -> bool:
    """Whether it is the user's; for nobody it takes as long, so that the time tells no names."""
    from argon2.exceptions import InvalidHashError, VerificationError

    hashed = user.password if user else _nobody()
    try:
        return _hasher().verify(hashed, password[: LONGEST + 1]) and user is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe())
