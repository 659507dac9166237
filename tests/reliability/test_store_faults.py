"""The store fails during a harvest: no stored data is lost, the reason is reported, and the next run recovers."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harvester.base.errors import HarvesterError, StoreError
from harvester.domain.cursors import Cursor
from harvester.services.operations.backup import backup, restore
from harvester.store import schema
from harvester.store.cursors import set_cursor
from harvester.store.engine import connect, write
from harvester.web.app import create_app
from tests.conftest import Upstream, both_databases
from tests.reliability.conftest import Reference
from tests.reliability.ground import MONDAY, Field, Snapshot, snapshot
from tests.reliability.server import postgresql
from tests.room import Room
from tests.store.stores import golden

NOW = "2025-06-12T23:30:00Z"


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A small disk mounted at `folder`; yields a function that remounts it with other options."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "harvester-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        yield lambda options: subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True) and None
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_an_upgrade_that_the_disk_has_no_room_for_does_not_begin(tmp_path: Path) -> None:
    with disk(tmp_path / "small", "40m") as remount:
        file = golden(tmp_path / "small", "0001")
        room = Room.make(tmp_path, store=f"sqlite:///{file}", backup={"dir": str(tmp_path / "small")})
        remount(f"size={(shutil.disk_usage(tmp_path / 'small').used + file.stat().st_size) // 1024}k")
        said = room.run("db", "upgrade", status=1)
        assert re.fullmatch(
            r"Error: The upgrade was not begun: it needs .* on the disk of \S+/small, where .*\.\n", said
        )
        assert schema.revision(connect(f"sqlite:///{file}")) == "0001"
        assert [path.name for path in (tmp_path / "small").glob("before*")] == []
        remount("size=40m")
        assert "(it was 0001)" in room.run("db", "upgrade")


def test_a_full_disk(tmp_path: Path, upstream: Upstream, reference_of: Callable[[str], Reference]) -> None:
    reference = reference_of("arxiv")
    upstream.control(today=MONDAY)
    with disk(tmp_path / "small", "40m") as remount:
        field = Field.make(tmp_path / "small", upstream.url)
        remount(f"size={shutil.disk_usage(tmp_path / 'small').used // 1024 + 60}k")
        with pytest.raises(StoreError, match="disk is full") as caught:
            field.night("arxiv", MONDAY)
        assert "Nothing from this step was kept" in str(caught.value)
        with pytest.raises(HarvesterError, match=r"Cannot back up .*(full|No space)"):
            backup(field.ws.store, tmp_path / "small" / "copy.db")
        assert not list((tmp_path / "small").glob("*copy*"))
        remount("size=40m")
        assert field.night("arxiv", MONDAY).state == "fresh"
        assert field.snapshot() == reference.before
        field.ws.store.dispose()


def test_a_read_only_disk(tmp_path: Path, upstream: Upstream) -> None:
    with disk(tmp_path / "disk", "40m") as remount:
        room = Room.make(tmp_path / "disk", upstream.url)
        room.run("subscribers", "add", "ann@example.org", "--confirmed")
        remount("ro")
        for command in (("run", "--no-digest"), ("subscribers", "remove", "ann@example.org"), ("schedule", "--once")):
            said = room.run(*command, now=NOW, status=1)
            assert "ead-only" in said or "readonly" in said
            assert str(tmp_path / "disk") in said
        remount("rw")
        assert [subscriber["email"] for subscriber in room.json("subscribers", "list")] == ["ann@example.org"]
        room.run("subscribers", "remove", "ann@example.org")


def test_a_killed_database_server(
    tmp_path: Path, upstream: Upstream, reference_of: Callable[[str], Reference], postgres: str
) -> None:
    reference = reference_of("arxiv")
    upstream.control(today=MONDAY)
    with postgresql() as server:
        field = Field.make(tmp_path / "field", upstream.url, store=server.url)
        web = TestClient(create_app(field.ws))
        assert web.get("/readyz").json() == {"status": "ready", "lacks": []}
        with pytest.raises(StoreError, match=rf"The store .*:{server.port}/postgres failed"):
            field.night("arxiv", MONDAY, watch=lambda *_: server.kill())  # once its first page is kept
        assert web.get("/healthz").status_code == 503
        assert web.get("/readyz").json() == {"status": "not ready", "lacks": ["store"]}
        assert "harvester_store_up 0.0" in web.get("/metrics").text
        with pytest.raises(StoreError):
            field.night("arxiv", MONDAY)
        server.start()
        assert field.night("arxiv", MONDAY).state == "fresh"
        assert field.snapshot() == reference.before
        assert web.get("/healthz").status_code == 200
        field.ws.store.dispose()


@both_databases
def test_backup_during_a_harvest_and_restore_elsewhere(
    tmp_path: Path, upstream: Upstream, reference_of: Callable[[str], Reference], store_url: str
) -> None:
    """Papers newer than the backup are requested again: both stores end with the same papers."""
    reference = reference_of("arxiv")
    upstream.control(today=MONDAY)
    field = Field.make(tmp_path / "field", upstream.url, store=store_url)
    some, copied = threading.Event(), threading.Event()

    def wait(_stage: str, _done: int, _total: int | None) -> None:
        """Pause the harvest after its first page until the backup is finished."""
        some.set()
        copied.wait(200)

    night = threading.Thread(target=field.night, args=("arxiv", MONDAY), kwargs={"watch": wait})
    night.start()
    assert some.wait(200)
    made = backup(field.ws.store, tmp_path / "backup")
    copied.set()
    night.join()
    assert field.snapshot() == reference.before
    field.ws.store.dispose()
    other = _elsewhere(tmp_path, upstream, store_url)
    restore(other.ws.store, made.file, force=True)
    half: Snapshot = snapshot(other.ws.store)
    assert half.seen < reference.before.seen
    other.night("arxiv", MONDAY)
    assert other.snapshot() == reference.before
    other.ws.store.dispose()


def _elsewhere(folder: Path, upstream: Upstream, store_url: str) -> Field:
    """Another SQLite file, or the same PostgreSQL database, whose contents are replaced."""
    if store_url.startswith("sqlite"):
        return Field.make(folder / "elsewhere", upstream.url)
    connect(store_url).dispose()
    return Field.make(folder / "elsewhere", upstream.url, store=store_url)


def test_a_wrong_clock(tmp_path: Path, upstream: Upstream) -> None:
    """The fault is reported, no cursor moves, and once the clock is right, the store is as if nothing had happened."""
    field = Field.make(tmp_path / "field", upstream.url)
    wrong = field.night("arxiv", "2025-06-20")
    assert wrong.state == "failed"
    assert "correct this machine's clock" in str(wrong.error)
    assert field.cursor("arxiv").until is None
    right = field.night("arxiv")
    assert right.state == "fresh"
    assert right.window.since == datetime(2025, 6, 9, 23, 30, tzinfo=UTC), "all of the overlap is asked for"
    assert field.cursor("arxiv").until == datetime(2025, 6, 12, 23, 30, tzinfo=UTC)


def test_a_cursor_that_a_wrong_clock_set_is_no_end(tmp_path: Path, upstream: Upstream) -> None:
    field = Field.make(tmp_path / "field", upstream.url)
    with write(field.ws.store) as db:
        set_cursor(db, "huggingface", Cursor(datetime(2031, 1, 1, tzinfo=UTC)))
    night = field.night("huggingface")
    assert night.state == "fresh"
    assert night.window.since == datetime(2025, 6, 9, 23, 30, tzinfo=UTC)
    assert field.night("huggingface", "2025-06-20").state == "failed", "no source concludes anything by such a clock"
    cursor = field.cursor("huggingface").until
    assert cursor == datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
