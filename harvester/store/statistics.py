"""The store in numbers: what waits, what was sent, how far each source has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, func, select

from harvester.store.tables import candidates, cursors, deliveries, papers, subscribers


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by state, and moments.

    `backlog` is how many of the pending came from a backfill, `oldest` when the paper joined the queue that has waited
    there longest, `reached` how far each source (and each feed of one) is complete.
    """

    papers: int
    queue: Mapping[str, int]
    backlog: int
    oldest: datetime | None
    subscribers: Mapping[str, int]
    deliveries: Mapping[str, int]
    reached: Mapping[str, datetime]

    @property
    def pending(self) -> int:
        """How many papers wait for a decision."""
        return self.queue.get("pending", 0)

    @property
    def nightly(self) -> int:
        """How many of them the nights brought."""
        return self.pending - self.backlog


def figures(db: Connection) -> Figures:
    """All of them, as one picture."""
    waiting = candidates.c.state == "pending"
    reached = db.execute(select(cursors.c.source, cursors.c.until).where(cursors.c.until.is_not(None)))
    return Figures(
        papers=db.execute(select(func.count()).select_from(papers)).scalar_one(),
        queue=_by_state(db, candidates.c.state),
        backlog=db.execute(select(func.count()).where(waiting, candidates.c.backlog)).scalar_one(),
        oldest=db.execute(select(func.min(candidates.c.queued)).where(waiting)).scalar_one(),
        subscribers=_by_state(db, subscribers.c.state),
        deliveries=_by_state(db, deliveries.c.state),
        reached={row.source: row.until for row in reached},
    )


def _by_state(db: Connection, state: "Column[str]") -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(select(state, func.count()).group_by(state))}
