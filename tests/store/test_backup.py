"""Backups of both databases, and stores that earlier releases left: no data is lost on the way to this release."""

import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, insert, select, text

from harvester.base.errors import HarvesterError, LockHeld, StoreError
from harvester.domain.papers import Paper, Sighting
from harvester.domain.run_report import PaperCounts, RunReport
from harvester.services.operations.backup import backup, restore, revision_in, upgrade
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store import schema
from harvester.store.accounts import all_users, user_named
from harvester.store.engine import connect, open_store, read, write
from harvester.store.locks import lock
from harvester.store.papers import load
from harvester.store.queue import in_state
from harvester.store.recording import record
from harvester.store.runs import begin_run, recent_runs
from harvester.store.tables import metadata
from tests.conftest import both_databases
from tests.room import Room
from tests.store.stores import GOLDEN, golden

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
Content = Mapping[str, list[dict[str, Any]]]


def content(store: Engine) -> Content:
    """Every row of every table."""
    with read(store) as db:
        return {
            table.name: sorted((dict(row) for row in db.execute(select(table)).mappings()), key=repr)
            for table in metadata.sorted_tables
        }


@pytest.fixture
def store(store_url: str) -> Engine:
    schema.upgrade(connect(store_url))
    return open_store(store_url)


@pytest.fixture
def filled(store: Engine, tmp_path: Path) -> Engine:
    restore(store, golden(tmp_path, "0001"), force=True)
    return store


@pytest.fixture
def another(store_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Engine]:
    """Another target to restore to: the database, emptied, or another file."""

    def made() -> Engine:
        if store_url.startswith("sqlite"):
            return connect(f"sqlite:///{tmp_path}/elsewhere/harvester.db")
        engine = connect(store_url)
        with write(engine) as db:
            db.execute(text("DROP SCHEMA public CASCADE"))
            db.execute(text("CREATE SCHEMA public"))
        return engine

    return made


@both_databases
@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.sql")))
def test_a_store_of_every_release_is_brought_up_to_date_with_all_it_holds(
    store: Engine, tmp_path: Path, name: str
) -> None:
    assert name in schema.REVISIONS
    file = golden(tmp_path, name)
    with closing(sqlite3.connect(file)) as db:
        db.row_factory = sqlite3.Row
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        old = {table: len(db.execute(f"SELECT * FROM {table}").fetchall()) for table in tables - {"alembic_version"}}
    assert restore(store, file)[0] == name
    assert schema.revision(store) == schema.REVISIONS[-1]
    assert old.items() <= {table: len(rows) for table, rows in content(store).items()}.items()


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_every_schema_in_between_is_brought_up_to_date(tmp_path: Path, revision: str) -> None:
    file = golden(tmp_path, "0001")
    _migrate(file, revision)
    store = connect(f"sqlite:///{tmp_path}/store.db")
    assert restore(store, file)[0] == revision
    direct = connect(f"sqlite:///{tmp_path}/direct.db")
    restore(direct, golden(tmp_path / "again", "0001"))
    assert content(store) == content(direct)


def _migrate(file: Path, revision: str) -> None:
    """As the program of that revision would have left the store."""
    engine = connect(f"sqlite:///{file}")
    _migrate_engine(engine, revision)
    engine.dispose()


def _migrate_engine(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.connect() as db, db.begin():
        config.attributes["connection"] = db
        command.upgrade(config, revision)


@both_databases
def test_the_rows_of_the_first_release_mean_what_they_meant(filled: Engine) -> None:
    with read(filled) as db:
        papers = load(db, [1, 2, 3])
        assert papers[2].paper.title == "Gefäße: an invented survey"
        assert papers[1].paper.identifiers == ("arxiv:2506.00001", "doi:10.1000/hearts.1")
        assert papers[1].paper.published == NOW
        assert [candidate.paper for candidate in in_state(db, "pending")] == [2]
        (_, killed), (name, report) = recent_runs(db, 5)
        assert killed is None
        assert report == RunReport(name, "ok", papers=PaperCounts(new=3), in_scope=2, queued=2, seconds=1.0)
        assert report.alert_counts is None, "the first release did not keep them"
        assert db.execute(text("SELECT count(*) FROM cursors WHERE progress IS NULL")).scalar() == 1
    with write(filled) as db:  # numbers continue after the restored ones
        assert record(db, [Sighting(ARXIV, Paper(("arxiv:2506.00009",), "A fourth"))], NOW)[0].number == 4


@both_databases
def test_backup_and_restore_elsewhere(filled: Engine, another: Callable[[], Engine], tmp_path: Path) -> None:
    before = content(filled)
    made = backup(filled, tmp_path / "backups" / "store")
    assert (made.schema, made.size) == (schema.REVISIONS[-1], made.file.stat().st_size)
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in made.file.parent.iterdir()) == ["store"]
    filled.dispose()
    target = another()
    restore(target, made.file)
    assert content(target) == before


@both_databases
def test_a_store_that_holds_something_is_replaced_by_force_only(filled: Engine, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "one")
    before = content(filled)
    with write(filled) as db:
        begin_run(db, datetime(2026, 1, 1, tzinfo=UTC))
    changed = content(filled)
    with pytest.raises(HarvesterError, match="--force"):
        restore(filled, made.file)
    assert content(filled) == changed
    with lock(filled, "run"), pytest.raises(LockHeld):
        restore(filled, made.file, force=True)
    assert content(filled) == changed
    restore(filled, made.file, force=True)
    assert content(filled) == before, "also on connections that were open all the time"


@both_databases
def test_a_backup_never_replaces_a_file(filled: Engine, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(HarvesterError, match="already"):
        backup(filled, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


@both_databases
def test_a_backup_of_a_newer_schema_is_refused(filled: Engine, tmp_path: Path) -> None:
    with write(filled) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999 is newer"):
        backup(filled, tmp_path / "newer")
    with write(filled) as db:
        db.execute(text(f"UPDATE alembic_version SET version_num = '{schema.REVISIONS[-1]}'"))
    made = backup(filled, tmp_path / "newer")
    before = content(filled)
    _rename_schema(filled, made.file)
    with pytest.raises(StoreError, match=r"has the schema 9999, which is newer"):
        restore(filled, made.file, force=True)
    assert content(filled) == before


def _rename_schema(store: Engine, file: Path) -> None:
    if store.dialect.name == "sqlite":
        with closing(sqlite3.connect(file)) as db, db:
            db.execute("UPDATE alembic_version SET version_num = '9999'")
        return
    with write(store) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    address = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_dump", "--format=custom", f"--file={file}", address], check=True)
    with write(store) as db:
        db.execute(text(f"UPDATE alembic_version SET version_num = '{schema.REVISIONS[-1]}'"))


@both_databases
@pytest.mark.parametrize("harm", ["cut", "page", "text", "gone", "foreign"])
def test_a_file_that_is_no_sound_backup_is_named_and_changes_nothing(filled: Engine, tmp_path: Path, harm: str) -> None:
    file = backup(filled, tmp_path / "one").file
    before = content(filled)
    if harm == "cut":
        os.truncate(file, file.stat().st_size * 2 // 3)
    elif harm == "page":
        with file.open("r+b") as opened:
            opened.seek(file.stat().st_size // 2)
            opened.write(b"\xff" * 6000)
    elif harm == "text":
        file.write_text("CREATE TABLE papers;")
    elif harm == "gone":
        file.unlink()
    else:
        file.unlink()
        with closing(sqlite3.connect(file)) as db, db:
            db.execute("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(HarvesterError, match=str(file)):
        restore(filled, file, force=True)
    assert content(filled) == before


def test_an_archive_of_postgresql_does_not_fit_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "archive"
    file.write_bytes(b"PGDMP of something")
    store = connect(f"sqlite:///{tmp_path}/store.db")
    with pytest.raises(HarvesterError, match="archive is a PostgreSQL archive; name a PostgreSQL database"):
        restore(store, file)


@both_databases
def test_backup_while_others_write(filled: Engine, tmp_path: Path) -> None:
    """Each backup is consistent: it contains a run and its report together, or neither."""
    stop, begun = threading.Event(), threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with write(filled) as db:
                for half in ("arxiv:9901.", "arxiv:9902."):
                    record(db, [Sighting(ARXIV, Paper((f"{half}{number:05}",), f"{half}{number}"))], datetime.now(UTC))
            begun.set()
            stop.wait(0.05)  # a store that grew as fast as it can would take minutes to compare

    writer = threading.Thread(target=work)
    writer.start()
    begun.wait(30)
    try:
        made = [backup(filled, tmp_path / str(n)).file for n in range(3)]
    finally:
        stop.set()
        writer.join()
    after = content(filled)
    for file in made:
        restore(filled, file, force=True)
        names = [row["name"] for row in content(filled)["identifiers"]]
        assert len([name for name in names if name.startswith("arxiv:9901.")]) == len(
            [name for name in names if name.startswith("arxiv:9902.")]
        )
        assert {row["number"] for row in content(filled)["papers"]} <= {row["number"] for row in after["papers"]}


def test_the_commands(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    made = room.json("db", "backup", "one.db")
    assert made["bytes"] == (tmp_path / "one.db").stat().st_size
    assert room.json("db", "restore", "one.db")["after"] == schema.REVISIONS[-1]
    assert "already" in room.run("db", "backup", "one.db", status=1)
    assert "nowhere.db" in room.run("db", "restore", "nowhere.db", status=1)


def test_users_told_apart_by_case_all_keep_an_account(tmp_path: Path) -> None:
    file = golden(tmp_path, "0001")
    _migrate(file, "0012")
    names = ("\u00c9mile", "\u00e9mile", "E\u0301MILE", "\u00e9mile-2")
    with closing(sqlite3.connect(file)) as db:
        db.execute("DELETE FROM users")
        rows = [(name, "reviewer", f"hash {name}", "2025-06-12 23:30:00") for name in names]
        db.executemany("INSERT INTO users (name, role, password, joined) VALUES (?, ?, ?, ?)", rows)
        db.commit()
    store = connect(f"sqlite:///{tmp_path}/store.db")
    restore(store, file)
    with read(store) as db:
        found = {user.name: user.password for user in all_users(db)}
        assert {user_named(db, name.upper()) for name in found} == set(all_users(db))
    assert set(found.values()) == {f"hash {name}" for name in names}
    assert set(found) == {"\u00c9mile", "\u00e9mile-2", "\u00e9mile-3", "\u00c9MILE-4"}


def killed_at(store: Engine, report: int) -> int:
    """Migrate the store in a process of its own, killed at this report of progress; returns how the process ended."""
    store.dispose()
    if not (child := os.fork()):
        schema.upgrade(connect(store.url.render_as_string(hide_password=False)), kill_at(report))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(report: int) -> Callable[[str, int, int | None], None]:
    reports = count(1)

    def watch(*_: object) -> None:
        if next(reports) == report:
            os.kill(os.getpid(), signal.SIGKILL)

    return watch


def at_the_first_release(url: str, tmp_path: Path) -> Engine:
    """A store of revision 0001 with rows in it."""
    old = connect(f"sqlite:///{golden(tmp_path, '0001')}")
    if url.startswith("sqlite"):
        return old
    store = connect(url)
    _migrate_engine(store, "0001")
    tables = MetaData()
    tables.reflect(old)
    with read(old) as source, write(store) as db:
        for table in (table for table in tables.sorted_tables if table.name != "alembic_version"):
            if rows := source.execute(select(table)).mappings().all():
                db.execute(insert(table), [dict(row) for row in rows])
    old.dispose()
    return store


def test_an_upgrade_that_is_killed_at_any_step_leaves_the_store_as_it_was(bare_url: str, tmp_path: Path) -> None:
    (tmp_path / "undisturbed").mkdir()
    undisturbed = connect(f"sqlite:///{golden(tmp_path / 'undisturbed', '0001')}")
    schema.upgrade(undisturbed)
    store = at_the_first_release(bare_url, tmp_path)
    found: list[str | None] = []
    while killed_at(store, len(found) + 1) == -signal.SIGKILL:
        found.append(schema.revision(store))
    assert len(found) > len(schema.REVISIONS)
    assert found == ["0001"] * (len(found) - 1) + [schema.REVISIONS[-1]], "the last report is of what is done"
    assert {table: len(rows) for table, rows in content(store).items()} == {
        table: len(rows) for table, rows in content(undisturbed).items()
    }
    store.dispose()


def test_an_upgrade_tells_how_far_it_is(bare_url: str, tmp_path: Path) -> None:
    """Every stage that takes long on 200,000 papers, in this order and to its end."""
    store, told = at_the_first_release(bare_url, tmp_path), dict[str, tuple[int, int | None]]()
    upgrade(store, tmp_path / "backups", lambda stage, *far: told.update({stage: far}))
    whole = ["backing up the store", "verifying the backup", "waiting for another upgrade"]
    whole += ["migrating the store", "committing"]
    assert [stage for stage in told if stage in whole] == whole
    assert told.keys() - whole == {
        "indexing texts", "joining labels of predictions", "joining labels of decisions", "titles"
    }  # fmt: skip
    assert told["migrating the store"] == (len(schema.REVISIONS), len(schema.REVISIONS))
    assert [stage for stage, (done, total) in told.items() if done != total] == []
    store.dispose()


@pytest.mark.parametrize("bare_url", ["postgresql"], indirect=True)
def test_the_text_index_that_an_earlier_upgrade_made_is_made_anew(bare_url: str) -> None:
    """At 0005, which no longer makes it on PostgreSQL."""
    store, made = connect(bare_url), text("SELECT count(*) FROM pg_indexes WHERE indexname = 'papers_text'")
    _migrate_engine(store, "0009")
    with write(store) as db:
        assert db.execute(made).scalar_one() == 0
        db.execute(text("CREATE INDEX papers_text ON papers USING gin (to_tsvector('english', title))"))
    schema.upgrade(store)
    with read(store) as db:
        assert db.execute(made).scalar_one() == 1
    store.dispose()


def test_an_upgrade_backs_up_first(bare_url: str, tmp_path: Path) -> None:
    store = at_the_first_release(bare_url, tmp_path)
    (tmp_path / "backups").mkdir()
    left = tmp_path / "backups" / ".before.db.x.part"
    left.write_text("what a killed one left")
    os.utime(left, (0, 0))
    done = upgrade(store, tmp_path / "backups")
    assert done.backup is not None
    assert list((tmp_path / "backups").iterdir()) == [done.backup.file]
    assert (done.before, revision_in(done.backup.file)) == ("0001", "0001")
    assert done.backup.file.stat().st_mode & 0o077 == 0
    assert upgrade(store, tmp_path / "backups").backup is None, "it is up to date"
    store.dispose()


def test_an_upgrade_whose_backup_fails_changes_nothing(tmp_path: Path) -> None:
    store = at_the_first_release("sqlite", tmp_path)
    (tmp_path / "backups").write_text("a file")
    with pytest.raises(HarvesterError, match="no backup was made"):
        upgrade(store, tmp_path / "backups")
    assert schema.revision(store) == "0001"


@both_databases
def test_a_restore_keeps_what_it_replaces(filled: Engine, tmp_path: Path) -> None:
    before = content(filled)
    empty = connect(f"sqlite:///{tmp_path}/empty.db")
    schema.upgrade(empty)
    backup(empty, tmp_path / "nothing.db")
    for number in (1, 2):
        _, kept = restore(filled, tmp_path / "nothing.db", force=True, aside=tmp_path / "backups")
        assert kept is not None
        assert kept.name.startswith("before-restore-2" if number == 2 else "before-restore.")
    restore(filled, next((tmp_path / "backups").glob("before-restore.*")), force=True)
    assert content(filled) == before


def test_a_damaged_store_is_set_aside_as_it_is(tmp_path: Path) -> None:
    damaged, whole = (connect(f"sqlite:///{tmp_path}/{name}.db") for name in ("damaged", "whole"))
    for store in (damaged, whole):
        schema.upgrade(store)
        store.dispose()
    backup(whole, tmp_path / "whole-backup.db")
    with (tmp_path / "damaged.db").open("r+b") as file:
        file.seek(-4096, os.SEEK_END)
        file.write(b"\xff" * 4096)
    before = (tmp_path / "damaged.db").read_bytes()
    (tmp_path / "in the way").write_text("a file")
    with pytest.raises(HarvesterError, match=r"in the way.*nothing was restored"):
        restore(damaged, tmp_path / "whole-backup.db", force=True, aside=tmp_path / "in the way")
    _, kept = restore(damaged, tmp_path / "whole-backup.db", force=True, aside=tmp_path / "backups")
    assert kept is not None
    assert kept.read_bytes() == before
    assert kept.stat().st_mode & 0o077 == 0, "it holds people's addresses"
    assert schema.revision(damaged) == schema.REVISIONS[-1]


def test_the_commands_say_where_the_backup_is(tmp_path: Path) -> None:
    room = Room.make(tmp_path, store=f"sqlite:///{golden(tmp_path / 'data', '0001')}")
    left = tmp_path / "data" / "backups" / f"before-{schema.REVISIONS[-1]}.db"
    left.parent.mkdir()
    golden(left.parent, "0001").rename(left)
    upgraded = room.run("db", "upgrade").splitlines()
    (made,) = set(left.parent.iterdir()) - {left}
    assert upgraded[1].endswith(str(made))
    assert "by earlier attempts, which were stopped" in upgraded[2]
    assert upgraded[3:] == [f"    {left}"], "a killed upgrade leaves its backup"
    assert str(tmp_path / "data" / "backups" / "before-restore.db") in room.run("db", "restore", str(made), "--force")
    assert room.json("db", "restore", str(made), "--force", "--no-backup")["backup"] is None
