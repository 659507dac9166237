"""``harvester schedule``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.errors import UsageError
from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, workspace

if TYPE_CHECKING:
    from harvester.domain.job_runs import JobRun
    from harvester.services.workspace import Workspace


def schedule(
    jobs: Annotated[list[str] | None, typer.Argument(metavar="[JOB]...", help="With --once: only these.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due and not done yet, then end: one line for cron.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Do each job of [schedule] when it is due, until it is stopped.

    However many schedulers and cron jobs there are on one store, each due time of a job is taken up by one of them;
    what was missed is made up once. /healthz, /readyz and /metrics are served at [schedule] host and port.

    Exit status of --once: 0 where all went well or nothing was due, 1 where a job failed.
    """
    set_up_logging(debug)
    ws = workspace(config)
    if once:
        return _once(ws, jobs or [], as_json)
    if jobs:
        raise UsageError("Jobs are named with --once only; the scheduler does all that [schedule] turns on.")
    return _serve(ws, config, as_json, debug)


def _once(ws: "Workspace", names: list[str], as_json: bool) -> None:
    from harvester.services.operations.job_runs import JOBS, perform_all

    if unknown := [name for name in names if name not in JOBS]:
        raise UsageError(f"There is no job {unknown[0]!r}; there are: {', '.join(JOBS)}.")
    done = perform_all(ws, names or list(JOBS))
    if as_json:
        print_json([_shown(turn) for turn in done])
    else:
        for turn in done:
            say(f"{turn.job}: {turn.failure or 'done'}")
        say(f"{len(done)} of the jobs were due.")
    if any(turn.failure for turn in done):
        raise typer.Exit(1)


def _shown(turn: "JobRun") -> dict[str, str]:
    from harvester.base.clock import rfc3339

    return {
        "job": turn.job,
        "due": rfc3339(turn.due),
        "state": "failed" if turn.failure else "ok",
        "failure": turn.failure,
    }


def _serve(ws: "Workspace", config: Path | None, as_json: bool, debug: bool) -> None:
    from harvester.config.settings import config_path
    from harvester.scheduler import until_told, working
    from harvester.web.server import listen, serving_health

    with listen(ws.settings.schedule) as at:
        if as_json:
            print_json({"url": at.url})
        else:
            say(f"Scheduling; health and metrics are at {at.url}; Ctrl-C stops it.")
        with working(ws, config_path(config), debug=debug) as works, serving_health(ws, at, works):
            until_told()
