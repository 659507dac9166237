"""How much of each list the sources covered when that was last measured."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "coverages",
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("of", name=op.f("pk_coverages")),
    )
