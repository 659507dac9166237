"""The scheduled jobs, each performed once for each time it is due.

Any number of schedulers and cron jobs on any number of hosts may ask for a job: a lock in the store admits one of
them, and the store remembers the last due time that was taken. A due time that passed while nobody asked is caught up
by the next one who asks; if a job missed several, only the newest, because every job does all that is left to do.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from harvester.base.clock import rfc3339
from harvester.base.cron import last_due, next_due
from harvester.base.errors import HarvesterError, LockHeld, StoreError, broken_installation
from harvester.base.logs import bound
from harvester.config.schedule import JOBS
from harvester.domain.job_runs import JobRun, retry_at, wanted
from harvester.services.digest.sending import send_digests
from harvester.services.harvest import audit
from harvester.services.learning import train
from harvester.services.learning.labels import fetch_labels
from harvester.services.operations import backup, morning_mail, nightly
from harvester.services.operations.alert import tell
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.job_runs import newest_job_runs, set_job_run
from harvester.store.locks import lock

log = logging.getLogger(__name__)
ATTEMPTS = 3  # a job that was cut off this often for one due time is given up until the next one
GIVEN_UP = f"It was started {ATTEMPTS} times and cut off each time; it is not tried again until it is next due."


@dataclass(frozen=True, slots=True)
class Job:
    """`work` returns what went wrong, or ""; with `tells` it has already alerted the maintainers."""

    work: Callable[[Workspace], str]
    tells: bool = False


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a job ended: what went wrong, or why there was nothing to do yet; and whether the maintainers know."""

    failure: str = ""
    note: str = ""
    alerted: bool = False


def _backup(ws: Workspace) -> str:
    backup.scheduled(ws)
    return ""


def _run(ws: Workspace) -> str:
    with read(ws.store) as db:
        now = newest_job_runs(db).get("run")
    report = nightly.run(ws, if_failed=_promise(ws, replace(now, ended=ws.clock(), failure="failed")) if now else "")
    return "" if report.state == "ok" else f"The run {report.run} ended {report.state}."


def _digest(ws: Workspace) -> str:
    return send_digests(ws).trouble


def _audit(ws: Workspace) -> str:
    return audit.audit(ws, repair=True).error or ""


def _train(ws: Workspace) -> str:
    if train.has_labelled_set(ws):
        fetch_labels(ws)  # the part of the labeled set that is missing
    train.train(ws)
    return ""


def _morning(ws: Workspace) -> str:
    morning_mail.send(ws)
    return ""


WORK = {
    "backup": Job(_backup),
    "run": Job(_run, tells=True),
    "digest": Job(_digest),
    "audit": Job(_audit),
    "train": Job(_train),
    "morning": Job(_morning),
}
"""What each of `JOBS` does."""


def _promise(ws: Workspace, job_run: JobRun) -> str:
    """What an alert says of the next attempt."""
    chosen, again = ws.settings.schedule, retry_at(job_run)
    cron = chosen.expression(job_run.job)
    due = next_due(cron, chosen.timezone, ws.clock()) if cron else None
    if again and (due is None or again < due):
        return f"The job {job_run.job} is tried again at {rfc3339(again)}."
    return f"The job {job_run.job} is next due at {rfc3339(due)}." if due else ""


def overdue(ws: Workspace) -> dict[str, datetime]:
    """The jobs to perform now, with their due times, in the order of `JOBS`.

    Jobs that never had a turn are recorded as having missed none.

    Raises:
        StoreError: the store fails.
    """
    now = ws.clock()
    due = {name: newest for name in JOBS if (newest := _last_due(ws, name, now))}
    with read(ws.store) as db:
        known = newest_job_runs(db)
    if new := [JobRun(name, moment, ended=now) for name, moment in due.items() if name not in known]:
        _begin_with(ws, new)
    return {name: turn for name, moment in due.items() if (turn := wanted(known.get(name), moment, now))}


def perform(ws: Workspace, name: str) -> JobRun | None:
    """Perform a job if it is due and no other process does; returns its record, or None if there was nothing to do.

    Raises:
        StoreError: the store fails; the turn stays open and is taken again.
    """
    with suppress(LockHeld), lock(ws.store, f"job-{name}"):
        due = overdue(ws).get(name)
        return _take(ws, name, due) if due else None
    return None


def perform_all(ws: Workspace, names: Sequence[str]) -> list[JobRun]:
    """Perform those of the named jobs that are due, in the order of `JOBS`.

    Raises:
        StoreError: the store fails.
    """
    done = (perform(ws, name) for name in JOBS if name in names)
    return [job_run for job_run in done if job_run]


def _last_due(ws: Workspace, name: str, now: datetime) -> datetime | None:
    chosen = ws.settings.schedule
    cron = chosen.expression(name)
    return last_due(cron, chosen.timezone, now) if cron else None


def _begin_with(ws: Workspace, new: Sequence[JobRun]) -> None:
    with write(ws.store) as db:
        known = newest_job_runs(db)
        for job_run in new:
            if job_run.job not in known:
                set_job_run(db, job_run)


def _take(ws: Workspace, name: str, due: datetime) -> JobRun | None:
    """Begin, work, end: each is recorded in the store."""
    with bound(job=name):
        before, job_run = _begin(ws, name, due)
        try:
            done = _Ended(GIVEN_UP) if _cut_off_too_often(job_run, before) else _work(ws, name)
        except LockHeld as held:  # by a manual command: the next call tries again
            log.info("%s", held)
            _note(ws, replace(job_run, attempts=job_run.attempts - 1))
            return None
        job_run = replace(job_run, ended=ws.clock(), failure=done.failure, note=done.note)
        _note(ws, job_run)
        log.log(logging.WARNING if done.failure else logging.INFO, "%s", done.failure or done.note or "is done")
        if done.failure and not done.alerted:
            _tell(ws, job_run)
    return job_run


def _cut_off_too_often(job_run: JobRun, before: JobRun) -> bool:
    """Whether the starts before this one, of the same due time, all ended without a result."""
    return job_run.attempts > ATTEMPTS and not before.failure


def _begin(ws: Workspace, name: str, due: datetime) -> tuple[JobRun, JobRun]:
    """Record that a job begins; returns its record before and now."""
    with write(ws.store) as db:
        before = newest_job_runs(db)[name]
        job_run = JobRun(name, due, before.attempts + 1 if before.due == due else 1, begun=ws.clock())
        set_job_run(db, job_run)
    log.info("begins, due since %s", rfc3339(due))
    return before, job_run


def _note(ws: Workspace, job_run: JobRun) -> None:
    with write(ws.store) as db:
        set_job_run(db, job_run)


def _work(ws: Workspace, name: str) -> _Ended:
    try:
        return _Ended(WORK[name].work(ws), alerted=WORK[name].tells)
    except (LockHeld, StoreError):
        raise
    except train.TooFewLabels as error:  # a young list is no failure
        return _Ended(note=f"not yet: {error}")
    except HarvesterError as error:
        return _Ended(str(error))
    except Exception as error:  # a bug of ours in one job must not cost the others theirs
        bug = f"The job ended in {type(error).__name__}: {error}. This is a bug."
        failure = str(broken_installation(error) or bug)
        log.warning("%s: %s", name, failure, exc_info=log.isEnabledFor(logging.DEBUG))
        return _Ended(failure)


def _tell(ws: Workspace, job_run: JobRun) -> None:
    try:
        name, line = f"{job_run.job}-{rfc3339(job_run.due)}", f"{job_run.job}: {job_run.failure}"
        tell(ws, name, [line], _promise(ws, job_run))
    except HarvesterError as error:
        log.warning("%s", error)
