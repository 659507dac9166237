"""Why predictions of queued papers say what they say, and which accepted papers are similar, as runs found them."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "explanations",
        sa.Column("prediction", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("labeled", sa.JSON(), nullable=False),
        sa.Column("made", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prediction"], ["predictions.id"], name=op.f("fk_explanations_prediction"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prediction", name=op.f("pk_explanations")),
    )
    op.create_table(
        "similar_papers",
        sa.Column("paper", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nearest", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_similar_papers_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper", name=op.f("pk_similar_papers")),
    )
