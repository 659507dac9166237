"""Hand digests over one by one, with the ledger written before and after each.

The outcome of one message and the start of the next are written in one transaction: half the disk writes, in the same
order. A message is in ``sending`` before its first byte leaves, and the mail server's answer is stored before another
message leaves.
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

LOST_IN_A_ROW = 3  # this many messages of unknown fate in a row are no accident: the others wait
RESERVED = 20  # messages per wait for the disk
REFUSED_IN_A_ROW = 10  # after this many temporary refusals, the server is left alone for a while
Work = Sequence[tuple[Delivery, Plan]]


@dataclass(frozen=True, slots=True)
class DeliveryProblem:
    """A digest that was refused, or whose fate is unknown."""

    to: str
    state: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """One element of the problems that ``digest send`` prints."""
        return {"to": self.to, "state": self.state, "reason": self.reason}


@dataclass(slots=True)
class Counts:
    """The counts of a sending. `problems` name people, so they are for the maintainer and not for reports."""

    due: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0  # not sent, and sent by the next call
    problems: list[DeliveryProblem] = field(default_factory=list)

    def add(self, to: str, outcome: SendOutcome) -> None:
        """Count the outcome of one message."""
        self.sent += outcome.state == "sent"
        self.failed += outcome.state == "failed"
        self.unknown += outcome.state == "unknown"
        if outcome.state != "sent":
            self.problems.append(DeliveryProblem(to, outcome.state, outcome.reason))

    @property
    def trouble(self) -> str:
        """One sentence about what went wrong, naming nobody, or ""."""
        problems = []
        if self.failed:
            problems.append(f"{self.failed} of {self.due} digests were refused and will be tried again")
        if self.unknown:
            problems.append(f"whether {self.unknown} digests arrived is unknown, and they are not sent again")
        return f"{'; '.join(problems)}." if problems else ""

    def to_json(self) -> dict[str, int]:
        """``{"due", "sent", "failed", "unknown", "waiting"}``."""
        return {name: getattr(self, name) for name in ("due", "sent", "failed", "unknown", "waiting")}


class SendingStopped(MailError):
    """The mail server accepts nothing (more); what was not sent stays queued. `counts` says how far it got."""

    def __init__(self, reason: str, counts: Counts, waiting: int) -> None:
        super().__init__(f"{reason} Nothing is lost", remedy=f"the next call sends what was not sent ({waiting})")
        self.counts = counts


class _Pace:
    """Limits messages per minute, in real time."""

    def __init__(self, per_minute: int) -> None:
        self._gap, self._next = (60.0 / per_minute if per_minute else 0.0), 0.0

    def wait(self) -> float:
        """The seconds until the next message may leave, which is then counted as leaving."""
        now = time.monotonic()
        left = max(0.0, self._next - now)
        self._next = now + left + self._gap
        return left


class _LedgerWriter:
    """Writes the ledger during a sending: each outcome is written together with the start of the next message.

    On SQLite, messages are reserved in batches, and their steps need not wait for the disk (see store.ledger).
    """

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._boot = boot_id() if ws.store.dialect.name == "sqlite" else ""
        self._reserved: set[int] = set()
        self._open: tuple[Delivery, str, str] | None = None
        self._out = False  # whether the digest is recorded as sent

    def reserve(self, some: Iterable[Delivery]) -> None:
        """Reserve these messages, except those already reserved."""
        coming = [delivery for delivery in some if delivery.id not in self._reserved]
        if self._boot and coming:
            with write(self._ws.store) as db:
                reserve(db, coming, self._boot)
            self._reserved = {delivery.id for delivery in coming}

    def begin(self, delivery: Delivery) -> bool:
        """Record that this message leaves now; False if it must not."""
        with write(self._ws.store, relaxed=delivery.id in self._reserved) as db:
            self._close(db)
            begun = begin_delivery(db, delivery, self._ws.clock())
        self._open = None
        return begun

    def end(self, delivery: Delivery, state: str, reason: str) -> None:
        """Remember the outcome of a message."""
        self._open = (delivery, state, reason)
        if state == "queued":  # its reservation ends with it: another attempt needs a new one
            self._reserved.discard(delivery.id)

    def settle(self) -> None:
        """Write the remembered outcome, release the reservations, and wait for the disk."""
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

    def __init__(self, ws: Workspace, composer: Composer, counts: Counts, watch: Watch) -> None:
        self._ws, self._composer, self._counts, self._watch = ws, composer, counts, watch
        self._ledger, self._pace = _LedgerWriter(ws), _Pace(ws.settings.digest.per_minute)
        self._lost = 0

    def deliver(self, outbox: Outbox, work: Work) -> None:
        """Send everything; temporary refusals are retried after growing pauses.

        Raises:
            SendingStopped: the mail server accepts nothing (more).
        """
        settings = self._ws.settings.digest
        waiting = work
        for attempt in range(settings.attempts):
            if attempt:
                time.sleep(settings.retry_after * 2 ** (attempt - 1))
            try:
                waiting = self._pass(outbox, waiting, last=attempt + 1 == settings.attempts)
            finally:
                self._ledger.settle()
            if not waiting:
                return

    def _pass(self, outbox: Outbox, work: Work, *, last: bool) -> Work:
        """Try every message once; returns those to retry."""
        again: list[tuple[Delivery, Plan]] = []
        refused = 0
        for done, (delivery, plan) in enumerate(work):
            if done % RESERVED == 0:
                self._ledger.reserve(delivery for delivery, _ in work[done : done + RESERVED])
            try:
                outcome = self._send(outbox, delivery, plan, last=last)
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
        """The messages that a busy server left over, to retry after a pause."""
        if last:
            raise self._stopped(str(error), len(work) - done) from error
        return work[done:]

    def _send(self, outbox: Outbox, delivery: Delivery, plan: Plan, *, last: bool) -> SendOutcome | None:
        """Send one message; None if its subscriber has left in the meantime."""
        message = self._composer.message(plan, delivery.message_id, self._ws.clock())
        self._hold_back()
        outbox.open()
        if not self._ledger.begin(delivery):
            self._counts.due -= 1
            return None
        try:
            outcome = outbox.send(plan.subscriber.email, message, self._name(delivery))
        except MailError as error:  # a server that accepts no message at all has certainly not accepted this one
            self._ledger.end(delivery, "queued", str(error))
            raise
        self._ledger.end(delivery, "queued" if outcome.for_now and not last else outcome.state, outcome.reason)
        self._note(plan.subscriber.email, outcome, last=last)
        if outcome.for_good:
            self._ledger.settle()
            note_refusal(self._ws, plan.subscriber, outcome.reason)
        return outcome

    def _note(self, to: str, outcome: SendOutcome, *, last: bool) -> None:
        self._lost = self._lost + 1 if outcome.state == "unknown" else 0
        if not outcome.for_now or last:
            self._counts.add(to, outcome)
            counts = self._counts
            self._watch("mailed", counts.sent + counts.failed + counts.unknown, counts.due)

    def _hold_back(self) -> None:
        """Wait for the next message's turn, with everything written first."""
        if seconds := self._pace.wait():
            self._ledger.settle()
            time.sleep(seconds)

    def _name(self, delivery: Delivery) -> str:
        return f"digest-{utc_date(self._ws.clock())}-{delivery.id}"

    def _stopped(self, reason: str, waiting: int) -> SendingStopped:
        self._counts.waiting = waiting
        return SendingStopped(reason, self._counts, waiting)
