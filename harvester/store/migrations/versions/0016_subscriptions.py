"""Extracts are no longer stored: they follow from the abstract alone."""

from alembic import op

revision = "0016"
down_revision = "0012"


def upgrade() -> None:
    op.drop_table("extracts")
