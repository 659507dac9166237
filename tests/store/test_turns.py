"""Turns at the store's locks: first come, first served, among threads and among processes, and kept by nobody."""

import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, text

from harvester.base.errors import LockHeld, StoreBusy
from harvester.base.locks import file_lock
from harvester.services.review.decisions import CATALOG_LOCK, decide_all
from harvester.services.workspace import open_workspace
from harvester.store import turns
from harvester.store.engine import connect, open_store, write
from harvester.store.locks import lock
from harvester.store.turns import turn
from tests.conftest import ROOT, both_databases
from tests.room import Room

THREADS, EACH = 8, 20
EACH_OF_FEW = 4  # where each opens a connection for its lock
# A process that wants the lock once, and notes in the diary that it has it.
ASK = """
import os, sys
from harvester.store.engine import connect
from harvester.store.locks import lock
with lock(connect(sys.argv[1]), "catalogue", wait=True):
    os.write(os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT), b"other\\n")
"""
# A process that forks while one of its threads holds a turn and another waits for it; the child gets one of its own.
FORK = """
import os, sys, threading
from harvester.store import turns
from harvester.store.engine import connect
store = connect(sys.argv[1])
end = threading.Event()
def hold():
    with turns.turn(store, "write", 60):
        end.wait()
threads = [threading.Thread(target=hold) for _ in range(2)]
for thread in threads:
    thread.start()
while not turns._queues or len(*turns._queues.values()) < 2:
    pass
if (child := os.fork()) == 0:
    with turns.turn(store, "write", 0):
        os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
end.set()
for thread in threads:
    thread.join()
with turns.turn(store, "write", 0):
    print("free")
"""

# Four reviewers of one paper in one process, who defer it and take that back.
MANY = """
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from harvester.services.review.decisions import decide_all
from harvester.services.workspace import open_workspace
ws = open_workspace(Path(sys.argv[1]))
def work(order):
    for step in range(6):
        action = "defer" if step % 2 == 0 else "undo"
        (done,) = decide_all(ws, action, ["2506.00001"], f"reviewer{order}", f"note {os.getpid()} {order} {step}", {})
        assert not done.error, done.error
with ThreadPoolExecutor(4) as threads:
    list(threads.map(work, range(4)))
"""


@pytest.fixture
def store(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path}/harvester.db")


class Diary:
    """Who came to each queue and who was served there, in order."""

    def __init__(self) -> None:
        self.came: dict[str, list[str]] = defaultdict(list)
        self.served: dict[str, list[str]] = defaultdict(list)


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    found, join, local = Diary(), turns._join, threading.local()

    def joined(queue: turns.Queue, mine: Event) -> None:
        with turns._guard:
            join(queue, mine)
            found.came[local.name].append(threading.current_thread().name)

    @contextmanager
    def noted(store: Engine, name: str, patience: float) -> Iterator[float]:
        local.name = name
        with turn(store, name, patience) as left:
            found.served[name].append(threading.current_thread().name)
            yield left

    monkeypatch.setattr("harvester.store.turns._join", joined)
    for module in ("engine", "locks"):
        monkeypatch.setattr(f"harvester.store.{module}.turn", noted)
    return found


def until(happened: Callable[[], bool]) -> None:
    while not happened():
        Event().wait(0.001)


def queued(store: Engine, name: str, work: Callable[[str], object]) -> list[Thread]:
    """Threads that wait for a turn: each began after the one before had joined the queue."""
    threads = [Thread(target=work, args=[f"{order}"], daemon=True) for order in range(THREADS)]
    for thread in threads:
        thread.start()
        until(lambda: length(store, name) == 2 + threads.index(thread))  # noqa: B023 - the holder is in it, too
    return threads


def length(store: Engine, name: str) -> int:
    return len(turns._queues.get((store.url.render_as_string(), name), ()))


def joined(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "it still waits"


def test_writers_are_served_in_the_order_in_which_they_came(store: Engine) -> None:
    served: list[str] = []

    def work(name: str) -> None:
        with write(store):
            served.append(name)

    with write(store):
        threads = queued(store, "write", work)
        assert served == []
    joined(threads)
    assert served == [f"{order}" for order in range(THREADS)]


@both_databases
def test_reviewers_who_decide_at_once_take_turns(room: Room, diary: Diary) -> None:
    """Nobody is ever overtaken, neither at the catalog's lock nor at a transaction, and no decision is lost."""
    ws, each = room.ws, EACH if room.ws.store.dialect.name == "sqlite" else EACH_OF_FEW
    for order in range(THREADS):
        room.paper(f"Hearts {order}")

    def work(order: int) -> None:
        for step in range(each):
            action = "accept" if step % 2 == 0 else "undo"
            (done,) = decide_all(ws, action, [f"2506.{order + 1:05}"], f"reviewer{order}", "", {})
            assert not done.error, done.error

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))
    assert diary.served == diary.came
    assert len(diary.served[f"lock {CATALOG_LOCK}"]) == THREADS * each
    assert len(set(diary.served["write"])) == THREADS + 1, "those threads, and this one for the papers"
    with ws.store.connect() as db:
        assert db.execute(text("SELECT count(*) FROM decisions")).scalar() == THREADS * each


def test_who_comes_back_at_once_comes_after_those_who_wait(store: Engine, diary: Diary) -> None:
    def work(_: int) -> None:
        for _step in range(EACH):
            with lock(store, CATALOG_LOCK, wait=True), write(store) as db:
                db.execute(text("SELECT 1"))

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))
    assert diary.served == diary.came
    assert len(diary.served["write"]) == THREADS * EACH


def test_threads_do_not_overtake_a_process_that_waits(store: Engine, tmp_path: Path) -> None:
    """Eight threads hand the lock on among themselves; who is next in another process has it before all of them."""
    diary = tmp_path / "diary"

    def work(name: str) -> None:
        with lock(store, CATALOG_LOCK, wait=True), diary.open("a") as noted:
            noted.write(f"{name}\n")

    with lock(store, CATALOG_LOCK, wait=True):
        command = [sys.executable, "-c", ASK, str(store.url), str(diary)]
        other = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)})
        until(lambda: other.poll() is not None or is_next(store))
        threads = queued(store, f"lock {CATALOG_LOCK}", work)
    joined(threads)
    assert other.wait(120) == 0
    assert diary.read_text().split() == ["other", *(f"{order}" for order in range(THREADS))]


def is_next(store: Engine) -> bool:
    """Whether somebody is next at the catalog's lock."""
    try:
        with file_lock(Path(f"{store.url.database}.{CATALOG_LOCK}.next.lock"), wait=False):
            return False
    except LockHeld:
        return True


def test_a_turn_is_given_back_however_it_ends(store: Engine) -> None:
    with pytest.raises(ZeroDivisionError), turn(store, "x", 0):
        _ = 1 / 0
    with turn(store, "x", 0):
        for patience in (0.0, 0.01):
            with pytest.raises(StoreBusy, match="kept busy"), turn(store, "x", patience):
                pass
        assert length(store, "x") == 1, "who gives up leaves the queue"
    with turn(store, "x", 0) as left:
        assert left == 0
    abandoned = turn(store, "x", 0)
    abandoned.__enter__()
    del abandoned  # nobody ends it but the garbage collector
    assert length(store, "x") == 0


def test_who_gives_up_makes_way_for_those_behind(store: Engine) -> None:
    gave_up, served = list[str](), list[str]()

    def work(name: str) -> None:
        with suppress(StoreBusy), turn(store, "x", 0.2 if name == "0" else 120):
            served.append(name)
            return
        gave_up.append(name)

    with turn(store, "x", 0):
        threads = queued(store, "x", work)
        until(lambda: gave_up == ["0"])
    joined(threads)
    assert served == [f"{order}" for order in range(1, THREADS)]


def test_a_lock_that_fails_keeps_no_turn(store: Engine, tmp_path: Path) -> None:
    """Such as one whose file cannot be opened, or that another process holds."""
    (tmp_path / "harvester.db.broken.lock").mkdir()
    for _ in range(2):
        with pytest.raises(Exception, match="Cannot open the lock file"), lock(store, "broken", wait=True):
            pass
    with file_lock(tmp_path / "harvester.db.x.lock", wait=False):
        with pytest.raises(LockHeld), lock(store, "x"):
            pass
        with pytest.raises(StoreBusy), lock(store, "x", wait=True, patience=0.05):
            pass
    assert length(store, "lock x") == length(store, "lock broken") == 0
    with lock(store, "x"):
        pass
    assert not is_next(store)


def test_waiting_for_a_turn_and_for_the_database_together_takes_no_longer_than_the_patience(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has waited for their turn has the rest for the database, which is asked at least once."""
    asked: list[str] = []
    monkeypatch.setattr("harvester.store.engine.BUSY_TIMEOUT", 60.0)
    with write(store) as db:
        asked.append(str(db.execute(text("PRAGMA busy_timeout")).scalar()))
    with store.connect() as db:
        asked.append(str(db.execute(text("PRAGMA busy_timeout")).scalar()))
    assert 59_000 < int(asked[0]) <= 60_000
    assert asked[1] == "60000", "a reader after it has all of it again"
    monkeypatch.setattr("harvester.store.engine.turn", _with_nothing_left)
    other = connect(f"sqlite:///{tmp_path}/harvester.db").connect().execution_options(immediate=True)
    with other, other.begin(), pytest.raises(StoreBusy), write(store):
        pass
    with write(store) as db:
        assert db.execute(text("PRAGMA busy_timeout")).scalar() == 0


@contextmanager
def _with_nothing_left(_store: Engine, _name: str, _patience: float) -> Iterator[float]:
    yield 0.0


def test_a_forked_process_has_no_part_in_its_parents_queues(store: Engine) -> None:
    command = [sys.executable, "-c", FORK, str(store.url)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, capture_output=True)
    assert (done.stdout.decode().split(), done.stderr.decode()) == (["7", "free"], "")


def test_processes_and_threads_on_one_file_all_come_to_their_end(room: Room) -> None:
    """Two processes with four threads each, on one paper: nothing is lost, and nobody waits for somebody who waits."""
    room.decide(room.paper("Hearts"), "reject")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MANY, str(room.config)]
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [(process.communicate(timeout=240)[1], process.returncode) for process in both]
    assert [status for _, status in ended] == [0, 0], ended
    with open_workspace(room.config).store.connect() as db:
        assert db.execute(text("SELECT count(*) FROM decisions")).scalar() == 1 + 2 * 4 * 6
