"""`harvester schedule` as real processes: several on one store, killed, told to stop, and monitored."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from harvester.config.settings import load_settings
from harvester.domain.job_runs import JobRun
from harvester.services.operations.job_runs import overdue
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.store import schema
from harvester.store.engine import connect, read
from harvester.store.job_runs import newest_job_runs
from tests.conftest import Upstream, both_databases
from tests.room import Room, free_port

BEFORE, AFTER = (
    "2025-06-12T03:00:00Z",
    "2025-06-13T03:00:00Z",
)  # three hours after the announcement, when no news means that there is none
SCHEDULE = """
[schedule]
run = "30 2 * * *"
backup = "0 1 * * *"
digest = ""
morning = ""
audit = ""
"""
SLOWLY = {"match": "/", "kind": "drip", "seconds": 0.5, "count": -1}


def prepared(folder: Path, upstream: str, store: str = "") -> Room:
    """A folder whose scheduler had its first look the day before; the night finds nothing, so no model is loaded."""
    made = Room.make(folder, upstream, store, harvest={"feeds": []})
    config = made.config.read_text().replace("min_interval = 0.0", 'min_interval = 0.0\nquery = "all:zyzzyva"')
    config = config.replace('queries = ["cardiac", "ECG"]', "enabled = false")
    made.config.write_text(config + SCHEDULE)
    settings = load_settings(made.config)
    engine = connect(settings.store_url)
    schema.upgrade(engine)
    first = datetime.fromisoformat(BEFORE)
    assert overdue(Workspace(settings, engine, taxonomy_of(settings), lambda: first)) == {}
    engine.dispose()
    return made


@contextmanager
def scheduler(room: Room, now: str = AFTER) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running scheduler and where it answers."""
    mine = Room(room.folder, {**room.environment, "HARVESTER_SCHEDULE__PORT": str(free_port())})
    with mine.start("schedule", "--json", now=now) as process:
        try:
            assert process.stdout is not None
            yield json.loads("".join(process.stdout.readline() for _ in range(3)))["url"], process
        finally:
            process.kill()


def job_run(room: Room, name: str = "run") -> JobRun | None:
    engine = connect(load_settings(room.config).store_url)
    try:
        with read(engine) as db:
            return newest_job_runs(db).get(name)
    finally:
        engine.dispose()


def wait_for(what: Callable[[], Any], seconds: float = 200) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
    return found


def done(room: Room, name: str) -> bool:
    now = job_run(room, name)
    return now is not None and now.attempts > 0 and now.ended is not None


@both_databases
def test_two_schedulers_and_two_cron_jobs_do_each_job_once(tmp_path: Path, upstream: Upstream, store_url: str) -> None:
    room = prepared(tmp_path, upstream.url, store_url)
    upstream.control(faults=[SLOWLY])
    with ExitStack() as all_of_them:
        (address, _), (_, _) = (all_of_them.enter_context(scheduler(room)) for _ in range(2))
        crons = [all_of_them.enter_context(room.start("schedule", "--once", "--json", now=AFTER)) for _ in range(2)]
        by_cron = [job_run for process in crons for job_run in json.loads(process.communicate(timeout=240)[0])]
        wait_for(lambda: done(room, "run") and done(room, "backup"))
        wait_for(lambda: requests.get(f"{address}/readyz", timeout=60).json() == {"status": "ready", "lacks": []})
        assert requests.get(f"{address}/healthz", timeout=60).json() == {"status": "ok"}
        figures = requests.get(f"{address}/metrics", timeout=60).text
    assert len(room.json("runs")) == 1
    assert len(list((room.folder / "data" / "backups").iterdir())) == 1
    assert len(by_cron) <= 2
    assert 'harvester_last_run_state{state="ok"} 1.0' in figures
    assert 'harvester_source_state{source="arxiv",state="waiting"} 1.0' in figures
    assert 'harvester_job_failed{scheduled_job="run"} 0.0' in figures
    assert "process_resident_memory_bytes" in figures


def test_sigkill_in_the_middle_of_a_job(tmp_path: Path, upstream: Upstream, store_url: str) -> None:
    room = prepared(tmp_path, upstream.url, store_url)
    upstream.control(faults=[{**SLOWLY, "seconds": 30}])
    with room.start("schedule", "--once", "run", now=AFTER) as process:
        wait_for(upstream.log)
        process.kill()
    cut_off = job_run(room)
    assert cut_off
    assert (cut_off.attempts, cut_off.ended) == (1, None)
    upstream.control(faults=[])
    (again,) = room.json("schedule", "--once", "run", now=AFTER)
    assert (again["job"], again["state"]) == ("run", "ok")
    assert [run["state"] for run in room.json("runs")] == ["ok", "killed"]


def test_sigterm_lets_the_job_at_work_end(tmp_path: Path, upstream: Upstream) -> None:
    room = prepared(tmp_path, upstream.url)
    upstream.control(faults=[{**SLOWLY, "seconds": 2}])
    with scheduler(room) as (_, process):
        wait_for(upstream.log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(200) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert done(room, "run")
    assert [run["state"] for run in room.json("runs")] == ["ok"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--once", "dance"), "There is no job 'dance'"), (("run",), "only with --once")],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in Room.make(tmp_path, "http://127.0.0.1:1").run("schedule", *arguments, status=2)


def test_a_job_that_is_named_but_turned_off_is_not_silently_skipped(tmp_path: Path) -> None:
    """A cron line that named it said every month that nothing was due."""
    said = Room.make(tmp_path, "http://127.0.0.1:1", schedule={"train": ""}).run("schedule", "--once", "train")
    assert said == "train: turned off; give [schedule] train a time.\n0 jobs were due.\n"


@pytest.mark.parametrize(
    ("key", "value"), [("RUN", "at night"), ("TIMEZONE", "Mars/Olympus"), ("BACKUP", "0 0 31 2 *")]
)
def test_a_wrong_schedule_is_named(tmp_path: Path, key: str, value: str) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    said = Room(room.folder, {f"HARVESTER_SCHEDULE__{key}": value}).run("schedule", "--once", status=2)
    assert f"schedule.{key.lower()}" in said
    assert value in said
