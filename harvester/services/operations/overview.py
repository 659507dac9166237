"""The state of everything on one screen: what failed, what waits, what comes next."""

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.base.clock import rfc3339, utc_date
from harvester.base.cron import next_due
from harvester.base.errors import HarvesterError
from harvester.base.files import nearest
from harvester.config.schedule import JOBS, ScheduleSettings
from harvester.services.learning.models import model_info
from harvester.services.operations.doctor import disks, history
from harvester.services.operations.doctor.finding import DoctorFinding
from harvester.services.operations.status import Status, status
from harvester.services.workspace import Workspace

_DATE = len("2026-03-31")


@dataclass(frozen=True, slots=True)
class NextJob:
    """The scheduled job that is due next."""

    job: str
    due: datetime


@dataclass(frozen=True, slots=True)
class ModelState:
    """The model in use, and the newest paper it was trained on."""

    version: str
    newest: date | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The snapshot, the next job (None if all are off), the model (None if it is broken), and free bytes by disk.

    A disk is named by the purposes of the folders on it.

    `problems` are sentences, each with its remedy; there is none if nothing needs attention.
    """

    status: Status
    next: NextJob | None
    model: ModelState | None
    free: dict[tuple[str, ...], int]
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """What ``status --json`` prints."""
        have, last = self.status.figures, self.status.last
        return {
            "run": last.to_json() if last else None,
            "waiting": {
                "pending": have.pending,
                "backlog": have.backlog,
                "deferred": have.queue.get("deferred", 0),
                "oldest": rfc3339(have.oldest) if have.oldest else None,
            },
            "proposals": self._proposals(),
            "next": {"job": self.next.job, "due": rfc3339(self.next.due)} if self.next else None,
            "model": self._model(),
            "subscribers": dict(have.subscribers),
            "disk": {purpose: free for purposes, free in self.free.items() for purpose in purposes},
            "problems": list(self.problems),
        }

    @property
    def model_age(self) -> timedelta | None:
        """How long ago the newest paper that the model was trained on was published; None if that is unknown.

        It is zero if the clock is behind that paper, as in the demo.
        """
        if self.model is None or self.model.newest is None:
            return None
        return max(utc_date(self.status.now) - self.model.newest, timedelta())

    def _proposals(self) -> dict[str, Any] | None:
        if (found := self.status.proposals) is None:
            return None
        moments = {"oldest": found.oldest, "pushed": found.pushed}
        told = {key: rfc3339(moment) if moment else None for key, moment in moments.items()}
        return {"papers": found.papers, "branches": found.branches, **told}

    def _model(self) -> dict[str, Any] | None:
        if self.model is None:
            return None
        age = self.model_age
        return {"version": self.model.version, "age_days": None if age is None else age.days}


def overview(ws: Workspace) -> Overview:
    """Everything now; no weights are loaded and no upstream is asked.

    Raises:
        StoreError: the store fails.
    """
    now = status(ws)
    folders = disks.places(ws.settings)
    model, trouble = _model(ws)
    findings = [
        *history.check_runs(now),
        *history.check_sources(now, timedelta(days=ws.settings.harvest.overlap_days)),
        *history.check_proposals(now),
        *history.check_schedule(now, ws.settings.schedule),
        *disks.check_disks(folders),
    ]
    told = (line for finding in findings if finding.state != "ok" for line in _lines(finding))
    return Overview(
        status=now,
        next=next_job(ws.settings.schedule, now.now),
        model=model,
        free={purposes: _free(folders[purposes[0]]) for purposes in disks.by_disk(folders)},
        problems=(*trouble, *told),
    )


def _lines(finding: DoctorFinding) -> tuple[str, ...]:
    """A finding where no upstream is asked."""
    remedy = finding.remedy.replace(history.UPSTREAM_BELOW, "ask `harvester doctor`")
    return f"{finding.message} {remedy}", *finding.details


def next_job(chosen: ScheduleSettings, now: datetime) -> NextJob | None:
    """The job that is due next, whether or not a scheduler runs."""
    jobs = (NextJob(name, due) for name in JOBS if (due := _next_due(chosen, name, now)))
    return min(jobs, key=lambda job: job.due, default=None)


def _next_due(chosen: ScheduleSettings, name: str, now: datetime) -> datetime | None:
    cron = chosen.expression(name)
    return next_due(cron, chosen.timezone, now) if cron else None


def _model(ws: Workspace) -> tuple[ModelState | None, list[str]]:
    try:
        version = model_info(ws).version
    except HarvesterError as error:
        return None, [str(error)]
    return ModelState(version, _date(version)), []


def _date(version: str) -> date | None:
    """Versions begin with the date of the newest paper in the training set."""
    try:
        return date.fromisoformat(version[:_DATE])
    except ValueError:
        return None


def _free(folder: Path) -> int:
    return shutil.disk_usage(nearest(folder)).free
