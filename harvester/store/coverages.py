"""How much of each list the sources covered when that was last measured."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from harvester.domain.coverage import Measurement
from harvester.store.tables import coverages


def keep_coverage(db: Connection, of: str, found: Mapping[str, Any], now: datetime) -> None:
    """Keep a measurement in place of the last one of the same list; "" is the catalog."""
    db.execute(delete(coverages).where(coverages.c.of == of))
    db.execute(insert(coverages).values(of=of, at=now, found=dict(found)))


def newest_coverages(db: Connection, limit: int) -> list[Measurement]:
    """The catalog's measurement, then those of other lists, newest first."""
    query = select(coverages).order_by(coverages.c.of != "", coverages.c.at.desc(), coverages.c.of).limit(limit)
    return [Measurement(row.of, row.at, row.found) for row in db.execute(query)]
