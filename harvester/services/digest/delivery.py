"""Handing digests over, one after the other, with the ledger written before and after each.

What became of one message and the start of the next one are written in one transaction: half the disk writes, and the
order stays the same. A message is in ``sending`` before the first byte of it leaves, and what the mail server said of
it is kept before another one leaves.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from harvester.base.boot import boot_id
from harvester.base.clock import utc_date
from harvester.base.errors import MailError
from harvester.digest.composer import Composer, Plan
from harvester.domain.deliveries import Delivery
from harvester.mail.outbox import Outbox, SendOutcome, ServerBusy
from harvester.services.subscribers.bounces import note_refusal
from harvester.services.workspace import Watch, Workspace
from harvester.store.engine import write
from harvester.store.ledger import begin_delivery, close_delivery, note_sent, release, reserve

LOST_IN_A_ROW = 3  # so many messages of unknown fate, one after the other, are no accident: the others wait
RESERVED = 20  # messages that one wait for the disk is for
REFUSED_IN_A_ROW = 10  # so many refusals for now, and the server is left alone for a while
Work = Sequence[tuple[Delivery, Plan]]


@dataclass(frozen=True, slots=True)
class DeliveryProblem:
    """A digest that was refused, or whose fate is unknown."""

    to: str
    state: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """One element of what ``digest send`` names as problems."""
        return {"to": self.to, "state": self.state, "reason": self.reason}


@dataclass(slots=True)
class Counts:
    """How a sending went. `problems` name people, so they are for the maintainer's eyes and not for reports."""

    due: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    problems: list[DeliveryProblem] = field(default_factory=list)

    def add(self, to: str, outcome: SendOutcome) -> None:
        """Count what became of one message."""
        self.sent += outcome.state == "sent"
        self.failed += outcome.state == "failed"
        self.unknown += outcome.state == "unknown"
        if outcome.state != "sent":
            self.problems.append(DeliveryProblem(to, outcome.state, outcome.reason))

    @property
    def trouble(self) -> str:
        """One sentence where not all went well, naming nobody; else ""."""
        said = []
        if self.failed:
            said.append(f"{self.failed} of {self.due} digests were refused and will be tried again")
        if self.unknown:
            said.append(f"whether {self.unknown} digests arrived is unknown, and they are not sent again")
        return f"{'; '.join(said)}." if said else ""

    def to_json(self) -> dict[str, int]:
        """``{"due", "sent", "failed", "unknown"}``."""
        return {"due": self.due, "sent": self.sent, "failed": self.failed, "unknown": self.unknown}


class SendingStopped(MailError):
    """The mail server takes nothing (more); what was not sent stays queued. `counts` says how far it got."""

    def __init__(self, reason: str, counts: Counts, waiting: int) -> None:
        super().__init__(f"{reason} Nothing is lost", remedy=f"the next call sends what was not sent ({waiting})")
        self.counts = counts


class _Pace:
    """So many messages a minute at most, in real time."""

    def __init__(self, per_minute: int) -> None:
        self._gap, self._next = (60.0 / per_minute if per_minute else 0.0), 0.0

    def wait(self) -> float:
        """The seconds until the next message may leave, which is then counted as leaving."""
        now = time.monotonic()
        left = max(0.0, self._next - now)
        self._next = now + left + self._gap
        return left


class _LedgerWriter:
    """The ledger's side of a sending: what the last message's fate was is written with the start of the next one.

    On SQLite the messages are reserved by the dozen, and their steps need not wait for the disk (see store.ledger).
    """

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._boot = boot_id() if ws.store.dialect.name == "sqlite" else ""
        self._reserved: set[int] = set()
        self._open: tuple[Delivery, str, str] | None = None
        self._out = False  # whether the digest is known to be out

    def reserve(self, some: Iterable[Delivery]) -> None:
        """Get ready for these."""
        coming = [one for one in some if one.id not in self._reserved]
        if self._boot and coming:
            with write(self._ws.store) as db:
                reserve(db, coming, self._boot)
            self._reserved = {one.id for one in coming}

    def begin(self, delivery: Delivery) -> bool:
        """Note that this message leaves now; False where it must not."""
        with write(self._ws.store, relaxed=delivery.id in self._reserved) as db:
            self._close(db)
            begun = begin_delivery(db, delivery, self._ws.clock())
        self._open = None
        return begun

    def end(self, delivery: Delivery, state: str, reason: str) -> None:
        """Remember what became of it."""
        self._open = (delivery, state, reason)
        if state == "queued":  # its reservation goes with its closing: another attempt needs a new one
            self._reserved.discard(delivery.id)

    def settle(self) -> None:
        """Write down what is remembered, take back what is reserved, and let it reach the disk."""
        if self._open or self._reserved:
            with write(self._ws.store) as db:
                self._close(db)
                release(db)
            self._open, self._reserved = None, set()

    def _close(self, db: Connection) -> None:
        if self._open:
            now, (delivery, state, _) = self._ws.clock(), self._open
            close_delivery(db, *self._open, now)
            if state == "sent" and not self._out:
                note_sent(db, delivery.digest, now)
                self._out = True


class Sending:
    """One sending of many digests."""

    def __init__(self, ws: Workspace, press: Composer, counts: Counts, watch: Watch) -> None:
        self._ws, self._press, self._counts, self._watch = ws, press, counts, watch
        self._desk, self._pace = _LedgerWriter(ws), _Pace(ws.settings.digest.per_minute)
        self._lost = 0

    def deliver(self, outbox: Outbox, work: Work) -> None:
        """Send everything; what is refused for now is tried again after a pause that grows.

        Raises:
            SendingStopped: the mail server takes nothing (more).
        """
        settings = self._ws.settings.digest
        waiting = work
        for attempt in range(settings.attempts):
            if attempt:
                time.sleep(settings.retry_after * 2 ** (attempt - 1))
            try:
                waiting = self._pass(outbox, waiting, last=attempt + 1 == settings.attempts)
            finally:
                self._desk.settle()
            if not waiting:
                return

    def _pass(self, outbox: Outbox, work: Work, *, last: bool) -> Work:
        """Try every message once; returns those to be tried again."""
        again: list[tuple[Delivery, Plan]] = []
        refused = 0
        for done, (delivery, plan) in enumerate(work):
            if done % RESERVED == 0:
                self._desk.reserve(one for one, _ in work[done : done + RESERVED])
            try:
                outcome = self._one(outbox, delivery, plan, last=last)
            except ServerBusy as error:
                return [*again, *self._left(error, work, done, last=last)]
            except MailError as error:
                raise self._stopped(str(error), len(again) + len(work) - done) from error
            if outcome is None:
                continue
            refused = refused + 1 if outcome.for_now else 0
            if outcome.for_now and not last:
                again.append((delivery, plan))
            if refused == REFUSED_IN_A_ROW and done + 1 < len(work):
                busy = ServerBusy(f"{refused} messages in a row were refused for now: {outcome.reason}.")
                return [*again, *self._left(busy, work, done + 1, last=last)]
            if self._lost == LOST_IN_A_ROW and done + 1 < len(work):
                reason = f"{self._lost} messages in a row got no answer: {outcome.reason}"
                raise self._stopped(reason, len(again) + len(work) - done - 1)
        return again

    def _left(self, error: ServerBusy, work: Work, done: int, *, last: bool) -> Work:
        """What a busy server left over, to be tried after a pause."""
        if last:
            raise self._stopped(str(error), len(work) - done) from error
        return work[done:]

    def _one(self, outbox: Outbox, delivery: Delivery, plan: Plan, *, last: bool) -> SendOutcome | None:
        """Send one message; None where its subscriber has left in the meantime."""
        message = self._press.message(plan, delivery.message_id, self._ws.clock())
        self._hold_back()
        outbox.open()
        if not self._desk.begin(delivery):
            self._counts.due -= 1
            return None
        try:
            outcome = outbox.send(plan.subscriber.email, message, self._name(delivery))
        except MailError as error:  # a server that takes no message at all has certainly not taken this one
            self._desk.end(delivery, "queued", str(error))
            raise
        self._desk.end(delivery, "queued" if outcome.for_now and not last else outcome.state, outcome.reason)
        self._note(plan.subscriber.email, outcome, last=last)
        if outcome.for_good:
            self._desk.settle()
            note_refusal(self._ws, plan.subscriber, outcome.reason)
        return outcome

    def _note(self, to: str, outcome: SendOutcome, *, last: bool) -> None:
        self._lost = self._lost + 1 if outcome.state == "unknown" else 0
        if not outcome.for_now or last:
            self._counts.add(to, outcome)
            counts = self._counts
            self._watch("mailed", counts.sent + counts.failed + counts.unknown, counts.due)

    def _hold_back(self) -> None:
        """Wait for the next message's turn, with nothing left unwritten meanwhile."""
        if seconds := self._pace.wait():
            self._desk.settle()
            time.sleep(seconds)

    def _name(self, delivery: Delivery) -> str:
        return f"digest-{utc_date(self._ws.clock())}-{delivery.id}"

    def _stopped(self, reason: str, waiting: int) -> SendingStopped:
        return SendingStopped(reason, self._counts, waiting)
