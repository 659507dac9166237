"""What people propose for the queue. It is kept before it is fetched, so that neither a crash nor arXiv loses it."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from harvester.domain.proposals import Proposal
from harvester.store.papers import inserted
from harvester.store.tables import proposals


def add_proposal(db: Connection, name: str, note: str, now: datetime) -> int:
    """Keep a proposal until it is fetched; returns its number."""
    return inserted(db, insert(proposals).values(name=name, note=note, at=now, state="waiting", paper=None))


def proposals_in(db: Connection, state: str) -> list[Proposal]:
    """Those in one state, oldest first."""
    query = select(proposals).where(proposals.c.state == state).order_by(proposals.c.id)
    return [Proposal(**row._mapping) for row in db.execute(query)]


def proposals_on(db: Connection, paper: int) -> list[Proposal]:
    """What was said by those who proposed this paper, oldest first."""
    query = select(proposals).where(proposals.c.paper == paper).order_by(proposals.c.id)
    return [Proposal(**row._mapping) for row in db.execute(query)]


def settle_proposal(db: Connection, number: int, state: str, paper: int | None) -> None:
    """Note what became of a proposal."""
    db.execute(update(proposals).where(proposals.c.id == number).values(state=state, paper=paper))
