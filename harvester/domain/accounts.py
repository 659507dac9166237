"""The people who may review, and their signed-in browsers."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime


def folded_name(name: str) -> str:
    """A user's name as it is compared: equal for ``Émile``, ``ÉMILE`` and ``émile``, however they are composed.

    Unicode Standard, section 3.13, caseless matching. Databases are not asked: SQLite's ``lower`` knows ASCII only.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


@dataclass(frozen=True, slots=True)
class User:
    """A person who may review; `password` is an argon2 hash."""

    id: int
    name: str
    role: str
    password: str
    joined: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser."""

    id: int
    user: User
    begun: datetime
    seen: datetime
