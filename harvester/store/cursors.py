"""How far each source has been read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from harvester.base.clock import rfc3339
from harvester.domain.cursors import Cursor, Progress
from harvester.store.tables import cursors


def cursor(db: Connection, source: str) -> Cursor:
    """How far a source has been read; an empty cursor before its first complete window."""
    row = db.execute(select(cursors).where(cursors.c.source == source)).first()
    return Cursor(row.until, row.batch, row.validators, _progress(row.progress)) if row else Cursor()


def set_cursor(db: Connection, source: str, now: Cursor) -> None:
    """Record how far a source has been read."""
    progress = None if now.progress is None else _progress_json(now.progress)
    values = {"until": now.until, "batch": now.batch, "validators": dict(now.validators), "progress": progress}
    if db.execute(update(cursors).where(cursors.c.source == source).values(values)).rowcount == 0:
        db.execute(insert(cursors).values(source=source, **values))


def _progress_json(progress: Progress) -> list[Any]:
    moments = [rfc3339(progress.since), rfc3339(progress.reached), rfc3339(progress.saved)]
    newest = rfc3339(progress.newest) if progress.newest else None
    return [*moments, progress.received, progress.question, progress.news, newest]


def _progress(stored: Sequence[Any] | None) -> Progress | None:
    if stored is None:
        return None
    since, reached, saved = map(datetime.fromisoformat, stored[:3])
    received, question, news, newest = stored[3:]
    return Progress(since, reached, received, saved, question, news, datetime.fromisoformat(newest) if newest else None)
