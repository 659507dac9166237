"""``harvester db``: the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.common import AsJson, Config, Debug, configure_logging, print_json, say, set_up_logging

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(help="The store.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@app.callback()
def _group() -> None:
    """The store."""


@app.command()
def upgrade(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Bring the store's schema up to date."""
    from harvester.store import schema

    set_up_logging(debug)
    engine = _store(config)
    before = schema.revision(engine)
    schema.upgrade(engine)
    if as_json:
        print_json({"before": before, "after": schema.revision(engine)})
    else:
        say(f"The store's schema is {schema.revision(engine)} (it was {before or 'not made yet'}).")


@app.command()
def backup(file: File, config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Write all of the store into a new file, and check it; the store goes on working.

    SQLite gives an SQLite file, PostgreSQL an archive of pg_dump. Keep data/secret.key (or [web] secret) with it: it
    signs the links in mails.
    """
    from harvester.services.operations.backup import backup as job

    set_up_logging(debug)
    made = job(_store(config), file)
    if as_json:
        print_json(made.to_json())
    else:
        say(f"{made.file} holds the store, {made.size:,} bytes, and was checked.")


@app.command()
def restore(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace what the store holds.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Put a backup into the store, all of it or nothing, and bring it up to date.

    A store that holds something is left alone without --force. An SQLite backup may go into PostgreSQL.
    """
    from harvester.services.operations.backup import restore as job
    from harvester.store import schema

    set_up_logging(debug)
    had = job(_store(config), file, force=force)
    if as_json:
        print_json({"file": str(file), "before": had, "after": schema.REVISIONS[-1]})
    else:
        say(f"The store holds what {file} held; its schema is {schema.REVISIONS[-1]} (the backup's was {had}).")


def _store(config: Path | None) -> "Engine":
    from harvester.config.settings import config_path, load_settings
    from harvester.store.engine import connect

    settings = load_settings(config_path(config))
    configure_logging(settings)
    return connect(settings.store_url)
