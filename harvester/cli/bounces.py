"""``harvester bounces``."""

from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, workspace


def bounces(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="An mbox, a Maildir, or a file with one mail.")],
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Read returned mail, complaints and requests to leave; reading a mailbox again changes nothing.

    A hard bounce, soft ones on three days of thirty, or a complaint end the mail to an address.
    """
    from harvester.services.subscribers.bounces import read_mailbox

    set_up_logging(debug)
    tally = read_mailbox(workspace(config), path)
    if as_json:
        return print_json(tally.to_json())
    say(
        f"{tally.hard} hard, {tally.soft} soft, {tally.complaints} complaints, {tally.unsubscribed} who leave, "
        f"{tally.ignored} ignored."
    )
    for email in tally.disabled:
        say(f"Nothing is sent any more to {email}.")
    return None
