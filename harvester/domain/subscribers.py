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
    """What a subscriber wants to receive, and when; `weekday` 0 is Monday.

    `topics` maps facets to labels. Each facet, `authors` and `words` are lists; if there is none, everything is wanted.
    `match` says whether a paper must have something of ``all`` lists or of ``any``, as before there was a choice.
    """

    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: str = "day"
    weekday: int | None = None
    form: str = "html"
    match: str = "all"
    authors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription.

    `key` is a keyed hash of the address, by which tokens refer to it; `confirmed` is when the subscriber consented to
    version `consent` of the text; acceptances after the decision `confirmed_after` are news to the subscriber. `ended`
    is when an active subscriber left.
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
    ended: datetime | None = None
