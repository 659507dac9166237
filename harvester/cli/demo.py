"""``harvester demo``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.common import AsJson, Debug, print_json, say, set_up_logging, table
from harvester.cli.queue import labels_cell
from harvester.cli.run import print_report

if TYPE_CHECKING:
    from harvester.services.operations.demo import Demo


def demo(
    folder: Annotated[Path | None, typer.Option(help="An empty folder to work in; else a temporary one.")] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """One whole night on an invented sample, in a folder of its own."""
    from harvester.services.operations.demo import demo as play

    set_up_logging(debug)
    made = play(folder)
    if as_json:
        print_json(made.to_json())
    else:
        _show(made)
    if made.report["state"] != "ok":
        raise typer.Exit(1)


def _show(made: "Demo") -> None:
    print_report(made.report)
    say("")
    rows = [
        (row.id, f"{row.candidate.usefulness:.3f}", row.title[:70], labels_cell(row, "modality")) for row in made.queue
    ]
    table(("queue", "usefulness", "title", "modality"), rows)
    say(f"\nAll papers are invented. Accepted, for a start: {made.accepted}")
    say(f"The list:   {made.page}")
    for mail in made.mails:
        say(f"The digest: {mail}")
    say(f"Look round: harvester queue --config {made.config}")
