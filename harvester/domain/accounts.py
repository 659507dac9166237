"""The people who may review, and their signed-in browsers."""

from dataclasses import dataclass
from datetime import datetime


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
