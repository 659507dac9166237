"""Changes of all rows, piece by piece: an operator sees how far they are, and no more than a piece is in memory.

All pieces belong to the one transaction of the upgrade.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

PIECE = 2000  # rows


def pieces(stage: str, table: str, key: str) -> Iterator[dict[str, int]]:
    """The ``first`` and ``last`` number of each piece of a table; what was done is told as `stage`."""
    watch = op.get_context().opts["watch"]
    end = op.get_bind().execute(sa.text(f"SELECT max({key}) FROM {table}")).scalar() or 0  # noqa: S608
    for start in range(0, end, PIECE):
        last = min(start + PIECE, end)
        yield {"first": start + 1, "last": last}
        watch(stage, last, end)
