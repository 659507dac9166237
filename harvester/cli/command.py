"""Turns a function into a command: --config, --json and --debug, logging, one answer, and errors as one sentence."""

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from harvester.cli.common import configure_logging, print_json, say, set_up_logging
from harvester.cli.errors import report_failure
from harvester.domain.text import clean

if TYPE_CHECKING:
    from harvester.config.settings import Settings
    from harvester.services.workspace import Workspace

P = ParamSpec("P")
Config = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration file (default: $HARVESTER_CONFIG, else ./config.toml)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, also for an error.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks and log every step.")]
PASSED_ON = (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError, EOFError)
"""How typer itself ends a command; `harvester queue | head` is not an error of ours."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command prints: `document` with ``--json``, else `text`, or what `text` prints.

    `problems` go to standard error either way. With a problem, or if it `failed`, the exit status is 1.
    """

    document: Any
    text: str | Callable[[], object] = ""
    problems: Sequence[str] = ()
    failed: bool = False


@dataclass
class Invocation:
    """One call of a command: its common options, and what they open on first use."""

    config: Path | None
    as_json: bool
    debug: bool
    answered: bool = field(default=False, init=False)

    @cached_property
    def config_file(self) -> Path:
        """``--config``, else ``$HARVESTER_CONFIG``, else ``config.toml`` in the current folder."""
        from harvester.config.settings import config_path

        return config_path(self.config)

    @cached_property
    def settings(self) -> "Settings":
        """The configuration alone; opening it sets up the logs."""
        from harvester.config.settings import load_settings

        settings = load_settings(self.config_file)
        configure_logging(settings)
        return settings

    @cached_property
    def workspace(self) -> "Workspace":
        """Everything that the configuration names; opening it sets up the logs."""
        from harvester.services.workspace import open_workspace

        opened = open_workspace(self.config_file)
        configure_logging(opened.settings)
        return opened

    def answer(self, output: Output) -> None:
        """Print the output: with ``--json`` one document, and no other after it."""
        if self.as_json:
            self.answered = True
            print_json(output.document)
        elif callable(output.text):
            output.text()
        elif output.text:
            say(output.text)
        for problem in output.problems:
            sys.stderr.write(f"{clean(f'Error: {problem}')}\n")


Function = Callable[Concatenate[Invocation, P], Output | None]


def command(function: Function[P]) -> Callable[..., None]:
    """A command for typer: all of the function's parameters except the first, then the common options.

    The function's return value is printed; None means that it has printed its output itself.
    """
    return _command(function, {"config": Config, "as_json": AsJson, "debug": Debug})


def command_without_config(function: Function[P]) -> Callable[..., None]:
    """The same for a command that reads no configuration because it creates one."""
    return _command(function, {"as_json": AsJson, "debug": Debug})


def _command(function: Function[P], options: dict[str, Any]) -> Callable[..., None]:
    @functools.wraps(function)
    def run(*, config: Path | None = None, as_json: bool, debug: bool, **own: Any) -> None:
        set_up_logging(debug)
        _perform(function, Invocation(config, as_json, debug), own)

    parameters = [*_own_parameters(function), *(_option(name, kind) for name, kind in options.items())]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _perform(function: Callable[..., Output | None], call: Invocation, own: dict[str, Any]) -> None:
    try:
        output = function(call, **own)
        if output:
            call.answer(output)
    except PASSED_ON:
        raise
    except Exception as error:  # a bug of ours, too, is one sentence and a status; --debug shows the traceback
        # A document that was already printed is the answer: there is never a second one.
        raise typer.Exit(report_failure(error, as_json=call.as_json and not call.answered, debug=call.debug)) from error
    if output and (output.failed or output.problems):
        raise typer.Exit(1)


def _own_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of a function except the first, which is the invocation."""
    _, *own = inspect.signature(function, eval_str=True).parameters.values()
    return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]


def _option(name: str, kind: Any) -> inspect.Parameter:
    default = None if name == "config" else False
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
