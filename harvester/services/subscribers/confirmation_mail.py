"""The mail that answers somebody who asks to subscribe: it asks whether they mean it, or says that they are."""

from collections.abc import Sequence

from harvester.base.errors import MailError
from harvester.digest.confirmation_mail import known_letter, optin_letter
from harvester.domain.subscribers import Subscriber
from harvester.mail.link_tokens import open_tokens
from harvester.mail.message import letterhead
from harvester.mail.smtp import mail_server
from harvester.services.workspace import Workspace


def answer_all(ws: Workspace, people: Sequence[Subscriber]) -> dict[str, str]:
    """Write to each of them; what went wrong, by address.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
    """
    problems: dict[str, str] = {}
    letters = {one.email: _letter(ws, one) for one in people}
    try:
        with mail_server(ws.settings) as server:
            for email, letter in letters.items():
                outcome = server.send(email, letter)
                if outcome.state != "sent":
                    problems[email] = outcome.reason
                letters[email] = b""
    except MailError as error:  # the server takes nothing: all that were not sent yet fail alike
        problems |= {email: str(error) for email, letter in letters.items() if letter}
    return problems


def ask(ws: Workspace, one: Subscriber) -> None:
    """Send the mail with the confirmation link.

    Raises:
        MailError: it was not taken.
    """
    if problem := answer_all(ws, [one]).get(one.email):
        raise not_asked(one.email, problem)


def not_asked(email: str, problem: str) -> MailError:
    """That somebody could not be asked, and what to do."""
    return MailError(
        f"{email} waits as pending, but the mail that asks for confirmation was not sent: {problem.rstrip('.')}",
        remedy=f"try again when that is repaired: `harvester subscribers add {email}`",
    )


def _letter(ws: Workspace, one: Subscriber) -> bytes:
    head, tokens, now = letterhead(ws.settings.digest, ws.taxonomy.title), open_tokens(ws.settings), ws.clock()
    leave = tokens.unsubscribe(one.key)
    if one.state == "active":
        return known_letter(head, one.email, preferences=tokens.preferences(one.key), unsubscribe=leave, now=now)
    return optin_letter(head, one.email, confirm=tokens.confirm(one.key, now), unsubscribe=leave, now=now)
