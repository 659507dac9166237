"""Subscribers, their preferences, and what came back of the mail to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

STATES = ("pending", "active", "unsubscribed", "bounced", "complained")


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


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody wants to get: `topics` maps facets to labels, {} is everything; `weekday` 0 is Monday."""

    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: str = "day"
    weekday: int | None = None
    form: str = "html"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody's subscription.

    `key` is a keyed hash of the address, which tokens name it by; `confirmed` is the time of their consent to the
    words of version `consent`; `confirmed_after` is the decision after which acceptances are news to them.
    """

    key: str
    email: str
    state: str
    preferences: Preferences
    joined: datetime
    confirmed: datetime | None = None
    confirmed_after: int | None = None
    consent: str = ""
    id: int = 0
