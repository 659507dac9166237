"""What maintainers do with subscribers: add, list, forget. What subscribers do themselves is in self_service."""

from collections.abc import Mapping

from sqlalchemy import Connection

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError
from harvester.digest.interest import wishes
from harvester.digest.preferences import BY_MAINTAINER, change_preferences, weekday_name
from harvester.digest.rules import PERIODS
from harvester.domain.address import parse_address
from harvester.domain.labels import split_labels
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail.link_tokens import open_tokens
from harvester.services.subscribers.confirmation_mail import ask
from harvester.services.workspace import Workspace
from harvester.store.acceptances import newest_decision_by
from harvester.store.decisions import newest_decision
from harvester.store.engine import read, write
from harvester.store.subscribers import (
    activate,
    all_subscribers,
    ask_again,
    delete_subscriber,
    insert_subscribers,
    lift,
    set_preferences,
    subscriber,
    suppress,
)


def to_json(person: Subscriber) -> dict[str, object]:
    """One element of what ``subscribers`` prints."""
    return {
        "email": person.email,
        "state": person.state,
        "topics": {facet: list(labels) for facet, labels in person.preferences.topics.items()},
        "every": person.preferences.every,
        "weekday": weekday_name(person.preferences) or None,
        "format": person.preferences.form,
        "confirmed": rfc3339(person.confirmed) if person.confirmed else None,
        "match": person.preferences.match,
        "authors": list(person.preferences.authors),
        "words": list(person.preferences.words),
    }


def add_subscriber(
    ws: Workspace,
    address: str,
    given: Mapping[str, str] | None = None,
    every: str | None = None,
    *,
    weekday: str | None = None,
    form: str | None = None,
    match: str | None = None,
    authors: str | None = None,
    words: str | None = None,
    confirmed: bool = False,
) -> Subscriber:
    """Add a subscriber, or change an existing one's preferences; asks those not active by mail, unless `confirmed`.

    A suppressed address is mailed again: a maintainer who adds it has a reason.

    Args:
        given: comma-separated labels by facet; each replaces that facet's, and facets not named stay.
        every: ``day``, ``week`` or ``month``; None leaves it (for new subscribers: daily).
        match: ``all`` or ``any``; None leaves it (for new subscribers: all).

    Raises:
        UsageError: the address, a label or another preference is not valid; nothing is changed.
        MailError: the mail that asks could not be sent; the subscriber waits as pending.
    """
    topics = {facet: split_labels(text) for facet, text in (given or {}).items()}
    email, key = parse_address(address), open_tokens(ws.settings).key(parse_address(address))
    with write(ws.store) as db:
        before = subscriber(db, key)
        old = before.preferences if before else Preferences()
        lists = {"match": match, "authors": authors, "words": words}
        preferences = change_preferences(ws.taxonomy, old, topics, every, weekday, form, **lists)
        lift(db, key)
        enter(ws, db, Subscriber(key, email, "pending", preferences, ws.clock()))
        if confirmed:
            activate(db, key, ws.clock(), newest_decision(db), BY_MAINTAINER)
        now = known(db, key)
    if now.state == "pending":
        ask(ws, now)
    return now


def subscribers(ws: Workspace) -> list[Subscriber]:
    """All subscribers, in the order they joined."""
    with read(ws.store) as db:
        return all_subscribers(db)


def remove_subscriber(ws: Workspace, address: str) -> Subscriber:
    """Erase a subscriber; only a keyed hash remains, so that the address is never mailed.

    Returns:
        The subscriber as they were.

    Raises:
        UsageError: it is not a valid address.
        HarvesterError: nobody subscribes with it.
    """
    email = parse_address(address)
    key = open_tokens(ws.settings).key(email)
    with write(ws.store) as db:
        found = subscriber(db, key)
        if found is None:
            raise HarvesterError(f"{email} is not a subscriber; `harvester subscribers list` lists all.")
        erase(ws, db, key)
    return found


def erase(ws: Workspace, db: Connection, key: str) -> None:
    """Erase everything about a subscriber except that their address is suppressed."""
    delete_subscriber(db, key)
    suppress(db, key, "erased", ws.clock())


def enter(ws: Workspace, db: Connection, new: Subscriber) -> None:
    """Add a subscriber as pending; an existing one gets the new preferences, and is pending unless active."""
    before = subscriber(db, new.key)
    if before is None:
        insert_subscribers(db, [new])
        return
    set_preferences(db, new.key, new.preferences, horizon(ws, db, before, new.preferences))
    if before.state != "active":
        ask_again(db, new.key, new.joined)


def horizon(ws: Workspace, db: Connection, before: Subscriber, preferences: Preferences) -> int | None:
    """The decision after which acceptances count as news: with new topics, at most one period back.

    Otherwise somebody who adds a topic after a year would get a whole year's papers in one mail.
    """
    if before.confirmed_after is None or wishes(before.preferences) == wishes(preferences):
        return before.confirmed_after
    return max(before.confirmed_after, newest_decision_by(db, ws.clock() - PERIODS[preferences.every]))


def known(db: Connection, key: str) -> Subscriber:
    """A subscriber that this transaction has already found or written."""
    found = subscriber(db, key)
    assert found is not None  # noqa: S101
    return found
