"""Wishes and consent of subscribers, what each digest brought, extracts, suppressed addresses, returned mail."""

import sqlalchemy as sa
from alembic import op

from harvester.store.tables import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("weekday", sa.Integer(), nullable=True))
    op.add_column("subscribers", sa.Column("form", sa.Text(), server_default="html", nullable=False))
    op.add_column("subscribers", sa.Column("consent", sa.Text(), server_default="", nullable=False))
    op.add_column("deliveries", sa.Column("reserved", sa.Text(), nullable=True))
    op.add_column("digests", sa.Column("sent", Moment(), nullable=True))
    # Without these every delivery that is dropped would search the whole ledger for what hangs on it.
    for table, column in (
        ("deliveries", "subscriber"),
        ("deliveries", "state"),
        ("deliveries", "message_id"),
        ("mailed", "delivery"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)
    op.create_table(
        "digest_papers",
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["digests.id"], name=op.f("fk_digest_papers_digest"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_digest_papers_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", "paper", name=op.f("pk_digest_papers")),
    )
    op.create_table(
        "extracts",
        sa.Column("paper", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_extracts_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper", name=op.f("pk_extracts")),
    )
    op.create_table(
        "suppressions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_bounces_subscriber"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("report", name=op.f("uq_bounces_report")),
    )
    op.create_index("ix_bounces_subscriber", "bounces", ["subscriber"], unique=False)
    # The archive begins with the digests that went out before this.
    op.execute("UPDATE digests SET sent = composed WHERE id IN (SELECT digest FROM deliveries WHERE state = 'sent')")
    op.execute(
        "INSERT INTO digest_papers (digest, paper) SELECT DISTINCT deliveries.digest, mailed.paper FROM mailed "
        "JOIN deliveries ON deliveries.id = mailed.delivery"
    )
