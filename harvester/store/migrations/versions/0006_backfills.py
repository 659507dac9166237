"""How far backfills have come, and which candidates they found."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("candidates", sa.Column("backlog", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "backfills",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("in_scope", sa.Integer(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("changed", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "model", "categories", name=op.f("pk_backfills")),
    )
