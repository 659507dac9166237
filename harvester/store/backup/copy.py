"""Copies all rows of one store into another, on any kind of database."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Table, delete, func, insert, select, text

from harvester.store.engine import read, write
from harvester.store.tables import metadata

CHUNK = 1000  # rows in memory at once


def holds_rows(store: Engine) -> bool:
    """Whether any table of a store with the newest schema holds anything.

    Raises:
        StoreError: the database fails.
    """
    with read(store) as db:
        return any(db.execute(select(1).select_from(table).limit(1)).first() for table in metadata.sorted_tables)


def move_rows(source: Engine, target: Engine) -> None:
    """Replace the content of `target` with that of `source`, in one transaction; both have the newest schema.

    Raises:
        StoreError: a database fails; the target is as it was.
    """
    with read(source) as old, write(target) as new:
        for table in reversed(metadata.sorted_tables):
            new.execute(delete(table))
        for table in metadata.sorted_tables:
            for rows in old.execute(select(table)).mappings().partitions(CHUNK):
                for alike in _alike(table, rows):
                    new.execute(insert(table), alike)
            _continue_numbering(new, table)


def _alike(table: Table, rows: Any) -> Iterator[list[dict[str, Any]]]:
    """Rows without their empty columns, grouped by columns: an empty JSON column is not a JSON ``null``."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        kept = _filled(table, row)
        groups.setdefault(tuple(kept), []).append(kept)
    return iter(groups.values())


def _filled(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {column.key: row[column] for column in table.columns if row[column] is not None}


def _continue_numbering(db: Connection, table: Table) -> None:
    """Make PostgreSQL's sequence continue after the copied numbers."""
    key = table.autoincrement_column
    if db.dialect.name == "postgresql" and key is not None and isinstance(key.type, Integer):
        newest = db.execute(select(func.max(key))).scalar()
        if newest is not None:
            sequence = text("SELECT setval(pg_get_serial_sequence(:table, :key), :newest)")
            db.execute(sequence, {"table": table.name, "key": key.name, "newest": newest})
