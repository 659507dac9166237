"""Servers that refuse, lose or cut, and runs that die: nothing is sent twice, and unsent digests are known."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError, LockHeld
from harvester.services.digest.sending import SendingStopped, send_again, send_digests, unknown_digests
from harvester.services.subscribers.subscriptions import subscribers
from harvester.store.engine import read
from harvester.store.tables import deliveries, mailed
from tests.conftest import both_databases
from tests.room import JO, MAX, Room, Sink, counts, send, titles


@both_databases
def test_refused_for_good_or_for_now_is_tried_again(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.subscribe(MAX)
    room.accept("Hearts")
    smtp.rcpt_replies = {JO: "550 5.1.1 No such user", MAX: "451 4.7.1 Greylisted"}
    result = send_digests(room.ws)
    assert result.to_json() == counts(due=2, failed=2)
    assert [(problem.to, problem.reason) for problem in result.problems] == [
        (JO, "550 5.1.1 No such user"),
        (MAX, "451 4.7.1 Greylisted"),
    ]
    assert "2 of 2" in result.trouble
    assert JO not in result.trouble
    smtp.rcpt_replies = {}
    smtp.data_reply = "554 5.7.1 Spam"
    assert send(room) == counts(due=2, failed=2)
    smtp.data_reply = ""
    assert send(room) == counts(due=2, sent=2)
    assert room.deliveries() == {"sent": 2}


def test_what_was_refused_yesterday_is_folded_into_today(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.accept("First")
    smtp.data_reply = "451 Later"
    send(room)
    room.later(days=1)
    room.accept("Second")
    smtp.data_reply = ""
    assert send(room) == counts(due=1, sent=1)
    assert sorted(titles(smtp.messages[0])) == ["First", "Second"]


def test_a_connection_lost_in_data_is_unknown_and_not_sent_again(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.accept("Hearts")
    smtp.drop_in_data = True
    result = send_digests(room.ws)
    assert result.to_json() == counts(due=1, unknown=1)
    assert [problem.to for problem in result.problems] == [JO]
    smtp.drop_in_data = False
    room.later(days=1)
    assert send(room) == counts()
    room.accept("More hearts")
    assert send(room) == counts(due=1, sent=1)
    assert titles(smtp.messages[0]) == ["More hearts"]


def test_a_server_that_loses_everything_is_left_alone(room: Room, smtp: Sink) -> None:
    for number in range(6):
        room.subscribe(f"p{number}@example.org")
    room.accept("Hearts")
    smtp.drop_in_data = True
    with pytest.raises(SendingStopped, match="3 messages in a row") as stopped:
        send_digests(room.ws)
    assert stopped.value.counts.to_json() == counts(due=6, unknown=3, waiting=3)
    smtp.drop_in_data = False
    assert send(room) == counts(due=3, sent=3)
    assert room.deliveries() == {"sent": 3, "unknown": 3}


@pytest.mark.parametrize("failing", ["port", "sender"])
def test_where_no_message_can_be_sent_all_stay_queued(room: Room, smtp: Sink, failing: str) -> None:
    room.subscribe(JO)
    room.subscribe(MAX)
    room.accept("Hearts")
    ws = room.ws
    if failing == "sender":
        smtp.mail_reply = "550 5.7.1 Sender not allowed"
        expected = "refuses digest@example.org as a sender: 550 5.7.1 Sender not allowed.*smtp_user"
    else:
        digest = room.ws.settings.digest.model_copy(update={"smtp_port": 1})
        ws = replace(ws, settings=ws.settings.model_copy(update={"digest": digest}))
        expected = r"127\.0\.0\.1:1 cannot be reached: Connection refused.*smtp_host"
    with pytest.raises(SendingStopped, match=expected) as stopped:
        send_digests(ws)
    assert "\n" not in str(stopped.value)
    assert stopped.value.counts.to_json() == counts(due=2, waiting=2)
    assert room.deliveries() == {"queued": 2}
    with read(room.ws.store) as db:
        assert db.execute(select(mailed)).all() == []
    smtp.mail_reply = ""
    room.later(days=1)  # and one day later they are still sent, once
    assert send(room) == counts(due=2, sent=2)
    assert room.deliveries() == {"sent": 2}


def test_the_message_id_is_the_same_for_every_try(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.subscribe(MAX)
    room.accept("Hearts")
    smtp.data_reply = "451 Later"
    send(room)
    with read(room.ws.store) as db:
        before = set(db.execute(select(deliveries.c.message_id)).scalars())
    smtp.data_reply = ""
    send(room)
    assert {message["Message-ID"] for message in smtp.messages} == before
    assert len(before) == 2


@both_databases
def test_killed_in_the_middle_of_data(room: Room, smtp: Sink) -> None:
    """SIGKILL between `sending` and its close: reported as unknown, never sent again; the others are sent."""
    room.subscribe(JO)
    room.subscribe(MAX)
    room.accept("Hearts")
    smtp.stall = True
    command = [sys.executable, "-m", "harvester", "digest", "send", "--config", str(room.config)]
    with subprocess.Popen(command, env={**os.environ, "HARVESTER_NOW": rfc3339(room.now)}) as child:
        assert smtp.stalled.wait(30)
        assert room.deliveries() == {"queued": 1, "sending": 1}
        with pytest.raises(LockHeld):
            send_digests(room.ws)
        child.send_signal(signal.SIGKILL)
    assert room.deliveries() == {"queued": 1, "sending": 1}
    smtp.stall = False
    result = send_digests(room.ws)
    assert result.to_json() == counts(due=1, sent=1, unknown=1)
    assert [problem.to for problem in result.problems] == [JO]
    assert [message["To"] for message in smtp.messages] == [MAX]
    room.later(days=1)
    assert send(room) == counts()
    assert room.deliveries() == {"sent": 1, "unknown": 1}


def test_a_pickup_folder_that_cannot_be_written(room: Room, tmp_path: Path) -> None:
    room.subscribe(JO)
    room.accept("Hearts")
    (tmp_path / "file").write_text("no folder")
    result = send_digests(room.ws, eml=tmp_path / "file" / "out")
    assert result.to_json() == counts(due=1, failed=1)
    assert "Cannot create" in result.problems[0].reason
    assert send(room) == counts(due=1, sent=1)


def test_one_connection_for_many_and_again_when_it_was_cut(room: Room, smtp: Sink) -> None:
    for number in range(5):
        room.subscribe(f"p{number}@example.org")
    room.accept("Hearts")
    assert send(room) == counts(due=5, sent=5)
    assert smtp.connections == 1
    room.accept("More")
    room.now += timedelta(days=1)
    smtp.hang_up_after = 2
    assert send(room) == counts(due=5, sent=5)
    assert smtp.connections == 1 + 3


def test_refused_for_now_is_tried_again_in_the_same_call(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.subscribe(MAX)
    room.accept("Hearts")
    smtp.rcpt_replies = {JO: "451 4.7.1 Greylisted"}
    smtp.on_data = smtp.rcpt_replies.clear
    assert send(room) == counts(due=2, sent=2)
    assert [message["To"] for message in smtp.messages] == [MAX, JO]
    assert room.deliveries() == {"sent": 2}


def test_a_server_that_refuses_all_for_now_is_left_alone(room: Room, smtp: Sink) -> None:
    for number in range(30):
        room.subscribe(f"p{number}@example.org")
    room.accept("Hearts")
    smtp.data_reply = "452 4.3.1 Full"
    with pytest.raises(SendingStopped, match=r"10 messages in a row were refused for now: 452 4\.3\.1 Full"):
        send_digests(room.ws)
    assert room.deliveries() == {"queued": 20, "failed": 10}
    smtp.data_reply = ""
    assert send(room) == counts(due=30, sent=30)


def test_so_many_a_minute(make_room: Callable[..., Room], smtp: Sink) -> None:
    room = make_room(per_minute=600)
    for number in range(4):
        room.subscribe(f"p{number}@example.org")
    room.accept("Hearts")
    begun = time.monotonic()
    assert send(room) == counts(due=4, sent=4)
    assert time.monotonic() - begun >= 0.3  # no less than three gaps of a tenth of a second
    room.ws.store.dispose()


@both_databases
def test_unknown_digests_are_listed_until_a_person_sends_them_again(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.accept("Hearts")
    smtp.drop_in_data = True
    send(room)
    smtp.drop_in_data = False
    (digest,) = unknown_digests(room.ws)
    assert (digest.to, digest.day, digest.papers) == (JO, room.now.date(), 1)
    assert send(room) == counts()
    with pytest.raises(HarvesterError, match=r"No digest to max@example\.org has an unknown fate"):
        send_again(room.ws, MAX)
    assert send_again(room.ws, JO) == 1
    assert unknown_digests(room.ws) == []
    assert send(room) == counts(due=1, sent=1)
    assert titles(smtp.messages[0]) == ["Hearts"]


@both_databases
def test_an_address_that_is_refused_on_three_days_is_given_up(room: Room, smtp: Sink) -> None:
    """Otherwise a single dead address would make every run partial."""
    room.subscribe(JO)
    room.subscribe(MAX)
    smtp.rcpt_replies = {JO: "550 5.1.1 No such user", MAX: "550 5.7.1 We think it is spam"}
    for day in range(4):
        room.accept(f"Hearts {day}")
        send(room)
        send(room)  # a day counts once
        room.later(days=1)
    assert {subscriber.email: subscriber.state for subscriber in subscribers(room.ws)} == {JO: "bounced", MAX: "active"}
    smtp.rcpt_replies = {}
    assert send(room) == counts(due=1, sent=1)
    assert [len(titles(message)) for message in smtp.messages] == [4]
