"""Branches that propose papers for the catalog."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "proposal_branches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("tip", sa.Text(), nullable=False),
        sa.Column("made", Moment(), nullable=False),
        sa.Column("closed", Moment(), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_proposal_branches")),
    )
