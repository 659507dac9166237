"""Who has which paper of the queue open."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "presences",
        sa.Column("user", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("seen", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_presences_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_presences_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_presences")),
    )
    op.create_index(op.f("ix_presences_paper"), "presences", ["paper"])
