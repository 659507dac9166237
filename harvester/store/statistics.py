"""The store in numbers: what waits, what was sent, how far each source has come."""

from sqlalchemy import Column, Connection, func, select

from harvester.domain.statistics import Figures
from harvester.store.tables import candidates, cursors, deliveries, papers, subscribers


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
