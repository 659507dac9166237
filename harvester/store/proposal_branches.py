"""The branches that propose papers for the catalog, so that each is read back exactly once."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from harvester.domain.proposal_branches import ProposalBranch, Proposals, ProposedPaper
from harvester.store.tables import proposal_branches as table


def add_branch(db: Connection, branch: ProposalBranch) -> None:
    """Remember a branch that was pushed."""
    db.execute(
        insert(table).values(
            name=branch.name,
            base=branch.base,
            tip=branch.tip,
            made=branch.made,
            papers=[asdict(paper) for paper in branch.papers],
        )
    )


def open_branches(db: Connection) -> list[ProposalBranch]:
    """The branches with papers that wait for a reviewer, oldest first."""
    query = select(table).where(table.c.closed.is_(None)).order_by(table.c.made, table.c.name)
    return [
        ProposalBranch(row.name, row.base, row.tip, row.made, tuple(ProposedPaper(**paper) for paper in row.papers))
        for row in db.execute(query)
    ]


def proposals(db: Connection) -> Proposals:
    """What waits on branches, and when the last one was pushed."""
    waiting = open_branches(db)
    return Proposals(
        papers=sum(len(branch.papers) for branch in waiting),
        branches=len(waiting),
        oldest=waiting[0].made if waiting else None,
        pushed=db.execute(select(func.max(table.c.made))).scalar_one(),
    )


def branch_names(db: Connection) -> set[str]:
    """The names of all branches there have been."""
    return set(db.execute(select(table.c.name)).scalars())


def keep_waiting(db: Connection, branch: ProposalBranch, now: datetime) -> None:
    """Record a branch's tip and the papers that still wait on it; without any, it is closed for good."""
    papers = [asdict(paper) for paper in branch.papers]
    closed = None if papers else now
    db.execute(update(table).where(table.c.name == branch.name).values(tip=branch.tip, papers=papers, closed=closed))
