"""The commands, as their own help describes them."""

import argparse
import inspect
from collections.abc import Iterator
from typing import Any

import typer

from classifiers import cli as classifiers
from harvester.base import errors
from harvester.cli.app import app
from harvester.cli.facets import FacetCommand, facet_options
from reference_pages.markup import code, joined, plain, table

EVERYWHERE = ("--config", "--json", "--debug", "--help")
"""Options of every command, described once."""


def commands() -> str:
    """Every command of ``harvester`` as Markdown."""
    return "\n\n".join(_described(name, command) for name, command in every(typer.main.get_command(app)))


def classifier_commands() -> str:
    """Every command of ``python -m classifiers`` as Markdown."""
    (choice,) = [action for action in classifiers._parser()._actions if isinstance(action, argparse._SubParsersAction)]
    helps = {action.dest: action.help for action in choice._choices_actions}
    return "\n\n".join(_parsed(name, helps.get(name), parser) for name, parser in choice.choices.items())


def exit_statuses() -> str:
    """The tree of errors with their statuses, as it stands in the code."""
    return f"```text\n{inspect.cleandoc(errors.__doc__ or '')}\n```"


def every(group: Any, prefix: str = "harvester") -> Iterator[tuple[str, Any]]:
    """All commands below a group, with their full names."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def common_options() -> str:
    """The options that every command has."""
    command = typer.main.get_command(app).commands["queue"]  # type: ignore[attr-defined]
    return table(
        ("option", ""), [_option(parameter) for parameter in command.params if parameter.opts[0] in EVERYWHERE]
    )


def _described(name: str, command: Any) -> str:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [
        parameter
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.opts[0] not in EVERYWHERE
    ]
    words = [_argument_name(argument) for argument in arguments]
    usage = " ".join([name, *words, "[OPTIONS]"])
    rows = [(code(_argument_name(argument)), plain(argument.help or "")) for argument in arguments] + [
        _option(option) for option in options
    ]
    if isinstance(command, FacetCommand):
        rows += [(code(option), plain(f"{labels}.")) for option, labels in facet_options(None)]
    parts = [f"## {code(name)}", plain(inspect.cleandoc(command.help or "")), f"```text\n{usage}\n```"]
    return "\n\n".join([*parts, table(("", ""), rows)] if rows else parts)


def _argument_name(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name.upper()).strip("[]")
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> tuple[str, str]:
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
    shown = (
        ""
        if parameter.default in (None, False, "", []) or parameter.is_flag
        else f" Default: {code(str(parameter.default))}."
    )
    return code(f"{', '.join(parameter.opts)}{value}"), plain(parameter.help or "") + shown


def _parsed(name: str, words: str | None, parser: argparse.ArgumentParser) -> str:
    usage = joined(parser.format_usage().removeprefix("usage: ").splitlines())
    actions = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    rows = [(code(_flag(action)), plain(action.help or "")) for action in actions]
    parts = [f"## {code(f'python -m classifiers {name}')}", plain(words or "").capitalize(), f"```text\n{usage}\n```"]
    return "\n\n".join(part for part in [*parts, table(("", ""), rows)] if part)


def _flag(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return metavar
    return " ".join([*action.option_strings, *([] if action.nargs == 0 else [metavar])])
