"""The log of decisions: appended to, never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, select

from harvester.domain.decisions import Decision
from harvester.domain.labels import Labels
from harvester.domain.together import Change
from harvester.store.papers import chunks, inserted
from harvester.store.tables import candidates, decisions

_LOG = decisions.alias("log")


def add_decision(db: Connection, decision: Decision) -> int:
    """Append to the log; returns the decision's number."""
    labels = decision.labels
    values = {
        "paper": decision.paper,
        "action": decision.action,
        "via": decision.via,
        "labels": None if labels is None else dict(labels.facets),
        "reason": decision.reason,
        "by": decision.by,
        "at": decision.at,
        "links": decision.links,
    }
    return inserted(db, decisions, values)


def decisions_on(db: Connection, numbers: Iterable[int]) -> dict[int, list[Decision]]:
    """The log of each paper that has decisions, oldest first."""
    found: dict[int, list[Decision]] = {}
    for chunk in chunks(list(dict.fromkeys(numbers))):
        for row in db.execute(select(decisions).where(decisions.c.paper.in_(chunk)).order_by(decisions.c.id)):
            found.setdefault(row.paper, []).append(_decision(row))
    return found


def decisions_by_id(db: Connection, wanted: Select[Any]) -> list[Decision]:
    """The decisions whose numbers a query finds, oldest first."""
    rows = db.execute(select(decisions).where(decisions.c.id.in_(wanted)).order_by(decisions.c.id))
    return [_decision(row) for row in rows]


def last_standing_by(db: Connection, by: str) -> Decision | None:
    """The newest decision that somebody made here and that still stands: what their next undo takes back."""
    query = select(decisions).join(candidates, candidates.c.decision == decisions.c.id)
    query = query.where(decisions.c.by == by, decisions.c.via == "review").order_by(decisions.c.id.desc())
    row = db.execute(query.limit(1)).first()
    return None if row is None else _decision(row)


def newest_standing(db: Connection, limit: int) -> list[Decision]:
    """The newest decisions that people made here and that stand, newest first."""
    query = select(decisions).join(candidates, candidates.c.decision == decisions.c.id)
    query = query.where(decisions.c.via == "review").order_by(decisions.c.id.desc()).limit(limit)
    return [_decision(row) for row in db.execute(query)]


def decision_log(
    db: Connection, *, paper: int | None = None, by: str = "", since: datetime | None = None, limit: int | None = None
) -> list[Decision]:
    """The decisions on a paper, by somebody, or since some moment, newest first."""
    query = select(decisions).order_by(decisions.c.id.desc()).limit(limit)
    query = query.where(decisions.c.paper == paper) if paper is not None else query
    query = query.where(decisions.c.by == by) if by else query
    query = query.where(decisions.c.at >= since) if since else query
    return [_decision(row) for row in db.execute(query)]


def accepted_only_after(db: Connection, decision: int) -> int:
    """How many papers are accepted now and had no decision at all up to this one."""
    query = select(func.count()).where(candidates.c.state == "accepted")
    if decision:  # before the first publication it is all of them, which an index counts
        query = query.where(candidates.c.decision > decision, ~_decided_until(candidates.c.paper, decision))
    return int(db.execute(query).scalar_one())


def redecided_after(db: Connection, decision: int, limit: int) -> list[int]:
    """The papers of the newest decisions after this one, at most `limit` decisions, on what was decided before as well.

    Papers that nobody has ever accepted are left out.
    """
    if not decision:
        return []
    accepted = _LOG.c.paper == decisions.c.paper, _LOG.c.action == "accept"
    query = select(decisions.c.paper).where(decisions.c.id > decision, _decided_until(decisions.c.paper, decision))
    query = query.where(select(_LOG.c.id).where(*accepted).exists()).order_by(decisions.c.id.desc())
    return list(dict.fromkeys(db.execute(query.limit(limit)).scalars()))


def _decided_until(paper: Column[int], decision: int) -> ColumnElement[bool]:
    return select(_LOG.c.id).where(_LOG.c.paper == paper, _LOG.c.id <= decision).exists()


def newest_decision(db: Connection) -> int:
    """The number of the newest decision on any paper; 0 before the first."""
    return int(db.execute(select(func.coalesce(func.max(decisions.c.id), 0))).scalar_one())


def changes_after(db: Connection, decision: int, limit: int) -> list[Change]:
    """The papers of the newest decisions after this one, at most `limit` decisions, as the papers stand now."""
    newest = select(decisions.c.paper).where(decisions.c.id > decision).order_by(decisions.c.id.desc()).limit(limit)
    query = select(candidates.c.paper, candidates.c.state, candidates.c.version, decisions.c.by)
    query = query.outerjoin_from(candidates, decisions, decisions.c.id == candidates.c.decision)
    query = query.where(candidates.c.paper.in_(newest)).order_by(candidates.c.paper)
    return [Change(row.paper, row.state, row.version, row.by or "") for row in db.execute(query)]


def _decision(row: Row[Any]) -> Decision:
    labels = None if row.labels is None else Labels(row.labels)
    return Decision(row.paper, row.action, row.via, labels, row.reason, row.by, row.at, row.id, row.links)
