"""What people and journals propose: papers for the queue, and changes of entries."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A paper that somebody proposed by `name`, its identifier; `state` is waiting, queued or unknown."""

    id: int
    name: str
    note: str
    at: datetime
    state: str
    paper: int | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a journal says of an accepted preprint."""

    paper: int
    source: str
    venue: str
    published: date | None
    link: str
    made: datetime
    state: str
    by: str
    id: int
