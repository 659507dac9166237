"""The layout of the catalog's papers."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "layouts",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("similar", sa.JSON(), nullable=False),
        sa.Column("made", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_layouts")),
    )
