"""Subscriptions to authors and words, and to what all lists have in common; extracts follow from the abstract alone.

Older subscriptions keep their meaning: any of their labels was enough.
"""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("match", sa.Text(), nullable=False, server_default="any"))
    op.add_column("subscribers", sa.Column("authors", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("subscribers", sa.Column("words", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("subscribers", sa.Column("ended", Moment(), nullable=True))
    op.drop_table("extracts")
