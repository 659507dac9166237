"""The order of reading, papers probed below the gate, and the texts of the labelled set."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("candidates", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("candidates", sa.Column("useful", sa.Float(), nullable=False, server_default="0"))
    op.create_table(
        "probes",
        sa.Column("paper", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("scope", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_probes_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper", name=op.f("pk_probes")),
    )
    op.create_index("ix_probes_week", "probes", ["week"], unique=False)
    op.create_table(
        "label_texts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("fetched", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_label_texts")),
    )
