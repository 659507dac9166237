"""The ledger of digests: which message went to whom, what became of it, and which papers count as mailed.

Waiting for the disk before and after every message would take most of the sending time. So on SQLite, deliveries are
*reserved* first, some dozens in one transaction that does wait; their steps are then written without waiting. These
survive any end of the process. Only a power cut can lose them; then the reservation is from a different boot of the
machine than the one that finds it, and its messages may have been sent, so they count as unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from harvester.domain.deliveries import MAY_HAVE_ARRIVED, Delivery
from harvester.store.papers import chunks, inserted
from harvester.store.tables import deliveries, digest_papers, digests, mailed, subscribers

# These run once per message, so they are not rebuilt each time.
_IS_ACTIVE = select(subscribers.c.id).where(
    subscribers.c.id == deliveries.c.subscriber, subscribers.c.state == "active"
)
_BEGIN = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("its_id"), deliveries.c.state == "queued", _IS_ACTIVE.exists())
    .values(state="sending", changed=bindparam("its_moment"))
)
_CLOSE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("its_id"))
    .values(state=bindparam("its_state"), error=bindparam("its_error"), changed=bindparam("its_moment"), reserved=None)
)
_MAILED = insert(mailed)


def mailed_papers(db: Connection, people: Iterable[int]) -> dict[int, set[int]]:
    """What each of these subscribers was, or may have been, sent."""
    found: dict[int, set[int]] = {}
    for chunk in chunks(list(people)):
        for row in db.execute(select(mailed.c.subscriber, mailed.c.paper).where(mailed.c.subscriber.in_(chunk))):
            found.setdefault(row.subscriber, set()).add(row.paper)
    return found


def last_digests(db: Connection, today: date) -> dict[int, date]:
    """The day of the last digest that each subscriber received, or may have received.

    Days after `today` are left out: a clock that was wrong for one night must not silence anybody for years.
    """
    query = (
        select(deliveries.c.subscriber, func.max(digests.c.day).label("day"))
        .join(digests, digests.c.id == deliveries.c.digest)
        .where(deliveries.c.state.in_(MAY_HAVE_ARRIVED), digests.c.day <= today)
        .group_by(deliveries.c.subscriber)
    )
    return {row.subscriber: row.day for row in db.execute(query)}


def give_up_interrupted(db: Connection, now: datetime, boot: str) -> list[Delivery]:
    """Mark what a dead process may have been sending as ``unknown``: the mail server may or may not have accepted it.

    Call it under the digest lock: then no live process is sending.

    Args:
        boot: the machine's current boot; a reservation from another one means a power cut.
    """
    lost = (deliveries.c.state == "queued") & (deliveries.c.reserved != boot)
    query = select(deliveries).where((deliveries.c.state == "sending") | lost).order_by(deliveries.c.id)
    left = [_delivery(row) for row in db.execute(query)]
    for delivery in left:
        if delivery.state == "queued":
            _count_as_mailed(db, delivery)
    why = "The program ended while it was being sent."
    given_up = [replace(delivery, state="unknown", error=why) for delivery in left]
    for delivery in given_up:
        close_delivery(db, delivery, delivery.state, delivery.error, now)
    return given_up


def queue_digest(db: Connection, day: date, wanted: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Queue one day's deliveries, numbered; those refused earlier that day are queued again.

    Earlier queued deliveries are dropped: none of them was sent, so their papers are among the new ones.
    """
    db.execute(delete(deliveries).where(deliveries.c.state == "queued"))
    if not wanted:
        return []
    digest = _digest(db, day, now)
    refused = (deliveries.c.digest == digest, deliveries.c.state == "failed")
    for chunk in chunks([delivery.subscriber for delivery in wanted]):
        db.execute(delete(deliveries).where(*refused, deliveries.c.subscriber.in_(chunk)))
    for part in chunks(list(wanted)):
        db.execute(insert(deliveries), [_row(delivery, digest, now) for delivery in part])
    _add_to_archive(db, digest, {paper for delivery in wanted for paper in delivery.papers})
    return ledger(db, "queued")


def reserve(db: Connection, some: Iterable[Delivery], boot: str) -> None:
    """Record, before any of these is sent, that their steps will be written without waiting for the disk."""
    for chunk in chunks([delivery.id for delivery in some]):
        queued = (deliveries.c.id.in_(chunk), deliveries.c.state == "queued")
        db.execute(update(deliveries).where(*queued).values(reserved=boot))


def release(db: Connection) -> None:
    """Undo the reservation of unsent deliveries: an orderly end leaves nothing in doubt."""
    held = (deliveries.c.state == "queued", deliveries.c.reserved.is_not(None))
    db.execute(update(deliveries).where(*held).values(reserved=None))


def begin_delivery(db: Connection, delivery: Delivery, now: datetime) -> bool:
    """Record that a message is about to be sent, and that its papers count as mailed from now on.

    Returns:
        False if it must not be sent: the subscriber has left, or the delivery is no longer queued.
    """
    if db.execute(_BEGIN, {"its_id": delivery.id, "its_moment": now}).rowcount != 1:
        db.execute(delete(deliveries).where(deliveries.c.id == delivery.id, deliveries.c.state == "queued"))
        return False
    _count_as_mailed(db, delivery)
    return True


def close_delivery(db: Connection, delivery: Delivery, state: str, error: str, now: datetime) -> None:
    """Record what became of a message; if the server did not accept it, its papers may be mailed again."""
    db.execute(_CLOSE, {"its_id": delivery.id, "its_moment": now, "its_state": state, "its_error": error})
    if state not in MAY_HAVE_ARRIVED:
        db.execute(delete(mailed).where(mailed.c.subscriber == delivery.subscriber, mailed.c.delivery == delivery.id))


def note_sent(db: Connection, digest: int, now: datetime) -> None:
    """Record that a digest was sent: from now on the archive shows it."""
    db.execute(update(digests).where(digests.c.id == digest, digests.c.sent.is_(None)).values(sent=now))


def ledger(db: Connection, state: str) -> list[Delivery]:
    """The deliveries in one state, oldest first."""
    query = select(deliveries).where(deliveries.c.state == state).order_by(deliveries.c.id)
    return [_delivery(row) for row in db.execute(query)]


def day_of(db: Connection, digest: int) -> date:
    """The day of a digest."""
    found: date = db.execute(select(digests.c.day).where(digests.c.id == digest)).scalar_one()
    return found


def recipient_of(db: Connection, message_id: str) -> int | None:
    """The subscriber to whom the message with this Message-ID went."""
    query = select(deliveries.c.subscriber).where(deliveries.c.message_id == message_id)
    return db.execute(query.order_by(deliveries.c.id.desc())).scalars().first()


def _digest(db: Connection, day: date, now: datetime) -> int:
    """The number of a day's digest, created if there is none."""
    found = db.execute(select(digests.c.id).where(digests.c.day == day)).scalar()
    return inserted(db, digests, {"day": day, "composed": now}) if found is None else int(found)


def _add_to_archive(db: Connection, digest: int, papers: set[int]) -> None:
    """Record a digest's papers; those in an earlier sent digest are news only to people it did not reach."""
    there = (
        select(digest_papers.c.paper)
        .join(digests, digests.c.id == digest_papers.c.digest)
        .where((digests.c.id == digest) | digests.c.sent.is_not(None))
    )
    new = sorted(papers - set(db.execute(there).scalars()))
    if new:
        db.execute(insert(digest_papers), [{"digest": digest, "paper": paper} for paper in new])


def _count_as_mailed(db: Connection, delivery: Delivery) -> None:
    if delivery.papers:
        db.execute(
            _MAILED,
            [{"subscriber": delivery.subscriber, "paper": paper, "delivery": delivery.id} for paper in delivery.papers],
        )


def _row(delivery: Delivery, digest: int, now: datetime) -> dict[str, Any]:
    return {
        "digest": digest,
        "subscriber": delivery.subscriber,
        "state": delivery.state,
        "papers": list(delivery.papers),
        "message_id": delivery.message_id,
        "changed": now,
        "error": delivery.error,
    }


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.subscriber, tuple(row.papers), row.message_id, row.state, row.error, row.id, row.digest)
