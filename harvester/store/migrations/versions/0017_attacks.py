"""What each folder of the catalog has held; users' names as they are compared."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    _entry_files()
    _folded_names()
    _run_numbers()
    _indexes()


def _entry_files() -> None:
    op.create_table(
        "entry_files",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.number"], name=op.f("fk_entry_files_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("folder", "paper", name=op.f("pk_entry_files")),
    )
    op.create_index(op.f("ix_entry_files_paper"), "entry_files", ["paper"])


def _folded_names() -> None:
    """Of accounts that were told apart by case only, the first keeps the name; the others get a number, and stay."""
    op.add_column("users", sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    users = sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("folded", sa.Text))
    rows = op.get_bind().execute(sa.select(users.c.id, users.c.name).order_by(users.c.id)).all()
    taken = {_folded(row.name) for row in rows}
    given: set[str] = set()
    for row in rows:
        name, number = unicodedata.normalize("NFC", row.name), 2
        if _folded(name) in given:
            while _folded(f"{name}-{number}") in taken:
                number += 1
            name = f"{name}-{number}"
            taken.add(_folded(name))
        given.add(_folded(name))
        op.execute(sa.update(users).where(users.c.id == row.id).values(name=name, folded=_folded(name)))
    op.create_index("ix_users_folded", "users", ["folded"], unique=True)


def _folded(name: str) -> str:
    """As `harvester.domain.accounts.folded_name` at this revision; a migration never changes."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _run_numbers() -> None:
    """Older stores know no other order than that of the clock; of the same second, "-10" is newer than "-9"."""
    op.add_column("runs", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    runs = sa.table("runs", sa.column("name", sa.Text), sa.column("started", sa.Text), sa.column("number", sa.Integer))
    order = (runs.c.started, sa.func.length(runs.c.name), runs.c.name)
    names = op.get_bind().execute(sa.select(runs.c.name).order_by(*order)).scalars().all()
    for number, name in enumerate(names, 1):
        op.execute(sa.update(runs).where(runs.c.name == name).values(number=number))


def _indexes() -> None:
    """For rows that go with what they refer to, and for the few candidates whose files wait."""
    for table, column in (("papers", "name"), ("mailed", "paper"), ("digest_papers", "paper"), ("batched", "decision")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(
        "ix_candidates_unfiled",
        "candidates",
        ["paper"],
        sqlite_where=sa.text("filed = 0"),
        postgresql_where=sa.text("NOT filed"),
    )
