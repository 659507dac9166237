"""``harvester digest``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, table, watched, workspace

if TYPE_CHECKING:
    from harvester.digest.composer import DigestOutline, MailBody
    from harvester.services.digest.delivery import Counts

app = typer.Typer(help="The mail with new papers.", no_args_is_help=True)


@app.command()
def preview(
    subscriber: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Whose; else a sample of everything new in the last seven days.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the mail's HTML part here, for a browser.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show what would be sent; nothing is sent and the ledger stays as it is.

    With --json: the counts of all digests that are due (or of one subscriber's), and their messages.
    """
    from harvester.services.digest.preview import plan_digests, plan_for, sample

    set_up_logging(debug)
    ws = workspace(config)
    if as_json and not subscriber:
        return _print_plan(*plan_digests(ws))
    if subscriber:
        counts, messages = plan_for(ws, subscriber)
        if as_json:
            return _print_plan(counts, [outline for outline, _ in messages])
        heads, mails = [f"Subject: {outline.subject}\n\n" for outline, _ in messages], [mail for _, mail in messages]
    else:
        found = sample(ws)
        heads, mails = [""], [found] if found else []
    return _show_mail(heads, mails, html)


@app.command()
def send(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Make the messages and count them; send nothing.")] = False,
    eml: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write the messages into this folder, as .eml files for another program; sent, unless dry.",
        ),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Send every digest that is due; calling it again is harmless.

    Status 1 where a digest was refused (the next call tries again) or its fate is unknown (it is not sent again).
    """
    from harvester.services.digest.preview import plan_digests
    from harvester.services.digest.sending import SendingStopped, send_digests

    set_up_logging(debug)
    ws = workspace(config)
    if dry_run:
        counts, messages = plan_digests(ws, eml)
        return _print_plan(counts, messages) if as_json else _show_plan(messages)
    try:
        with watched() as watch:
            counts = send_digests(ws, eml=eml, watch=watch)
    except SendingStopped as stopped:
        _show(stopped.counts, as_json)
        raise
    _show(counts, as_json)
    if counts.problems:
        raise typer.Exit(1)
    return None


@app.command()
def unknown(
    again: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="They say that nothing came: put its papers into their next digest."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """The digests of which nobody can say whether they arrived; they are not sent again by themselves."""
    from harvester.services.digest.sending import send_again, unknown_digests

    set_up_logging(debug)
    ws = workspace(config)
    if again:
        number = send_again(ws, again)
        return print_json({"again": number}) if as_json else say(f"What {number} digests held goes into the next one.")
    found = unknown_digests(ws)
    if as_json:
        return print_json([one.to_json() for one in found])
    table(("to", "day", "papers", "reason"), [(one.to, one.day, one.papers, one.reason) for one in found])
    return say(f"{len(found)} of unknown fate.")


def _show_mail(heads: Sequence[str], mails: Sequence["MailBody"], html: Path | None) -> None:
    from harvester.base.files import write_atomic

    if not mails:
        return say("There is nothing new to send.")
    if html:
        write_atomic(html, mails[0].html)
        return say(f"Open {html} in a browser.")
    # Not through `say`, which would take the indentation away; the text is clean already.
    texts = (head + mail.text for head, mail in zip(heads, mails, strict=True))
    return typer.echo("\n".join(texts).rstrip("\n"))


def _show(counts: "Counts", as_json: bool) -> None:
    if as_json:
        document: dict[str, Any] = {**counts.to_json(), "problems": [one.to_json() for one in counts.problems]}
        print_json(document)
    else:
        say(f"{counts.due} due: {counts.sent} sent, {counts.failed} failed, {counts.unknown} unknown.")
    for one in counts.problems:
        typer.echo(f"Error: the digest to {one.to} is {one.state}: {one.reason}", err=True)


def _print_plan(counts: "Counts", messages: Sequence["DigestOutline"]) -> None:
    print_json({**counts.to_json(), "messages": [one.to_json() for one in messages]})


def _show_plan(messages: Sequence["DigestOutline"]) -> None:
    table(("to", "subject", "papers"), [(one.to, one.subject, len(one.papers)) for one in messages])
    say(f"{len(messages)} due; nothing was sent.")
