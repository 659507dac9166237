"""Subscribers, their preferences, and bounce reports on the mail sent to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

STATES = ("pending", "active", "unsubscribed", "bounced", "complained")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report about a subscriber: `kind` is hard, soft, complaint or opt-out; `report` identifies it permanently."""

    subscriber: int
    kind: str
    at: datetime
    status: str
    diagnostic: str
    report: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a subscriber wants to receive: `topics` maps facets to labels, {} is everything; `weekday` 0 is Monday."""

    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: str = "day"
    weekday: int | None = None
    form: str = "html"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription.

    `key` is a keyed hash of the address, by which tokens refer to it; `confirmed` is when the subscriber consented to
    version `consent` of the text; acceptances after the decision `confirmed_after` are news to the subscriber.
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
