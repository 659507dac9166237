"""``harvester users``."""

import sys
from typing import Annotated

import typer

from harvester.base.errors import UsageError
from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, table, workspace

app = typer.Typer(help="Who may review on the web pages.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What decisions and commits name them by.")]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="reviewer, or admin, who also sees and ends sessions.")] = "reviewer",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Let somebody review, or give a known one another role and password."""
    from harvester.services.review.users import add_user

    set_up_logging(debug)
    ws = workspace(config)
    one = add_user(ws, name, role, _password(asked=not password_stdin))
    if as_json:
        return print_json([one.to_json()])
    return say(f"{one.name} may sign in as {one.role}.")


@app.command("list")
def list_all(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Everybody who may review."""
    from harvester.services.review.users import users

    set_up_logging(debug)
    found = [one.to_json() for one in users(workspace(config))]
    if as_json:
        return print_json(found)
    columns = ("name", "role", "joined", "sessions", "seen")
    table(columns, [[one[key] or "-" if key == "seen" else one[key] for key in columns] for one in found])
    return say(f"{len(found)} may review.")


@app.command()
def remove(name: Name, config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Let somebody review no longer, and sign them out; their decisions stay."""
    from harvester.services.review.users import remove_user

    set_up_logging(debug)
    one = remove_user(workspace(config), name)
    if as_json:
        return print_json([one.to_json()])
    return say(f"{one.name} may review no longer.")


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
