"""``harvester run`` and ``harvester runs``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.clock import rfc3339
from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched

if TYPE_CHECKING:
    from harvester.domain.run_report import CatalogChanges, ProposalReport, RunReport, SourceReport

RUN_COLUMNS = ("run", "state", "new", "updated", "queued", "seconds", "errors")
SOURCE_COLUMNS = ("source", "state", "received", "expected", "new", "updated", "requests")


@command
def run(
    call: Invocation,
    since: Annotated[str | None, typer.Option(help="Start of the window: a date or an RFC 3339 time, in UTC.")] = None,
    until: Annotated[str | None, typer.Option(help="End of the window, in the same form.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable.")] = None,
    no_digest: Annotated[bool, typer.Option("--no-digest", help="Do not mail the digest.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what the sources would bring.")] = False,
) -> Output | None:
    """Run one night: harvest, classify, queue, and mail the digest."""
    from harvester.base.clock import parse_moment
    from harvester.services.harvest.rehearsal import rehearse
    from harvester.services.operations import nightly

    ws = call.workspace
    span = {key: parse_moment(text, f"--{key}") for key, text in (("since", since), ("until", until)) if text}
    if dry_run:
        with watched() as watch:
            found = rehearse(ws, span.get("since"), span.get("until"), source or (), watch)
        failed = any(one.error for one in found)
        return Output([one.to_json() for one in found], lambda: _print_rehearsal(found), failed=failed)
    with watched() as watch:
        report = nightly.run(
            ws,
            since=span.get("since"),
            until=span.get("until"),
            sources=source or (),
            digest=not no_digest,
            watch=watch,
        )
    return Output(report.to_json(), lambda: print_report(report), failed=report.state != "ok")


@command
def runs(
    call: Invocation,
    limit: Annotated[int, typer.Option(min=1, help="Show at most this many.")] = 20,
) -> Output | None:
    """List the reports of past runs, newest first."""
    from harvester.domain.run_report import killed_json
    from harvester.store.engine import read
    from harvester.store.runs import recent_runs

    with read(call.workspace.store) as db:
        found = recent_runs(db, limit)
    rows = [_row(name, report) for name, report in found]
    return Output(
        [report.to_json() if report else killed_json(name) for name, report in found], lambda: table(RUN_COLUMNS, rows)
    )


def print_report(report: "RunReport") -> None:
    """Print a run report for people."""
    say(f"Run {report.run}: {report.state} in {report.seconds} s")
    table(SOURCE_COLUMNS, [_source_row(source) for source in report.sources])
    merged = sum(source.merged for source in report.sources)
    say(f"{count_of(report.papers.new, 'new paper')}, {report.papers.updated} updated.")
    if merged:
        say(f"Merged into papers that other sources had shown: {merged}.")
    say(f"{report.in_scope} of them in scope; {report.queued} joined the queue.")
    if report.probes:
        say(f"{report.probes} of those are the likeliest out of scope, which join once a week to show what is lost.")
    if digest := report.digest:
        say(f"Digest: {digest.due} due, {digest.sent} sent, {digest.failed} failed.")
    if changes := _catalog_changes(report.catalog):
        say(f"By the catalog's files: {changes}.")
    if report.proposals:
        say(_proposed(report.proposals))
    for warning in report.warnings:
        say(f"In the catalog: {warning}")
    for note in [note for source in report.sources for note in source.notes]:
        say(f"Note: {note}")
    for problem in report.problems:
        say(f"Failed: {problem}")


def _catalog_changes(done: "CatalogChanges") -> str:
    """What people changed in the catalog's files, in words; "" if nothing."""
    counts = [f"{count} {act}" for count, act in ((done.accepted, "accepted"), (done.corrected, "corrected")) if count]
    gone = [f"{len(done.withdrawn)} withdrawn ({', '.join(done.withdrawn)})"] if done.withdrawn else []
    return ", ".join(counts + gone)


def _proposed(found: "ProposalReport") -> str:
    """What came of proposal branches, and what waits on them."""
    branches = count_of(found.branches, "branch", "branches")
    new = f"{found.proposed} proposed on {found.pushed}" if found.pushed else "none proposed"
    decided = f"{found.accepted} accepted and {found.rejected} rejected by reviewers"
    return f"Proposals: {decided}, {new}; {found.papers} waiting on {branches}."


def _print_rehearsal(found: "list[SourceReport]") -> None:
    table(SOURCE_COLUMNS, [_source_row(source) for source in found])
    for source in found:
        if source.window:
            say(f"{source.name} was asked for {rfc3339(source.window[0])} to {rfc3339(source.window[1])}.")
        for note in source.notes:
            say(f"Note: {note}")
        if source.error:
            say(f"Failed: {source.name}: {source.error}")
    say("Nothing was kept, classified or mailed.")


def _source_row(source: "SourceReport") -> list[object]:
    expected = "-" if source.expected is None else source.expected
    return [source.name, source.state, source.received, expected, source.new, source.updated, source.requests]


def _row(name: str, report: "RunReport | None") -> list[object]:
    if report is None:
        return [name, "killed", "", "", "", "", "no report: the run was killed or is still in progress"]
    papers, problems = report.papers, " ".join(report.problems)
    return [name, report.state, papers.new, papers.updated, report.queued, report.seconds, problems]
