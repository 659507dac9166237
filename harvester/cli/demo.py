"""``harvester demo``."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command_without_config
from harvester.cli.common import say
from harvester.cli.queue import list_rows
from harvester.cli.run import print_report

if TYPE_CHECKING:
    from harvester.services.operations.demo import Demo


@command_without_config
def demo(
    call: Invocation,
    folder: Annotated[Path | None, typer.Option(help="An empty folder to work in (default: a temporary one).")] = None,
) -> Output | None:
    """Play one whole night on a sample of invented papers, in a separate folder."""
    from harvester.services.operations.demo import demo as play

    made = play(folder)
    return Output(made.to_json(), lambda: _show(made), failed=made.report.state != "ok")


def _show(made: "Demo") -> None:
    print_report(made.report)
    say("")
    list_rows(made.queue)
    say(f"\nAll papers are invented. Accepted as a first entry: {made.accepted}")
    say(f"The list:   {made.page}")
    for mail in made.mails:
        say(f"The digest: {mail}")
    say(f"Explore it: {_this_program()} queue --config {shlex.quote(str(made.config))}")


def _this_program() -> str:
    """How this program was called, which works again here: `make demo` activates no environment."""
    called = Path(sys.argv[0])
    if called.name != "harvester":
        return f"{shlex.quote(sys.executable)} -m harvester"
    found = shutil.which("harvester")
    return "harvester" if found and called.is_file() and Path(found).samefile(called) else shlex.quote(str(called))
