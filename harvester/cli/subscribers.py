"""``harvester subscribers``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table
from harvester.cli.facets import FacetCommand, Label, labels_given

if TYPE_CHECKING:
    from harvester.domain.subscribers import Preferences, Subscriber

app = typer.Typer(help="The subscribers of the digest.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="A plain e-mail address.")]
Agreed = Annotated[bool, typer.Option("--confirmed", help="They have already consented: send no confirmation mail.")]


@app.command(cls=FacetCommand)
@command
def add(
    call: Invocation,
    email: Email,
    confirmed: Agreed = False,
    label: Label = None,
    every: Annotated[str | None, typer.Option(help="day, week or month (default for new subscribers: day).")] = None,
    weekday: Annotated[
        str | None, typer.Option(help="The day of a weekly digest, such as monday; '' means any.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="html or text (default for new subscribers: html).")
    ] = None,
    authors: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Authors, separated by commas; '' means none.")
    ] = None,
    words: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="Words of title and abstract, by commas; '' means none."),
    ] = None,
    match: Annotated[
        str | None,
        typer.Option(
            help="all: a paper must have something of every list (facet, authors, words) that is used; any: of one of "
            "them (default for new subscribers: all)."
        ),
    ] = None,
) -> Output | None:
    """Add a subscriber, or change the preferences of an existing one; without labels they get everything.

    Somebody who was erased or who complained is sent mail again: you vouch for their consent.
    """
    from harvester.services.subscribers.subscriptions import add_subscriber, to_json

    given = labels_given(label)
    ws = call.workspace
    lists = {"match": match, "authors": authors, "words": words}
    subscriber = add_subscriber(ws, email, given, every, weekday=weekday, form=form, confirmed=confirmed, **lists)
    waiting = "; a mail asks for confirmation within 48 hours" if subscriber.state == "pending" else ""
    return Output([to_json(subscriber)], f"{subscriber.email} is {subscriber.state}{waiting}.")


@app.command("list")
@command
def list_all(call: Invocation) -> Output | None:
    """List all subscribers, in the order they joined."""
    from harvester.services.subscribers.subscriptions import subscribers, to_json

    found = subscribers(call.workspace)
    return Output([to_json(subscriber) for subscriber in found], lambda: _show(found))


def _show(found: "Sequence[Subscriber]") -> None:
    from harvester.digest.preferences import weekday_name

    chosen = (_wishes(subscriber.preferences) for subscriber in found)
    rows = [
        (
            subscriber.email,
            subscriber.state,
            weekday_name(subscriber.preferences) or subscriber.preferences.every,
            subscriber.preferences.form,
            topics or "everything",
        )
        for subscriber, topics in zip(found, chosen, strict=True)
    ]
    table(("email", "state", "every", "format", "topics"), rows)
    say(f"{sum(subscriber.state == 'active' for subscriber in found)} active of {len(found)}.")


def _wishes(preferences: "Preferences") -> str:
    """``ecg, cmr + diagnosis``: a plus between lists of which all must hold, a comma if one is enough."""
    lists = [*preferences.topics.values(), preferences.authors, preferences.words]
    return (" + " if preferences.match == "all" else ", ").join(", ".join(chosen) for chosen in lists if chosen)


@app.command()
@command
def remove(call: Invocation, email: Email) -> Output | None:
    """Erase a subscriber and the record of their mail; only a hash that prevents further mail remains."""
    from harvester.services.subscribers.subscriptions import remove_subscriber, to_json

    subscriber = remove_subscriber(call.workspace, email)
    return Output([to_json(subscriber)], f"Erased {subscriber.email}.")


@app.command("import")
@command
def import_(
    call: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file (UTF-8) as `export` writes it.")],
    confirmed: Agreed = False,
) -> Output | None:
    """Import subscribers; existing ones are left unchanged, those without a time of consent are asked by mail."""
    from harvester.services.subscribers.subscriptions import to_json
    from harvester.services.subscribers.transfer import import_csv

    done = import_csv(call.workspace, file, confirmed=confirmed)
    return Output(
        [to_json(subscriber) for subscriber in done.added],
        f"{len(done.added)} added, {done.known} already subscribed, {count_of(len(done.problems), 'problem')}.",
        done.problems,
    )


@app.command()
@command
def export(
    call: Invocation,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file (default: standard output).")
    ] = None,
) -> Output | None:
    """Export all subscribers as CSV, with the time of consent and the version of the text they consented to."""
    from harvester.base.files import write_atomic
    from harvester.services.subscribers.subscriptions import subscribers, to_json
    from harvester.services.subscribers.transfer import export_csv

    ws = call.workspace
    if call.as_json:
        return Output([to_json(subscriber) for subscriber in subscribers(ws)])
    if output is None:
        typer.echo(export_csv(ws), nl=False)
        return None
    write_atomic(output, export_csv(ws), mode=0o600)
    return Output(None, f"Wrote {output}, which only you can read.")
