"""Proposals by people, papers for the queue; and suggestions by journals, changes to entries."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A paper proposed by its identifier, `name`; `state` is waiting, queued or unknown."""

    id: int
    name: str
    note: str
    at: datetime
    state: str
    paper: int | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The journal version of an accepted preprint, as a journal reports it."""

    paper: int
    source: str
    venue: str
    published: date | None
    link: str
    made: datetime
    state: str
    by: str
    id: int
