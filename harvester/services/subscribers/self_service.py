"""What subscribers do themselves: ask, confirm, choose, leave, be forgotten. Only a link from a mail lets them act."""

import logging
from dataclasses import replace
from datetime import timedelta

from harvester.base.errors import HarvesterError, TooManyRequests, UsageError
from harvester.digest.preferences import CONSENT_VERSION
from harvester.digest.rules import PERIODS
from harvester.domain.address import parse_address
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail.link_tokens import CONFIRM_WITHIN, ExpiredToken, open_tokens
from harvester.services.subscribers.confirmation_mail import answer_all
from harvester.services.subscribers.subscriptions import enter, erase, horizon, known
from harvester.services.workspace import Workspace
from harvester.store.decisions import newest_decision
from harvester.store.engine import read, write
from harvester.store.rate_limits import allowed
from harvester.store.subscribers import (
    activate,
    delete_unconfirmed,
    end,
    resume,
    set_preferences,
    subscriber,
    suppressed,
)

log = logging.getLogger(__name__)
FROM_ONE_HOST = (20, timedelta(hours=1))
BACK_WITHIN = CONFIRM_WITHIN
UNCONFIRMED_FOR = timedelta(days=7)  # five days after the link has expired
TO_ONE_ADDRESS = (3, timedelta(days=1))  # our form must not flood anybody's mailbox


def public_address(address: str) -> str:
    """An address that anybody can write to.

    Raises:
        UsageError: it is not valid, or one within this machine or network.
    """
    email = parse_address(address)
    if "." not in email.rpartition("@")[2]:  # such as root@localhost: right for alerts, wrong for strangers
        raise UsageError(f"{email!r} is not an address that others can write to", remedy="give it as name@example.org")
    return email


def request_subscription(ws: Workspace, address: str, preferences: Preferences, host: str) -> Subscriber | None:
    """Record a request for the digest; active subscribers keep their preferences.

    Only the address's owner may learn whether it was known, so the caller gives everybody the same answer and sends the
    mail (`answer`) afterwards: response time would reveal it as well.

    Args:
        host: where the request comes from, for counting only.

    Returns:
        The subscriber to write to; None if the address is suppressed or has had enough mail today.

    Raises:
        UsageError: it is not a valid address.
        TooManyRequests: too many requests from this host.
    """
    email = public_address(address)
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


def answer(ws: Workspace, person: Subscriber) -> None:
    """Send the mail that answers a request; a failure is for the log, which names no address."""
    try:
        problems = list(answer_all(ws, [person]).values())
    except HarvesterError as error:
        problems = [str(error)]
    for problem in problems:
        log.warning("The mail to subscriber %d, who asked for the digest, was not sent: %s", person.id, problem)


def check_confirm(ws: Workspace, token: str) -> str:
    """The subscriber's key in a confirmation link that is still valid.

    Raises:
        BadToken: the token is not ours.
        ExpiredToken: it came too late, or its subscription was canceled.
    """
    key = open_tokens(ws.settings).read_confirm(token, ws.clock())
    with read(ws.store) as db:
        found = subscriber(db, key)
    if found is None or found.state not in ("pending", "active"):
        raise ExpiredToken("This subscription was canceled.")
    return key


def confirm(ws: Workspace, token: str) -> None:
    """Make the subscriber active; a second confirmation changes nothing.

    Raises:
        BadToken: the token is not ours.
        ExpiredToken: it came too late, or its subscription was canceled.
    """
    key = check_confirm(ws, token)
    with write(ws.store) as db:
        activate(db, key, ws.clock(), newest_decision(db), CONSENT_VERSION)


def check_unsubscribe(ws: Workspace, token: str) -> str:
    """The subscriber's key in an unsubscribe link, whether or not the subscriber still exists.

    Raises:
        BadToken: the token is not ours.
    """
    return open_tokens(ws.settings).read_unsubscribe(token)


def leaver(ws: Workspace, token: str) -> Subscriber | None:
    """The subscriber whom an unsubscribe link is about; None if their address was erased.

    Raises:
        BadToken: the token is not ours.
    """
    key = check_unsubscribe(ws, token)
    with read(ws.store) as db:
        return subscriber(db, key)


def unsubscribe(ws: Workspace, token: str) -> None:
    """End a subscription; one that has ended, or whose address was erased, is unchanged.

    Raises:
        BadToken: the token is not ours.
    """
    key = check_unsubscribe(ws, token)
    with write(ws.store) as db:
        end(db, key, ws.clock())


def may_come_back(ws: Workspace, person: Subscriber) -> bool:
    """Whether somebody left so recently that `come_back` takes it back."""
    return person.state == "unsubscribed" and person.ended is not None and person.ended >= ws.clock() - BACK_WITHIN


def come_back(ws: Workspace, token: str) -> None:
    """Take back an unsubscription: as if it had not been, so that nothing accepted in between is missed.

    Raises:
        BadToken: the token is not ours.
        ExpiredToken: it was too long ago, or the subscription did not end so.
    """
    key = check_unsubscribe(ws, token)
    with write(ws.store) as db:
        found = subscriber(db, key)
        there = found is not None and found.state == "active"
        if not there and not resume(db, key, ws.clock() - BACK_WITHIN):
            raise ExpiredToken("This subscription ended too long ago to be taken back.")


def less_often(ws: Workspace, token: str, every: str) -> None:
    """Give a subscriber a rarer digest instead of none.

    Raises:
        BadToken: the token is not ours.
        ExpiredToken: the subscription has ended.
        UsageError: the rhythm is unknown, or no rarer one.
    """
    key = check_unsubscribe(ws, token)
    with write(ws.store) as db:
        found = subscriber(db, key)
        if found is None or found.state != "active":
            raise ExpiredToken("This subscription has ended.")
        if every not in (found.preferences.every, *rarer(found.preferences.every)):
            raise UsageError(f"A digest every {found.preferences.every} cannot come less often every {every[:20]!r}.")
        weekday = found.preferences.weekday if every == found.preferences.every else None
        set_preferences(db, key, replace(found.preferences, every=every, weekday=weekday), found.confirmed_after)


def rarer(every: str) -> tuple[str, ...]:
    """The rhythms with fewer mails than this one."""
    rhythms = tuple(PERIODS)
    return rhythms[rhythms.index(every) + 1 :]


def subscriber_of(ws: Workspace, token: str) -> Subscriber:
    """The subscriber whose preferences a link leads to.

    Raises:
        BadToken: the token is not ours.
        ExpiredToken: the subscription has ended.
    """
    key = open_tokens(ws.settings).read_preferences(token)
    with read(ws.store) as db:
        found = subscriber(db, key)
    if found is None or found.state not in ("pending", "active"):
        raise ExpiredToken("This subscription has ended.")
    return found


def change_preferences(ws: Workspace, token: str, now: Preferences) -> None:
    """Set the preferences that a subscriber has chosen.

    Raises:
        BadToken, ExpiredToken: as `subscriber_of`.
    """
    person = subscriber_of(ws, token)
    with write(ws.store) as db:
        set_preferences(db, person.key, now, horizon(ws, db, person, now))


def forget_unconfirmed(ws: Workspace) -> int:
    """Forget the addresses of those who never opened their confirmation link, which has long expired."""
    with write(ws.store) as db:
        return delete_unconfirmed(db, ws.clock() - UNCONFIRMED_FOR)


def may_be_erased(ws: Workspace, token: str) -> bool:
    """Whether a subscription that has ended still has an address to erase.

    Raises:
        BadToken: the token is not ours.
    """
    key = open_tokens(ws.settings).read_preferences(token)
    with read(ws.store) as db:
        return subscriber(db, key) is not None


def forget_me(ws: Workspace, token: str) -> None:
    """Erase a subscriber at their own request.

    Raises:
        BadToken: the token is not ours.
    """
    key = open_tokens(ws.settings).read_preferences(token)
    with write(ws.store) as db:
        erase(ws, db, key)
