"""Runs, cursors, and the gate that spaces requests to one upstream across processes and hosts."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, case, func, insert, select, text, update

from harvester.base.clock import rfc3339
from harvester.base.errors import GateClosed, LockHeld
from harvester.base.locks import file_lock
from harvester.store.engine import named_errors, read, write
from harvester.store.tables import cursors, gates, runs

LONGEST_CLOSING = 3600.0  # seconds; a service that wants more is asked again after so long
CLOCK_JUMP = 2 * LONGEST_CLOSING  # a gate that is closed for longer was set by a clock that ran wrong


# Several of one second differ in their suffix, of which "-10" is newer than "-9".
NEWEST_FIRST = (runs.c.started.desc(), func.length(runs.c.name).desc(), runs.c.name.desc())


def begin_run(db: Connection, now: datetime) -> str:
    """Note that a run began; its name is the moment, with ``-2`` for a second one in the same second."""
    stem = rfc3339(now)
    taken = set(db.execute(select(runs.c.name).where(runs.c.name.startswith(stem))).scalars())
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    db.execute(insert(runs).values(name=name, started=now))
    return name


def end_run(db: Connection, name: str, report: dict[str, Any]) -> None:
    """Keep the report of a run."""
    db.execute(update(runs).where(runs.c.name == name).values(report=report))


def recent_runs(db: Connection, limit: int) -> list[tuple[str, dict[str, Any] | None]]:
    """Names and reports of the newest runs, newest first; no report where the run was killed."""
    rows = db.execute(select(runs.c.name, runs.c.report).order_by(*NEWEST_FIRST).limit(limit))
    return [(row.name, row.report) for row in rows]


@dataclass(frozen=True, slots=True)
class Progress:
    """A window that was cut off: from `since` to `reached` it is complete, with `received` records, as of `saved`.

    `question` names what was asked, so that an edited query begins anew. `news` says whether what was kept of it holds
    something that the source had not shown before, `newest` when the newest paper of that was submitted.
    """

    since: datetime
    reached: datetime
    received: int
    saved: datetime
    question: str = ""
    news: bool = False
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source has come: `until` is complete, `batch` the newest announcement that an answer reached."""

    until: datetime | None = None
    batch: datetime | None = None
    validators: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None


def cursor(db: Connection, source: str) -> Cursor:
    """Where a source stands; nowhere, before its first complete window."""
    row = db.execute(select(cursors).where(cursors.c.source == source)).first()
    return Cursor(row.until, row.batch, row.validators, _progress(row.progress)) if row else Cursor()


def set_cursor(db: Connection, source: str, now: Cursor) -> None:
    """Note where a source stands."""
    progress = None if now.progress is None else _progress_json(now.progress)
    values = {"until": now.until, "batch": now.batch, "validators": dict(now.validators), "progress": progress}
    if db.execute(update(cursors).where(cursors.c.source == source).values(values)).rowcount == 0:
        db.execute(insert(cursors).values(source=source, **values))


def _progress_json(kept: Progress) -> list[Any]:
    moments = [rfc3339(kept.since), rfc3339(kept.reached), rfc3339(kept.saved)]
    return [*moments, kept.received, kept.question, kept.news, rfc3339(kept.newest) if kept.newest else None]


def _progress(kept: Sequence[Any] | None) -> Progress | None:
    if kept is None:
        return None
    since, reached, saved = map(datetime.fromisoformat, kept[:3])
    received, question, news, newest = kept[3:]
    return Progress(since, reached, received, saved, question, news, datetime.fromisoformat(newest) if newest else None)


@contextmanager
def lock(store: Engine, name: str, *, wait: bool = False) -> Iterator[None]:
    """Hold a lock that all processes on this store share; it falls with its holder, however that one dies.

    SQLite lives on one host, so a file lock beside it will do; PostgreSQL has advisory locks
    (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).

    Raises:
        LockHeld: somebody else holds it and `wait` is false.
    """
    if store.dialect.name == "sqlite":
        with file_lock(Path(f"{store.url.database}.{name}.lock"), wait=wait, busy=_held(name)):
            yield
        return
    with named_errors(store), store.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        call = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        if db.execute(text(f"SELECT {call}(hashtext(:name))"), {"name": f"harvester {name}"}).scalar() is False:
            raise LockHeld(_held(name))
        try:
            yield
        finally:
            db.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"harvester {name}"})


@contextmanager
def gate(store: Engine, name: str, interval: float, patience: float = math.inf) -> Iterator[None]:
    """Pass one request at a time, `interval` seconds after the start of the last one, on this store's every host.

    arXiv's terms count all machines and all of API, RSS and OAI together, and ask for one connection.

    Raises:
        GateClosed: the gate stays closed for more than `patience` seconds, which the caller does not want to wait.
    """
    with lock(store, f"gate-{name}", wait=True):
        while (seconds := _closed_for(store, name)) > 0:  # somebody may close it anew while we sleep
            if seconds > patience:
                raise GateClosed(f"{name} asked to be left alone for another {seconds:.0f} s.", seconds)
            time.sleep(seconds)
        if interval > 0:
            close_gate(store, name, interval)  # beforehand: who is killed on the way has asked, too
        begun = time.time()
        try:
            yield
        finally:  # noting it took a while on a busy disk, and the request began after that
            if (left := begun + interval - time.time()) > 0:
                close_gate(store, name, left)


def close_gate(store: Engine, name: str, seconds: float) -> None:
    """Let nobody through the gate for so long, from now on; one that is closed for longer stays so."""
    now = time.time()
    until = now + min(seconds, LONGEST_CLOSING)
    longer = gates.c.not_before.between(until, now + CLOCK_JUMP)
    later = case((longer, gates.c.not_before), else_=until)
    with write(store) as db:
        if db.execute(update(gates).where(gates.c.name == name).values(not_before=later)).rowcount == 0:
            db.execute(insert(gates).values(name=name, not_before=until))


def _closed_for(store: Engine, name: str) -> float:
    """For how many seconds the gate stays closed; a closing by a clock that ran wrong does not count."""
    with read(store) as db:
        until = db.execute(select(gates.c.not_before).where(gates.c.name == name)).scalar()
    seconds = float(until or 0.0) - time.time()
    return seconds if 0 < seconds <= CLOCK_JUMP else 0.0


def _held(name: str) -> str:
    return f"Another {name} is going on in this store; this one did nothing. Try again when it has finished."
