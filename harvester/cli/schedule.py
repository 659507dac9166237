"""``harvester schedule``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.base.errors import UsageError
from harvester.cli.command import Invocation, Output, command

if TYPE_CHECKING:
    from harvester.domain.job_runs import JobRun
    from harvester.services.workspace import Workspace


@command
def schedule(
    call: Invocation,
    jobs: Annotated[list[str] | None, typer.Argument(metavar="[JOB]...", help="With --once: only these jobs.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Run the jobs that are due and not done yet, then exit: one line for cron.")
    ] = False,
) -> Output | None:
    """Run each job of [schedule] when it is due, until stopped.

    However many schedulers and cron jobs share one store, each due job runs once, and a missed job is made up once.
    /healthz, /readyz and /metrics are served at [schedule] host and port.

    Exit status of --once: 0 if all jobs succeeded or none was due, 1 if a job failed.
    """
    if once:
        return _once(call.workspace, jobs or [])
    if jobs:
        raise UsageError(
            "Jobs can be named only with --once", remedy="the scheduler runs every job that [schedule] turns on"
        )
    _serve(call)
    return None


def _once(ws: "Workspace", names: list[str]) -> Output:
    from harvester.config.schedule import JOBS
    from harvester.services.operations.job_runs import perform_all

    if unknown := [name for name in names if name not in JOBS]:
        raise UsageError(f"There is no job {unknown[0]!r}", remedy=f"choose from: {', '.join(JOBS)}")
    done = perform_all(ws, names or list(JOBS))
    off = [name for name in names if not ws.settings.schedule.expression(name)]
    lines = [f"{name}: turned off; give [schedule] {name} a time." for name in off]
    lines += [f"{job_run.job}: {job_run.failure or job_run.note or 'done'}" for job_run in done]
    return Output(
        [_shown(job_run) for job_run in done],
        "\n".join([*lines, f"{count_of(len(done), 'job was', 'jobs were')} due."]),
        failed=any(job_run.failure for job_run in done),
    )


def _shown(job_run: "JobRun") -> dict[str, str]:
    from harvester.base.clock import rfc3339

    return {
        "job": job_run.job,
        "due": rfc3339(job_run.due),
        "state": "failed" if job_run.failure else "ok",
        "failure": job_run.failure,
        "note": job_run.note,
    }


def _serve(call: Invocation) -> None:
    from harvester.scheduler import wait_for_stop, working
    from harvester.web.server import listen, serving_health

    ws = call.workspace
    with listen(ws.settings.schedule) as at:
        call.answer(
            Output(
                {"url": at.url},
                f"The scheduler is running, with health and metrics at {at.url}; press Ctrl-C to stop it.",
            )
        )
        with working(ws, call.config_file, debug=call.debug) as works, serving_health(ws, at, works):
            wait_for_stop()
