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
from harvester.services.operations.job_runs import JOBS, expression, overdue
from harvester.services.workspace import Workspace

log = logging.getLogger(__name__)
SWEEP = timedelta(minutes=5)  # how often to look for what was missed: downtime, a killed process, a clock set right
GRACE = 60.0  # seconds that jobs at work may take to end; one that is cut off is done again, from where it was
JOB_DEFAULTS = {
    "misfire_grace_time": None,  # never too late
    "coalesce": True,  # of several missed times one is made up
    "max_instances": 1,
}


class WallClock(BaseTrigger):  # type: ignore[misc]  # APScheduler is untyped
    """Fires when a cron expression is due by the wall clocks of a time zone: see `harvester.base.cron`."""

    def __init__(self, cron: str, zone: str) -> None:
        self._cron, self._zone = cron, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The time after the previous one, else after now."""
        return next_due(self._cron, self._zone, previous_fire_time or now)


class JobProcesses:
    """The processes of the jobs at work."""

    def __init__(self, command: Callable[[str], Sequence[str]]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._at_work: dict[int, subprocess.Popen[bytes]] = {}
        self._closed = False

    def do(self, name: str) -> None:
        """Have a job done, and wait for it."""
        with self._lock:
            if self._closed:
                return
            # A session of its own: Ctrl-C at a terminal is for the scheduler alone, which then waits for the job.
            process = subprocess.Popen(self._command(name), stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
            self._at_work[process.pid] = process
        status = process.wait()
        with self._lock:
            del self._at_work[process.pid]
        log.info("%s ended with status %s", name, status)

    def close(self, grace: float) -> bool:
        """Start nothing more, and wait for the running jobs; those not done in time are told to stop.

        Returns:
            True where all of them came to their end.
        """
        with self._lock:
            self._closed = True
            left = list(self._at_work.values())
        deadline = time.monotonic() + grace
        late = [one for one in left if not _ends(one, deadline)]
        for one in late:
            one.terminate()  # what it has done is kept, and its turn is still open
        return not late


def _ends(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


class MissedJobSweep:
    """Looks, now and again, for what was missed, and has it done."""

    def __init__(self, ws: Workspace, crew: JobProcesses) -> None:
        self._ws, self._crew = ws, crew
        self.well = False

    def sweep(self) -> None:
        """Have everything done that is overdue."""
        try:
            found = overdue(self._ws)
            self.well = True
        except StoreError as error:  # it may come back: this is asked again soon
            log.warning("%s", error)
            self.well = False
            return
        for name in found:
            self._crew.do(name)


def job_command(config: Path, debug: bool) -> Callable[[str], Sequence[str]]:
    """The command line that does one job if it is due."""
    common = ["--config", str(config.absolute()), *(["--debug"] if debug else [])]
    return lambda name: [sys.executable, "-m", "harvester", "schedule", "--once", name, *common]


def build(ws: Workspace, crew: JobProcesses, watchman: MissedJobSweep) -> Any:
    """A scheduler with all jobs that are turned on, and the watchman; not started yet."""
    chosen = ws.settings.schedule
    jobs = {name: cron for name in JOBS if (cron := expression(chosen, name))}
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a sweep is still at work is nothing to warn of
    workers = {"default": ThreadPoolExecutor(len(jobs) + 1)}  # one for each: none waits for another
    scheduler = BackgroundScheduler(timezone=UTC, executors=workers, job_defaults=JOB_DEFAULTS)
    for name, cron in jobs.items():
        scheduler.add_job(crew.do, WallClock(cron, chosen.timezone), args=(name,), id=name)
    scheduler.add_job(watchman.sweep, IntervalTrigger(seconds=SWEEP.total_seconds()), next_run_time=datetime.now(UTC))
    return scheduler


@contextmanager
def working(ws: Workspace, config: Path, *, debug: bool = False) -> Iterator[Callable[[], bool]]:
    """Schedule for as long as the block lasts; gives the answer to "does it work?"."""
    crew = JobProcesses(job_command(config, debug))
    watchman = MissedJobSweep(ws, crew)
    scheduler = build(ws, crew, watchman)
    scheduler.start()
    try:
        yield lambda: bool(scheduler.running) and watchman.well
    finally:
        scheduler.shutdown(wait=False)
        if not crew.close(GRACE):
            log.warning("A job was cut off; it is taken up again at the next start.")


def until_told() -> None:
    """Wait for SIGTERM or Ctrl-C; the second one ends the process at once."""
    told = threading.Event()

    def tell(_signal: int, _frame: FrameType | None) -> None:
        told.set()
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, signal.SIG_DFL)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, tell)
    told.wait()
