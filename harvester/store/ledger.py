"""The ledger of digests: which message to whom, what became of it, and which papers count as mailed.

Waiting for the disk before and after every message would be most of a sending's time. So on SQLite deliveries are
*reserved* first, some dozens in one transaction that does wait; the steps of each are then written without waiting.
They outlive the process, whatever kills it. Only a power cut can lose them, and then the reservation is from another
boot of the machine than the one that finds it: what it holds may have been sent, and counts as of unknown fate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from harvester.domain.deliveries import MAY_HAVE_ARRIVED, Delivery
from harvester.store.papers import chunks, inserted
from harvester.store.tables import deliveries, digest_papers, digests, mailed, subscribers

# They run once per message, so they are not rebuilt each time.
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
    """What each of these subscribers was sent, or may have been."""
    found: dict[int, set[int]] = {}
    for chunk in chunks(list(people)):
        for row in db.execute(select(mailed.c.subscriber, mailed.c.paper).where(mailed.c.subscriber.in_(chunk))):
            found.setdefault(row.subscriber, set()).add(row.paper)
    return found


def last_digests(db: Connection, today: date) -> dict[int, date]:
    """The day of the last digest that each subscriber got, or may have got.

    Days after `today` are left out: a clock that ran wrong for one night must not silence anybody for years.
    """
    query = (
        select(deliveries.c.subscriber, func.max(digests.c.day).label("day"))
        .join(digests, digests.c.id == deliveries.c.digest)
        .where(deliveries.c.state.in_(MAY_HAVE_ARRIVED), digests.c.day <= today)
        .group_by(deliveries.c.subscriber)
    )
    return {row.subscriber: row.day for row in db.execute(query)}


def give_up_interrupted(db: Connection, now: datetime, boot: str) -> list[Delivery]:
    """Call what a dead process may have been sending ``unknown``: the mail server may have taken it or not.

    To be called under the digest lock: then nobody alive is sending.

    Args:
        boot: the present boot of the machine; a reservation from another one tells of a power cut.
    """
    lost = (deliveries.c.state == "queued") & (deliveries.c.reserved != boot)
    query = select(deliveries).where((deliveries.c.state == "sending") | lost).order_by(deliveries.c.id)
    left = [_delivery(row) for row in db.execute(query)]
    for one in left:
        if one.state == "queued":
            _count_as_mailed(db, one)
    why = "The program ended while it was being sent."
    given_up = [replace(one, state="unknown", error=why) for one in left]
    for one in given_up:
        close_delivery(db, one, one.state, one.error, now)
    return given_up


def queue_digest(db: Connection, day: date, wanted: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Queue one day's deliveries, numbered; what was refused on that day is queued again.

    Whatever is still queued from before is dropped: none of it was sent, so its papers are among the new ones.
    """
    db.execute(delete(deliveries).where(deliveries.c.state == "queued"))
    if not wanted:
        return []
    digest = _digest(db, day, now)
    refused = (deliveries.c.digest == digest, deliveries.c.state == "failed")
    for chunk in chunks([one.subscriber for one in wanted]):
        db.execute(delete(deliveries).where(*refused, deliveries.c.subscriber.in_(chunk)))
    for part in chunks(list(wanted)):
        db.execute(insert(deliveries), [_row(one, digest, now) for one in part])
    _add_to_archive(db, digest, {paper for one in wanted for paper in one.papers})
    return ledger(db, "queued")


def reserve(db: Connection, some: Iterable[Delivery], boot: str) -> None:
    """Note, before any of these is sent, that the steps of all will be written without waiting for the disk."""
    for chunk in chunks([one.id for one in some]):
        queued = (deliveries.c.id.in_(chunk), deliveries.c.state == "queued")
        db.execute(update(deliveries).where(*queued).values(reserved=boot))


def release(db: Connection) -> None:
    """Take back the reservation of what was not sent: an orderly end leaves nothing in doubt."""
    held = (deliveries.c.state == "queued", deliveries.c.reserved.is_not(None))
    db.execute(update(deliveries).where(*held).values(reserved=None))


def begin_delivery(db: Connection, one: Delivery, now: datetime) -> bool:
    """Note that a message is about to be sent, and that its papers count as mailed from now on.

    Returns:
        False where it must not be sent: the subscriber has left, or the delivery is no longer queued.
    """
    if db.execute(_BEGIN, {"its_id": one.id, "its_moment": now}).rowcount != 1:
        db.execute(delete(deliveries).where(deliveries.c.id == one.id, deliveries.c.state == "queued"))
        return False
    _count_as_mailed(db, one)
    return True


def close_delivery(db: Connection, one: Delivery, state: str, error: str, now: datetime) -> None:
    """Note what became of a message; where the server did not take it, its papers may be mailed again."""
    db.execute(_CLOSE, {"its_id": one.id, "its_moment": now, "its_state": state, "its_error": error})
    if state not in MAY_HAVE_ARRIVED:
        db.execute(delete(mailed).where(mailed.c.subscriber == one.subscriber, mailed.c.delivery == one.id))


def note_sent(db: Connection, digest: int, now: datetime) -> None:
    """Note that a digest is out: from now on the archive shows it."""
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
    """The subscriber whom the message with this Message-ID went to."""
    query = select(deliveries.c.subscriber).where(deliveries.c.message_id == message_id)
    return db.execute(query.order_by(deliveries.c.id.desc())).scalars().first()


def _digest(db: Connection, day: date, now: datetime) -> int:
    """The number of a day's digest, which is made where there is none."""
    found = db.execute(select(digests.c.id).where(digests.c.day == day)).scalar()
    return inserted(db, insert(digests).values(day=day, composed=now)) if found is None else int(found)


def _add_to_archive(db: Connection, digest: int, papers: set[int]) -> None:
    """Note what a digest brings; papers of an earlier one that went out are news only to those it did not reach."""
    there = (
        select(digest_papers.c.paper)
        .join(digests, digests.c.id == digest_papers.c.digest)
        .where((digests.c.id == digest) | digests.c.sent.is_not(None))
    )
    new = sorted(papers - set(db.execute(there).scalars()))
    if new:
        db.execute(insert(digest_papers), [{"digest": digest, "paper": paper} for paper in new])


def _count_as_mailed(db: Connection, one: Delivery) -> None:
    if one.papers:
        db.execute(
            _MAILED, [{"subscriber": one.subscriber, "paper": paper, "delivery": one.id} for paper in one.papers]
        )


def _row(one: Delivery, digest: int, now: datetime) -> dict[str, Any]:
    return {
        "digest": digest,
        "subscriber": one.subscriber,
        "state": one.state,
        "papers": list(one.papers),
        "message_id": one.message_id,
        "changed": now,
        "error": one.error,
    }


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.subscriber, tuple(row.papers), row.message_id, row.state, row.error, row.id, row.digest)
