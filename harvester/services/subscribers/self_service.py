"""What subscribers do themselves: ask, confirm, choose, leave, be forgotten. Only a link from a mail lets them act."""

import logging
from datetime import timedelta

from harvester.base.errors import HarvesterError, TooManyRequests
from harvester.digest.preferences import CONSENT_VERSION
from harvester.domain.address import parse_address
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail.link_tokens import ExpiredToken, open_tokens
from harvester.services.subscribers.confirmation_mail import answer_all
from harvester.services.subscribers.subscriptions import enter, erase, horizon, known
from harvester.services.workspace import Workspace
from harvester.store.decisions import newest_decision
from harvester.store.engine import read, write
from harvester.store.rate_limits import allowed
from harvester.store.subscribers import activate, set_preferences, set_state, subscriber, suppressed

log = logging.getLogger(__name__)
FROM_ONE_HOST = (20, timedelta(hours=1))
TO_ONE_ADDRESS = (3, timedelta(days=1))  # nobody's mailbox is filled through our form


def request_subscription(ws: Workspace, address: str, preferences: Preferences, host: str) -> Subscriber | None:
    """Note that somebody asks for the digest; who active is already keeps what they chose.

    Nobody but the address's owner may learn whether it was known, so the caller answers everybody alike, and writes
    the mail (`answer`) after that: how long an answer takes tells as well.

    Args:
        host: where the request comes from, for counting only.

    Returns:
        Whom to write to; None for an address that is not written to, or was often enough today.

    Raises:
        UsageError: it is not a valid address.
        TooManyRequests: too many requests from this host.
    """
    email = parse_address(address)
    key, now = open_tokens(ws.settings).key(email), ws.clock()
    with write(ws.store) as db:
        often, span = FROM_ONE_HOST
        welcome = allowed(db, "subscribe from", host, now, most=often, within=span)
    if not welcome:
        raise TooManyRequests("Too many requests came from your network; please try again in an hour.")
    with write(ws.store) as db:
        often, span = TO_ONE_ADDRESS
        if suppressed(db, [key]) or not allowed(db, "subscribe", key, now, most=often, within=span):
            return None
        before = subscriber(db, key)
        if before is None or before.state != "active":
            enter(ws, db, Subscriber(key, email, "pending", preferences, now))
        return known(db, key)


def answer(ws: Workspace, one: Subscriber) -> None:
    """Send the mail that answers a request; a failure is for the log, which names no address."""
    try:
        problems = list(answer_all(ws, [one]).values())
    except HarvesterError as error:
        problems = [str(error)]
    for problem in problems:
        log.warning("The mail to subscriber %d, who asked for the digest, was not sent: %s", one.id, problem)


def check_confirm(ws: Workspace, token: str) -> str:
    """The subscriber's key in a confirmation that is still good.

    Raises:
        BadToken: it is none of ours.
        ExpiredToken: it came too late, or its subscription was cancelled.
    """
    key = open_tokens(ws.settings).read_confirm(token, ws.clock())
    with read(ws.store) as db:
        found = subscriber(db, key)
    if found is None or found.state not in ("pending", "active"):
        raise ExpiredToken("This subscription was canceled.")
    return key


def confirm(ws: Workspace, token: str) -> None:
    """Make the subscriber active; once they are, a second time changes nothing.

    Raises:
        BadToken: it is none of ours.
        ExpiredToken: it came too late, or its subscription was cancelled.
    """
    key = check_confirm(ws, token)
    with write(ws.store) as db:
        activate(db, key, ws.clock(), newest_decision(db), CONSENT_VERSION)


def check_unsubscribe(ws: Workspace, token: str) -> str:
    """The subscriber's key in an unsubscribe link, whether or not anybody has it any more.

    Raises:
        BadToken: it is none of ours.
    """
    return open_tokens(ws.settings).read_unsubscribe(token)


def unsubscribe(ws: Workspace, token: str) -> None:
    """End a subscription; one that has ended, or whose address is gone, stays so.

    Raises:
        BadToken: it is none of ours.
    """
    key = check_unsubscribe(ws, token)
    with write(ws.store) as db:
        set_state(db, key, "unsubscribed")


def subscriber_of(ws: Workspace, token: str) -> Subscriber:
    """Whose preferences a link leads to.

    Raises:
        BadToken: it is none of ours.
        ExpiredToken: the subscription has ended.
    """
    key = open_tokens(ws.settings).read_preferences(token)
    with read(ws.store) as db:
        found = subscriber(db, key)
    if found is None or found.state != "active":
        raise ExpiredToken("This subscription has ended.")
    return found


def change_preferences(ws: Workspace, token: str, now: Preferences) -> None:
    """Give a subscriber what they now want.

    Raises:
        BadToken, ExpiredToken: as `subscriber_of`.
    """
    one = subscriber_of(ws, token)
    with write(ws.store) as db:
        set_preferences(db, one.key, now, horizon(ws, db, one, now))


def forget_me(ws: Workspace, token: str) -> None:
    """Erase a subscriber at their own request.

    Raises:
        BadToken: it is none of ours.
    """
    key = open_tokens(ws.settings).read_preferences(token)
    with write(ws.store) as db:
        erase(ws, db, key)
