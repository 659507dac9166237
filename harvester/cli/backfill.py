"""``harvester backfill`` and ``harvester rescore``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, watched

if TYPE_CHECKING:
    from harvester.services.learning.backfill import BackfillReport

Engine = Annotated[str, typer.Option(help="local: in this process. ray: one model in each worker of a Ray cluster.")]
Address = Annotated[str, typer.Option(help="A running Ray cluster, host:port; else Ray starts on this machine.")]


@command
def backfill(
    call: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="arXiv's metadata snapshot, .jsonl or .jsonl.gz.")],
    where: Annotated[str, typer.Option(help="Only these categories or archives: cs.CV,eess.")] = "",
    engine: Engine = "local",
    address: Address = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; nothing is kept.")] = False,
) -> Output | None:
    """Classify an arXiv metadata snapshot; what is in scope joins the store, and the queue after all others.

    A backfill that was cut off goes on where it was: run the same command again. Lines that are no record are named,
    and the exit status is 1 then; all others are done.
    """
    from harvester.services.learning import backfill as job
    from harvester.sources.arxiv.snapshot import parse_categories

    categories = parse_categories(where)
    ws = call.workspace
    with watched() as watch:
        report = job.backfill(
            ws, file, categories=categories, engine=engine, address=address, dry_run=dry_run, watch=watch
        )
    return Output(report.to_json(), lambda: _print(report, dry_run), failed=bool(report.found.errors))


@command
def rescore(
    call: Invocation,
    engine: Engine = "local",
    address: Address = "",
) -> Output | None:
    """Classify all that the store holds by a new model, at once instead of in the next night's run."""
    from harvester.services.learning import rescore as job

    ws = call.workspace
    with watched() as watch:
        done = job.rescore(ws, engine=engine, address=address, watch=watch)
    return Output(
        done.to_json(),
        f"{done.papers:,} papers judged in {done.seconds:.1f} s; {done.in_scope:,} are in scope, "
        f"{done.queued:,} joined the queue.",
    )


def _print(report: "BackfillReport", dry_run: bool) -> None:
    """A backfill for people."""
    found = report.found
    if report.resumed_at:
        say(f"Went on after line {report.resumed_at:,}; the counts are those of the whole file.")
    say(f"{found.records:,} records, {found.judged:,} of them judged, in {report.seconds:.1f} s.")
    say(f"{found.in_scope:,} are in scope" + ("." if dry_run else f"; {found.queued:,} joined the queue."))
    for line, problem in found.problems:
        say(f"Line {line:,}: {problem}")
    if found.errors > len(found.problems):
        say(f"... and {found.errors - len(found.problems):,} more such lines.")
