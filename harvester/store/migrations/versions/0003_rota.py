"""Whose turn it was: the due times of scheduled jobs."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "rota",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("due", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("begun", Moment(), nullable=True),
        sa.Column("ended", Moment(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_rota")),
    )
