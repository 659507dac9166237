"""A real mail server on loopback, and the contents of the messages that it accepted."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.room.configuration import free_port


@dataclass
class Sink:
    """The messages that the mail server accepted, and the replies that it is told to give."""

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
        assert all(isinstance(message, EmailMessage) for message in found)
        return found  # type: ignore[return-value]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

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


def serve(sink: Sink, **options: Any) -> Controller:
    """Start a mail server in its own thread; the caller must stop it."""
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, **options)
    controller.start()
    return controller


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def titles(message: EmailMessage) -> list[str]:
    return [line[2:] for line in text_of(message).splitlines() if line.startswith("* ")]
