"""Where each source stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from harvester.base.clock import rfc3339
from harvester.domain.cursors import Cursor, Progress
from harvester.store.tables import cursors


def cursor(db: Connection, source: str) -> Cursor:
    """Where a source stands; nowhere, before its first complete window."""
    row = db.execute(select(cursors).where(cursors.c.source == source)).first()
    return Cursor(row.until, row.batch, row.validators, _progress(row.progress)) if row else Cursor()


def set_cursor(db: Connection, source: str, now: Cursor) -> None:
    """Note where a source stands."""
    progress = None if now.progress is None else _progress_json(now.progress)
    values = {"until": now.until, "batch": now.batch, "validators": dict(now.validators), "progress": progress}
    if db.execute(update(cursors).where(cursors.c.source == source).values(values)).rowcount == 0:
        db.execute(insert(cursors).values(source=source, **values))


def _progress_json(kept: Progress) -> list[Any]:
    moments = [rfc3339(kept.since), rfc3339(kept.reached), rfc3339(kept.saved)]
    return [*moments, kept.received, kept.question, kept.news, rfc3339(kept.newest) if kept.newest else None]


def _progress(kept: Sequence[Any] | None) -> Progress | None:
    if kept is None:
        return None
    since, reached, saved = map(datetime.fromisoformat, kept[:3])
    received, question, news, newest = kept[3:]
    return Progress(since, reached, received, saved, question, news, datetime.fromisoformat(newest) if newest else None)
