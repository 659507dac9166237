"""Which schema the store has, and bringing it up to date.

Alembic takes half a second to import, so the usual check, "is it current?", reads only its version table.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from harvester.base.errors import StoreError
from harvester.base.locks import file_lock
from harvester.store.remedies import remedy_of

Watch = Callable[[str, int, int | None], None]
"""Receives the progress of a migration: what it does, how much of it is done, and of how much."""
MIGRATIONS = Path(__file__).parent / "migrations"
REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014",
    "0015", "0016", "0017", "0019", "0020",
)  # fmt: skip
"""Every schema this program knows, oldest first; the last one is its own (a test compares them with Alembic's)."""
REWRITTEN = "0010"
"""The last schema whose migration writes all papers and predictions anew."""
_NOTICES_THE_END = (14,)  # PostgreSQL since this version can end the statement of a client that was killed
_WAITING, _COMMITTING = "waiting for another upgrade", "committing"  # stages of progress


def revision(engine: Engine) -> str | None:
    """The store's schema; None for an empty store.

    Raises:
        StoreError: the database cannot be reached or contains other tables.
    """
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as db:
            names = inspect(db).get_table_names()
            if "alembic_version" in names:
                return str(db.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StoreError(f"Cannot open the store {where}: {cause}.{remedy_of(cause, engine)}") from error
    if names:
        raise StoreError(f"The store {where} contains tables that are not this program's; use a separate database.")
    return None


def require_current(engine: Engine) -> None:
    """Create the schema in an empty SQLite file; refuse any other store that is not up to date.

    Raises:
        StoreError: naming both schemas and the remedy.
    """
    found = revision(engine)
    if found == REVISIONS[-1]:
        return
    if found is None and engine.dialect.name == "sqlite":
        upgrade(engine)
        return
    if found is None or found in REVISIONS:
        has = found or "not made yet"
        raise StoreError(
            f"The store's schema is {has}, this program needs {REVISIONS[-1]}", remedy="run `harvester db upgrade`"
        )
    raise _too_new(found)


def upgrade(engine: Engine, watch: Watch = lambda *_: None) -> None:
    """Migrate to the newest schema; calling it twice, or from two processes at once, is harmless.

    All steps are one transaction: if the process is killed at any moment, the store is as it was.

    Raises:
        StoreError: the store is newer than this program, or the database fails.
    """
    if engine.dialect.name == "sqlite":
        watch(_WAITING, 0, None)
        with file_lock(Path(f"{engine.url.database}.schema.lock"), wait=True):
            watch(_WAITING, 1, 1)
            _upgrade(engine, watch)
    else:
        _upgrade(engine, watch)


def _upgrade(engine: Engine, watch: Watch) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["watch"] = watch
    try:
        with engine.connect().execution_options(immediate=True) as db, db.begin():
            if engine.dialect.name == "postgresql":
                _alone(db, watch)
            config.attributes["connection"] = db
            command.upgrade(config, "head")
            watch(_COMMITTING, 0, None)
        watch(_COMMITTING, 1, 1)
    except CommandError:
        raise _too_new(revision(engine)) from None
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        remedy = remedy_of(cause, engine)
        raise StoreError(f"The store's schema could not be brought up to date: {cause}.{remedy}") from error


def _alone(db: Connection, watch: Watch) -> None:
    """Wait for whoever is upgrading; a migration may take long, but not longer than its client lives."""
    for limit in ("lock_timeout", "idle_in_transaction_session_timeout"):
        db.execute(text(f"SET LOCAL {limit} = 0"))
    if (db.dialect.server_version_info or (0,)) >= _NOTICES_THE_END:
        db.execute(text("SET LOCAL client_connection_check_interval = '2s'"))
    watch(_WAITING, 0, None)
    db.execute(text("SELECT pg_advisory_xact_lock(hashtext('harvester schema'))"))
    watch(_WAITING, 1, 1)


def _too_new(found: str | None) -> StoreError:
    return StoreError(
        f"The store's schema {found} is newer than this program knows (up to {REVISIONS[-1]})",
        remedy="install the newer harvester",
    )
