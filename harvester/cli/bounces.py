"""``harvester bounces``."""

from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.command import Invocation, Output, command


@command
def bounces(
    call: Invocation,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="An mbox, a Maildir, or a file with one message.")],
) -> Output | None:
    """Process bounces, complaints and unsubscribe requests; reading a mailbox again changes nothing.

    A hard bounce, soft bounces on three of thirty days, or a complaint ends mail to an address.
    """
    from harvester.services.subscribers.bounces import read_mailbox

    tally = read_mailbox(call.workspace, path)
    counted = (
        f"{tally.hard} hard, {tally.soft} soft, {tally.complaints} complaints, {tally.unsubscribed} unsubscribed, "
        f"{tally.ignored} ignored."
    )
    ended = [f"No more mail is sent to {email}." for email in tally.disabled]
    return Output(tally.to_json(), "\n".join([counted, *ended]))
