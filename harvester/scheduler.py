"""The long-running scheduler: starts each due job in its own process.

APScheduler's defaults would drop a job that is a second late and start a second copy of one that is still running.
Here a late job runs however late it is, missed runs are made up once, and the job runs recorded in the store ensure
that each job is done once, whatever else is running. One process per job: a leak or a crash stays out of the scheduler.
"""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from harvester.base.cron import next_due
from harvester.base.errors import StoreError
from harvester.config.schedule import JOBS
from harvester.services.operations.job_runs import overdue
from harvester.services.workspace import Workspace

log = logging.getLogger(__name__)
SWEEP = timedelta(minutes=5)  # how often to look for missed jobs: downtime, a killed process, a corrected clock
GRACE = 60.0  # seconds that running jobs get to finish; one that is stopped runs again and resumes
JOB_DEFAULTS = {
    "misfire_grace_time": None,  # never too late
    "coalesce": True,  # several missed times are made up once
    "max_instances": 1,
}


class WallClock(BaseTrigger):  # type: ignore[misc]  # APScheduler is untyped
    """Fires when a cron expression is due by the wall clock of a time zone; see `harvester.base.cron`."""

    def __init__(self, cron: str, zone: str) -> None:
        self._cron, self._zone = cron, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The time after the previous one, else after now."""
        return next_due(self._cron, self._zone, previous_fire_time or now)


class JobProcesses:
    """The processes of the running jobs."""

    def __init__(self, command: Callable[[str], Sequence[str]]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._closed = False

    def do(self, name: str) -> None:
        """Run a job in a process, and wait for it."""
        with self._lock:
            if self._closed:
                return
            # A session of its own: Ctrl-C at a terminal is for the scheduler alone, which then waits for the job.
            process = subprocess.Popen(self._command(name), stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
            self._running[process.pid] = process
        status = process.wait()
        with self._lock:
            del self._running[process.pid]
        log.info("%s ended with status %s", name, status)

    def close(self, grace: float) -> bool:
        """Start no more jobs, and wait for the running ones; those not done in time are stopped.

        Returns:
            True if all of them finished.
        """
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        deadline = time.monotonic() + grace
        late = [process for process in running if not _ends(process, deadline)]
        for process in late:
            process.terminate()  # what it has done is kept, and its job run is still open
        return not late


def _ends(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


class MissedJobSweep:
    """Looks for missed jobs from time to time, and runs them."""

    def __init__(self, ws: Workspace, processes: JobProcesses) -> None:
        self._ws, self._processes = ws, processes
        self.well = False

    def sweep(self) -> None:
        """Run every job that is overdue."""
        try:
            found = overdue(self._ws)
            self.well = True
        except StoreError as error:  # the store may come back: the next sweep asks again soon
            log.warning("%s", error)
            self.well = False
            return
        for name in found:
            self._processes.do(name)


def job_command(config: Path, debug: bool) -> Callable[[str], Sequence[str]]:
    """The command line that does one job if it is due."""
    common = ["--config", str(config.absolute()), *(["--debug"] if debug else [])]
    return lambda name: [sys.executable, "-m", "harvester", "schedule", "--once", name, *common]


def build(ws: Workspace, processes: JobProcesses, sweep: MissedJobSweep) -> Any:
    """A scheduler with all jobs that are turned on, and the sweep; not started yet."""
    chosen = ws.settings.schedule
    jobs = {name: cron for name in JOBS if (cron := chosen.expression(name))}
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a sweep that is still running is no reason to warn
    workers = {"default": ThreadPoolExecutor(len(jobs) + 1)}  # one each: none waits for another
    scheduler = BackgroundScheduler(timezone=UTC, executors=workers, job_defaults=JOB_DEFAULTS)
    for name, cron in jobs.items():
        scheduler.add_job(processes.do, WallClock(cron, chosen.timezone), args=(name,), id=name)
    scheduler.add_job(sweep.sweep, IntervalTrigger(seconds=SWEEP.total_seconds()), next_run_time=datetime.now(UTC))
    return scheduler


@contextmanager
def working(ws: Workspace, config: Path, *, debug: bool = False) -> Iterator[Callable[[], bool]]:
    """Run the scheduler while the block lasts; yields a function that tells whether it works."""
    processes = JobProcesses(job_command(config, debug))
    sweep = MissedJobSweep(ws, processes)
    scheduler = build(ws, processes, sweep)
    scheduler.start()
    try:
        yield lambda: bool(scheduler.running) and sweep.well
    finally:
        scheduler.shutdown(wait=False)
        if not processes.close(GRACE):
            log.warning("A job was stopped before its end; it resumes at the next start.")


def wait_for_stop() -> None:
    """Wait for SIGTERM or Ctrl-C; a second one ends the process at once."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    stopped.wait()
