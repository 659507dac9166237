"""Records that could not be read, kept as they came until a version of the program can read them."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from harvester.domain.papers import OddRecord
from harvester.store.tables import odd_records


def keep_odd(db: Connection, source: str, odd: Iterable[OddRecord], version: str, now: datetime) -> None:
    """Keep what a source sent, once, however often it sends it."""
    for record in odd:
        digest = hashlib.sha256(record.raw.encode()).hexdigest()
        known = select(odd_records.c.id).where(odd_records.c.source == source, odd_records.c.digest == digest)
        if db.execute(known).first() is None:
            row = {"source": source, "digest": digest, "raw": record.raw, "why": record.why}
            db.execute(insert(odd_records).values(**row, version=version, at=now))


def untried(db: Connection, source: str, version: str) -> list[tuple[int, str]]:
    """Number and text of a source's records that this version of the program has not tried to read."""
    query = select(odd_records.c.id, odd_records.c.raw)
    query = query.where(odd_records.c.source == source, odd_records.c.version != version)
    return [(row.id, row.raw) for row in db.execute(query.order_by(odd_records.c.id))]


def mark_tried(db: Connection, numbers: Sequence[int], version: str) -> None:
    """Leave records that are still odd to the next version."""
    if numbers:
        db.execute(update(odd_records).where(odd_records.c.id.in_(numbers)).values(version=version))


def drop_odd(db: Connection, numbers: Sequence[int]) -> None:
    """Forget records that have been read."""
    if numbers:
        db.execute(delete(odd_records).where(odd_records.c.id.in_(numbers)))
