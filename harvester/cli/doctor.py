"""``harvester doctor``."""

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import printable

MARKS = {"ok": "ok", "warn": "WARN", "fail": "FAIL"}


@command
def doctor(call: Invocation) -> Output | None:
    """Examine configuration, folders, store, model, upstreams, clock, mail and schedule, and say what to do.

    Nothing is mailed, and nothing changed, but that an SQLite store is made where there is none yet. Each upstream is
    asked one question.

    Exit status: 0, also with warnings; 1 where something does not work.
    """
    from harvester.services.operations.doctor import examine

    findings = []
    for one in examine(call.config_file):
        findings.append(one)
        if not call.as_json:
            remedy = f"\n      {one.remedy}" if one.remedy else ""
            typer.echo(printable(f"{MARKS[one.state]:4}  {one.check}: {one.message}{remedy}"))
    return Output([one.to_json() for one in findings], failed=any(one.state == "fail" for one in findings))
