"""One work, one paper: whole titles, a name for every paper, merges that can be undone, declared kinds, odd records."""

import hashlib

import sqlalchemy as sa
from alembic import op

from harvester.domain.folding import whole_title
from harvester.domain.identity import link_identifier, numbered, title_identifier
from harvester.store.migrations.pieces import pieces
from harvester.store.tables import Moment

revision = "0010"
down_revision = "0009"

_NO_NAME = "RAISE(ABORT, 'a paper must have a name')"
_NAME = """\
ALTER TABLE papers ADD COLUMN name TEXT
CONSTRAINT fk_papers_name REFERENCES identifiers (name) DEFERRABLE INITIALLY DEFERRED"""
# SQLite adds neither a column without nulls nor a check to a table that has rows.
_NOT_NULL = {
    "sqlite": (
        f"CREATE TRIGGER papers_name_insert BEFORE INSERT ON papers WHEN new.name IS NULL BEGIN SELECT {_NO_NAME}; END",
        "CREATE TRIGGER papers_name_update BEFORE UPDATE OF name ON papers WHEN new.name IS NULL"
        f" BEGIN SELECT {_NO_NAME}; END",
    ),
    "postgresql": ("ALTER TABLE papers ADD CONSTRAINT ck_papers_name CHECK (name IS NOT NULL)",),
}
# Without it while all papers change: PostgreSQL would index the text of each one again. Half of an upgrade's time.
_TEXTS = """\
CREATE INDEX papers_text ON papers USING gin
(to_tsvector('english', title || ' ' || abstract || ' ' || (authors::jsonb)::text))"""


def upgrade() -> None:
    op.add_column("papers", sa.Column("text_source", sa.Text(), nullable=False, server_default=""))
    op.add_column("papers", sa.Column("kind", sa.Text(), nullable=False, server_default=""))
    op.add_column("papers", sa.Column("title_hash", sa.String(64), nullable=False, server_default=""))
    db = op.get_bind()
    op.execute(_NAME)
    _make_tables()
    if db.dialect.name == "postgresql":
        op.execute("DROP INDEX IF EXISTS papers_text")
    _name_the_nameless(db)
    _name_and_hash(db)
    if db.dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # it alters no table whose deferred constraints are unchecked
        watch = op.get_context().opts["watch"]
        watch("indexing texts", 0, None)
        op.execute(_TEXTS)
        watch("indexing texts", 1, 1)
    op.create_index("ix_papers_title_hash", "papers", ["title_hash"])
    for statement in _NOT_NULL[db.dialect.name]:
        op.execute(statement)


def _make_tables() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("authority", sa.Integer(), nullable=False),
        sa.Column("other", sa.JSON(), nullable=False),
        sa.Column("other_authority", sa.Integer(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_merges_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_paper", "merges", ["paper"])
    op.create_table(
        "odd_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odd_records")),
        sa.UniqueConstraint("source", "digest", name=op.f("uq_odd_records_source_digest")),
    )
    op.create_table(
        "separations",
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_separations")),
    )


def _name_and_hash(db: sa.Connection) -> None:
    """One change of each paper: one of its identifiers becomes its name, and its whole title gets a hash.

    The identifiers are grouped: for the least name of one paper PostgreSQL may read all names in their order.
    """
    known = sa.text(
        "SELECT papers.number, papers.title, min(identifiers.name) AS name FROM papers"
        " JOIN identifiers ON identifiers.paper = papers.number"
        " WHERE papers.number BETWEEN :first AND :last GROUP BY papers.number, papers.title"
    )
    change = sa.text("UPDATE papers SET title_hash = :hash, name = :name WHERE number = :number")
    for piece in pieces("titles", "papers", "number"):
        rows = [
            {"number": number, "name": name, "hash": hashlib.sha256(whole_title(title).encode()).hexdigest()}
            for number, title, name in db.execute(known, piece)
        ]
        if rows:
            db.execute(change, rows)


def _name_the_nameless(db: sa.Connection) -> None:
    """Give a new identifier to every paper that has none.

    Up to 0009, an item whose only name another paper had was stored without any, once more each night.
    """
    nameless = """\
SELECT number, title, links FROM papers
WHERE NOT EXISTS (SELECT 1 FROM identifiers WHERE identifiers.paper = papers.number)"""
    decided = {row.paper for row in db.execute(sa.text("SELECT paper FROM decisions"))}
    seen: set[tuple[str, str]] = set()
    rows = db.execute(sa.text(nameless).columns(links=sa.JSON())).all()
    for row in rows:
        page = (row.title, (row.links or {}).get("paper", ""))
        if page in seen and row.number not in decided:
            db.execute(sa.text("DELETE FROM papers WHERE number = :number"), {"number": row.number})
            continue
        seen.add(page)
        own = {"name": _free_name(db, *page), "paper": row.number}
        db.execute(sa.text("INSERT INTO identifiers (name, paper) VALUES (:name, :paper)"), own)


def _free_name(db: sa.Connection, title: str, address: str) -> str:
    """The identifier in its address if no paper has it, else its title's, numbered."""
    taken = sa.text("SELECT 1 FROM identifiers WHERE name = :name")
    by_address, by_title = link_identifier(address), title_identifier(title) or "title:untitled"
    if by_address and db.execute(taken, {"name": by_address}).first() is None:
        return by_address
    number = 2
    while db.execute(taken, {"name": numbered(by_title, number)}).first():
        number += 1
    return numbered(by_title, number)
