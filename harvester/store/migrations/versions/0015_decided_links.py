"""Whether an accepted paper's entry gets the code and data that the paper names."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("links", sa.Boolean(), nullable=False, server_default=sa.true()))
