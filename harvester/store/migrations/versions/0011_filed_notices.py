"""The notices that entries have shown, so that what a maintainer removes from a file stays removed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "filed_notices",
        sa.Column("paper", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_filed_notices_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper", "kind", name=op.f("pk_filed_notices")),
    )
