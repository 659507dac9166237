"""What is new to whom: the store's acceptances, labels and ledger, put together by the digest's rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from harvester.base.clock import utc_date
from harvester.digest.composer import Plan
from harvester.digest.rules import Item, is_due, is_silent, matches
from harvester.domain.decisions import standing
from harvester.domain.labels import Labels
from harvester.domain.subscribers import Subscriber
from harvester.store.acceptances import acceptances
from harvester.store.decisions import decisions_on
from harvester.store.ledger import last_digests, mailed_papers
from harvester.store.papers import chunks, load
from harvester.store.subscribers import all_subscribers


def due(db: Connection, now: datetime, *, heartbeat: bool = False) -> list[Plan]:
    """The digests that are due on this UTC day: to active subscribers whose time has come, with something to say.

    Args:
        heartbeat: whether those who heard nothing for a week get a sign of life, a plan without items.
    """
    today = utc_date(now)
    last, active = last_digests(db, today), all_subscribers(db, "active")
    since = {one.id: utc_date(one.confirmed or one.joined) for one in active}
    people = [one for one in active if is_due(one.preferences, since[one.id], last.get(one.id), today)]
    plans = news(db, people)
    if heartbeat:
        told = {plan.subscriber.id for plan in plans}
        quiet = [one for one in people if one.id not in told and is_silent(since[one.id], last.get(one.id), today)]
        plans += [Plan(one, ()) for one in quiet]
    return plans


def news(db: Connection, people: Sequence[Subscriber]) -> list[Plan]:
    """What was accepted since each of them confirmed, is of their topics, and was not mailed to them."""
    waiting = [one for one in people if one.confirmed_after is not None]
    if not waiting:
        return []
    accepted = acceptances(db, min(one.confirmed_after or 0 for one in waiting))
    labels = _labels(db, accepted)
    wanted: dict[int, list[int]] = {}
    for part in chunks(waiting):  # the ledger of everybody at once would not fit into memory some day
        mailed = mailed_papers(db, [one.id for one in part])
        wanted |= {one.id: _wanted(one, accepted, labels, mailed.get(one.id, set())) for one in part}
    found = {item.number: item for item in items(db, {number for numbers in wanted.values() for number in numbers})}
    return [Plan(one, tuple(found[number] for number in wanted[one.id])) for one in waiting if wanted[one.id]]


def items(db: Connection, numbers: Iterable[int]) -> tuple[Item, ...]:
    """Accepted papers with their labels."""
    stored = load(db, numbers)
    labels = _labels(db, stored)
    return tuple(Item(number, one.paper, labels[number]) for number, one in stored.items())


def _wanted(one: Subscriber, accepted: Mapping[int, int], labels: Mapping[int, Labels], mailed: set[int]) -> list[int]:
    horizon = one.confirmed_after or 0
    return [
        number
        for number, decision in accepted.items()
        if decision > horizon and number not in mailed and matches(one.preferences.topics, labels[number])
    ]


def _labels(db: Connection, numbers: Iterable[int]) -> dict[int, Labels]:
    """The labels that the newest standing decision gives each paper."""
    standings = {number: standing(log).decision for number, log in decisions_on(db, numbers).items()}
    return {number: one.labels if one and one.labels else Labels({}) for number, one in standings.items()}
