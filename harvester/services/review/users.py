"""Who may review: adding people, signing in and out. Passwords are stored as argon2 hashes, session tokens as SHA-256.

https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from harvester.base.clock import rfc3339
from harvester.base.counts import count_of
from harvester.base.errors import HarvesterError, TooManyRequests, UsageError
from harvester.domain.accounts import User, folded_name
from harvester.mail.link_tokens import BadToken, open_tokens
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
SEEN_EVERY = timedelta(minutes=5)  # at most this often, the store notes that a session is in use
TRIES_WITHIN = timedelta(minutes=15)
TRIES_FROM, TRIES_FOR = 10, 50  # from one address, and for one name from anywhere
HASHES, WAITING = 2, 8  # passwords hashed at once, and how many more wait for that
_TURNS, _SEATS = BoundedSemaphore(HASHES), BoundedSemaphore(HASHES + WAITING)
_NAME = re.compile(r"[\w.@+-]{1,64}")


class NotSignedIn(HarvesterError):
    """The name or the password is wrong."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user, their open sessions, and when they were last seen.

    `was` is the role that `add_user` found them with, "" if they are new.
    """

    name: str
    role: str
    joined: datetime
    sessions: int
    seen: datetime | None
    was: str = ""

    def to_json(self) -> dict[str, object]:
        """One element of what ``users list`` prints."""
        seen = rfc3339(self.seen) if self.seen else None
        joined = rfc3339(self.joined)
        return {"name": self.name, "role": self.role, "joined": joined, "sessions": self.sessions, "seen": seen}


def add_user(ws: Workspace, name: str, role: str, password: str) -> Account:
    """Let somebody review; an existing user gets the new role and password and is signed out everywhere.

    Raises:
        UsageError: the name, role or password is not valid.
    """
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a valid name", remedy="use up to 64 letters, digits and . _ - + @")
    if role not in ROLES:
        raise UsageError(f"There is no role {role!r}", remedy=f"use one of {', '.join(ROLES)}")
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"The password has {count_of(len(password), 'character')}",
            remedy=f"choose one with {SHORTEST} to {LONGEST}",
        )
    with _hashing():
        hashed = _hasher().hash(password)
    with write(ws.store) as db:
        known = put_user(db, name, role, hashed, ws.clock())
    made = next(account for account in users(ws) if folded_name(account.name) == folded_name(name))
    return replace(made, was=known.role if known else "")


def users(ws: Workspace) -> list[Account]:
    """Everybody who may review, sorted by name."""
    with read(ws.store) as db:
        found, counts = all_users(db), session_counts(db)
    return [Account(user.name, user.role, user.joined, *counts.get(user.id, (0, None))) for user in found]


def remove_user(ws: Workspace, name: str) -> Account:
    """Remove a user; their decisions stay, with their name. Returns the account as it was.

    Raises:
        HarvesterError: there is no such user.
    """
    before = {folded_name(account.name): account for account in users(ws)}
    with write(ws.store) as db:
        delete_user(db, _known(user_named(db, name), name).id)
    return before[folded_name(name)]


def sign_out_everywhere(ws: Workspace, name: str) -> int:
    """End all sessions of a user; returns how many there were.

    Raises:
        HarvesterError: there is no such user.
    """
    with write(ws.store) as db:
        return end_sessions(db, _known(user_named(db, name), name).id)


def anybody(ws: Workspace) -> bool:
    """Whether there is any user."""
    with read(ws.store) as db:
        return has_users(db)


def sign_in(ws: Workspace, name: str, password: str, address: str, *, browser: str = "") -> str:
    """The token of a new session.

    Args:
        address: where the attempt comes from, for the limit.
        browser: what `browser_token` gave this browser; the wrong passwords of strangers do not lock out its user.

    Raises:
        NotSignedIn: the name or the password is wrong.
        TooManyRequests: too many attempts from this address, or for this name, or by everybody at this moment.
    """
    now = ws.clock()
    with write(ws.store) as db:
        user = user_named(db, name)
        tries = [("sign in from", address, TRIES_FROM), ("sign in as", folded_name(name), TRIES_FOR)]
        if user and _is_known(ws, user, browser):
            tries = [("sign in with", browser, TRIES_FROM)]
        if not all(allowed(db, act, who, now, most=most, within=TRIES_WITHIN) for act, who, most in tries):
            raise TooManyRequests("Too many attempts. Wait a quarter of an hour.")
    with _hashing():
        if not _is_password(user, password) or user is None:
            raise NotSignedIn("The name or the password is wrong.")
        renewed = _hasher().hash(password) if _hasher().check_needs_rehash(user.password) else ""
    token = secrets.token_urlsafe(32)
    with write(ws.store) as db:
        sweep_sessions(db, now - IDLE, now - LONGEST_SESSION)
        if renewed:
            set_password(db, user.id, renewed)
        begin_session(db, user.id, hash_token(token), now)
    return token


def browser_token(ws: Workspace, session: str) -> str:
    """A token by which the browser that has just begun a session is known the next time; "" if there is none."""
    user = signed_in(ws, session)
    return open_tokens(ws.settings).browser(f"{user.id}.{secrets.token_urlsafe(9)}") if user else ""


def _is_known(ws: Workspace, user: User, browser: str) -> bool:
    """Whether this user has signed in in that browser before."""
    try:
        return bool(browser) and open_tokens(ws.settings).read_browser(browser).partition(".")[0] == str(user.id)
    except BadToken:
        return False


def signed_in(ws: Workspace, token: str, *, used: bool = True) -> User | None:
    """The user whose session this token belongs to; None if the session has ended or was idle too long.

    Args:
        used: whether a person asks, which keeps the session from becoming idle.
    """
    now, key = ws.clock(), hash_token(token)
    with read(ws.store) as db:
        found = session_of(db, key)
    if found is None or now - found.seen >= IDLE or now - found.begun >= LONGEST_SESSION:
        return None
    if used and now - found.seen >= SEEN_EVERY:
        with write(ws.store) as db:
            mark_seen(db, found.id, now)
    return found.user


def sign_out(ws: Workspace, token: str) -> None:
    """End the session of this token."""
    with write(ws.store) as db:
        end_session(db, hash_token(token))


def hash_token(token: str) -> str:
    """The hash of a session's token, which is all that the store keeps."""
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def _hashing() -> Iterator[None]:
    """A turn at hashing: each hash takes 64 MiB and all cores; a crowd must cost neither.

    Raises:
        TooManyRequests: enough others are waiting already.
    """
    if not _SEATS.acquire(blocking=False):
        raise TooManyRequests("Too many people are signing in at this moment. Try again in a few seconds.")
    try:
        with _TURNS:
            yield
    finally:
        _SEATS.release()


def _known(found: User | None, name: str) -> User:
    if found is None:
        raise HarvesterError(f"There is no user {name!r}", remedy="`harvester users list` lists all")
    return found


def _is_password(user: User | None, password: str) -> bool:
    """Whether it is the user's password; without a user it takes as long, so that timing reveals no names."""
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
