"""``harvester audit``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched

if TYPE_CHECKING:
    from harvester.services.harvest.audit import Audit


@command
def audit(
    call: Invocation,
    days: Annotated[int, typer.Option(min=1, max=10_000, help="Records changed in so many days.")] = 7,
    repair: Annotated[
        bool, typer.Option("--repair", help="Bring in and queue what is missing, refresh what is outdated.")
    ] = False,
) -> Output | None:
    """Hold the store against arXiv's OAI-PMH: which papers in scope does it lack?

    Asks for the sets of harvest.arxiv_rss.categories. Without --repair no paper in the store is changed.

    Exit status: 0 where nothing is missing, or --repair brought it all in; 1 where papers are missing, or an upstream
    failed and the audit is not complete; 75 where --repair meets a run that is going on.
    """
    from harvester.services.harvest import audit as job

    ws = call.workspace
    with watched() as watch:
        found = job.audit(ws, days=days, repair=repair, watch=watch)
    return Output(
        found.to_json(),
        lambda: _print(found, repair),
        problems=[f"The audit is not complete: {found.error}"] if found.error else [],
        failed=found.repaired < len(found.missing),
    )


def _print(found: "Audit", repair: bool) -> None:
    """An audit for people."""
    say(f"{len(found.checked):,} records of {len(found.sets)} sets were changed since {found.since}.")
    say(f"The store lacks {len(found.missing):,} in scope, and {found.lacking_out_of_scope:,} out of scope.")
    if found.missing:
        rows = [(name, f"{one.scope:.3f}", one.paper.title[:90]) for name, one in found.ranked]
        table(("missing", "scope", "title"), rows)
    _print_names("newer at arXiv than in the store", list(found.outdated))
    _print_names("deleted at arXiv", list(found.withdrawn))
    for note in found.notes:
        say(f"Note: {note}")
    if repair:
        say(f"Brought in {found.repaired:,}, refreshed {found.refreshed:,}; {found.queued:,} joined the queue.")
    elif found.missing or found.outdated or found.withdrawn:
        say("The same command with --repair makes it good.")


def _print_names(what: str, names: list[str]) -> None:
    if names:
        say(f"{len(names):,} {what}: {', '.join(sorted(names))}")
