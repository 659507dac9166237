"""Returned mail and complaints: what counts, what does not, and what follows from it."""

import json
import mailbox
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError
from harvester.mail.bounce_reports import judge, leaving_by_mail, read_reports, worn_out
from harvester.mail.link_tokens import open_tokens
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.bounces import Tally, read_mailbox
from harvester.services.subscribers.subscriptions import add_subscriber, subscribers
from harvester.store.bounces import bounces_of
from harvester.store.engine import read
from tests.conftest import both_databases
from tests.room import JO, MAX, START, Room, Sink
from tests.room.commands import harvester

DSN = """\
From: MAILER-DAEMON@mx.example.net
To: digest@example.org
Subject: Undelivered Mail Returned to Sender
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: {date}

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b
Content-Type: {kind}

{returned}
--b--
"""
ARF = """\
From: feedback@isp.example
To: digest@example.org
Subject: FW: complaint
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is a report.

--b
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--b
Content-Type: message/rfc822

{returned}
--b--
"""


@pytest.fixture
def room(make_room: Callable[..., Room], store_url: str) -> Iterator[Room]:
    made = make_room(store_url)
    made.subscribe(JO)
    made.subscribe(MAX)
    yield made
    made.ws.store.dispose()


def dsn(
    to: str = JO,
    status: str = "5.1.1",
    diagnostic: str = "550 5.1.1 No such user",
    action: str = "failed",
    at: datetime = START,
    returned: str = "Subject: x",
    kind: str = "text/rfc822-headers",
) -> str:
    return DSN.format(
        to=to,
        status=status,
        diagnostic=diagnostic,
        action=action,
        date=format_datetime(at),
        returned=returned,
        kind=kind,
    )


def arf(
    feedback: str = "abuse", fields: str = f"Original-Rcpt-To: <{JO}>\n", returned: str = "Subject: x\n\nbody"
) -> str:
    return ARF.format(feedback=feedback, fields=fields, date=format_datetime(START), returned=returned)


def mbox(room: Room, *mails: str) -> Path:
    path = room.config.parent / "returned.mbox"
    path.unlink(missing_ok=True)
    box = mailbox.mbox(path)
    for mail in mails:
        box.add(mail.encode())
    box.close()
    return path


def read_in(room: Room, *mails: str) -> Tally:
    return read_mailbox(room.ws, mbox(room, *mails))


def state(room: Room, email: str = JO) -> str:
    return next(subscriber.state for subscriber in subscribers(room.ws) if subscriber.email == email)


def test_a_hard_bounce_ends_the_mail_and_the_evidence_is_kept(room: Room, smtp: Sink) -> None:
    tally = read_in(room, dsn())
    assert (tally.hard, tally.ignored, tally.disabled) == (1, 0, [JO])
    assert (state(room), state(room, MAX)) == ("bounced", "active")
    room.accept("Hearts")
    send_digests(room.ws)
    assert [message["To"] for message in smtp.messages] == [MAX]
    with read(room.ws.store) as db:
        jo = next(subscriber for subscriber in subscribers(room.ws) if subscriber.email == JO)
        (kept,) = bounces_of(db, jo.id)
    assert (kept.kind, kept.status, kept.at) == ("hard", "5.1.1", START)
    assert "No such user" in kept.diagnostic
    assert "I am sorry to inform you." in kept.evidence


def test_reading_it_again_changes_nothing(room: Room) -> None:
    report = dsn()
    read_in(room, report)
    room.subscribe(JO)
    assert read_in(room, report).to_json() == Tally(ignored=1).to_json()
    assert state(room) == "active"


@both_databases
def test_soft_bounces_count_once_a_day_and_end_it_on_the_third_day(room: Room) -> None:
    full = {"status": "5.2.2", "diagnostic": "552 5.2.2 Mailbox full"}
    room.later(days=4)
    first = [dsn(**full, at=START + timedelta(hours=hour)) for hour in (10, 11, 12, 13)]
    assert read_in(room, *first).to_json() == Tally(soft=4).to_json()
    assert read_in(room, dsn(**full, at=START + timedelta(days=2))).disabled == []
    assert state(room) == "active"
    assert read_in(room, dsn(**full, at=START + timedelta(days=3))).disabled == [JO]
    assert state(room) == "bounced"


def test_soft_bounces_of_long_ago_are_forgiven(room: Room) -> None:
    for _ in range(6):
        room.later(days=16)
        assert read_in(room, dsn(status="4.2.2", diagnostic="452 4.2.2 Full", at=room.now)).soft == 1
    assert state(room) == "active"


def test_policy_refusals_delays_and_other_mail_are_no_bounces(room: Room) -> None:
    """mailman #624: a content policy's 552 5.7.0 must not count."""
    tally = read_in(
        room,
        dsn(status="5.7.0", diagnostic="552 5.7.0 Our policy forbids this content"),
        dsn(status="5.0.0", diagnostic="550 5.7.1 Message blocked as spam"),
        dsn(status="4.4.1", action="delayed", diagnostic="connection timed out"),
        dsn(to="stranger@example.org"),
        "From: Jo <jo@example.org>\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am on holiday.\n",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nbroken\n",
    )
    assert tally.to_json() == Tally(ignored=6).to_json()
    assert state(room) == "active"


@both_databases
def test_a_complaint_ends_it_for_good(room: Room, smtp: Sink) -> None:
    tally = read_in(room, arf())
    assert (tally.complaints, tally.disabled, state(room)) == (1, [JO], "complained")
    assert read_in(room, arf(feedback="not-spam")).to_json() == Tally(ignored=1).to_json()


def test_a_redacted_complaint_is_known_by_the_mail_it_brings_back(room: Room, smtp: Sink) -> None:
    room.accept("Hearts")
    send_digests(room.ws)
    mine = next(raw for raw, message in zip(smtp.raw, smtp.messages, strict=True) if message["To"] == JO)
    redacted = mine.decode().replace("\r\n", "\n").replace(f"To: {JO}", "To: [redacted]")
    tally = read_in(room, arf(fields="", returned=redacted))
    assert (tally.complaints, tally.disabled) == (1, [JO])


@pytest.mark.parametrize("mark", ["Message-ID", "List-Unsubscribe"])
def test_a_bounce_of_a_forwarded_address_is_known_by_its_headers(room: Room, smtp: Sink, mark: str) -> None:
    room.accept("Hearts")
    send_digests(room.ws)
    value = next(message[mark] for message in smtp.messages if message["To"] == JO)
    tally = read_in(room, dsn(to="jos-new-name@example.net", returned=f"Subject: x\n{mark}: {value}"))
    assert (tally.hard, tally.disabled) == (1, [JO])


def test_a_bounce_of_before_they_came_back_does_not_count_again(room: Room) -> None:
    read_in(room, dsn())
    room.later(days=10)
    room.subscribe(JO)
    late = read_in(room, dsn(at=START + timedelta(days=1), diagnostic="550 5.1.1 Another one"))
    assert (late.hard, late.disabled, state(room)) == (1, [], "active")


def test_leaving_by_mail(room: Room, smtp: Sink) -> None:
    """The mailto: of List-Unsubscribe really works: a mail program sends its subject."""
    tokens = open_tokens(room.ws.settings)
    token = tokens.unsubscribe(tokens.key(JO))
    tally = read_in(
        room,
        f"From: Jo <other@example.org>\nSubject: unsubscribe {token}\n\n",
        f"Subject: unsubscribe {tokens.preferences(tokens.key(MAX))}\n\n",
        "Subject: unsubscribe\n\nplease",
    )
    assert (tally.unsubscribed, tally.ignored) == (1, 2)
    assert (state(room), state(room, MAX)) == ("unsubscribed", "active")


def test_an_opt_out_report_unsubscribes(room: Room) -> None:
    assert read_in(room, arf(feedback="opt-out")).unsubscribed == 1
    assert state(room) == "unsubscribed"
    ended = {person.email: person.ended for person in subscribers(room.ws)}
    assert ended[JO] == room.now, "so that it can be taken back, as after any other way to leave"


def test_a_bounced_opt_in_mail(room: Room) -> None:
    add_subscriber(room.ws, "new@example.org")
    read_in(room, dsn(to="new@example.org"))
    assert state(room, "new@example.org") == "bounced"


def test_maildir_single_file_and_what_is_neither(room: Room, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    box.add(dsn().encode())
    assert read_mailbox(room.ws, tmp_path / "Maildir").hard == 1
    (tmp_path / "one.eml").write_text(dsn(to=MAX))
    assert read_mailbox(room.ws, tmp_path / "one.eml").hard == 1
    (tmp_path / "empty").write_text("")
    assert read_mailbox(room.ws, tmp_path / "empty").to_json() == Tally().to_json()
    with pytest.raises(HarvesterError, match=r"nowhere cannot be read: No such file"):
        read_mailbox(room.ws, tmp_path / "nowhere")
    for name, found in (("binary", bytes(range(256))), ("table", b"nothing,that\nwas,expected\n")):
        (tmp_path / name).write_bytes(found)
        with pytest.raises(HarvesterError, match=f"{name} is not mail: .*; give an mbox, a Maildir or"):
            read_mailbox(room.ws, tmp_path / name)
    (tmp_path / "folder").mkdir()
    with pytest.raises(HarvesterError, match="is not a Maildir"):
        read_mailbox(room.ws, tmp_path / "folder")


def test_the_command(room: Room) -> None:
    path = mbox(room, dsn(), arf(fields=f"Original-Rcpt-To: {MAX}\n"), "Subject: hello\n\n")
    at = {"HARVESTER_NOW": rfc3339(room.now)}
    done = harvester("bounces", str(path), "--json", "--config", str(room.config), environment=at)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "hard": 1, "soft": 0, "complaints": 1, "unsubscribed": 0, "ignored": 1, "disabled": [JO, MAX],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 unknown", "hard"),
        ("failed", "5.1.10", "", "hard"),
        ("failed", "5.2.1", "550 5.2.1 disabled", "hard"),
        ("failed", "5.0.0", "550 No such user here", "hard"),
        ("failed", "5.0.0", "554 rejected due to spam content", "policy"),
        ("failed", "5.0.0", "554 something", "soft"),
        ("failed", "5.1.8", "bad sender", "policy"),
        ("failed", "5.2.2", "552 5.2.2 over quota", "soft"),
        ("failed", "5.3.4", "message too big", "policy"),
        ("failed", "5.6.1", "", "policy"),
        ("failed", "5.7.1", "550 5.7.1 denied by policy", "policy"),
        ("failed", "4.7.1", "451 4.7.1 greylisted too long", "policy"),
        ("failed", "4.4.7", "delivery time expired", "soft"),
        ("failed", "", "", "soft"),
        ("delayed", "4.4.1", "", ""),
        ("relayed", "2.1.9", "", ""),
    ],
)
def test_what_a_report_says_of_the_address(action: str, status: str, diagnostic: str, kind: str) -> None:
    assert judge(action, status, diagnostic) == kind


def test_days_are_counted_in_utc() -> None:
    now = datetime(2025, 6, 12, tzinfo=UTC)
    assert worn_out([now, now - timedelta(days=1), now - timedelta(days=30)], now)
    assert not worn_out([now, now - timedelta(hours=1), now - timedelta(days=31)], now)


@given(st.binary(max_size=400), st.text(max_size=100))
def test_nothing_that_comes_back_breaks_the_reader(raw: bytes, text: str) -> None:
    for mail in (raw, b"Content-Type: message/delivery-status\n\n" + raw, dsn(to=text, status=text).encode()):
        read_reports(mail)
        assert leaving_by_mail(mail) == ""
