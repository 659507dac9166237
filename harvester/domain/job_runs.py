"""Scheduled jobs: how they ended, and when one is performed or tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RETRIES = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""How long after its due time a job that failed is tried again, unless it is due anew by then."""
CLOCK_SKEW = timedelta(hours=1)  # between hosts


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last due time at which a job was started.

    `ended` is None while the job is running, or if it was killed; `attempts` counts how often it was started for this
    due time; `failure` is one sentence, "" if the job succeeded; `note`, which is not stored, says why there was
    nothing to do yet.
    """

    job: str
    due: datetime
    attempts: int = 0
    begun: datetime | None = None
    ended: datetime | None = None
    failure: str = ""
    note: str = ""


def wanted(job_run: JobRun | None, due: datetime | None, now: datetime) -> datetime | None:
    """The due time to perform now, if any; `due` is the newest one up to `now`.

    A job that never had a turn has missed none. One whose work was cut off gets the same turn again. A turn in the
    future was taken by a clock that ran ahead, so what was missed since is unknown.
    """
    if job_run is None or due is None:
        return None
    if due > job_run.due or job_run.due > now + CLOCK_SKEW:
        return due
    if job_run.ended is None:
        return job_run.due
    again = retry_at(job_run)
    return job_run.due if again and again <= now else None


def retry_at(job_run: JobRun) -> datetime | None:
    """When a job that failed is tried again; None if it did not fail, or was tried often enough.

    At least the first pause lies between two attempts, also if the job began late.
    """
    if not job_run.failure or job_run.ended is None or not 1 <= job_run.attempts <= len(RETRIES):
        return None
    return max(job_run.due + RETRIES[job_run.attempts - 1], job_run.ended + RETRIES[0])
