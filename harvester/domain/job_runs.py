"""Scheduled jobs and how they ended."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last due time of a job that was taken up.

    `ended` is None while the job is at work, and where it was killed; `attempts` counts how often it was begun for
    this due time; `failure` is one sentence, "" where it went well.
    """

    job: str
    due: datetime
    attempts: int = 0
    begun: datetime | None = None
    ended: datetime | None = None
    failure: str = ""
