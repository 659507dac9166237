"""The mail that answers a request to subscribe: it asks for confirmation, or says that they already subscribe."""

from collections.abc import Sequence

from harvester.base.errors import MailError
from harvester.digest.confirmation_mail import known_letter, optin_letter
from harvester.domain.subscribers import Subscriber
from harvester.mail.link_tokens import open_tokens
from harvester.mail.message import letterhead
from harvester.mail.smtp import mail_server
from harvester.services.workspace import Workspace


def answer_all(ws: Workspace, people: Sequence[Subscriber]) -> dict[str, str]:
    """Write to each of them; returns what went wrong, by address.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
    """
    problems: dict[str, str] = {}
    letters = {subscriber.email: _letter(ws, subscriber) for subscriber in people}
    try:
        with mail_server(ws.settings) as server:
            for email, letter in letters.items():
                outcome = server.send(email, letter)
                if outcome.state != "sent":
                    problems[email] = outcome.reason
                letters[email] = b""
    except MailError as error:  # the server accepts nothing: everything not sent yet fails alike
        problems |= {email: str(error) for email, letter in letters.items() if letter}
    return problems


def ask(ws: Workspace, subscriber: Subscriber) -> None:
    """Send the mail with the confirmation link.

    Raises:
        MailError: the mail server did not accept it.
    """
    if problem := answer_all(ws, [subscriber]).get(subscriber.email):
        raise not_asked(subscriber.email, problem)


def not_asked(email: str, problem: str) -> MailError:
    """The error for a confirmation mail that was not sent, with the remedy."""
    return MailError(
        f"{email} waits as pending, but the mail that asks for confirmation was not sent: {problem.rstrip('.')}",
        remedy=f"try again when that is repaired: `harvester subscribers add {email}`",
    )


def _letter(ws: Workspace, subscriber: Subscriber) -> bytes:
    head, tokens, now = letterhead(ws.settings.digest, ws.taxonomy.title), open_tokens(ws.settings), ws.clock()
    links = {
        "preferences": tokens.preferences(subscriber.key),
        "unsubscribe": tokens.unsubscribe(subscriber.key),
    }
    if subscriber.state == "active":
        return known_letter(head, subscriber.email, **links, now=now)
    return optin_letter(head, subscriber.email, confirm=tokens.confirm(subscriber.key, now), **links, now=now)
