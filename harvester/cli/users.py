"""``harvester users``."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from harvester.base.errors import UsageError
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table

app = typer.Typer(help="Who may review on the web pages.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What decisions and commits name them by.")]


@app.command()
@command
def add(
    call: Invocation,
    name: Name,
    role: Annotated[str, typer.Option(help="reviewer, or admin, who also sees and ends sessions.")] = "reviewer",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
    ] = False,
) -> Output | None:
    """Let somebody review, or give a known one another role and password."""
    from harvester.services.review.users import add_user

    ws = call.workspace
    one = add_user(ws, name, role, _password(asked=not password_stdin))
    return Output([one.to_json()], f"{one.name} may sign in as {one.role}.")


@app.command("list")
@command
def list_all(call: Invocation) -> Output | None:
    """Everybody who may review."""
    from harvester.services.review.users import users

    found = [one.to_json() for one in users(call.workspace)]
    return Output(found, lambda: _show(found))


def _show(found: Sequence[Mapping[str, object]]) -> None:
    columns = ("name", "role", "joined", "sessions", "seen")
    table(columns, [[one[key] or "-" if key == "seen" else one[key] for key in columns] for one in found])
    say(f"{len(found)} may review.")


@app.command()
@command
def remove(call: Invocation, name: Name) -> Output | None:
    """Let somebody review no longer, and sign them out; their decisions stay."""
    from harvester.services.review.users import remove_user

    one = remove_user(call.workspace, name)
    return Output([one.to_json()], f"{one.name} may review no longer.")


def _password(*, asked: bool) -> str:
    """From the terminal, typed twice, or the first line of standard input."""
    if not asked:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for the password; give it with --password-stdin.")
    from getpass import getpass

    first = getpass("Password: ")
    if getpass("The same again: ") != first:
        raise UsageError("The two passwords differ; nothing was changed.")
    return first
