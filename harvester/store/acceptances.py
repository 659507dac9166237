"""What was accepted into the catalog, and which of it past digests contained."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from harvester.store.papers import chunks
from harvester.store.tables import candidates, decisions, digest_papers, digests, mailed, papers


def acceptances(db: Connection, after: int) -> dict[int, int]:
    """Papers in the catalog that a reviewer (not a file, not an import) accepted by a decision after this one.

    Returns:
        The decision for each paper, in the order of the decisions. Withdrawn papers are not news.
    """
    query = _reviewed().where(candidates.c.accepted_by > after)
    return {row.paper: row.accepted_by for row in db.execute(query)}


def unmailed_acceptances(db: Connection, since: datetime) -> list[int]:
    """Papers that a reviewer accepted since this moment and that nobody has been sent yet."""
    to_anybody = select(mailed.c.paper).where(mailed.c.paper == candidates.c.paper).exists()
    return [row.paper for row in db.execute(_reviewed().where(decisions.c.at >= since, ~to_anybody))]


def acceptances_since(db: Connection, since: datetime) -> list[int]:
    """Papers that a reviewer accepted since this moment."""
    return [row.paper for row in db.execute(_reviewed().where(decisions.c.at >= since))]


def in_catalog(db: Connection) -> dict[int, datetime]:
    """All accepted papers, imported ones too, and when each was accepted; newest first."""
    query = _accepted().order_by(decisions.c.at.desc(), candidates.c.accepted_by.desc())
    return {row.paper: row.at for row in db.execute(query)}


def newest_decision_by(db: Connection, moment: datetime) -> int:
    """The number of the newest decision up to then; 0 before the first."""
    query = select(func.coalesce(func.max(decisions.c.id), 0)).where(decisions.c.at <= moment)
    return int(db.execute(query).scalar_one())


def digest_days(db: Connection) -> list[tuple[date, int]]:
    """The days of past digests, newest first, each with how many of its papers are still in the catalog."""
    counted = func.count().label("papers")
    query = (
        select(digests.c.day, counted)
        .join(digest_papers, digest_papers.c.digest == digests.c.id)
        .join(candidates, candidates.c.paper == digest_papers.c.paper)
        .where(digests.c.sent.is_not(None), candidates.c.state == "accepted")
        .group_by(digests.c.day)
        .order_by(digests.c.day.desc())
    )
    return [(row.day, row.papers) for row in db.execute(query)]


def first_digest_days(db: Connection, numbers: Collection[int]) -> dict[int, date]:
    """For each of these papers that a sent digest contained, the day of the first one."""
    found: dict[int, date] = {}
    for chunk in chunks(sorted(numbers)):
        query = (
            select(digest_papers.c.paper, func.min(digests.c.day).label("day"))
            .join(digests, digests.c.id == digest_papers.c.digest)
            .where(digests.c.sent.is_not(None), digest_papers.c.paper.in_(chunk))
            .group_by(digest_papers.c.paper)
        )
        found |= {row.paper: row.day for row in db.execute(query)}
    return found


def digest_of(db: Connection, day: date, since: date) -> list[int]:
    """The papers in the digests from one day to another, both inclusive, that are still in the catalog."""
    query = (
        select(digest_papers.c.paper)
        .join(digests, digests.c.id == digest_papers.c.digest)
        .join(candidates, candidates.c.paper == digest_papers.c.paper)
        .where(digests.c.day.between(since, day), digests.c.sent.is_not(None), candidates.c.state == "accepted")
        .distinct()
        .order_by(digest_papers.c.paper)
    )
    return list(db.execute(query).scalars())


def _accepted() -> Select[Any]:
    return (
        select(candidates.c.paper, candidates.c.accepted_by, decisions.c.at)
        .join(decisions, decisions.c.id == candidates.c.accepted_by)
        .join(papers, papers.c.number == candidates.c.paper)
        .where(candidates.c.state == "accepted", ~papers.c.withdrawn)
    )


def _reviewed() -> Select[Any]:
    return _accepted().where(decisions.c.via == "review").order_by(candidates.c.accepted_by)
