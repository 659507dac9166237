"""Opening the store, and its two kinds of transaction.

SQLite runs in WAL mode with ``synchronous=FULL``: a decision that was acknowledged survives a power cut
(https://www.sqlite.org/pragma.html#pragma_synchronous). Writers begin with BEGIN IMMEDIATE, so that two of them
wait for each other instead of failing when the second one upgrades its read lock.
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from harvester.base.errors import StoreError, UsageError
from harvester.base.locks import file_lock
from harvester.store import schema
from harvester.store.remedies import remedy_of
from harvester.store.turns import busy, turn

BUSY_TIMEOUT = 30.0  # seconds a writer waits for another one
FROZEN = 300.0  # seconds after which PostgreSQL ends a transaction whose host no longer says anything
# Seconds: give up soon on a host that does not answer; notice within two minutes that one has vanished.
PATIENCE = {"connect_timeout": 10, "keepalives_idle": 60, "keepalives_interval": 15, "keepalives_count": 4}
VANISHED = 120_000  # milliseconds without an acknowledgement of what was sent (TCP_USER_TIMEOUT, RFC 5482)
_SERVER_SIDE = {f"tcp_{name}": PATIENCE[name] for name in PATIENCE if name.startswith("keepalives")} | {
    "tcp_user_timeout": VANISHED
}
_KINDS = "sqlite:///FILE or postgresql+psycopg://USER@HOST/DB"


def open_store(url: str) -> Engine:
    """The store at `url`, its schema checked; an empty SQLite file gets its schema.

    Raises:
        UsageError: the URL is malformed or names an unknown database.
        StoreError: it cannot be opened, or its schema is older or newer than this program.
    """
    engine = connect(url)
    schema.require_current(engine)
    return engine


def connect(url: str) -> Engine:
    """An engine on `url`, its schema not checked.

    Raises:
        UsageError: the URL is malformed or names an unknown database.
        StoreError: the folder of an SQLite file cannot be made.
    """
    try:
        address = make_url(url)
        dialect = address.get_backend_name()
        if dialect not in ("sqlite", "postgresql"):
            raise UsageError(f"The store URL{_scheme(url)} is for neither SQLite nor PostgreSQL; write {_KINDS}.")
        if dialect == "sqlite":
            return _sqlite(url, address.database)
        driver = address.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, connect_args=_session())
    except (ArgumentError, NoSuchModuleError, ValueError):  # ValueError: a port that is not a number
        raise UsageError(f"The store URL{_scheme(url)} cannot be read; write {_KINDS}.") from None
    except ModuleNotFoundError:
        raise UsageError("PostgreSQL needs its driver: pip install 'cardio-harvester[postgres]'.") from None


@contextmanager
def read(store: Engine) -> Iterator[Connection]:
    """A transaction that only reads: one consistent snapshot.

    Raises:
        StoreError: the database fails.
    """
    # By default PostgreSQL would show each statement a different state; SQLite's transactions are snapshots anyway.
    options = {"isolation_level": "REPEATABLE READ"} if store.dialect.name == "postgresql" else {}
    with named_errors(store), store.connect().execution_options(**options) as db:
        yield db


@contextmanager
def write(store: Engine, *, relaxed: bool = False) -> Iterator[Connection]:
    """A transaction that writes: committed whole at the end of the block, or not at all.

    Args:
        relaxed: SQLite need not wait for the disk. Other processes see the change, and it survives any end of this
            process, but possibly not a power cut until a transaction that is not relaxed follows.

    Raises:
        StoreBusy: another process or thread has been writing for `BUSY_TIMEOUT` seconds.
        StoreError: the database fails.
    """
    with (
        turn(store, "write", BUSY_TIMEOUT) as left,
        named_errors(store),
        store.connect().execution_options(immediate=True, relaxed=relaxed, patience=left) as db,
        db.begin(),
    ):
        if store.dialect.name == "postgresql":  # writers take turns, as with BEGIN IMMEDIATE on SQLite
            db.execute(text("SELECT pg_advisory_xact_lock(hashtext('harvester write'))"))
        yield db


@contextmanager
def trial(store: Engine) -> Iterator[Connection]:
    """A transaction that shows what writing would do: all changes are undone at the end of the block.

    Raises:
        StoreBusy: another process or thread has been writing for `BUSY_TIMEOUT` seconds.
        StoreError: the database fails.
    """
    with write(store) as db:
        changes = db.begin_nested()
        try:
            yield db
        finally:
            changes.rollback()


@contextmanager
def named_errors(store: Engine) -> Iterator[None]:
    """Turn the driver's errors into one plain sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        if _is_busy(error):
            raise busy(store, BUSY_TIMEOUT) from error
        cause = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
        where = store.url.render_as_string(hide_password=True)
        remedy = remedy_of(cause, store)
        raise StoreError(f"The store {where} failed: {cause}. Nothing from this step was kept.{remedy}") from error


def unpooled(store: Engine) -> Engine:
    """The same PostgreSQL database through connections outside the pool, for locks that are held for long."""
    return create_engine(store.url, poolclass=NullPool, connect_args=PATIENCE | {"tcp_user_timeout": VANISHED})


def _session() -> dict[str, Any]:
    """How a connection to PostgreSQL waits: for nobody without end.

    https://www.postgresql.org/docs/current/runtime-config-client.html
    """
    waits = {"lock_timeout": BUSY_TIMEOUT * 1000, "idle_in_transaction_session_timeout": FROZEN * 1000}
    limits = waits | _SERVER_SIDE  # the server, too, must notice that its client has vanished
    options = " ".join(f"-c {name}={value:.0f}" for name, value in limits.items())
    return PATIENCE | {"tcp_user_timeout": VANISHED, "options": options}


def _is_busy(error: SQLAlchemyError) -> bool:
    """Whether somebody else holds what this statement or connection has waited for."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    locked = getattr(cause, "sqlstate", None) == "55P03" or "database is locked" in str(cause)
    return locked or isinstance(error, PoolTimeout)


def _scheme(url: str) -> str:
    """What a message may show of a URL, which may contain a password, in a malformed one anywhere."""
    scheme, found, _ = url.partition("://")
    return f" {scheme + found!r}" if re.fullmatch(r"[\w+]+", scheme) else ""


def _sqlite(url: str, database: str | None) -> Engine:
    if not database or Path(database).name.endswith(":memory:"):
        raise UsageError("The store must be a file, sqlite:///FILE: several processes share it.")
    folder = Path(database).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(Path(database))
    except OSError as error:
        raise StoreError(f"Cannot create the store {database}: {error.strerror}.") from None
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _create(file: Path) -> None:
    """Make a new store's file, which nobody else may read: it holds addresses and hashes of passwords.

    SQLite gives its other files the same mode. A file that is there but empty is no store, and no new one either.
    """
    if file.exists() and file.stat().st_size:
        return
    with file_lock(Path(f"{file}.schema.lock"), wait=True):  # so that an empty file is not another process's new one
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(sqlite3.connect(file)) as db:
                db.execute("PRAGMA journal_mode=WAL")  # which writes the first page
        elif not file.stat().st_size:
            raise StoreError(
                f"The store {file} is an empty file", remedy="restore a backup, or delete it to begin a new store"
            )


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions: _begin does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    patience = options.get("patience", BUSY_TIMEOUT)  # less for whoever has waited for their turn
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience * 1000:.0f}")
    connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('relaxed') else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")
