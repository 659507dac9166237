"""``harvester config``: the settings in effect."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import listing

if TYPE_CHECKING:
    from harvester.config.effective import Setting

app = typer.Typer(help="The settings.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The settings."""


@app.command()
@command
def show(
    call: Invocation,
    changed: Annotated[bool, typer.Option("--changed", help="Only what is not a default.")] = False,
) -> Output | None:
    """Show the settings in effect and where each comes from: the defaults, the file or the environment.

    Passwords and keys are masked. With --json, values are shown in full.
    """
    from harvester.config.effective import effective

    found = [setting for setting in effective(call.config_file) if not changed or setting.origin != "default"]
    return Output([setting.to_json() for setting in found], lambda: _print(found))


@app.command()
@command
def check(call: Invocation) -> Output | None:
    """Find misspelt keys and wrong values in the file, and variables HARVESTER_... that name no setting.

    Exit status: 0 if there are none, else 2.
    """
    from harvester.config.effective import check as job

    made = job(call.config_file)
    said = f"{call.config_file}: no mistakes; {len(made)} keys are set there or in the environment."
    return Output([setting.to_json() for setting in made], said)


def _print(found: "list[Setting]") -> None:
    rows = [(setting.key, json.dumps(setting.value, ensure_ascii=False), setting.origin) for setting in found]
    listing(("key", "value", "from"), rows, {"value": 1})
