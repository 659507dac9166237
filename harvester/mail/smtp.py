"""Handing messages over by SMTP: one connection for many, and an honest answer for each.

The commands are given one by one (not by ``smtplib.sendmail``) because it matters where a connection breaks: before
the content was sent the server certainly does not have the message; after it, nobody can tell.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from email.utils import parseaddr
from types import TracebackType
from typing import Self

from harvester.base.errors import MailError
from harvester.base.escape import excerpt
from harvester.config.digest import DigestSettings
from harvester.config.settings import Settings
from harvester.mail.outbox import SendOutcome, ServerBusy

TIMEOUT = 30.0  # seconds for each answer of the server
CONTENT_TIMEOUT = 120.0  # the answer to the content: servers scan it for viruses first
CLOSING = 421  # "service not available, closing": the connection is useless now, the message may be fine


class _Broken(Exception):
    """The connection ended before the content was sent."""


def mail_server(settings: Settings) -> "SmtpServer":
    """The mail server that the configuration names."""
    return SmtpServer(settings.digest)


class SmtpServer:
    """The mail server of the configuration; connects when first needed, and reconnects when cut off."""

    def __init__(self, settings: DigestSettings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.sender)[1]
        self._link: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._link:
            with suppress(smtplib.SMTPException, OSError):  # a courtesy: all answers that matter have arrived
                self._link.quit()
            self._drop()

    @property
    def name(self) -> str:
        """Host and port, as shown in messages."""
        return f"{self._settings.smtp_host}:{self._settings.smtp_port}"

    def open(self) -> None:
        """Connect, if there is no connection.

        Raises:
            ServerBusy: the server answers, but accepts nothing now.
            MailError: the server cannot be reached, or refuses TLS or the login.
        """
        if self._link is None:
            self._link = self._connect()

    def check(self) -> None:
        """Check that this sender may send, without sending anything.

        Raises:
            MailError: the server cannot be reached, refuses TLS or the login, or does not let this sender send.
        """
        self.open()
        assert self._link is not None  # noqa: S101
        try:
            self._introduce(self._link)
            self._link.rset()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerBusy(f"The mail server {self.name} closes the connection: {error}.") from None

    def send(self, to: str, content: bytes, name: str = "") -> SendOutcome:
        """Hand one message over; a connection that broke before the content was sent is reopened, once.

        Raises:
            MailError: the server cannot be reached, or does not let this sender send.
        """
        del name
        for _ in range(2):
            self.open()
            assert self._link is not None  # noqa: S101
            with suppress(_Broken):
                refusal = self._address(self._link, to)
                return refusal or self._transmit(self._link, content)
        return SendOutcome(
            "failed", f"{self.name} closed the connection twice before it accepted the message.", CLOSING
        )

    def _address(self, link: smtplib.SMTP, to: str) -> SendOutcome | None:
        """Send the envelope; returns the refusal, or None if the server now waits for the content."""
        try:
            code, reply = self._introduce(link)
            if code == 250:
                code, reply = link.rcpt(to)
            if code in (250, 251):
                code, reply = link.docmd("DATA")
        except (smtplib.SMTPException, OSError):
            self._drop()
            raise _Broken from None
        if code == CLOSING:
            self._drop()
            raise _Broken
        return None if code == 354 else self._refused(link, code, reply)

    def _introduce(self, link: smtplib.SMTP) -> tuple[int, bytes]:
        """Give the sender.

        Raises:
            MailError: it may not send.
        """
        code, reply = link.mail(self._sender)
        if 500 <= code <= 599:
            raise MailError(
                f"The mail server {self.name} refuses {self._sender} as a sender: {_said(code, reply)}",
                remedy="correct [digest] sender, or smtp_user and smtp_password",
            )
        return code, reply

    def _transmit(self, link: smtplib.SMTP, content: bytes) -> SendOutcome:
        try:
            link.send(_stuffed(content))
        except (smtplib.SMTPException, OSError):  # the last bytes, which end the message, never left this host
            self._drop()
            raise _Broken from None
        try:
            if link.sock:
                link.sock.settimeout(CONTENT_TIMEOUT)
            code, reply = link.getreply()
            if link.sock:
                link.sock.settimeout(TIMEOUT)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return SendOutcome("unknown", f"The connection to {self.name} ended before it answered: {error}.")
        if code == CLOSING:
            self._drop()
        if 200 <= code <= 299:
            return SendOutcome("sent")
        return self._refused(link, code, reply)

    def _refused(self, link: smtplib.SMTP, code: int, reply: bytes) -> SendOutcome:
        """Discard this message on the server and make the connection ready for the next."""
        try:
            if self._link:
                link.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return SendOutcome("failed", _said(code, reply), code)

    def _drop(self) -> None:
        if self._link:
            self._link.close()
        self._link = None

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._greeted()
        except ssl.SSLCertVerificationError as error:
            problem = f"shows a certificate that does not hold: {error.verify_message}"
            remedy = "correct [digest] smtp_host"
        except ssl.SSLError as error:
            problem = f"refuses TLS: {error.reason or error}"
            remedy = "correct [digest] smtp_security or smtp_port"
        except smtplib.SMTPAuthenticationError as error:
            problem = f"refuses the login: {_said(error.smtp_code, error.smtp_error)}"
            remedy = "correct [digest] smtp_user and smtp_password"
        except smtplib.SMTPNotSupportedError as error:
            problem = f"does not offer what [digest] asks for: {str(error).rstrip('.')}"
            remedy = "correct smtp_security and smtp_user"
        except (smtplib.SMTPServerDisconnected, ConnectionResetError, BrokenPipeError) as error:
            raise ServerBusy(f"The mail server {self.name} closes the connection: {error}.") from None
        except smtplib.SMTPResponseException as error:
            if 400 <= error.smtp_code <= 499:
                reply = _said(error.smtp_code, error.smtp_error)
                raise ServerBusy(f"The mail server {self.name} accepts nothing now: {reply}.") from None
            problem = f"refuses the connection: {_said(error.smtp_code, error.smtp_error)}"
            remedy = "try again later"
        except (smtplib.SMTPException, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            problem = f"cannot be reached: {reason}"
            remedy = "check that it runs, and [digest] smtp_host and smtp_port"
        raise MailError(f"The mail server {self.name} {problem}", remedy=remedy)

    def _greeted(self) -> smtplib.SMTP:
        """A connection encrypted as the configuration demands (never less) and logged in."""
        settings, context = self._settings, ssl.create_default_context()
        if settings.smtp_security == "tls":
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=context
            )
        else:
            link = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
        try:
            if settings.smtp_security == "starttls":
                link.starttls(context=context)
            link.ehlo_or_helo_if_needed()
            if settings.smtp_user:
                link.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except BaseException:  # close the connection on Ctrl-C, too, then re-raise
            link.close()
            raise
        return link


def _stuffed(content: bytes) -> bytes:
    """The content as RFC 5321 4.5.2 wants it: CRLF, leading dots doubled, and the dot that ends it."""
    plain = content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")  # then a search only costs time
    lines = content if plain else re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    body = lines.replace(b"\n.", b"\n..")
    body = b"." + body if body.startswith(b".") else body
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _said(code: int, reply: bytes | str) -> str:
    """The server's answer on one line, limited in length."""
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return excerpt(f"{code} {words}", 300).rstrip(". ")
