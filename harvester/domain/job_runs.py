"""Scheduled jobs and how they ended."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last due time at which a job was started.

    `ended` is None while the job is running, or if it was killed; `attempts` counts how often it was started for this
    due time; `failure` is one sentence, "" if the job succeeded.
    """

    job: str
    due: datetime
    attempts: int = 0
    begun: datetime | None = None
    ended: datetime | None = None
    failure: str = ""
