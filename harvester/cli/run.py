"""``harvester run`` and ``harvester runs``."""

from typing import Annotated, Any

import typer

from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, table, watched, workspace

SOURCE_COLUMNS = ("source", "state", "received", "expected", "new", "updated", "requests")


def run(
    since: Annotated[str | None, typer.Option(help="Begin of the window: a date or RFC 3339 time, UTC.")] = None,
    until: Annotated[str | None, typer.Option(help="End of the window.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    no_digest: Annotated[bool, typer.Option("--no-digest", help="Do not mail the digest.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """One night: harvest, classify, queue, mail the digest."""
    from harvester.base.clock import parse_moment
    from harvester.services.operations import nightly

    set_up_logging(debug)
    ws = workspace(config)
    span = {key: parse_moment(text, f"--{key}") for key, text in (("since", since), ("until", until)) if text}
    with watched() as watch:
        report = nightly.run(ws, **span, sources=source or (), digest=not no_digest, watch=watch)
    if as_json:
        print_json(report)
    else:
        print_report(report)
    if report["state"] != "ok":
        raise typer.Exit(1)


def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """The reports of past runs, newest first."""
    from harvester.store.engine import read
    from harvester.store.runs import recent_runs

    set_up_logging(debug)
    with read(workspace(config).store) as db:
        found = recent_runs(db, limit)
    if as_json:
        print_json([report or {"run": name, "state": "killed"} for name, report in found])
    else:
        table(("run", "state", "new", "updated", "queued", "seconds", "errors"), [_row(*item) for item in found])


def print_report(report: dict[str, Any]) -> None:
    """A run report for people."""
    say(f"Run {report['run']}: {report['state']} in {report['seconds']} s")
    table(
        SOURCE_COLUMNS,
        [[_shown(one[key if key != "source" else "name"]) for key in SOURCE_COLUMNS] for one in report["sources"]],
    )
    papers, digest = report["papers"], report["digest"]
    say(f"{papers['new']} new papers, {papers['updated']} updated.")
    say(f"{report['in_scope']} of them in scope; {report['queued']} joined the queue.")
    if digest:
        say(f"Digest: {digest['due']} due, {digest['sent']} sent, {digest['failed']} failed.")
    for withdrawn in report["withdrawn"]:
        say(f"Withdrawn by its authors, but in the catalogue: {withdrawn}")
    for note in [note for one in report["sources"] for note in one["notes"]]:
        say(f"Note: {note}")
    for error in [one["error"] for one in report["sources"] if one["error"]] + report["errors"]:
        say(f"Failed: {error}")


def _row(name: str, report: dict[str, Any] | None) -> list[object]:
    if report is None:
        return [name, "killed", "", "", "", "", "no report: the run was cut off or is still going on"]
    failed = [one["error"] for one in report["sources"] if one["error"]] + report["errors"]
    papers = report["papers"]
    return [
        name,
        report["state"],
        papers["new"],
        papers["updated"],
        report["queued"],
        report["seconds"],
        "; ".join(failed),
    ]


def _shown(value: object) -> object:
    return "-" if value is None else value
