"""What tables are made of.

Times are UTC: SQLite keeps no zone, so ``Moment`` takes it off on the way in and puts it on again on the way out.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Integer, MetaData, TypeDecorator

from harvester.base.clock import as_utc


class Moment(TypeDecorator[datetime]):
    """A UTC-aware datetime on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As UTC; SQLite gets it without its zone."""
        if value is None:
            return None
        value = as_utc(value)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """As UTC again."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def paper_number(**options: Any) -> "Column[int]":
    """The column that says which paper a row is about; the row goes with the paper."""
    return Column("paper", Integer, ForeignKey("papers.number", ondelete="CASCADE"), **options)
