"""The scope probabilities of the queue, counted in groups of about equal ones.

A scope of 0 is no prediction: the paper was imported or withdrawn.
"""

from sqlalchemy import ColumnElement, Connection, Integer, case, cast, func, select

from harvester.store.tables import candidates, decisions

_GROUPS = 50


def waiting_scopes(db: Connection, *, backlog: bool) -> list[tuple[float, int]]:
    """The pending papers, those of the backlog or the others, as (mean scope, papers)."""
    query = select(func.avg(candidates.c.scope).label("scope"), func.count().label("papers"))
    query = query.where(candidates.c.state == "pending", candidates.c.backlog.is_(backlog), candidates.c.scope > 0)
    return [(row.scope, row.papers) for row in db.execute(query.group_by(_group(candidates.c.scope)))]


def decided_scopes(db: Connection, limit: int) -> list[tuple[float, int, int]]:
    """The papers of the newest decisions made here, as far as they stand: (mean scope, papers, accepted papers)."""
    made = select(decisions.c.id, decisions.c.action).where(decisions.c.via == "review")
    newest = made.order_by(decisions.c.id.desc()).limit(limit).subquery()
    accepted = func.sum(case((newest.c.action == "accept", 1), else_=0))
    query = select(
        func.avg(candidates.c.scope).label("scope"), func.count().label("papers"), accepted.label("accepted")
    )
    query = query.join_from(newest, candidates, candidates.c.decision == newest.c.id)
    query = query.where(newest.c.action.in_(("accept", "reject")), candidates.c.scope > 0)
    return [(row.scope, row.papers, row.accepted) for row in db.execute(query.group_by(_group(candidates.c.scope)))]


def waiting_papers(db: Connection) -> tuple[int, int]:
    """How many papers are pending: (from nightly runs, from the backlog)."""
    query = select(candidates.c.backlog, func.count()).where(candidates.c.state == "pending")
    found = {row[0]: int(row[1]) for row in db.execute(query.group_by(candidates.c.backlog))}
    return found.get(False, 0), found.get(True, 0)


def _group(scope: ColumnElement[float]) -> ColumnElement[int]:
    return cast(func.round(scope * _GROUPS), Integer)
