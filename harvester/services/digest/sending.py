"""Mail what is new to every subscriber who is due, and keep the ledger.

Calling it again is harmless: each message is recorded before and after the mail server accepts it. Only one process
sends at a time, so a message left in ``sending`` comes from a process that died: it becomes ``unknown``, is reported,
and is never sent again automatically.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from harvester.base.boot import boot_id
from harvester.base.clock import utc_date
from harvester.base.errors import HarvesterError
from harvester.digest.composer import Composer, Plan
from harvester.domain.address import parse_address
from harvester.domain.deliveries import Delivery
from harvester.domain.subscribers import Subscriber
from harvester.mail.outbox import PickupFolder, SendOutcome
from harvester.mail.smtp import mail_server
from harvester.services.digest.delivery import Counts, Sending, SendingStopped
from harvester.services.digest.due import due
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import read, write
from harvester.store.ledger import close_delivery, day_of, give_up_interrupted, ledger, queue_digest
from harvester.store.locks import lock
from harvester.store.subscribers import all_subscribers, subscriber_numbered

__all__ = ["Counts", "SendingStopped", "Unknown", "send_again", "send_digests", "unknown_digests"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A digest that may or may not have arrived."""

    to: str
    day: date
    papers: int
    reason: str

    def to_json(self) -> dict[str, object]:
        """One element of what ``digest unknown`` prints."""
        return {"to": self.to, "day": f"{self.day}", "papers": self.papers, "reason": self.reason}


def send_digests(ws: Workspace, *, eml: Path | None = None, watch: Watch = unwatched) -> Counts:
    """Send what is due to the mail server or, with `eml`, as files into that folder.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
        SendingStopped: the mail server accepts nothing (more).
        LockHeld: another process is sending.
        StoreError: the store fails.
    """
    now = ws.clock()
    composer = Composer(ws.settings, ws.taxonomy, utc_date(now))  # a wrong setting fails before anything is written
    with lock(ws.store, "digest"):
        counts = _count_interrupted(ws)
        work = _queue(ws, composer, now)
        counts.due = len(work)
        sending = Sending(ws, composer, counts, watch)
        if eml is not None:
            sending.deliver(PickupFolder(eml), work)
        else:
            with mail_server(ws.settings) as server:
                sending.deliver(server, work)
    return counts


def unknown_digests(ws: Workspace) -> list[Unknown]:
    """All digests of unknown fate, oldest first."""
    with read(ws.store) as db:
        people = {subscriber.id: subscriber for subscriber in all_subscribers(db)}
        return [
            Unknown(
                people[delivery.subscriber].email, day_of(db, delivery.digest), len(delivery.papers), delivery.error
            )
            for delivery in ledger(db, "unknown")
        ]


def send_again(ws: Workspace, address: str) -> int:
    """Assume that this subscriber's digests of unknown fate never arrived: their papers go into the next one.

    Returns:
        How many digests there were.

    Raises:
        UsageError: it is not a valid address.
        HarvesterError: they have none.
    """
    email = parse_address(address)
    with lock(ws.store, "digest"), write(ws.store) as db:
        mine = [
            delivery
            for delivery in ledger(db, "unknown")
            if _email(subscriber_numbered(db, delivery.subscriber)) == email
        ]
        for delivery in mine:
            close_delivery(db, delivery, "failed", delivery.error, ws.clock())
    if not mine:
        raise HarvesterError(
            f"No digest to {email} has an unknown fate; `harvester digest unknown` lists those that have."
        )
    return len(mine)


def _count_interrupted(ws: Workspace) -> Counts:
    counts = Counts()
    with write(ws.store) as db:
        left = give_up_interrupted(db, ws.clock(), boot_id())
        people = {subscriber.id: subscriber.email for subscriber in all_subscribers(db)} if left else {}
    for delivery in left:
        counts.add(people[delivery.subscriber], SendOutcome("unknown", delivery.error))
    return counts


def _queue(ws: Workspace, composer: Composer, now: datetime) -> list[tuple[Delivery, Plan]]:
    """Record today's digests before any is sent."""
    with write(ws.store) as db:
        plans = {plan.subscriber.id: plan for plan in due(db, now, heartbeat=ws.settings.digest.heartbeat)}
        wanted = [
            Delivery(number, tuple(item.number for item in plan.items), composer.message_id(plan.subscriber))
            for number, plan in plans.items()
        ]
        queued = queue_digest(db, utc_date(now), wanted, now)
    return [(delivery, plans[delivery.subscriber]) for delivery in queued]


def _email(subscriber: Subscriber | None) -> str:
    return subscriber.email if subscriber else ""
