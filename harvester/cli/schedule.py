"""``harvester schedule``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.errors import UsageError
from harvester.cli.command import Invocation, Output, command

if TYPE_CHECKING:
    from harvester.domain.job_runs import JobRun
    from harvester.services.workspace import Workspace


@command
def schedule(
    call: Invocation,
    jobs: Annotated[list[str] | None, typer.Argument(metavar="[JOB]...", help="With --once: only these.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due and not done yet, then end: one line for cron.")
    ] = False,
) -> Output | None:
    """Do each job of [schedule] when it is due, until it is stopped.

    However many schedulers and cron jobs there are on one store, each due time of a job is taken up by one of them;
    what was missed is made up once. /healthz, /readyz and /metrics are served at [schedule] host and port.

    Exit status of --once: 0 where all went well or nothing was due, 1 where a job failed.
    """
    if once:
        return _once(call.workspace, jobs or [])
    if jobs:
        raise UsageError("Jobs are named with --once only; the scheduler does all that [schedule] turns on.")
    _serve(call)
    return None


def _once(ws: "Workspace", names: list[str]) -> Output:
    from harvester.services.operations.job_runs import JOBS, perform_all

    if unknown := [name for name in names if name not in JOBS]:
        raise UsageError(f"There is no job {unknown[0]!r}; there are: {', '.join(JOBS)}.")
    done = perform_all(ws, names or list(JOBS))
    lines = [f"{turn.job}: {turn.failure or 'done'}" for turn in done]
    return Output(
        [_shown(turn) for turn in done],
        "\n".join([*lines, f"{len(done)} of the jobs were due."]),
        failed=any(turn.failure for turn in done),
    )


def _shown(turn: "JobRun") -> dict[str, str]:
    from harvester.base.clock import rfc3339

    return {
        "job": turn.job,
        "due": rfc3339(turn.due),
        "state": "failed" if turn.failure else "ok",
        "failure": turn.failure,
    }


def _serve(call: Invocation) -> None:
    from harvester.scheduler import until_told, working
    from harvester.web.server import listen, serving_health

    ws = call.workspace
    with listen(ws.settings.schedule) as at:
        call.answer(Output({"url": at.url}, f"Scheduling; health and metrics are at {at.url}; Ctrl-C stops it."))
        with working(ws, call.config_file, debug=call.debug) as works, serving_health(ws, at, works):
            until_told()
