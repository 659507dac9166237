"""``harvester digest``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.base.errors import HarvesterError, UsageError
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched
from harvester.cli.errors import failure_of

if TYPE_CHECKING:
    from harvester.digest.composer import DigestOutline, MailBody
    from harvester.services.digest.delivery import Counts
    from harvester.services.digest.sending import Unknown
    from harvester.services.workspace import Workspace

app = typer.Typer(help="The digest: the mail with new papers.", no_args_is_help=True)


@app.command()
@command
def preview(
    call: Invocation,
    subscriber: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL", help="Whose digest (default: a sample of everything new in the last seven days)."
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the mail's HTML part to this file, for a browser."),
    ] = None,
) -> Output | None:
    """Show what would be sent; nothing is sent, and the ledger is unchanged.

    With --json: the counts of all digests that are due (or of one subscriber's), and their messages.
    """
    from harvester.services.digest.preview import plan_digests, plan_for, sample

    ws = call.workspace
    if subscriber:
        counts, messages = plan_for(ws, subscriber)
        heads, mails = [f"Subject: {outline.subject}\n\n" for outline, _ in messages], [mail for _, mail in messages]
        return Output(_plan(counts, [outline for outline, _ in messages]), lambda: _show_mail(heads, mails, html))
    if call.as_json:
        return Output(_plan(*plan_digests(ws)))
    found = sample(ws)
    return Output(None, lambda: _show_mail([""], [found] if found else [], html))


@app.command()
@command
def send(
    call: Invocation,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compose the messages and count them; send nothing.")
    ] = False,
    eml: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write the messages as .eml files to this folder; they count as sent, except with --dry-run.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Send only a test mail, to this address: its subscriber's next digest, or a sample of everything new. "
            "Nothing counts as mailed.",
        ),
    ] = None,
) -> Output | None:
    """Send every digest that is due; running it again is harmless.

    Exit status 1 if a digest was refused (the next call tries again) or its fate is unknown (it is not sent again).
    """
    from harvester.services.digest.preview import plan_digests
    from harvester.services.digest.sending import SendingStopped, send_digests

    ws = call.workspace
    if to is not None:
        return _sent(_test_mail(ws, to, eml, dry_run=dry_run))
    if dry_run:
        counts, messages = plan_digests(ws, eml)
        return Output(_plan(counts, messages), lambda: _show_plan(messages))
    try:
        with watched() as watch:
            counts = send_digests(ws, eml=eml, watch=watch)
    except SendingStopped as stopped:
        return _sent(stopped.counts, stopped)
    return _sent(counts)


def _test_mail(ws: "Workspace", to: str, eml: Path | None, *, dry_run: bool) -> "Counts":
    from harvester.services.digest.trial import send_test

    if dry_run:
        remedy = "with --to, use --eml DIR to write the mail to a folder"
        raise UsageError("--to sends a test mail, and --dry-run sends nothing", remedy=remedy)
    return send_test(ws, to, eml=eml)


@app.command()
@command
def unknown(
    call: Invocation,
    again: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL", help="This subscriber says that nothing came: put its papers into their next digest."
        ),
    ] = None,
) -> Output | None:
    """List digests that may or may not have arrived; they are not sent again automatically."""
    from harvester.services.digest.sending import send_again, unknown_digests

    ws = call.workspace
    if again:
        number = send_again(ws, again)
        return Output({"again": number}, f"The papers of {number} digests go into the next one.")
    found = unknown_digests(ws)
    return Output([delivery.to_json() for delivery in found], lambda: _show_unknown(found))


def _show_unknown(found: "Sequence[Unknown]") -> None:
    table(
        ("to", "day", "papers", "reason"),
        [(delivery.to, delivery.day, delivery.papers, delivery.reason) for delivery in found],
    )
    say(f"{len(found)} of unknown fate.")


def _show_mail(heads: Sequence[str], mails: Sequence["MailBody"], html: Path | None) -> None:
    from harvester.base.files import write_atomic

    if not mails:
        return say("There is nothing new to send.")
    if html:
        write_atomic(html, mails[0].html)
        return say(f"Open {html} in a browser.")
    # Not through `say`, which would remove the indentation; the text is already clean.
    texts = (head + mail.text for head, mail in zip(heads, mails, strict=True))
    return typer.echo("\n".join(texts).rstrip("\n"))


def _sent(counts: "Counts", stopped: HarvesterError | None = None) -> Output:
    """The result of sending; `stopped` says why it ended early, in the same document."""
    waiting = f", {counts.waiting} waiting" if counts.waiting else ""
    problems = [f"Digest to {problem.to} ({problem.state}): {problem.reason}" for problem in counts.problems]
    return Output(
        {
            **counts.to_json(),
            "problems": [problem.to_json() for problem in counts.problems],
            **(failure_of(stopped).to_json() if stopped else {}),
        },
        f"{counts.due} due: {counts.sent} sent, {counts.failed} failed, {counts.unknown} unknown{waiting}.",
        [*problems, *([str(stopped)] if stopped else [])],
    )


def _plan(counts: "Counts", messages: Sequence["DigestOutline"]) -> dict[str, Any]:
    return {**counts.to_json(), "messages": [message.to_json() for message in messages]}


def _show_plan(messages: Sequence["DigestOutline"]) -> None:
    table(("to", "subject", "papers"), [(message.to, message.subject, len(message.papers)) for message in messages])
    say(f"{len(messages)} due; nothing was sent.")
