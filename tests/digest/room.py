"""A working folder with a clock that is set by hand, and a real mail server on loopback to send to."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from harvester.domain.decisions import Decision
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.subscriptions import add_subscriber
from harvester.services.workspace import Workspace
from harvester.store import papers, queue
from harvester.store.decisions import add_decision
from harvester.store.engine import read, write
from harvester.store.ledger import ledger

START = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
JO, MAX = "jo@example.org", "max@example.org"
STATES = ("queued", "sending", "sent", "failed", "unknown")


@dataclass
class Sink:
    """What the mail server took, and how it is told to answer."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)  # of the envelope
    connections: int = 0
    mail_reply: str = ""
    rcpt_replies: dict[str, str] = field(default_factory=dict)
    data_reply: str = ""
    drop_in_data: bool = False
    hang_up_after: int | None = None  # messages a connection
    on_data: Callable[[], object] | None = None
    stall: bool = False
    stalled: threading.Event = field(default_factory=threading.Event)

    @property
    def messages(self) -> list[EmailMessage]:
        found = [message_from_bytes(raw, policy=policy.default) for raw in self.raw]
        assert all(isinstance(one, EmailMessage) for one in found)
        return found  # type: ignore[return-value]

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.messages if one["To"] == address]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, replies: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        session.taken = 0
        return replies

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hang_up_after is not None and session.taken >= self.hang_up_after:
            return "421 4.7.0 Enough for one connection"
        envelope.mail_from = address
        return self.mail_reply or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.rcpt_replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.stall:
            self.stalled.set()
            await asyncio.sleep(60)
        if self.on_data:
            self.on_data()
        if self.drop_in_data:
            assert server.transport is not None
            server.transport.abort()
            return "250 never heard"
        if self.data_reply:
            return self.data_reply
        assert isinstance(envelope.original_content, bytes)
        session.taken += 1
        self.raw.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        return "250 Taken"


class Room:
    """A workspace, and what tests do in it."""

    def __init__(self, ws: Workspace, config: Path) -> None:
        self.now = START
        self.ws = replace(ws, clock=lambda: self.now)
        self.config = config
        self._numbers = count(1)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def subscribe(
        self,
        email: str,
        every: str | None = None,
        *,
        weekday: str | None = None,
        form: str | None = None,
        **topics: str,
    ) -> None:
        add_subscriber(self.ws, email, topics, every, weekday=weekday, form=form, confirmed=True)

    def paper(self, title: str, **known: Any) -> int:
        arxiv = f"2506.{next(self._numbers):05}"
        given: dict[str, Any] = {
            "identifiers": (f"arxiv:{arxiv}",),
            "abstract": "We look at hearts. It helps.",
            "authors": (Author("Ann Bee"), Author("Cy Dee"), Author("Eve Eff"), Author("Gil Hay")),
            "published": START,
            "links": {"paper": f"https://arxiv.org/abs/{arxiv}"},
        }
        with write(self.ws.store) as db:
            return papers.record(db, [Sighting("arxiv", Paper(title=title, **{**given, **known}))], self.now)[0].number

    def decide(self, number: int, action: str, via: str = "review", labels: Labels | None = None) -> None:
        """A decision as harvester.services.decide records it, without the catalogue's file."""
        with write(self.ws.store) as db:
            before = queue.candidate(db, number)
            if before is None:
                queue.enqueue(db, [(number, 0.9)], self.now)
                before = queue.candidate(db, number)
            assert before is not None
            made = add_decision(db, Decision(number, action, via, labels, "", "me", self.now))
            first = made if before.accepted_by is None else before.accepted_by
            state = {"accept": "accepted", "reject": "rejected", "undo": "pending"}[action]
            queue.move(db, before, state, first if action == "accept" else None, filed=True)

    def accept(
        self,
        title: str,
        via: str = "review",
        kind: str = "research",
        known: Mapping[str, Any] | None = None,
        **labels: str,
    ) -> int:
        number = self.paper(title, **(known or {}))
        self.decide(number, "accept", via, as_labels(kind, **labels))
        return number

    def states(self) -> dict[str, int]:
        """How many deliveries there are in each state."""
        with read(self.ws.store) as db:
            return {state: len(found) for state in STATES if (found := ledger(db, state))}


def as_labels(kind: str = "research", **labels: str) -> Labels:
    """``task="a,b"`` as a reviewer's labels."""
    facets = {facet: tuple(filter(None, labels.get(facet, "").split(","))) for facet in ("task", "modality", "disease")}
    return Labels({**facets, "kind": (kind,)})


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def counts(**known: int) -> dict[str, int]:
    return {"due": 0, "sent": 0, "failed": 0, "unknown": 0} | known


def send(room: Room) -> dict[str, int]:
    return send_digests(room.ws).to_json()


def titles(message: EmailMessage) -> list[str]:
    return [line[2:] for line in text_of(message).splitlines() if line.startswith("* ")]
