"""``harvester audit``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import listing, say, watched

if TYPE_CHECKING:
    from harvester.services.harvest.audit_findings import Audit


@command
def audit(
    call: Invocation,
    days: Annotated[int, typer.Option(min=1, max=10_000, help="Check records changed in this many days.")] = 7,
    repair: Annotated[
        bool, typer.Option("--repair", help="Fetch and queue missing papers, and refresh outdated ones.")
    ] = False,
) -> Output | None:
    """Compare the store with arXiv's OAI-PMH: which papers in scope are missing?

    Asks for the sets of harvest.arxiv_rss.categories. Without --repair, no paper in the store is changed.

    Exit status: 0 if nothing is missing, or --repair fetched everything; 1 if papers are missing, or an upstream failed
    and the audit is incomplete; 75 if --repair finds another run in progress.
    """
    from harvester.services.harvest import audit as job

    ws = call.workspace
    with watched() as watch:
        found = job.audit(ws, days=days, repair=repair, watch=watch)
    return Output(
        found.to_json(),
        lambda: _print(found, repair),
        problems=[f"The audit is incomplete: {found.error}"] if found.error else [],
        failed=found.repaired < len(found.missing),
    )


def _print(found: "Audit", repair: bool) -> None:
    """Print an audit for people."""
    if found.error and not found.checked:  # "0 are missing" would be no answer
        return
    say(f"{count_of(len(found.checked), 'record')} in {count_of(len(found.sets), 'set')} changed since {found.since}.")
    say(f"Missing from the store: {len(found.missing):,} in scope, {found.lacking_out_of_scope:,} out of scope.")
    if found.missing:
        rows = [(name, f"{missing.scope:.3f}", missing.paper.title) for name, missing in found.ranked]
        listing(("missing", "scope", "title"), rows, {"title": 1})
    _print_names("newer at arXiv than in the store", list(found.outdated))
    _print_names("deleted at arXiv", list(found.withdrawn))
    for note in found.notes:
        say(f"Note: {note}")
    if repair:
        say(f"{found.repaired:,} fetched, {found.refreshed:,} refreshed; {found.queued:,} joined the queue.")
    elif found.missing or found.outdated or found.withdrawn:
        say("Run the same command with --repair to fix this.")


def _print_names(what: str, names: list[str]) -> None:
    if names:
        say(f"{len(names):,} {what}: {', '.join(sorted(names))}")
