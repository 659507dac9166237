"""Papers that wait in the queue, and which of them somebody wants to see."""

from dataclasses import dataclass
from datetime import date, datetime

from harvester.domain.labels import Labels

STATES = ("pending", "accepted", "rejected", "deferred")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper's place in the queue; `version` grows with every decision.

    `filed` says whether the catalogue's files already show what was decided; `accepted_by` is the decision that
    brought the paper into the catalogue, `decision` the one that stands now; `backlog` marks what a backfill
    found, which is listed after all others.
    """

    paper: int
    state: str
    version: int
    score: float
    queued: datetime
    entry: str | None
    filed: bool
    accepted_by: int | None
    decision: int | None
    backlog: bool
    place: int = 0
    useful: float = 0.0


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue somebody wants to see; each thing that is set narrows it down.

    `labels` are (facet, label) pairs, all of which must be there: those decided on accepted papers, else the predicted
    ones. `since` and `until` are days of publication, both included; `least` is a score; `words` searches title,
    abstract and authors, each word as a beginning, and finds a paper by its identifier too.
    """

    state: str = "pending"
    labels: tuple[tuple[str, str], ...] = ()
    source: str = ""
    since: date | None = None
    until: date | None = None
    least: float = 0.0
    unsure: bool = False
    sure: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A paper in brief; `unsure` is how many labels the model is unsure of.

    `labels` are those of the decision that stands, else the predicted ones, else None; `by` is who made that
    decision, or "".
    """

    id: str
    title: str
    venue: str
    published: datetime | None
    withdrawn: bool
    labels: Labels | None
    unsure: int
    by: str
