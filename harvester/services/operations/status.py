"""The overall status that doctor, metrics and the morning mail all use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harvester.config.schedule import JOBS
from harvester.domain.job_runs import JobRun
from harvester.domain.proposal_branches import Proposals
from harvester.domain.run_report import RunReport
from harvester.domain.statistics import Figures
from harvester.services.workspace import Workspace
from harvester.sources.registry import names_on
from harvester.store.engine import read
from harvester.store.job_runs import newest_job_runs
from harvester.store.proposal_branches import proposals
from harvester.store.runs import recent_runs
from harvester.store.statistics import figures

REMEMBERED = 20  # runs


@dataclass(frozen=True, slots=True)
class Status:
    """A snapshot of the store: its figures, the reports, newest first, and the last turn of each job that is turned on.

    `cut_off` says whether the newest run has no report: it was killed, or is still running. `off` are the sources of
    earlier runs that the settings turn off, or no longer name. `proposals` is None if papers are not proposed on
    branches.
    """

    now: datetime
    figures: Figures
    reports: Sequence[RunReport]
    cut_off: bool
    job_runs: Mapping[str, JobRun]
    off: frozenset[str] = frozenset()
    proposals: Proposals | None = None

    def is_on(self, source: str) -> bool:
        """Whether a source, or one of its feeds (``arxiv_rss/cs.CV``), is still asked."""
        return source.partition("/")[0] not in self.off

    @property
    def last(self) -> RunReport | None:
        """The newest report."""
        return self.reports[0] if self.reports else None

    @property
    def problems(self) -> list[str]:
        """What failed in the last run, but for sources that have been turned off since."""
        if self.last is None:
            return []
        return replace(self.last, sources=tuple(one for one in self.last.sources if self.is_on(one.name))).problems


def status(ws: Workspace) -> Status:
    """The status now.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        runs = recent_runs(db, REMEMBERED)
        found, job_runs = figures(db), newest_job_runs(db)
        proposed = proposals(db) if ws.settings.catalog.git == "propose" else None
    reports = [report for _, report in runs if report]
    known = {source.partition("/")[0] for source in found.reached}
    known |= {source.name for report in reports[:1] for source in report.sources}
    off = frozenset(known - names_on(ws.settings.harvest))
    on = {name: job_runs[name] for name in JOBS if name in job_runs and ws.settings.schedule.expression(name)}
    return Status(ws.clock(), found, reports, bool(runs) and runs[0][1] is None, on, off, proposed)
