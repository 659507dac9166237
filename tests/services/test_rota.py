"""Each due time of a job is served once, by a clock that the test moves: missed nights, killed jobs, wrong clocks."""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError, LockHeld, StoreError
from harvester.config.schedule import JOBS
from harvester.domain.job_runs import RETRIES, JobRun
from harvester.scheduler import JobProcesses, MissedJobSweep, build
from harvester.services.operations import job_runs
from harvester.services.operations.job_runs import ATTEMPTS, Job, overdue, perform, perform_all
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.job_runs import newest_job_runs, set_job_run
from harvester.store.locks import lock
from tests.conftest import both_databases
from tests.room import NOWHERE, Room, Sink

SCHEDULE = {
    "timezone": "Europe/Berlin",
    "run": "30 2 * * *",
    "audit": "0 5 * * sun",
    "digest": "",
    "morning": "",
    "backup": "",
    "train": "",
}


class Day:
    """A store, a clock that is moved by hand, and jobs that record their runs."""

    def __init__(self, ws: Workspace, smtp: Sink) -> None:
        self.now = datetime(2026, 3, 27, 12, tzinfo=UTC)
        self.ws = Workspace(ws.settings, ws.store, ws.taxonomy, lambda: self.now)
        self.smtp = smtp
        self.diary: list[tuple[str, str]] = []
        self.fate: list[Exception] = []
        self.jobs = {"run": Job(self._work("run")), "audit": Job(self._work("audit"))}

    def _work(self, name: str) -> job_runs.Callable[[Workspace], str]:
        def work(_ws: Workspace) -> str:
            self.diary.append((name, f"{self.now:%m-%d %H:%M}"))
            if self.fate:
                raise self.fate.pop()
            return ""

        return work

    def pass_by(self, every: timedelta, until: datetime) -> None:
        """Request all jobs repeatedly, as cron does."""
        while self.now <= until:
            perform_all(self.ws, list(self.jobs))
            self.now += every

    def job_run(self, name: str = "run") -> JobRun:
        with read(self.ws.store) as db:
            return newest_job_runs(db)[name]


@pytest.fixture
def day(tmp_path: Path, store_url: str, smtp: Sink, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    told = {"digest": {"smtp_port": smtp.port}, "alert": {"mail": ["ops@example.org"]}}
    made = Day(Room.make(tmp_path, NOWHERE, store_url, schedule=SCHEDULE, **told).ws, smtp)
    monkeypatch.setattr(job_runs, "JOBS", tuple(made.jobs))
    monkeypatch.setattr(job_runs, "WORK", made.jobs)
    overdue(made.ws)  # the first look: nothing was missed before there was a schedule
    yield made
    made.ws.store.dispose()


def test_every_job_has_its_work() -> None:
    assert tuple(job_runs.WORK) == JOBS


def test_nothing_is_made_up_for_the_time_before_the_first_look(day: Day) -> None:
    assert perform_all(day.ws, ["run", "audit"]) == []


def test_once_a_night_through_both_changes_of_the_clocks(day: Day) -> None:
    day.pass_by(timedelta(minutes=20), datetime(2026, 3, 31, 12, tzinfo=UTC))
    nights = [when for name, when in day.diary if name == "run"]
    assert nights == ["03-28 01:40", "03-29 01:40", "03-30 00:40", "03-31 00:40"]
    assert [when for name, when in day.diary if name == "audit"] == ["03-29 03:00"]
    day.diary.clear()
    day.now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    day.pass_by(timedelta(minutes=20), datetime(2026, 10, 26, 12, tzinfo=UTC))
    made_up, *nights = [when for name, when in day.diary if name == "run"]
    assert made_up == "10-24 12:00", "months of downtime are made up once"
    assert nights == ["10-25 00:40", "10-26 01:40"]


def test_several_missed_times_are_made_up_once_and_in_order(day: Day) -> None:
    day.now += timedelta(days=9)
    assert [performed.job for performed in perform_all(day.ws, ["audit", "run"])] == ["run", "audit"]
    assert perform_all(day.ws, ["audit", "run"]) == []
    assert day.job_run().due == datetime(2026, 4, 5, 0, 30, tzinfo=UTC)


@both_databases
def test_who_comes_second_leaves_it_to_the_first(day: Day) -> None:
    day.now += timedelta(days=1)
    with lock(day.ws.store, "job-run"):
        assert perform(day.ws, "run") is None
    assert perform(day.ws, "run")
    assert len(day.diary) == 1


@both_databases
def test_work_that_was_cut_off_is_taken_up_again_but_not_for_ever(day: Day) -> None:
    day.now += timedelta(days=1)
    due = overdue(day.ws)["run"]

    def cut_off(attempts: int) -> None:
        """As SIGKILL leaves it: begun, and never ended."""
        with write(day.ws.store) as db:
            set_job_run(db, JobRun("run", due, attempts, begun=day.now))

    cut_off(ATTEMPTS - 1)
    again = perform(day.ws, "run")
    assert again
    assert (again.due, again.attempts, again.failure, len(day.diary)) == (due, ATTEMPTS, "", 1)
    cut_off(ATTEMPTS)
    given_up = perform(day.ws, "run")
    assert given_up
    assert "cut off each time" in given_up.failure
    assert len(day.diary) == 1
    assert "cut off each time" in day.smtp.messages[0].get_content().replace("\n", " ")
    assert perform(day.ws, "run") is None
    day.now += timedelta(days=1)
    assert perform(day.ws, "run"), "the next night is another matter"


def test_a_job_that_meets_a_command_comes_again(day: Day) -> None:
    day.now += timedelta(days=1)
    day.fate = [LockHeld("a run is going on")]
    assert perform(day.ws, "run") is None
    done = perform(day.ws, "run")
    assert done
    assert (done.attempts, done.failure, len(day.diary)) == (1, "", 2)


@pytest.mark.parametrize("error", [HarvesterError("arXiv is gone."), KeyError("field")])
def test_a_failure_is_told_and_tried_again_after_a_while(day: Day, error: Exception) -> None:
    day.now += timedelta(days=1)
    day.fate = [error]
    done = perform(day.ws, "run")
    assert done
    assert str(error) in done.failure
    assert day.job_run().failure == done.failure
    (mail,) = day.smtp.messages
    assert str(error).strip("'.") in mail.get_content()
    assert f"tried again at {rfc3339(day.now + RETRIES[0])}" in mail.get_content()
    assert perform(day.ws, "run") is None


def test_a_failed_job_is_tried_again_three_times_within_its_period(day: Day) -> None:
    due = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    day.now, day.fate = due, [HarvesterError("arXiv is gone.")] * 9
    day.pass_by(timedelta(minutes=5), due + timedelta(hours=23))
    tries = [due, *(due + pause for pause in RETRIES)]
    assert [moment for name, moment in day.diary if name == "run"] == [f"{moment:%m-%d %H:%M}" for moment in tries]
    promises = [" ".join(mail.get_content().split()) for mail in day.smtp.messages]
    for promise, again in zip(promises, tries[1:], strict=False):
        assert f"The job run is tried again at {rfc3339(again)}." in promise
    assert "The job run is next due at 2026-03-29T01:30:00Z." in promises[-1]
    day.fate = []
    day.pass_by(timedelta(minutes=5), day.now + timedelta(hours=3))
    begun = [name for name, _ in day.diary if name == "run"]
    assert (day.job_run().failure, len(begun)) == ("", 5), "the next night succeeds, and is not repeated"


def test_two_attempts_of_a_job_that_began_late_have_a_pause_between_them(day: Day) -> None:
    day.now += timedelta(hours=20)
    day.fate = [HarvesterError("arXiv is gone.")]
    assert perform(day.ws, "run")
    for minutes, found in ((29, False), (1, True)):
        day.now += timedelta(minutes=minutes)
        assert bool(perform(day.ws, "run")) is found


def test_a_training_that_has_too_little_yet_is_no_failure(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list made by `init --taxonomy` has no labeled set either: that of the first subject is not fetched for it."""
    monkeypatch.setattr("harvester.services.learning.train.has_labelled_set", lambda _ws: False)
    monkeypatch.setattr(job_runs, "fetch_labels", None)
    monkeypatch.setitem(job_runs.WORK, "train", Job(job_runs._train))
    done = job_runs._work(day.ws, "train")
    assert (done.failure, done.alerted) == ("", False)
    assert done.note.startswith("not yet: Only 0 papers")


def test_a_store_that_fails_leaves_the_turn_open(day: Day) -> None:
    day.now += timedelta(days=1)
    day.fate = [StoreError("the server went away")]
    with pytest.raises(StoreError):
        perform(day.ws, "run")
    done = perform(day.ws, "run")
    assert done
    assert (done.attempts, done.failure) == (2, "")


def test_a_clock_that_ran_ahead_does_not_stop_the_nights(day: Day) -> None:
    """A start with a wrong clock ran a job due in 2031; once it is corrected, each newest night is made up."""
    right, day.now = day.now, datetime(2031, 1, 1, 12, tzinfo=UTC)
    assert perform(day.ws, "run")
    for _ in range(3):
        day.now = right = right + timedelta(days=1)
        done = perform(day.ws, "run")
        assert done
        assert right - done.due < timedelta(days=1)
        assert perform(day.ws, "run") is None


def test_two_hosts_whose_clocks_differ_a_little_do_not_do_it_twice(day: Day) -> None:
    day.now = datetime(2026, 3, 28, 1, 30, 1, tzinfo=UTC)
    assert perform(day.ws, "run")
    day.now = datetime(2026, 3, 28, 1, 29, 58, tzinfo=UTC)
    assert perform(day.ws, "run") is None
    day.now = datetime(2026, 3, 28, 1, 30, 2, tzinfo=UTC)
    assert perform(day.ws, "run") is None


def test_the_scheduler_makes_a_late_job_up_once(day: Day, tmp_path: Path) -> None:
    """By its defaults, APScheduler drops what is a second late; here it is three days, so three times were missed."""
    diary = tmp_path / "diary"
    write_name = "import sys; open(sys.argv[1], 'a').write(sys.argv[2])"
    crew = JobProcesses(lambda name: [sys.executable, "-c", write_name, str(diary), f"{name} "])
    scheduler = build(day.ws, crew, MissedJobSweep(day.ws, crew))
    scheduler.start(paused=True)
    nights = {job.id: job for job in scheduler.get_jobs()}
    assert {"run", "audit"} <= set(nights)
    nights["run"].modify(next_run_time=datetime.now(UTC) - timedelta(days=3))
    scheduler.resume()
    while not diary.exists() or not diary.read_text():
        time.sleep(0.1)
    scheduler.shutdown(wait=True)
    assert crew.close(30)
    crew.do("audit")
    assert diary.read_text() == "run ", "and who is closed takes on nothing more"


def test_a_job_that_does_not_end_in_time_is_stopped(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    work = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    crew = JobProcesses(lambda _name: [sys.executable, "-c", work, str(begun)])
    worker = threading.Thread(target=crew.do, args=("run",))
    worker.start()
    while not begun.exists():
        time.sleep(0.05)
    assert crew.close(0.5) is False
    worker.join(30)
    assert not worker.is_alive()
