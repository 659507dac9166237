"""Opening, locking and spacing, on both databases."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, PrimaryKeyConstraint, UniqueConstraint, event, insert, text
from sqlalchemy.exc import OperationalError

from harvester.base.errors import GateClosed, LockHeld, StoreBusy, StoreError, UsageError
from harvester.store import schema
from harvester.store.engine import connect, open_store, read, write
from harvester.store.locks import CLOCK_JUMP, LONGEST_CLOSING, close_gate, gate, lock
from harvester.store.runs import begin_run, recent_runs
from harvester.store.tables import gates, metadata
from tests.conftest import both_databases


def make(url: str) -> Engine:
    schema.upgrade(connect(url))
    return open_store(url)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "sqlite:////here/:memory:"]
)
def test_a_wrong_url_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError):
        open_store(url)


def test_an_unreachable_server_and_a_foreign_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/x"):
        open_store("postgresql+psycopg://nobody@127.0.0.1:1/x")
    (tmp_path / "text.db").write_text("this is no database, however long it may be " * 100)
    with pytest.raises(StoreError, match=r"text\.db"):
        open_store(f"sqlite:///{tmp_path}/text.db")


def test_an_empty_sqlite_file_gets_its_schema_and_is_durable(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/new/harvester.db")
    with read(store) as db:
        found = {
            name: db.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_empty_postgresql_database_asks_for_its_schema(bare_url: str) -> None:
    if bare_url.startswith("sqlite"):
        open_store(bare_url)
    else:
        with pytest.raises(StoreError, match="harvester db upgrade"):
            open_store(bare_url)
        schema.upgrade(connect(bare_url))
        open_store(bare_url)


@both_databases
def test_a_newer_schema_is_refused(store_url: str) -> None:
    store = make(store_url)
    with write(store) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (lambda: open_store(store_url), lambda: schema.upgrade(connect(store_url))):
        with pytest.raises(StoreError, match="9999 is newer"):
            attempt()


def test_somebody_elses_tables_are_left_alone(bare_url: str) -> None:
    engine = connect(bare_url)
    with write(engine) as db:
        db.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(StoreError, match="not this program's"):
        open_store(bare_url)


@both_databases
def test_the_migrations_make_what_the_tables_say(store_url: str) -> None:
    def declared(item: Any, name: str | None, kind: str, *_: object) -> bool:
        if kind == "foreign_key_constraint":  # SQLAlchemy cannot read a deferred one that SQLite added to a table
            return [column.name for column in item.columns] != ["name"]
        return not (name or "").startswith("papers_text")  # full-text search, which differs between databases

    store = make(store_url)
    with store.connect() as db:
        context = MigrationContext.configure(db, opts={"include_object": declared})
        assert compare_metadata(context, metadata) == []
    script = ScriptDirectory(str(schema.MIGRATIONS))
    assert tuple(reversed([migration.revision for migration in script.walk_revisions()])) == schema.REVISIONS


@both_databases
def test_a_lock_is_held_by_one(store_url: str) -> None:
    store = make(store_url)
    with lock(store, "run"):
        with pytest.raises(LockHeld, match="Another run"), lock(store, "run"):
            pass
        with lock(store, "digest"):
            pass
    with lock(store, "run"):
        pass


@both_databases
def test_the_gate_spaces_requests_of_all_processes(store_url: str) -> None:
    store, passed = make(store_url), []

    def ask() -> None:
        with gate(store, "arxiv", 0.3):
            passed.append(time.monotonic())

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gaps = [later - earlier for earlier, later in zip(sorted(passed), sorted(passed)[1:], strict=False)]
    assert all(gap >= 0.29 for gap in gaps), gaps


@both_databases
def test_a_longer_closing_stays_and_patience_ends(store_url: str) -> None:
    store = make(store_url)
    for seconds in (600, 5):
        close_gate(store, "arxiv", seconds)
    begun = time.monotonic()
    with pytest.raises(GateClosed, match=r"arxiv .* (600|599) s") as caught, gate(store, "arxiv", 0.0, patience=60):
        pass
    assert 590 < caught.value.seconds <= 600
    assert time.monotonic() - begun < 5
    with gate(store, "another", 0.0, patience=0):
        pass


@both_databases
def test_a_gate_that_is_closed_while_somebody_waits_stays_closed(store_url: str) -> None:
    store, passed = make(store_url), []
    close_gate(store, "arxiv", 0.5)

    def ask() -> None:
        with gate(store, "arxiv", 0.0):
            passed.append(time.monotonic())

    waiter = threading.Thread(target=ask)
    waiter.start()
    time.sleep(0.2)
    close_gate(store, "arxiv", 1.5)
    closed = time.monotonic()
    waiter.join()
    assert passed[0] - closed >= 1.4


@both_databases
def test_a_closing_by_a_wrong_clock_is_no_closing(store_url: str) -> None:
    store = make(store_url)
    with write(store) as db:
        db.execute(insert(gates).values(name="arxiv", not_before=time.time() + CLOCK_JUMP + 60))
    with gate(store, "arxiv", 0.0, patience=0):
        pass
    close_gate(store, "arxiv", 86_400)
    with pytest.raises(GateClosed) as caught, gate(store, "arxiv", 0.0, patience=60):
        pass
    assert caught.value.seconds <= LONGEST_CLOSING


@both_databases
def test_the_tenth_run_of_one_second_is_newer_than_the_ninth(store_url: str) -> None:
    """Twelve nights replayed at one $HARVESTER_NOW: `runs` and the alerts took "-9" for the newest."""
    store, now = make(store_url), datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
    with write(store) as db:
        begun = [begin_run(db, now) for _ in range(12)]
    with read(store) as db:
        assert [name for name, _ in recent_runs(db, 12)] == begun[::-1]


@both_databases
def test_nobody_waits_without_end_for_a_writer_that_froze(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a host whose machine was suspended in the middle of a transaction."""
    frozen = make(store_url)
    monkeypatch.setattr("harvester.store.engine.BUSY_TIMEOUT", 0.2)
    store = open_store(store_url)
    with frozen.connect().execution_options(immediate=True) as db, db.begin():
        if frozen.dialect.name == "postgresql":
            db.execute(text("SELECT pg_advisory_xact_lock(hashtext('harvester write'))"))
        with pytest.raises(StoreBusy, match="stop the harvester process that hangs"), write(store):
            pass
    with write(store) as db:
        assert begin_run(db, datetime(2025, 6, 12, tzinfo=UTC))


def test_postgresql_ends_what_its_client_has_abandoned(postgres_url: str) -> None:
    limits = {
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "5min",
        "tcp_keepalives_idle": "60",
        "tcp_user_timeout": "120000",
    }
    with read(make(postgres_url)) as db:
        assert {name: str(db.execute(text(f"SHOW {name}")).scalar_one()) for name in limits} == limits


@both_databases
def test_a_lock_that_is_waited_for_in_vain_is_named(store_url: str) -> None:
    store, other = make(store_url), open_store(store_url)
    with lock(store, "catalogue"):
        for waiting in (store, other):
            with pytest.raises(StoreBusy, match="kept busy"), lock(waiting, "catalogue", wait=True, patience=0.1):
                pass
    with lock(other, "catalogue", wait=True):
        pass


@both_databases
def test_more_threads_wait_than_the_pool_has_connections(store_url: str) -> None:
    """Each holds the catalog's lock and then needs the store: waiters in the pool's connections blocked the holder."""
    store = make(store_url)

    def work(number: int) -> str:
        with lock(store, "catalogue", wait=True), read(store) as first:
            first.execute(text("SELECT 1"))
            with write(store) as db:
                return begin_run(db, datetime(2025, 6, 12, 0, 0, number, tzinfo=UTC))

    with ThreadPoolExecutor(30) as threads:
        assert len(set(threads.map(work, range(30)))) == 30


@both_databases
def test_a_run_whose_clock_was_ahead_is_the_last_one_only_until_the_next(store_url: str) -> None:
    store = make(store_url)
    with write(store) as db:
        begun = [begin_run(db, datetime(year, 6, 12, tzinfo=UTC)) for year in (2025, 2030, 2025, 2026)]
        assert [name for name, _ in recent_runs(db, 10)] == begun[::-1]


def test_every_foreign_key_has_an_index() -> None:
    """Deleting or merging a paper looks for all that refers to it: without an index, in every row of those tables."""
    bare = []
    for table in metadata.tables.values():
        indexed = [[column.name for column in index.columns] for index in table.indexes]
        unique = [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
        indexed += [[column.name for column in one.columns] for one in unique]
        for key in table.foreign_key_constraints:
            wanted = [column.name for column in key.columns]
            if not any(columns[: len(wanted)] == wanted for columns in indexed):
                bare.append(f"{table.name}.{'+'.join(wanted)}")
    assert bare == []


def test_a_full_disk_is_named_where_sqlite_speaks_of_an_io_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/harvester.db")

    def fail(*_: object) -> None:
        raise OperationalError("PRAGMA journal_mode=WAL", {}, sqlite3.OperationalError("disk I/O error"))

    event.listen(store, "begin", fail)
    uses: tuple[Callable[[Engine], object], ...] = (schema.revision, recent)
    for use in uses:
        with pytest.raises(StoreError, match=r"disk I/O error\..* Check the disk and the system's log"):
            use(store)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    for use in uses:
        with pytest.raises(StoreError, match=f"The disk that holds {tmp_path} is full; free some space"):
            use(store)


def recent(store: Engine) -> None:
    with read(store) as db:
        recent_runs(db, 1)


def test_a_new_store_is_its_owners_alone_and_an_empty_file_is_none(tmp_path: Path) -> None:
    earlier = os.umask(0o022)
    try:
        store = make(f"sqlite:///{tmp_path}/data/harvester.db")
        with write(store) as db:
            begin_run(db, datetime(2025, 6, 12, tzinfo=UTC))
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").glob("*.db*")}
    finally:
        os.umask(earlier)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert {name: mode for name, mode in modes.items() if not name.endswith(".lock")} == {
        "harvester.db": 0o600,
        "harvester.db-wal": 0o600,
        "harvester.db-shm": 0o600,
    }
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="is an empty file; restore a backup"):
        open_store(f"sqlite:///{tmp_path}/empty.db")
