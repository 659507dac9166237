"""``harvester subscribers``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table
from harvester.cli.facets import FacetCommand, Label, labels_given

if TYPE_CHECKING:
    from harvester.domain.subscribers import Subscriber

app = typer.Typer(help="Who gets the digest.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="One plain address.")]
Agreed = Annotated[bool, typer.Option("--confirmed", help="They have agreed already: send no mail that asks for it.")]


@app.command(cls=FacetCommand)
@command
def add(
    call: Invocation,
    email: Email,
    confirmed: Agreed = False,
    label: Label = None,
    every: Annotated[str | None, typer.Option(help="day or week; else day for new subscribers.")] = None,
    weekday: Annotated[str | None, typer.Option(help="The day of a weekly digest (monday ...); '' is any.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="html or text; else html for new subscribers.")] = None,
) -> Output | None:
    """Add a subscriber, or give a known one other wishes; without any label they get everything.

    Who was erased or complained is written to again: it is you who knows that they want it.
    """
    from harvester.services.subscribers.subscriptions import add_subscriber, to_json

    given = labels_given(label)
    ws = call.workspace
    one = add_subscriber(ws, email, given, every, weekday=weekday, form=form, confirmed=confirmed)
    waiting = "; a mail asks them to confirm within 48 hours" if one.state == "pending" else ""
    return Output([to_json(one)], f"{one.email} is {one.state}{waiting}.")


@app.command("list")
@command
def list_all(call: Invocation) -> Output | None:
    """All subscribers, in the order they joined."""
    from harvester.services.subscribers.subscriptions import subscribers, to_json

    found = subscribers(call.workspace)
    return Output([to_json(one) for one in found], lambda: _show(found))


def _show(found: "Sequence[Subscriber]") -> None:
    from harvester.digest.preferences import weekday_name

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
    say(f"{sum(one.state == 'active' for one in found)} active of {len(found)}.")


@app.command()
@command
def remove(call: Invocation, email: Email) -> Output | None:
    """Erase a subscriber and what was sent to them; only a hash that keeps them from being written to stays."""
    from harvester.services.subscribers.subscriptions import remove_subscriber, to_json

    one = remove_subscriber(call.workspace, email)
    return Output([to_json(one)], f"{one.email} is forgotten.")


@app.command("import")
@command
def import_(
    call: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table (CSV, UTF-8) as `export` writes it.")],
    confirmed: Agreed = False,
) -> Output | None:
    """Add the people of a table; who is known stays as they are, who has no time of consent is asked by mail."""
    from harvester.services.subscribers.subscriptions import to_json
    from harvester.services.subscribers.transfer import import_csv

    done = import_csv(call.workspace, file, confirmed=confirmed)
    return Output(
        [to_json(one) for one in done.added],
        f"{len(done.added)} added, {done.known} known already, {len(done.problems)} problems.",
        done.problems,
    )


@app.command()
@command
def export(
    call: Invocation,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here; else to standard output.")] = None,
) -> Output | None:
    """All subscribers as a table (CSV) with the time of their consent and the version of the words they agreed to."""
    from harvester.base.files import write_atomic
    from harvester.services.subscribers.subscriptions import subscribers, to_json
    from harvester.services.subscribers.transfer import export_csv

    ws = call.workspace
    if call.as_json:
        return Output([to_json(one) for one in subscribers(ws)])
    if output is None:
        typer.echo(export_csv(ws), nl=False)
        return None
    write_atomic(output, export_csv(ws), mode=0o600)
    return Output(None, f"Written to {output}, readable by you alone.")
