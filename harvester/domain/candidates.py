"""Papers that wait in the queue, and which of them somebody wants to see."""

from dataclasses import dataclass
from datetime import date, datetime

from harvester.base.errors import UsageError
from harvester.domain.labels import Labels

STATES = ("pending", "accepted", "rejected", "deferred")


def parse_state(text: str) -> str:
    """A state of the queue.

    Raises:
        UsageError: there is no such state.
    """
    if text not in STATES:
        raise UsageError(f"There is no state {text[:40]!r}", remedy=f"there are: {', '.join(STATES)}")
    return text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper in the queue; `version` grows with every decision.

    `scope` is the probability of being in scope, by which newcomers are ordered (0 for a withdrawn paper);
    `usefulness`, 0 to 1, is how useful it is to read the paper now, and orders those that wait: the last run put it at
    `reading_position`, or has not arranged it yet where that is 0. `filed` says whether the catalog's files already
    show what was decided, in the file `entry`; `accepted_by` is the decision that brought the paper into the catalog,
    `decision` the one that stands now; `backlog` marks what a backfill found, which is listed after all others.
    """

    paper: int
    state: str
    version: int
    scope: float
    queued: datetime
    entry: str | None = None
    filed: bool = True
    accepted_by: int | None = None
    decision: int | None = None
    backlog: bool = False
    reading_position: int = 0
    usefulness: float = 0.0


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue somebody wants to see; each thing that is set narrows it down.

    `labels` are (facet, label) pairs, all of which must be there: those decided on accepted papers, else the predicted
    ones. `since` and `until` are days of publication, both included; `least` is a scope; `words` searches title,
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
    """A candidate in brief: what every list of the queue shows.

    `labels` are those in force (see `decisions.labels_in_force`), None where nobody has said anything; `scope` and
    `unsure`, the ``facet:label`` names the model is unsure of, are the current prediction's; `by` is who made the
    decision that stands, or "".
    """

    candidate: Candidate
    id: str
    title: str
    venue: str
    published: datetime | None
    withdrawn: bool
    labels: Labels | None
    scope: float | None
    unsure: tuple[str, ...]
    by: str
