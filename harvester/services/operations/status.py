"""How everything stands: what doctor, metrics and the morning mail all look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harvester.base.clock import parse_moment
from harvester.domain.job_runs import JobRun
from harvester.domain.statistics import Figures
from harvester.services.workspace import Workspace
from harvester.store.engine import read
from harvester.store.job_runs import newest_job_runs
from harvester.store.runs import recent_runs
from harvester.store.statistics import figures

REMEMBERED = 20  # runs


@dataclass(frozen=True, slots=True)
class Status:
    """One picture of the store: its figures, the newest reports first, and the last turn of each scheduled job.

    `cut_off` says whether the newest run of all has no report: it was killed, or is still going on.
    """

    now: datetime
    figures: Figures
    reports: Sequence[dict[str, Any]]
    cut_off: bool
    job_runs: Mapping[str, JobRun]

    @property
    def last(self) -> dict[str, Any] | None:
        """The newest report."""
        return self.reports[0] if self.reports else None


def status(ws: Workspace) -> Status:
    """How everything stands now.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        runs = recent_runs(db, REMEMBERED)
        found = figures(db), newest_job_runs(db)
    reports = [report for _, report in runs if report]
    return Status(ws.clock(), found[0], reports, bool(runs) and runs[0][1] is None, found[1])


def begun(report: Mapping[str, Any]) -> datetime:
    """When a run began: its name says it, but for the number of a second one in the same second."""
    return parse_moment(str(report["run"])[: len("2026-01-06T02:00:03Z")], "run")


def trouble(report: Mapping[str, Any]) -> list[str]:
    """What went wrong in a run: its sources, then its later steps."""
    return [f"{one['name']}: {one['error']}" for one in report["sources"] if one["error"]] + list(report["errors"])
