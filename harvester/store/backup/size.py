"""How large a store is."""

from sqlalchemy import Engine, text

from harvester.store.engine import read

# PostgreSQL: without indexes, which an archive does not contain. Compressed, it is smaller.
_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
}


def backup_size(store: Engine) -> int:
    """The most bytes that a backup of the store takes.

    Raises:
        StoreError: the database fails.
    """
    with read(store) as db:
        return int(db.execute(text(_SIZE[store.dialect.name])).scalar_one())
