"""``harvester coverage``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import listing, say, table, watched

if TYPE_CHECKING:
    from harvester.domain.coverage import Coverage


@command
def coverage(
    call: Invocation,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="LIST.md", help="An Awesome-style list of works; the catalog if left out."),
    ] = None,
) -> Output | None:
    """Count how many works of a list, or of the catalog, each enabled source has brought or would have.

    Names the others, and keeps the result for the page of runs.

    What the store has seen is not asked for. Whether a source would have brought the rest is asked upstream, with its
    configured query; a feed that shows only the present cannot tell.

    Exit status: 0, whatever is missing; 1 if a source failed, and some works are therefore not counted.
    """
    from harvester.services.harvest import coverage as job

    with watched() as watch:
        found = job.coverage(call.workspace, file, watch)
    return Output(found.to_json(), lambda: _print(found), problems=found.errors)


def _print(found: "Coverage") -> None:
    """Print the counts and the misses for people."""
    from harvester.domain.coverage import FOUND, MISSED, STORED, UNKNOWN

    answers = (STORED, FOUND, MISSED, UNKNOWN)
    rows = [
        (source, found.covered(source), *(found.count(source, answer) for answer in answers))
        for source in found.answers
    ]
    table(("source", "covers", *answers), rows)
    nowhere = found.missed_by_all
    say(f"{len(found.works) - len(nowhere):,} of {count_of(len(found.works), 'work')} covered by at least one source.")
    if nowhere:
        listing(("covered by none", "title"), [(work.id, work.title) for work in nowhere], {"title": 1})
    for source in found.answers:
        if others := [work.id for work in found.missed(source) if work not in nowhere]:
            say(f"{source} alone also misses: {', '.join(others)}")
