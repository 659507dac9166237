"""Runs and their reports."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from harvester.base.clock import rfc3339
from harvester.domain.run_report import RunReport
from harvester.store.tables import runs


def begin_run(db: Connection, now: datetime) -> str:
    """Record that a run began; its name is the moment, with ``-2`` for a second one in the same second."""
    stem = rfc3339(now)
    taken = set(db.execute(select(runs.c.name).where(runs.c.name.startswith(stem))).scalars())
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    newest = select(func.coalesce(func.max(runs.c.number), 0) + 1).scalar_subquery()
    db.execute(insert(runs).values(name=name, started=now, number=newest))
    return name


def end_run(db: Connection, report: RunReport) -> None:
    """Store the report of a run that `begin_run` named."""
    db.execute(update(runs).where(runs.c.name == report.run).values(report=report.to_json()))


def recent_runs(db: Connection, limit: int) -> list[tuple[str, RunReport | None]]:
    """Names and reports of the newest runs, newest first; no report where the run was killed."""
    rows = db.execute(select(runs.c.name, runs.c.report).order_by(runs.c.number.desc()).limit(limit))
    return [(row.name, RunReport.from_json({"run": row.name, **row.report}) if row.report else None) for row in rows]
