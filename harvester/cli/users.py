"""``harvester users``."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.base.errors import UsageError
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table

if TYPE_CHECKING:
    from harvester.services.review.users import Account

app = typer.Typer(help="The reviewers on the web pages.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name in decisions and commits.")]


@app.command()
@command
def add(
    call: Invocation,
    name: Name,
    role: Annotated[str, typer.Option(help="reviewer, or admin, who can also see and end sessions.")] = "reviewer",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
    ] = False,
) -> Output | None:
    """Add a reviewer, or change the role and password of an existing one."""
    from harvester.services.review.users import add_user

    ws = call.workspace
    user = add_user(ws, name, role, _password(asked=not password_stdin))
    return Output([user.to_json()], _added(user))


@app.command("list")
@command
def list_all(call: Invocation) -> Output | None:
    """List the reviewers."""
    from harvester.services.review.users import users

    found = [user.to_json() for user in users(call.workspace)]
    return Output(found, lambda: _show(found))


def _added(user: "Account") -> str:
    """What was done: a name that was there already is that of somebody, who is signed out."""
    if not user.was:
        return f"{user.name} can sign in as {user.role}."
    role = f"role {user.role} (was {user.was})" if user.role != user.was else f"role {user.role}, as before"
    return f"{user.name} was there already, and now has the new password and the {role}; their sessions have ended."


def _show(found: Sequence[Mapping[str, object]]) -> None:
    columns = ("name", "role", "joined", "sessions", "seen")
    table(columns, [[user[key] or "-" if key == "seen" else user[key] for key in columns] for user in found])
    say(f"{count_of(len(found), 'reviewer')}.")


@app.command()
@command
def remove(call: Invocation, name: Name) -> Output | None:
    """Remove a reviewer and sign them out; their decisions remain."""
    from harvester.services.review.users import remove_user

    user = remove_user(call.workspace, name)
    return Output([user.to_json()], f"{user.name} can no longer review.")


def _password(*, asked: bool) -> str:
    """From the terminal, typed twice, or the first line of standard input."""
    if not asked:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for the password", remedy="pass it with --password-stdin")
    from getpass import getpass

    first = getpass("Password: ")
    if getpass("Repeat the password: ") != first:
        raise UsageError("The two passwords differ, so nothing was changed", remedy="run the command again")
    return first
