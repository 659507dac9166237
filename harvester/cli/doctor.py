"""``harvester doctor``."""

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say

MARKS = {"ok": "ok", "warn": "WARN", "fail": "FAIL"}


@command
def doctor(call: Invocation) -> Output | None:
    """Check configuration, folders, store, model, upstreams, clock, mail and schedule, and say what to do.

    No mail is sent and nothing is changed, except that a missing SQLite store is created. Each upstream is asked one
    question.

    Exit status: 0, also with warnings; 1 if something does not work.
    """
    from harvester.services.operations.doctor.examination import examine

    findings = []
    for finding in examine(call.config_file):
        findings.append(finding)
        if not call.as_json:
            say(f"{MARKS[finding.state]:4}  {finding.check}: {finding.message}")
            for line in filter(None, (*finding.details, finding.remedy)):
                say(f"      {line}")
    return Output(
        [finding.to_json() for finding in findings], failed=any(finding.state == "fail" for finding in findings)
    )
