"""The overall status that doctor, metrics and the morning mail all use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harvester.domain.job_runs import JobRun
from harvester.domain.run_report import RunReport
from harvester.domain.statistics import Figures
from harvester.services.workspace import Workspace
from harvester.sources.registry import names_on
from harvester.store.engine import read
from harvester.store.job_runs import newest_job_runs
from harvester.store.runs import recent_runs
from harvester.store.statistics import figures

REMEMBERED = 20  # runs


@dataclass(frozen=True, slots=True)
class Status:
    """A snapshot of the store: its figures, the reports, newest first, and the last turn of each scheduled job.

    `cut_off` says whether the newest run has no report: it was killed, or is still running. `off` are the sources of
    earlier runs that the settings turn off, or no longer name.
    """

    now: datetime
    figures: Figures
    reports: Sequence[RunReport]
    cut_off: bool
    job_runs: Mapping[str, JobRun]
    off: frozenset[str] = frozenset()

    def is_on(self, source: str) -> bool:
        """Whether a source, or one of its feeds (``arxiv_rss/cs.CV``), is still asked."""
        return source.partition("/")[0] not in self.off

    @property
    def last(self) -> RunReport | None:
        """The newest report."""
        return self.reports[0] if self.reports else None


def status(ws: Workspace) -> Status:
    """The status now.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        runs = recent_runs(db, REMEMBERED)
        found = figures(db), newest_job_runs(db)
    reports = [report for _, report in runs if report]
    known = {source.partition("/")[0] for source in found[0].reached}
    known |= {source.name for report in reports[:1] for source in report.sources}
    off = frozenset(known - names_on(ws.settings.harvest))
    return Status(ws.clock(), found[0], reports, bool(runs) and runs[0][1] is None, found[1], off)
