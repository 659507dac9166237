"""An index in the order of the queue: a page of it is read from there, where all that waits was sorted before."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("ix_candidates_state_score", table_name="candidates")
    op.create_index("ix_candidates_order", "candidates", ["state", "backlog", "place"])
