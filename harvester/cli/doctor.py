"""``harvester doctor``."""

import typer

from harvester.cli.common import AsJson, Config, Debug, print_json, printable, set_up_logging

MARKS = {"ok": "ok", "warn": "WARN", "fail": "FAIL"}


def doctor(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Examine configuration, folders, store, model, upstreams, clock, mail and schedule, and say what to do.

    Nothing is mailed, and nothing changed, but that an SQLite store is made where there is none yet. Each upstream is
    asked one question.

    Exit status: 0, also with warnings; 1 where something does not work.
    """
    from harvester.config.settings import config_path
    from harvester.services.operations.doctor import examine

    set_up_logging(debug)
    findings = []
    for one in examine(config_path(config)):
        findings.append(one)
        if not as_json:
            remedy = f"\n      {one.remedy}" if one.remedy else ""
            typer.echo(printable(f"{MARKS[one.state]:4}  {one.check}: {one.message}{remedy}"))
    if as_json:
        print_json([one.to_json() for one in findings])
    if any(one.state == "fail" for one in findings):
        raise typer.Exit(1)
