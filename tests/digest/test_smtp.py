"""The SMTP client against real servers: TLS, login, and answers one by one."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from harvester.base.errors import MailError
from harvester.config.digest import DigestSettings
from harvester.mail.smtp import SmtpServer
from tests.room import Sink, free_port, serve

MAIL = b"Subject: x\r\n\r\n.a dot\r\nand text\r\n"
JO = "jo@example.org"


def settings(port: int, **known: Any) -> DigestSettings:
    return DigestSettings.model_validate({"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"} | known)


@contextmanager
def serving(**options: Any) -> Iterator[Sink]:
    sink = Sink()
    controller = serve(sink, **options)
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own authority, for localhost only."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(
        [*command.split(), "-keyout", path, "-out", path.with_suffix(".crt")], check=True, capture_output=True
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_content_arrives_as_it_was(smtp: Sink) -> None:
    with SmtpServer(settings(smtp.port)) as server:
        assert server.send(JO, MAIL).state == "sent"
        assert server.send(JO, b"no newline at the end").state == "sent"
    assert smtp.raw == [MAIL, b"no newline at the end\r\n"]


def test_starttls_with_a_certificate_that_holds(
    context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(tls_context=context, require_starttls=True) as sink:
        with SmtpServer(settings(sink.port, smtp_host="localhost", smtp_security="starttls")) as server:
            assert server.send(JO, MAIL).state == "sent"
        assert sink.raw == [MAIL]


def test_a_certificate_that_does_not_hold_is_refused(context: ssl.SSLContext) -> None:
    with (
        serving(tls_context=context) as sink,
        pytest.raises(MailError, match="certificate that does not hold: self-signed") as error,
    ):
        SmtpServer(settings(sink.port, smtp_host="localhost", smtp_security="starttls")).open()
    assert f"localhost:{sink.port}" in str(error.value)


def test_a_certificate_of_another_host_is_refused(
    context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(tls_context=context) as sink, pytest.raises(MailError, match=r"certificate that does not hold.*127"):
        SmtpServer(settings(sink.port, smtp_security="starttls")).open()


def test_never_in_the_clear_where_starttls_is_missing() -> None:
    with serving() as sink:
        with pytest.raises(MailError, match=r"STARTTLS extension not supported.*smtp_security"):
            SmtpServer(settings(sink.port, smtp_security="starttls")).open()
        assert sink.raw == []


def test_tls_where_there_is_none(smtp: Sink) -> None:
    with pytest.raises(MailError, match="refuses TLS"):
        SmtpServer(settings(smtp.port, smtp_security="tls")).open()


def _authenticator(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"me", b"right")
    return AuthResult(success=good, handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_login() -> None:
    with serving(authenticator=_authenticator, auth_required=True, auth_require_tls=False) as sink:
        with SmtpServer(settings(sink.port, smtp_user="me", smtp_password="right")) as server:
            assert server.send(JO, MAIL).state == "sent"
        with pytest.raises(MailError, match=r"refuses the login: 535 .*smtp_password"):
            SmtpServer(settings(sink.port, smtp_user="me", smtp_password="wrong")).open()
        with SmtpServer(settings(sink.port)) as server, pytest.raises(MailError, match=r"refuses .* as a sender: 530"):
            server.send(JO, MAIL)


def test_login_where_none_is_offered(smtp: Sink) -> None:
    with pytest.raises(MailError, match="SMTP AUTH extension not supported"):
        SmtpServer(settings(smtp.port, smtp_user="me", smtp_password="right")).open()


def test_an_unknown_host() -> None:
    with pytest.raises(MailError, match=r"nowhere\.invalid:25 cannot be reached: .*smtp_host"):
        SmtpServer(settings(25, smtp_host="nowhere.invalid", smtp_security="tls")).open()


def test_nobody_listens() -> None:
    with pytest.raises(MailError, match="cannot be reached: Connection refused"):
        SmtpServer(settings(free_port())).open()


def test_one_refusal_does_not_spoil_the_next_message(smtp: Sink) -> None:
    smtp.rcpt_replies = {"no@example.org": "550 5.1.1 No such user"}
    with SmtpServer(settings(smtp.port)) as server:
        refused = server.send("no@example.org", MAIL)
        assert (refused.state, refused.reason) == ("failed", "550 5.1.1 No such user")
        assert server.send(JO, MAIL).state == "sent"
    assert smtp.connections == 1


def test_a_server_that_hangs_up_before_every_message(smtp: Sink) -> None:
    smtp.hang_up_after = 0
    with SmtpServer(settings(smtp.port)) as server:
        outcome = server.send(JO, MAIL)
    assert outcome.state == "failed"
    assert "closed the connection twice" in outcome.reason


def test_a_check_sends_nothing_and_finds_a_sender_that_may_not(smtp: Sink) -> None:
    with SmtpServer(settings(smtp.port)) as server:
        server.check()
        assert server.send(JO, MAIL).state == "sent"
        smtp.mail_reply = "550 5.7.1 Not you"
        with pytest.raises(MailError, match=r"refuses digest@example\.org as a sender: 550 5\.7\.1 Not you"):
            server.check()
    assert (len(smtp.raw), smtp.connections) == (1, 1)
