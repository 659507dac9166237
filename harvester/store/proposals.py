"""Papers proposed for the queue. A proposal is stored before it is fetched, so that a crash or arXiv cannot lose it."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from harvester.domain.proposals import Proposal
from harvester.store.papers import inserted
from harvester.store.tables import proposals


def add_proposal(db: Connection, name: str, note: str, now: datetime) -> int:
    """Store a proposal until it is fetched; returns its number."""
    return inserted(db, proposals, {"name": name, "note": note, "at": now, "state": "waiting", "paper": None})


def proposals_in(db: Connection, state: str) -> list[Proposal]:
    """The proposals in one state, oldest first."""
    query = select(proposals).where(proposals.c.state == state).order_by(proposals.c.id)
    return [Proposal(**row._mapping) for row in db.execute(query)]


def proposals_on(db: Connection, paper: int) -> list[Proposal]:
    """The notes of those who proposed this paper, oldest first."""
    query = select(proposals).where(proposals.c.paper == paper).order_by(proposals.c.id)
    return [Proposal(**row._mapping) for row in db.execute(query)]


def settle_proposal(db: Connection, number: int, state: str, paper: int | None) -> None:
    """Record what became of a proposal."""
    db.execute(update(proposals).where(proposals.c.id == number).values(state=state, paper=paper))
