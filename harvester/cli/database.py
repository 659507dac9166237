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
    """Bring the store's schema up to date."""
    from harvester.store import schema

    engine = _store(call)
    before = schema.revision(engine)
    schema.upgrade(engine)
    after = schema.revision(engine)
    return Output(
        {"before": before, "after": after}, f"The store's schema is {after} (it was {before or 'not made yet'})."
    )


@app.command()
@command
def backup(call: Invocation, file: File) -> Output | None:
    """Write all of the store into a new file, and check it; the store goes on working.

    SQLite gives an SQLite file, PostgreSQL an archive of pg_dump. Keep data/secret.key (or [web] secret) with it: it
    signs the links in mails.
    """
    from harvester.services.operations.backup import backup as job

    made = job(_store(call), file)
    return Output(made.to_json(), f"{made.file} holds the store, {made.size:,} bytes, and was checked.")


@app.command()
@command
def restore(
    call: Invocation,
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace what the store holds.")] = False,
) -> Output | None:
    """Put a backup into the store, all of it or nothing, and bring it up to date.

    A store that holds something is left alone without --force. An SQLite backup may go into PostgreSQL.
    """
    from harvester.services.operations.backup import restore as job
    from harvester.store import schema

    had = job(_store(call), file, force=force)
    after = schema.REVISIONS[-1]
    return Output(
        {"file": str(file), "before": had, "after": after},
        f"The store holds what {file} held; its schema is {after} (the backup's was {had}).",
    )


def _store(call: Invocation) -> "Engine":
    from harvester.store.engine import connect

    return connect(call.settings.store_url)
