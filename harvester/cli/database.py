"""``harvester db``: the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(help="The store.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@app.callback()
def _group() -> None:
    """The store."""


@app.command()
@command
def upgrade(call: Invocation) -> Output | None:
    """Migrate the store to the current schema."""
    from harvester.store import schema

    engine = _store(call)
    before = schema.revision(engine)
    schema.upgrade(engine)
    after = schema.revision(engine)
    return Output(
        {"before": before, "after": after}, f"The store's schema is {after} (it was {before or 'not created yet'})."
    )


@app.command()
@command
def backup(call: Invocation, file: File) -> Output | None:
    """Back up the whole store to a new file and verify it, while the store stays in use.

    SQLite gives an SQLite file, PostgreSQL a pg_dump archive. Keep data/secret.key (or [web] secret) with it: it signs
    the links in mails.
    """
    from harvester.services.operations.backup import backup as job

    made = job(_store(call), file)
    return Output(made.to_json(), f"Backed up the store to {made.file} ({made.size:,} bytes, verified).")


@app.command()
@command
def restore(
    call: Invocation,
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace the store's present contents.")] = False,
) -> Output | None:
    """Restore a backup, everything or nothing, and migrate it to the current schema.

    Without --force, a store that is not empty is left unchanged. An SQLite backup can be restored into PostgreSQL.
    """
    from harvester.services.operations.backup import restore as job
    from harvester.store import schema

    had = job(_store(call), file, force=force)
    after = schema.REVISIONS[-1]
    return Output(
        {"file": str(file), "before": had, "after": after},
        f"Restored {file}; the store's schema is {after} (the backup's was {had}).",
    )


def _store(call: Invocation) -> "Engine":
    from harvester.store.engine import connect

    return connect(call.settings.store_url)
