"""``harvester subscribers``."""

from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.common import (
    AsJson,
    Config,
    Debug,
    print_json,
    say,
    set_up_logging,
    table,
    workspace,
)
from harvester.cli.facets import FacetCommand, Label, labels_given

app = typer.Typer(help="Who gets the digest.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="One plain address.")]
Agreed = Annotated[bool, typer.Option("--confirmed", help="They have agreed already: send no mail that asks for it.")]


@app.command(cls=FacetCommand)
def add(
    email: Email,
    confirmed: Agreed = False,
    label: Label = None,
    every: Annotated[str | None, typer.Option(help="day or week; else day for new subscribers.")] = None,
    weekday: Annotated[str | None, typer.Option(help="The day of a weekly digest (monday ...); '' is any.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="html or text; else html for new subscribers.")] = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Add a subscriber, or give a known one other wishes; without any label they get everything.

    Who was erased or complained is written to again: it is you who knows that they want it.
    """
    from harvester.services.subscribers.subscriptions import add_subscriber, to_json

    set_up_logging(debug)
    given = labels_given(label)
    ws = workspace(config)
    one = add_subscriber(ws, email, given, every, weekday=weekday, form=form, confirmed=confirmed)
    if as_json:
        return print_json([to_json(one)])
    waiting = "; a mail asks them to confirm within 48 hours" if one.state == "pending" else ""
    return say(f"{one.email} is {one.state}{waiting}.")


@app.command("list")
def list_all(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """All subscribers, in the order they joined."""
    from harvester.digest.preferences import weekday_name
    from harvester.services.subscribers.subscriptions import subscribers, to_json

    set_up_logging(debug)
    found = subscribers(workspace(config))
    if as_json:
        return print_json([to_json(one) for one in found])
    chosen = (", ".join(label for labels in one.preferences.topics.values() for label in labels) for one in found)
    rows = [
        (
            one.email,
            one.state,
            weekday_name(one.preferences) or one.preferences.every,
            one.preferences.form,
            topics or "everything",
        )
        for one, topics in zip(found, chosen, strict=True)
    ]
    table(("email", "state", "every", "format", "topics"), rows)
    return say(f"{sum(one.state == 'active' for one in found)} active of {len(found)}.")


@app.command()
def remove(email: Email, config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Erase a subscriber and what was sent to them; only a hash that keeps them from being written to stays."""
    from harvester.services.subscribers.subscriptions import remove_subscriber, to_json

    set_up_logging(debug)
    one = remove_subscriber(workspace(config), email)
    if as_json:
        return print_json([to_json(one)])
    return say(f"{one.email} is forgotten.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table (CSV, UTF-8) as `export` writes it.")],
    confirmed: Agreed = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Add the people of a table; who is known stays as they are, who has no time of consent is asked by mail."""
    from harvester.services.subscribers.subscriptions import to_json
    from harvester.services.subscribers.transfer import import_csv

    set_up_logging(debug)
    done = import_csv(workspace(config), file, confirmed=confirmed)
    if as_json:
        print_json([to_json(one) for one in done.added])
    else:
        say(f"{len(done.added)} added, {done.known} known already, {len(done.problems)} problems.")
    for problem in done.problems:
        typer.echo(f"Error: {problem}", err=True)
    if done.problems:
        raise typer.Exit(1)


@app.command()
def export(
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here; else to standard output.")] = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """All subscribers as a table (CSV) with the time of their consent and the version of the words they agreed to."""
    from harvester.base.files import write_atomic
    from harvester.services.subscribers.subscriptions import subscribers, to_json
    from harvester.services.subscribers.transfer import export_csv

    set_up_logging(debug)
    ws = workspace(config)
    if as_json:
        return print_json([to_json(one) for one in subscribers(ws)])
    if output is None:
        return typer.echo(export_csv(ws), nl=False)
    write_atomic(output, export_csv(ws), mode=0o600)
    return say(f"Written to {output}, readable by you alone.")
