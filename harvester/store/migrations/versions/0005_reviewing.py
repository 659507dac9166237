"""Accounts, batches, publications, proposals; the decision that stands; the queue's index and full-text search."""

import sqlalchemy as sa
from alembic import op

from harvester.store.migrations.pieces import pieces
from harvester.store.tables import Moment

revision = "0005"
down_revision = "0004"

# The text of a paper for SQLite's full-text index, of the row that a trigger calls `new` or `old`.
TEXT = """\
{row}.number, {row}.title, {row}.abstract,
(SELECT group_concat(json_extract(value, '$[0]'), '; ') FROM json_each({row}.authors))"""
INDEX = """\
CREATE VIRTUAL TABLE papers_text USING fts5
(title, abstract, authors, content='', tokenize='porter unicode61 remove_diacritics 2')"""
FILL = f"""\
INSERT INTO papers_text (rowid, title, abstract, authors)
SELECT {TEXT.format(row="papers")} FROM papers WHERE number BETWEEN :first AND :last"""  # noqa: S608
TRIGGERS = (
    f"""CREATE TRIGGER papers_text_insert AFTER INSERT ON papers BEGIN
    INSERT INTO papers_text (rowid, title, abstract, authors) SELECT {TEXT.format(row="new")}; END""",
    f"""CREATE TRIGGER papers_text_delete AFTER DELETE ON papers BEGIN
    INSERT INTO papers_text (papers_text, rowid, title, abstract, authors)
    SELECT 'delete', {TEXT.format(row="old")}; END""",
    f"""CREATE TRIGGER papers_text_update AFTER UPDATE ON papers
    WHEN old.title <> new.title OR old.abstract <> new.abstract OR old.authors <> new.authors BEGIN
    INSERT INTO papers_text (papers_text, rowid, title, abstract, authors) SELECT 'delete', {TEXT.format(row="old")};
    INSERT INTO papers_text (rowid, title, abstract, authors) SELECT {TEXT.format(row="new")}; END""",
)


def upgrade() -> None:
    _make_tables()
    op.add_column("candidates", sa.Column("decision", sa.Integer(), nullable=True))
    op.create_index("ix_candidates_decision", "candidates", ["decision"])
    op.create_index("ix_decisions_by", "decisions", ["by"])
    op.drop_index("ix_candidates_state", table_name="candidates")
    op.create_index("ix_candidates_state_score", "candidates", ["state", "score"])
    _note_standing_decisions()
    if op.get_bind().dialect.name == "sqlite":  # PostgreSQL's is made by 0010, which changes every paper once more
        _index_texts(op.get_bind())


def _index_texts(db: sa.Connection) -> None:
    op.execute(INDEX)
    for piece in pieces("indexing texts", "papers", "number"):
        db.execute(sa.text(FILL), piece)
    for statement in TRIGGERS:
        op.execute(statement)


def _make_tables() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("joined", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("begun", Moment(), nullable=False),
        sa.Column("seen", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_sessions_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token", name=op.f("uq_sessions_token")),
    )
    op.create_index("ix_sessions_user", "sessions", ["user"], unique=False)
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "batched",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_batched_batch"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name=op.f("fk_batched_decision"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch", "decision", name=op.f("pk_batched")),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_proposals_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_paper", "proposals", ["paper"], unique=False)
    op.create_index("ix_proposals_state", "proposals", ["state"], unique=False)


def _note_standing_decisions() -> None:
    """Every undo takes back the newest decision that still stood, as harvester.domain.rules.standing says."""
    db, stacks = op.get_bind(), dict[int, list[int]]()
    decisions = sa.table("decisions", sa.column("id"), sa.column("paper"), sa.column("action"))
    for row in db.execute(sa.select(decisions).order_by(decisions.c.id)):
        stack = stacks.setdefault(row.paper, [])
        if row.action != "undo":
            stack.append(row.id)
        elif stack:
            stack.pop()
    candidates = sa.table("candidates", sa.column("paper"), sa.column("decision"))
    change = sa.update(candidates).where(candidates.c.paper == sa.bindparam("of")).values(decision=sa.bindparam("last"))
    if rows := [{"of": paper, "last": stack[-1]} for paper, stack in stacks.items() if stack]:
        db.execute(change, rows)
