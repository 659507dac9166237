"""A complete delivery with Postfix: digests over STARTTLS into mailboxes on this machine, and its bounces read back.

The instance is the tests' own, with its own folders and port; Debian's instance is neither started nor used.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from harvester.mail.smtp import SmtpServer
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.bounces import read_mailbox
from harvester.services.subscribers.subscriptions import subscribers
from tests.digest.test_smtp import certificate
from tests.room import Room, free_port

__all__ = ["certificate"]
POSTFIX = Path("/usr/sbin/postfix")
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = /dev/stdout
maillog_file_prefixes = /dev
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {folder}/tls.pem
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = error:no mail leaves this machine
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
READERS = ("jo", "jo+papers", "o'neil", "x" * 64)


@contextmanager
def postfix(folder: Path, pem: Path) -> Iterator[int]:
    """Postfix in the foreground, in `folder`, until it listens; its port."""
    port, owner = free_port(), pwd.getpwnam("postfix")
    mailboxes = ", ".join(f"{{ {name}@example.org = {number}/ }}" for number, name in enumerate((*READERS, "digest")))
    config = folder / "config"
    for name in ("config", "queue", "data", "mail"):
        (folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    shutil.copy(pem, folder / "tls.pem")
    (folder / "tls.pem").chmod(0o600)
    known = {"folder": folder, "uid": owner.pw_uid, "gid": owner.pw_gid, "mailboxes": mailboxes}
    (config / "main.cf").write_text(MAIN.format(**known))
    (config / "master.cf").write_text(MASTER.format(port=port))
    with (folder / "log").open("w") as log:
        command = [str(POSTFIX), "-c", str(config), "start-fg"]
        with subprocess.Popen(command, stdout=log, stderr=log) as running:
            try:
                until(lambda: greets(port) or running.poll() is not None, folder)
                assert running.poll() is None, (folder / "log").read_text()
                yield port
            finally:
                subprocess.run([str(POSTFIX), "-c", str(config), "stop"], check=False, capture_output=True)
                running.wait(30)


def greets(port: int) -> bool:
    """Whether the server answers; what it logs may come late, through a process of its own."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.settimeout(5)
            return connection.recv(3) == b"220"
    except OSError:
        return False


def until(is_so: Callable[[], bool], folder: Path) -> None:
    """Wait for something that another program does: two minutes, for other tests keep the machine busy."""
    for _ in range(2400):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"It never came. Postfix says: {(folder / 'log').read_text()[-3000:]}")


def delivered(folder: Path, number: int) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "mail" / str(number) / "new").glob("*"))]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Postfix's own user can read too: pytest's folders are private to their owner."""
    if not POSTFIX.exists():
        pytest.skip("needs Postfix (Debian: postfix)")
    if os.geteuid() != 0:
        pytest.skip("needs to be root: Postfix gives every part of itself a user of its own")
    grp.getgrnam("postdrop")
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_digests_through_postfix_and_its_bounces_back(
    make_room: Callable[..., Room], folder: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with postfix(folder, certificate) as port:
        room = make_room(smtp_host="localhost", smtp_port=port, smtp_security="starttls")
        for name in READERS:
            room.subscribe(f"{name}@example.org")
        room.subscribe("gone@example.org")
        room.accept("Überwachung des Herzens: 心电图", modality="ecg")
        assert send_digests(room.ws).to_json() == {"due": 5, "sent": 5, "failed": 0, "unknown": 0, "waiting": 0}
        until(lambda: all(delivered(folder, number) for number in range(len(READERS) + 1)), folder)
        digests = [delivered(folder, number)[0] for number in range(len(READERS))]
        bounced = read_mailbox(room.ws, folder / "mail" / str(len(READERS)))
        with SmtpServer(room.ws.settings.digest) as server:  # one more, so that the connection is a second one
            assert server.send("jo@example.org", b"Subject: x\r\n\r\n.\r\n").state == "sent"
        until(lambda: len(delivered(folder, 0)) == 2, folder)
    for name, raw in zip(READERS, digests, strict=True):
        mail = message_from_bytes(raw, policy=policy.default)
        assert f"\nTo: {name}@example.org\n".encode() in raw
        assert b"\nList-Unsubscribe: <https://digest.example.org/unsubscribe/" in raw
        assert mail["Subject"] == "1 new paper: Überwachung des Herzens: 心电图"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (bounced.hard, bounced.disabled) == (1, ["gone@example.org"])
    assert {subscriber.email: subscriber.state for subscriber in subscribers(room.ws)}["gone@example.org"] == "bounced"
    room.ws.store.dispose()
