"""The Ray engine on a cluster of two nodes, one worker each, with PostgreSQL: it decides as the local engine does."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from harvester.store import schema
from harvester.store.engine import write
from harvester.store.tables import predictions
from tests.conftest import ROOT
from tests.room import Room
from tests.room.snapshot import records
from tests.room.snapshot import write as write_snapshot
from tests.services.backfilling import Held, held, opened, run_apart, url_of

RAY = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1", "--disable-usage-stats"]
AT_WORK = (
    "ray::Map",
    "ray::FlatMap",
)  # Ray's names for a backfill's work on the nodes; a cluster has actors of its own
MARK = "TEST_MARK"
pytestmark = pytest.mark.long
CLUSTER = uuid.uuid4().hex


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def node(folder: Path, name: str, *arguments: str) -> Iterator[None]:
    """A node of a cluster, until the block ends."""
    with (folder / f"{name}.log").open("w") as log:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), MARK: CLUSTER}
        process = subprocess.Popen([*RAY, *arguments], stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            while "will now block forever" not in (folder / f"{name}.log").read_text():
                assert process.poll() is None, (folder / f"{name}.log").read_text()
                time.sleep(0.1)  # Ray gives its own start 30 seconds, and needs the processor for it
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # to end in good order takes Ray a quarter of a minute
            process.wait(timeout=60)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, address = tmp_path_factory.mktemp("cluster"), f"127.0.0.1:{free_port()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", uuid.uuid4().hex)
        head = ("--head", f"--port={address.rpartition(':')[2]}", "--include-dashboard=false")
        with node(folder, "head", *head), node(folder, "second", f"--address={address}"):
            yield address


def of_mark(mark: str) -> list[str]:
    """The names of processes with this mark, which children inherit; Ray names a worker after its work."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip())
    return [name for name in found if name]  # a zombie has none


def wait_for_none(mark: str, *beginnings: str) -> None:
    """Wait until the last process of a mark whose name has one of these beginnings has ended."""

    def left() -> list[str]:
        return [name for name in of_mark(mark) if name.startswith(beginnings or "")]

    for _ in range(600):
        if not left():
            return
        time.sleep(0.1)
    pytest.fail(f"These are still running: {left()}")


def assert_same(ours: Held, theirs: Held) -> None:
    """Check equality except for the last digits of numbers, which depend on the order of summation."""
    assert ours.papers == theirs.papers
    assert ours.labels == theirs.labels
    assert ours.queue.keys() == theirs.queue.keys()
    assert ours.progress == theirs.progress
    assert ours.scopes == pytest.approx(theirs.scopes, abs=1e-4)
    assert ours.probabilities == {
        name: pytest.approx(values, abs=1e-4) for name, values in theirs.probabilities.items()
    }


@pytest.fixture
def there(tmp_path: Path, store_url: str, undisturbed: tuple[Room, dict[str, Any]]) -> Room:
    with opened(store_url) as store:
        schema.upgrade(store)
    made = Room.make(tmp_path, "http://127.0.0.1:1", store_url)
    shutil.copy(undisturbed[0].folder / "snapshot.jsonl", made.folder)
    return made


@pytest.mark.timeout(600)  # Ray alone takes minutes to start on a machine that is busy
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_cluster_decides_as_one_process_does_and_kill_9_costs_nothing(
    cluster: str, python: Path, there: Room, store_url: str, undisturbed: tuple[Room, dict[str, Any]]
) -> None:
    """The process that started the work dies during a commit; the nodes keep running, but no longer for it."""
    here, report = undisturbed
    command = ("backfill", "snapshot.jsonl", "--engine", "ray", "--address", cluster)
    run_apart(there, python, *command, status=-signal.SIGKILL, kill_at=3)
    wait_for_none(CLUSTER, *AT_WORK)
    assert [row[3] for row in held(store_url).progress] == [16]
    resumed(run_apart(there, python, *command), report)
    before = held(store_url)
    assert_same(held(url_of(here)), before)
    with opened(store_url) as store, write(store) as db:
        db.execute(delete(predictions).where(predictions.c.scope > 0.9))
        gone = len(before.papers) - len(db.execute(select(predictions)).all())
    done = run_apart(there, python, "rescore", "--engine", "ray", "--address", cluster)
    assert (done["papers"], done["in_scope"], done["queued"]) == (gone, gone, 0)
    assert_same(held(store_url), before)


@pytest.mark.soak
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_kill_9_takes_the_ray_of_this_machine_along(
    there: Room, store_url: str, undisturbed: tuple[Room, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    command = ("backfill", "snapshot.jsonl", "--engine", "ray")
    run_apart(there, Path(sys.executable), *command, status=-signal.SIGKILL, kill_at=3)
    wait_for_none(mark)
    assert [row[3] for row in held(store_url).progress] == [16]
    resumed(run_apart(there, Path(sys.executable), "backfill", "snapshot.jsonl"), undisturbed[1])  # by the other engine
    assert_same(held(store_url), held(url_of(undisturbed[0])))


def resumed(again: dict[str, Any], whole: dict[str, Any]) -> None:
    """The report of the second session: it resumed, and is otherwise the same as a single session's."""
    assert again == {**whole, "resumed_at": 16, "seconds": again["seconds"]}


def test_a_cluster_that_wants_its_token_says_so(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    path = write_snapshot(tmp_path / "snapshot.jsonl", records()[:1])
    monkeypatch.setenv("RAY_AUTH_TOKEN", uuid.uuid4().hex)
    with room.start("backfill", path.name, "--dry-run", "--engine", "ray", "--address", cluster) as process:
        _, said = process.communicate(timeout=240)
    assert process.returncode == 1
    assert "RAY_AUTH_TOKEN" in said
