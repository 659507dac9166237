"""Hundreds of digests through a mail server that fails at random, by a sender that is killed at random.

The server drops connections before and after it took a message and answers 4xx and 5xx; the sender is a process that
gets SIGKILL. After as many calls as it takes, every subscriber has exactly one digest, or is listed as unknown.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import event, select

from harvester.base.clock import rfc3339
from harvester.base.errors import StoreError
from harvester.domain.deliveries import MAY_HAVE_ARRIVED
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.services.digest.sending import SendingStopped, send_digests, unknown_digests
from harvester.store.engine import read, write
from harvester.store.ledger import ledger, reserve
from harvester.store.subscribers import all_subscribers, insert_subscribers
from harvester.store.tables import deliveries
from tests.conftest import both_databases
from tests.room import START, STATES, Room, Sink, counts, serve

FAULTS = 0.02  # of each kind, a message


@dataclass
class Unreliable(Sink):
    """A server that fails at random, and counts by recipient the messages it really accepted."""

    dice: random.Random = field(default_factory=lambda: random.Random(6))
    taken: Counter[str] = field(default_factory=Counter)

    def strikes(self) -> bool:
        return self.dice.random() < FAULTS

    def drop(self, server: SMTP) -> str:
        assert server.transport is not None
        server.transport.abort()
        return "421 4.3.0 never heard"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.strikes():
            return self.drop(server)
        if self.strikes():
            return "421 4.3.2 Closing"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.strikes():
            return "451 4.7.1 Greylisted"
        if self.strikes():
            return "550 5.3.0 Refused today"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.strikes():
            return self.drop(server)  # the sender cannot know that it was not taken
        if self.strikes():
            return "452 4.3.1 Full"
        if self.strikes():
            return "554 5.3.0 Refused today"
        self.taken[envelope.rcpt_tos[0]] += 1
        if self.strikes():
            return self.drop(server)  # nor that it was
        return "250 Taken"


@pytest.fixture
def server(make_room: Callable[..., Room], store_url: str) -> Iterator[tuple[Room, Unreliable]]:
    sink = Unreliable()
    controller = serve(sink)
    made = make_room(store_url, smtp_port=sink.port)
    yield made, sink
    controller.stop(no_assert=True)
    made.ws.store.dispose()


def fill(room: Room, people: int) -> None:
    """Active subscribers with five kinds of preferences, and a few papers for all of them."""
    kinds = [
        {},
        {"modality": ("ecg",)},
        {"modality": ("cmr", "ecg")},
        {"task": ("segmentation",)},
        {"kind": ("research",)},
    ]
    with write(room.ws.store) as db:
        insert_subscribers(
            db,
            [
                Subscriber(
                    f"key{n}", f"p{n}@example.org", "active",
                    Preferences(kinds[n % 5], form="text" if n % 3 else "html"),
                    START, START, 0,
                )
                for n in range(people)
            ],
        )  # fmt: skip
    for n in range(3):
        room.accept(f"Hearts {n}", modality="ecg", task="segmentation")


def sender(room: Room) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "harvester", "digest", "send", "--json", "--config", str(room.config)]
    environment = {**os.environ, "HARVESTER_NOW": rfc3339(room.now)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def kill_somewhere(room: Room, sink: Unreliable, dice: random.Random, most: int) -> bool:
    """Start a sender and kill it shortly after a number of messages; returns False if it finished first."""
    goal = sink.taken.total() + dice.randint(1, most)
    with sender(room) as child:
        while child.poll() is None and sink.taken.total() < goal:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.01)
        alive = child.poll() is None
        child.send_signal(signal.SIGKILL)
    return alive


def finish(room: Room, calls: int, people: int) -> None:
    """Call the sender until it has nothing left to do; one call may take five messages a second, on a busy machine."""
    for _ in range(calls):
        with sender(room) as child:
            said, _ = child.communicate(timeout=max(250, people / 5))
        if child.returncode == 0 and json.loads(said)["due"] == 0:
            return
    raise AssertionError("it never finished")


def everybody_has_exactly_one(room: Room, sink: Unreliable, people: int) -> None:
    with read(room.ws.store) as db:
        addresses = {subscriber.id: subscriber.email for subscriber in all_subscribers(db, "active")}
        fates = {state: [addresses[delivery.subscriber] for delivery in ledger(db, state)] for state in STATES}
    assert len(addresses) == people
    reached = [email for state in MAY_HAVE_ARRIVED for email in fates[state]]
    assert sorted(reached) == sorted(addresses.values())
    assert fates["sending"] == []
    assert {email: sink.taken[email] for email in fates["sent"]} == dict.fromkeys(fates["sent"], 1)
    assert max(sink.taken.values()) == 1
    assert [digest.to for digest in unknown_digests(room.ws)] == fates["unknown"]
    assert fates["unknown"] != []


def hold(room: Room, sink: Unreliable, people: int, kills: int) -> None:
    fill(room, people)
    dice = random.Random(people)
    killed = [kill_somewhere(room, sink, dice, people // (kills + 1)) for _ in range(kills)]
    assert sum(killed) >= kills // 2
    finish(room, 40, people)
    everybody_has_exactly_one(room, sink, people)
    before = sink.taken.total()
    with sender(room) as child:
        child.communicate(timeout=60)
    assert (child.returncode, sink.taken.total()) == (0, before)


def test_500_subscribers(server: tuple[Room, Unreliable]) -> None:
    hold(*server, people=500, kills=4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_10000_subscribers(server: tuple[Room, Unreliable]) -> None:
    hold(*server, people=10_000, kills=30)


@both_databases
def test_after_a_power_cut_what_was_reserved_is_of_unknown_fate(room: Room, smtp: Sink) -> None:
    """The steps of reserved messages are not synced one by one: another boot may have lost them."""
    fill(room, 30)
    smtp.mail_reply = "451 4.3.0 Not now"
    with pytest.raises(SendingStopped):
        send_digests(room.ws)
    with write(room.ws.store) as db:
        reserve(db, ledger(db, "queued")[:20], "another boot")
    smtp.mail_reply = ""
    result = send_digests(room.ws)
    assert (result.unknown, result.sent) == (20, 10)
    assert {problem.to for problem in result.problems}.isdisjoint(message["To"] for message in smtp.messages)
    room.later(days=1)
    assert send_digests(room.ws).to_json() == counts()


def test_an_orderly_stop_leaves_nothing_in_doubt(room: Room, smtp: Sink) -> None:
    fill(room, 30)
    smtp.mail_reply = "451 4.3.0 Not now"
    with pytest.raises(SendingStopped):
        send_digests(room.ws)
    with read(room.ws.store) as db:
        assert db.execute(select(deliveries.c.id).where(deliveries.c.reserved.is_not(None))).all() == []


def test_a_full_disk_is_one_sentence_and_sends_nothing_twice(make_room: Callable[..., Room], smtp: Sink) -> None:
    room = make_room()
    fill(room, people := 400)
    smtp.mail_reply = "451 4.3.0 Not now"
    with pytest.raises(SendingStopped):
        send_digests(room.ws)  # they are queued now, so that the next call needs room only for what it sends
    smtp.mail_reply = ""
    with read(room.ws.store) as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()

    def little_room(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(room.ws.store, "connect", little_room)
    room.ws.store.dispose()
    with pytest.raises(StoreError, match="database or disk is full") as error:
        send_digests(room.ws)
    assert "\n" not in str(error.value)
    taken = len(smtp.raw)
    event.remove(room.ws.store, "connect", little_room)
    room.ws.store.dispose()
    result = send_digests(room.ws)
    assert 0 < taken < people
    addresses = [message["To"] for message in smtp.messages]
    assert len(set(addresses)) == len(addresses)
    assert len(set(addresses) | {problem.to for problem in result.problems}) == people
