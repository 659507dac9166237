"""The papers in the queue, and the filter that selects among them."""

from dataclasses import dataclass
from datetime import date, datetime

from harvester.base.errors import UsageError
from harvester.domain.labels import Labels

STATES = ("pending", "accepted", "rejected", "deferred")
ORDERS = ("usefulness", "scope", "date")
"""How the queue may be sorted: as the last run arranged it, likeliest first, newest first."""


def parse_state(text: str) -> str:
    """Check that the text is a state of the queue, and return it.

    Raises:
        UsageError: there is no such state.
    """
    if text not in STATES:
        raise UsageError(f"There is no state {text[:40]!r}", remedy=f"the states are: {', '.join(STATES)}")
    return text


def parse_order(text: str) -> str:
    """Check that the text is an order of the queue, and return it.

    Raises:
        UsageError: there is no such order.
    """
    if text not in ORDERS:
        raise UsageError(f"The queue cannot be sorted by {text[:40]!r}", remedy=f"sort by: {', '.join(ORDERS)}")
    return text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper in the queue; `version` grows with every decision.

    `scope` is the probability of being in scope, by which newly queued papers are ordered (0 for a withdrawn paper).
    `usefulness`, from 0 to 1, says how useful it is to read the paper now, and orders the pending papers: the last run
    put the paper at `reading_position`, which is 0 if no run has arranged it yet. `filed` says whether the decision is
    already in the catalog's files, namely in the file `entry`. `accepted_by` is the decision that brought the paper
    into the catalog, `decision` the current one. `backlog` marks a paper from a backfill, listed after all others.
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
    """A selection of candidates; every field that is set narrows it down.

    A paper must have all `labels`, given as (facet, label) pairs: an accepted paper among its decided labels, any other
    among its predicted ones. `since` and `until` are publication dates, both inclusive; `least` is the lowest scope;
    `words` are prefixes to search for in title, abstract and authors, or the paper's identifier.
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
    """A candidate in brief, as every list of the queue shows it.

    `labels` are those in force (see `decisions.labels_in_force`), None if neither a reviewer nor the model has given
    any; `scope` and `unsure`, the ``facet:label`` names the model is unsure of, come from the current prediction; `by`
    names the reviewer who made the current decision, "" if there is none.
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

    @property
    def usefulness(self) -> float | None:
        """How useful it is to read the paper now; None if no model has read it, as for an imported entry.

        A paper that was imported before a model read it joined without a scope, so the present one stands in for it.
        """
        rated = self.candidate.scope > 0 or (self.withdrawn and self.scope is not None)
        return self.candidate.usefulness if rated else self.scope
