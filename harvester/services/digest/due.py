"""What is new for whom: the store's acceptances, labels and ledger, combined by the digest's rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from harvester.base.clock import utc_date
from harvester.catalog.site.addresses import page_path
from harvester.digest.composer import Plan
from harvester.digest.interest import reads_papers, wants
from harvester.digest.rules import Item, is_due, is_silent
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import standing
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.subscribers import Subscriber
from harvester.store.acceptances import acceptances, first_digest_days
from harvester.store.decisions import decisions_on
from harvester.store.ledger import last_digests, mailed_papers
from harvester.store.papers import chunks, load
from harvester.store.queue import find_candidates
from harvester.store.subscribers import all_subscribers


def due(db: Connection, now: datetime, *, heartbeat: bool = False) -> list[Plan]:
    """The digests that are due on this UTC day: for active subscribers whose turn it is and who have news.

    Args:
        heartbeat: whether subscribers who got nothing for a week get a sign of life, a plan without items.
    """
    today = utc_date(now)
    last, active = last_digests(db, today), all_subscribers(db, "active")
    people = people_due(active, last, today)
    plans = news(db, people)
    if heartbeat:
        mailed = {plan.subscriber.id for plan in plans}
        quiet = [
            subscriber
            for subscriber in people
            if subscriber.id not in mailed and is_silent(_since(subscriber), last.get(subscriber.id), today)
        ]
        plans += [Plan(subscriber, ()) for subscriber in quiet]
    return plans


def people_due(active: Iterable[Subscriber], last: Mapping[int, date], day: date) -> list[Subscriber]:
    """Those whose turn it is on this day, given the day of everybody's last digest."""
    return [
        subscriber
        for subscriber in active
        if is_due(subscriber.preferences, _since(subscriber), last.get(subscriber.id), day)
    ]


def _since(subscriber: Subscriber) -> date:
    return utc_date(subscriber.confirmed or subscriber.joined)


def news(db: Connection, people: Sequence[Subscriber]) -> list[Plan]:
    """For each subscriber, the papers accepted since they confirmed, on their topics and not yet mailed to them."""
    waiting = [subscriber for subscriber in people if subscriber.confirmed_after is not None]
    if not waiting:
        return []
    accepted = acceptances(db, min(subscriber.confirmed_after or 0 for subscriber in waiting))
    labels = _labels(db, accepted)
    read_too = any(reads_papers(subscriber.preferences) for subscriber in waiting)
    papers = {number: stored.paper for number, stored in load(db, accepted).items()} if read_too else {}
    wanted: dict[int, list[int]] = {}
    for part in chunks(waiting):  # the whole ledger may not fit into memory some day
        mailed = mailed_papers(db, [subscriber.id for subscriber in part])
        wanted |= {
            subscriber.id: _wanted(subscriber, accepted, labels, papers, mailed.get(subscriber.id, set()))
            for subscriber in part
        }
    numbers = {number for chosen in wanted.values() for number in chosen}
    found, shown_on = {item.number: item for item in items(db, numbers)}, first_digest_days(db, numbers)
    return [
        Plan(
            subscriber,
            tuple(found[number] for number in wanted[subscriber.id]),
            min((shown_on[number] for number in wanted[subscriber.id] if number in shown_on), default=None),
        )
        for subscriber in waiting
        if wanted[subscriber.id]
    ]


def items(db: Connection, numbers: Iterable[int]) -> tuple[Item, ...]:
    """Accepted papers with their labels, their scope and their page."""
    papers = load(db, numbers)
    labels, places = _labels(db, papers), find_candidates(db, papers)
    return tuple(
        Item(number, stored.paper, labels[number], *_place(stored.paper, places.get(number)))
        for number, stored in papers.items()
    )


def _place(paper: Paper, candidate: Candidate | None) -> tuple[float, str]:
    return (candidate.scope if candidate else 0.0, page_path(paper.id, candidate.entry if candidate else None))


def _wanted(
    subscriber: Subscriber,
    accepted: Mapping[int, int],
    labels: Mapping[int, Labels],
    papers: Mapping[int, Paper],
    mailed: set[int],
) -> list[int]:
    horizon, preferences = subscriber.confirmed_after or 0, subscriber.preferences
    return [
        number
        for number, decision in accepted.items()
        if decision > horizon and number not in mailed and wants(preferences, labels[number], papers.get(number))
    ]


def _labels(db: Connection, numbers: Iterable[int]) -> dict[int, Labels]:
    """The labels that the newest standing decision gives each paper."""
    standings = {number: standing(log).decision for number, log in decisions_on(db, numbers).items()}
    return {
        number: decision.labels if decision and decision.labels else Labels({})
        for number, decision in standings.items()
    }
