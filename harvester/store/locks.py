"""Locks that all processes on a store share, and the gate that spaces requests to one upstream."""

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, case, insert, select, text, update

from harvester.base.errors import GateClosed, LockHeld, StoreBusy
from harvester.base.locks import TRY_LATER, file_lock
from harvester.store.engine import named_errors, read, unpooled, write
from harvester.store.tables import gates
from harvester.store.turns import busy, turn

PATIENCE = 90.0  # seconds; rendering a list and committing it, with its hooks, may take a minute
LONGEST_CLOSING = 3600.0  # seconds; a service that wants more is asked again after this long
CLOCK_JUMP = 2 * LONGEST_CLOSING  # a gate closed for longer was set by a wrong clock


@contextmanager
def lock(store: Engine, name: str, *, wait: bool = False, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a lock that all processes on this store share; it is released when its holder dies, however that happens.

    SQLite lives on one host, so a file lock beside it will do; PostgreSQL has advisory locks
    (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).

    Raises:
        LockHeld: somebody else holds it and `wait` is false.
        StoreBusy: somebody else has held it for `patience` seconds.
    """
    taken = _beside_the_file if store.dialect.name == "sqlite" else _advisory
    with ExitStack() as held:
        try:
            held.enter_context(taken(store, name, patience if wait else 0.0))
        except (LockHeld, StoreBusy):
            if wait:
                raise busy(store, patience) from None
            raise LockHeld(_held(name), remedy=TRY_LATER) from None
        yield


@contextmanager
def _beside_the_file(store: Engine, name: str, patience: float) -> Iterator[None]:
    """A file's lock, behind a second one that only whoever is next holds.

    The threads of this process hand the lock on within microseconds; a process that looks now and then would never
    find it free. Now they cannot take it while that process is next.
    """
    file = f"{store.url.database}.{name}"
    with turn(store, f"lock {name}", patience) as left, ExitStack() as held:
        until = time.monotonic() + left
        first = file_lock(Path(f"{file}.next.lock"), wait=True, patience=left) if left else nullcontext()
        with first:
            held.enter_context(file_lock(Path(f"{file}.lock"), wait=True, patience=until - time.monotonic()))
        yield


@contextmanager
def _advisory(store: Engine, name: str, patience: float) -> Iterator[None]:
    """PostgreSQL's lock, held by a connection of its own: those of the pool are for those who work under it."""
    lent = unpooled(store)
    with (
        turn(store, f"lock {name}", patience) as left,
        named_errors(store),
        lent.connect().execution_options(isolation_level="AUTOCOMMIT") as db,
    ):
        if not _acquired(db, name, left):
            raise busy(store, patience)
        try:
            yield
        finally:
            db.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"harvester {name}"})


def _acquired(db: Connection, name: str, patience: float) -> bool:
    asked = {"name": f"harvester {name}"}
    if patience == 0.0:
        return bool(db.execute(text("SELECT pg_try_advisory_lock(hashtext(:name))"), asked).scalar())
    limit = max(1, round(patience * 1000))  # 0 would be no limit at all
    db.execute(text("SELECT set_config('lock_timeout', :limit, false)"), {"limit": str(limit)})
    db.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), asked)
    return True


@contextmanager
def gate(store: Engine, name: str, interval: float, patience: float = math.inf) -> Iterator[None]:
    """Let one request pass at a time, `interval` seconds after the start of the last, on all hosts of this store.

    arXiv's terms count all machines and all of API, RSS and OAI together, and ask for one connection.

    Raises:
        GateClosed: the gate stays closed for more than `patience` seconds, which the caller does not want to wait.
    """
    with lock(store, f"gate-{name}", wait=True, patience=CLOCK_JUMP):
        while (seconds := _closed_for(store, name)) > 0:  # another process may close it again while we sleep
            if seconds > patience:
                raise GateClosed(f"{name} asked to be left alone for another {seconds:.0f} s.", seconds)
            time.sleep(seconds)
        if interval > 0:
            close_gate(store, name, interval)  # beforehand: a process killed during the request has asked, too
        begun = time.time()
        try:
            yield
        finally:  # writing may take a while on a busy disk, and the request began after that
            if (left := begun + interval - time.time()) > 0:
                close_gate(store, name, left)


def close_gate(store: Engine, name: str, seconds: float) -> None:
    """Close the gate for `seconds` from now on; a gate closed for longer stays closed."""
    now = time.time()
    until = now + min(seconds, LONGEST_CLOSING)
    longer = gates.c.not_before.between(until, now + CLOCK_JUMP)
    later = case((longer, gates.c.not_before), else_=until)
    with write(store) as db:
        if db.execute(update(gates).where(gates.c.name == name).values(not_before=later)).rowcount == 0:
            db.execute(insert(gates).values(name=name, not_before=until))


def _closed_for(store: Engine, name: str) -> float:
    """For how many seconds the gate stays closed; a time set by a wrong clock does not count."""
    with read(store) as db:
        until = db.execute(select(gates.c.not_before).where(gates.c.name == name)).scalar()
    seconds = float(until or 0.0) - time.time()
    return seconds if 0 < seconds <= CLOCK_JUMP else 0.0


def _held(name: str) -> str:
    return f"Another {name} is in progress on this store, so this one did nothing"
