"""``harvester db``: the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import watched

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(help="The store.", no_args_is_help=True)
NoBackup = Annotated[bool, typer.Option("--no-backup", help="Do not back up the store first.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@app.callback()
def _group() -> None:
    """The store."""


@app.command()
@command
def upgrade(call: Invocation, no_backup: NoBackup = False) -> Output | None:
    """Migrate the store to the current schema, after a backup into the folder of [backup] dir.

    It may be stopped at any moment: the store is then as it was.
    """
    from harvester.services.operations.backup import upgrade as job

    with watched(logged=True) as watch:
        done = job(_store(call), None if no_backup else _folder(call), watch)
    said = [f"The store's schema is {done.after} (it was {done.before or 'not created yet'})."]
    if done.backup:
        said.append(f"A backup from before: {done.backup.file}")
    if done.older:
        said.append("Backups by earlier attempts, which were stopped; remove them if you do not need them:")
        said += [f"    {file}" for file in done.older]
    return Output(done.to_json(), "\n".join(said))


@app.command()
@command
def backup(call: Invocation, file: File) -> Output | None:
    """Back up the whole store to a new file and verify it, while the store stays in use.

    SQLite gives an SQLite file, PostgreSQL a pg_dump archive. Keep data/secret.key (or [web] secret) with it: it signs
    the links in mails.
    """
    from harvester.services.operations.backup import backup as job

    with watched(logged=True) as watch:
        made = job(_store(call), file, watch)
    return Output(made.to_json(), f"Backed up the store to {made.file} ({made.size:,} bytes, verified).")


@app.command()
@command
def restore(
    call: Invocation,
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace the store's present contents.")] = False,
    no_backup: NoBackup = False,
) -> Output | None:
    """Restore a backup, everything or nothing, and migrate it to the current schema.

    Without --force, a store that is not empty is left unchanged; with it, the present contents are first backed up into
    the folder of [backup] dir. An SQLite backup can be restored into PostgreSQL.
    """
    from harvester.services.operations.backup import restore as job
    from harvester.store import schema

    with watched(logged=True) as watch:
        had, kept = job(_store(call), file, force=force, aside=None if no_backup else _folder(call), watch=watch)
    after = schema.REVISIONS[-1]
    said = f"Restored {file}; the store's schema is {after} (the backup's was {had})."
    return Output(
        {"file": str(file), "before": had, "after": after, "backup": str(kept) if kept else None},
        f"{said}\nWhat it replaced: {kept}" if kept else said,
    )


def _folder(call: Invocation) -> Path:
    return call.settings.path(call.settings.backup.dir)


def _store(call: Invocation) -> "Engine":
    from harvester.store.engine import connect

    return connect(call.settings.store_url)
