"""The two short messages sent to somebody who asks to subscribe."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import make_msgid

from harvester.digest import content, layout
from harvester.mail.message import Letter, Letterhead, encoded, write


def optin_letter(
    head: Letterhead, to: str, *, confirm: str, preferences: str, unsubscribe: str, now: datetime
) -> bytes:
    """Asks somebody to confirm that they want the digest; the first three arguments by name are tokens."""
    subject = f"Please confirm your subscription: {content.plain(head.title)}"
    return _letter(head, "confirm", to, subject, {"confirm": confirm, "preferences": preferences}, unsubscribe, now)


def known_letter(head: Letterhead, to: str, *, preferences: str, unsubscribe: str, now: datetime) -> bytes:
    """Tells somebody who already gets the digest how to change it; both arguments are tokens."""
    subject = f"You are already subscribed: {content.plain(head.title)}"
    return _letter(head, "known", to, subject, {"preferences": preferences}, unsubscribe, now)


def _letter(
    head: Letterhead,
    template: str,
    to: str,
    subject: str,
    tokens: Mapping[str, str],
    unsubscribe: str,
    now: datetime,
) -> bytes:
    links = {act: head.link(act, token) for act, token in {**tokens, "unsubscribe": unsubscribe}.items()}
    values = {"title": head.title, "to": to, **links}
    text, html = encoded(layout.text(template, values)), encoded(layout.page(template, values))
    message_id = make_msgid(template, domain=head.sender.domain)
    return write(head, Letter(to, subject, message_id, unsubscribe, text, html), now)
