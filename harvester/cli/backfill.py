"""``harvester backfill`` and ``harvester rescore``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, watched

if TYPE_CHECKING:
    from harvester.services.learning.backfill import BackfillReport

Engine = Annotated[str, typer.Option(help="local: in this process; ray: one model in each worker of a Ray cluster.")]
Address = Annotated[
    str, typer.Option(help="The running Ray cluster, as host:port; without it, Ray starts on this machine.")
]


@command
def backfill(
    call: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="arXiv's metadata snapshot (.jsonl or .jsonl.gz).")],
    where: Annotated[str, typer.Option(help="Only these categories or archives, such as cs.CV,eess.")] = "",
    engine: Engine = "local",
    address: Address = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; store nothing.")] = False,
) -> Output | None:
    """Classify an arXiv metadata snapshot; papers in scope join the store and the end of the queue.

    An interrupted backfill resumes where it stopped: run the same command again. Invalid lines are listed, and the exit
    status is then 1; all other lines are processed.
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
    """Classify every paper in the store with the new model now, instead of in the next night's run."""
    from harvester.services.learning import rescore as job

    ws = call.workspace
    with watched() as watch:
        done = job.rescore(ws, engine=engine, address=address, watch=watch)
    return Output(
        done.to_json(),
        f"{count_of(done.papers, 'paper')} classified in {done.seconds:.1f} s; {done.in_scope:,} in scope, "
        f"{done.queued:,} joined the queue.",
    )


def _print(report: "BackfillReport", dry_run: bool) -> None:
    """Print a backfill for people."""
    found = report.found
    if report.resumed_at:
        say(f"Resumed after line {report.resumed_at:,}; the counts are for the whole file.")
    say(f"{count_of(found.records, 'record')}, {found.judged:,} of them classified, in {report.seconds:.1f} s.")
    say(f"{found.in_scope:,} in scope" + ("." if dry_run else f"; {found.queued:,} joined the queue."))
    for line, problem in found.problems:
        say(f"Line {line:,}: {problem}")
    if found.errors > len(found.problems):
        say(f"... and {found.errors - len(found.problems):,} more such lines.")
