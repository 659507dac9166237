"""Who gets which papers, each once, on both databases and over a real SMTP connection."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.base.errors import LockHeld
from harvester.services.digest.delivery import Counts
from harvester.services.digest.preview import plan_digests, plan_for, sample
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.self_service import unsubscribe
from harvester.services.subscribers.subscriptions import add_subscriber, remove_subscriber, subscribers
from harvester.store.engine import read
from harvester.store.locks import lock
from harvester.store.tables import digests
from tests.conftest import both_databases
from tests.room import JO, MAX, Room, Sink, as_labels, counts, send, titles


def sample_text(room: Room) -> str:
    found = sample(room.ws)
    return found.text if found else ""


@both_databases
def test_everything_new_goes_out_once(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.subscribe(MAX, modality="ecg")
    room.accept("Hearts in ECG", modality="ecg")
    room.accept("Hearts in MRI", modality="cmr")
    assert send(room) == counts(due=2, sent=2)
    assert sorted(titles(smtp.to(JO)[0])) == ["Hearts in ECG", "Hearts in MRI"]
    assert titles(smtp.to(MAX)[0]) == ["Hearts in ECG"]
    assert send(room) == counts()
    room.later(days=40)
    assert send(room) == counts()
    assert len(smtp.raw) == 2
    assert room.deliveries() == {"sent": 2}


def test_nothing_to_say_nothing_sent_and_nothing_kept(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, modality="ecg")
    room.accept("Hearts in MRI", modality="cmr")
    assert send(room) == counts()
    with read(room.ws.store) as db:
        assert db.execute(select(digests)).all() == []
    assert smtp.connections == 0


def test_only_what_a_reviewer_accepted_after_the_confirmation(room: Room, smtp: Sink) -> None:
    room.accept("Accepted before")
    room.subscribe(JO)
    room.accept("Imported", via="files")
    corrected = room.accept("Imported, then corrected", via="files")
    room.decide(corrected, "accept", "review", as_labels(task="segmentation"))
    room.accept("Withdrawn by its authors", known={"withdrawn": True})
    undone = room.accept("Accepted by mistake")
    room.decide(undone, "undo")
    room.accept("News")  # at the same stopped moment as all the others: the decision's number tells
    assert send(room) == counts(due=1, sent=1)
    assert titles(smtp.messages[0]) == ["News"]


@both_databases
def test_no_paper_twice_even_relabelled_or_accepted_again(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    paper = room.accept("Hearts", task="segmentation")
    send(room)
    room.later(days=1)
    room.decide(paper, "accept", labels=as_labels(task="diagnosis"))
    assert send(room) == counts()
    room.decide(paper, "undo")
    room.decide(paper, "accept", labels=as_labels(task="prognosis"))
    assert send(room) == counts()
    assert len(smtp.raw) == 1


@both_databases
def test_labels_are_those_of_the_newest_standing_decision(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, task="diagnosis")
    paper = room.accept("Hearts", task="segmentation")
    assert send(room) == counts()
    room.decide(paper, "accept", labels=as_labels(task="diagnosis"))
    assert send(room) == counts(due=1, sent=1)


def test_one_a_day_and_one_a_week_by_utc_date(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.subscribe(MAX, every="week")
    room.accept("First")
    assert send(room) == counts(due=2, sent=2)
    room.accept("Second")
    room.later(minutes=29)  # 23:59 UTC of the same day
    assert send(room) == counts()
    room.later(minutes=1)
    assert send(room) == counts(due=1, sent=1)
    room.later(days=5)
    assert send(room) == counts()
    room.accept("Third")
    room.later(days=1)
    assert send(room) == counts(due=2, sent=2)
    assert [titles(message) for message in smtp.to(MAX)] == [["First"], ["Second", "Third"]]
    assert [titles(message) for message in smtp.to(JO)] == [["First"], ["Second"], ["Third"]]


def test_a_clock_that_ran_ahead_for_one_night_silences_nobody(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    room.accept("First")
    room.later(days=3000)
    send(room)
    room.later(days=-2999)
    room.accept("Second")
    assert send(room) == counts(due=1, sent=1)


def test_who_left_or_never_confirmed_gets_nothing(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    add_subscriber(room.ws, MAX)
    room.accept("Hearts")
    asked = len(smtp.raw)
    remove_subscriber(room.ws, JO)
    assert send(room) == counts()
    assert len(smtp.raw) == asked == 1


def test_new_topics_do_not_bring_a_year_of_papers(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, modality="ecg")
    room.accept("Old MRI", modality="cmr")
    room.later(days=365)
    room.accept("New MRI", modality="cmr")
    room.subscribe(JO, modality="cmr")
    assert send(room) == counts(due=1, sent=1)
    assert titles(smtp.messages[0]) == ["New MRI"]


@both_databases
def test_one_process_at_a_time(room: Room) -> None:
    with lock(room.ws.store, "digest"), pytest.raises(LockHeld):
        send_digests(room.ws)


@both_databases
def test_who_leaves_while_the_others_are_sent_to_gets_nothing(room: Room, smtp: Sink) -> None:
    """The subscriber is active when the sending begins and gone when it is their turn."""
    room.subscribe(JO)
    room.subscribe(MAX)
    room.accept("Hearts")
    smtp.on_data = lambda: subscribers(room.ws)[1:] and remove_subscriber(room.ws, MAX)
    assert send(room) == counts(due=1, sent=1)
    assert [message["To"] for message in smtp.messages] == [JO]
    assert room.deliveries() == {"sent": 1}


def test_previews_change_nothing(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, modality="ecg")
    room.accept("Hearts in ECG", modality="ecg")
    room.accept("Hearts in MRI", modality="cmr")
    made, messages = plan_digests(room.ws)
    assert made.to_json() == counts(due=1, waiting=1)
    assert [message.to_json() for message in messages] == [
        {"to": JO, "subject": "1 new paper: Hearts in ECG", "papers": ["arxiv:2506.00001"]}
    ]
    assert "Hearts in MRI" in sample_text(room)
    ((outline, mail),) = plan_for(room.ws, JO)[1]
    assert [outline] == messages
    assert "* Hearts in ECG\n" in mail.text
    assert "/unsubscribe/" in mail.html
    assert room.deliveries() == {}
    send(room)
    assert plan_digests(room.ws) == (Counts(), [])
    assert plan_for(room.ws, JO) == (Counts(), [])
    assert "Hearts in ECG" not in sample_text(room)
    assert "Hearts in MRI" in sample_text(room)


def test_a_pickup_folder_instead_of_a_server(room: Room, smtp: Sink, tmp_path: Path) -> None:
    room.subscribe(JO)
    room.accept("Hearts")
    assert send_digests(room.ws, eml=tmp_path / "out").to_json() == counts(due=1, sent=1)
    (written,) = (tmp_path / "out").glob("*.eml")
    assert b"\r\nTo: jo@example.org\r\n" in written.read_bytes()
    assert send_digests(room.ws, eml=tmp_path / "out").to_json() == counts()
    assert smtp.connections == 0


@both_databases
def test_somebody_forgotten_takes_their_ledger_along(room: Room) -> None:
    room.subscribe(JO)
    room.accept("Hearts")
    send(room)
    remove_subscriber(room.ws, JO)
    assert subscribers(room.ws) == []
    assert room.deliveries() == {}
    room.later(days=1)
    room.subscribe(JO)
    assert send(room) == counts()  # accepted before this confirmation


def test_a_weekly_digest_on_its_own_day_and_once_when_late(room: Room, smtp: Sink) -> None:
    """START is a Thursday."""
    room.subscribe(JO, every="week", weekday="friday")
    room.accept("First")
    assert send(room) == counts()
    room.later(days=3)  # nobody called on Friday: it goes out on Sunday, once, with what came until then
    room.accept("Second")
    assert send(room) == counts(due=1, sent=1)
    assert sorted(titles(smtp.messages[0])) == ["First", "Second"]
    room.accept("Third")
    for _ in range(4):
        room.later(days=1)
        assert send(room) == counts()
    room.later(days=1)
    assert send(room) == counts(due=1, sent=1)
    assert titles(smtp.messages[1]) == ["Third"]


def test_plain_text_for_those_who_want_it(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, form="text")
    room.accept("Hearts")
    send(room)
    (message,) = smtp.messages
    assert (message.get_content_type(), titles(message)) == ("text/plain", ["Hearts"])


def test_a_sign_of_life_where_it_is_wished(make_room: Callable[..., Room], store_url: str, smtp: Sink) -> None:
    room = make_room(store_url, heartbeat=True)
    room.subscribe(JO)
    room.later(days=6)
    assert send(room) == counts()
    room.later(days=1)
    assert send(room) == counts(due=1, sent=1)
    assert smtp.messages[0]["Subject"].startswith("No new papers this week: ")
    assert send(room) == counts()
    room.later(days=1)
    room.accept("Hearts")
    assert send(room) == counts(due=1, sent=1)
    assert titles(smtp.messages[1]) == ["Hearts"]
    room.ws.store.dispose()


def test_a_preview_has_the_subject_of_the_mail(make_room: Callable[..., Room], store_url: str, smtp: Sink) -> None:
    room = make_room(store_url, heartbeat=True)
    add_subscriber(room.ws, JO, every="month", confirmed=True)
    room.later(days=31)
    _, (outline,) = plan_digests(room.ws)
    assert send(room) == counts(due=1, sent=1)
    assert smtp.messages[0]["Subject"] == outline.subject
    assert outline.subject.startswith("No new papers this month: ")
    room.ws.store.dispose()


@pytest.mark.parametrize(
    ("given", "sent_to"),
    [
        ("Jo.Doe+papers@Example.org", "Jo.Doe+papers@example.org"),
        ("o'neil_{x}@example.org", "o'neil_{x}@example.org"),
        ("=1+1@example.org", "=1+1@example.org"),
        ("jo@b\u00fccher.example", "jo@xn--bcher-kva.example"),
        ("a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".cdefg", "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".cdefg"),
    ],
)
def test_odd_addresses_get_their_mail_and_can_leave(room: Room, smtp: Sink, given: str, sent_to: str) -> None:
    room.subscribe(given)
    room.accept("Hearts")
    assert send(room) == counts(due=1, sent=1)
    (raw,) = smtp.raw
    assert f"\r\nTo: {sent_to}\r\n".encode() in raw
    assert smtp.recipients == [sent_to]
    leave = re.search(rb"/unsubscribe/([\w.-]+)>", raw)
    assert leave
    unsubscribe(room.ws, leave[1].decode())
    assert [subscriber.state for subscriber in subscribers(room.ws)] == ["unsubscribed"]


def test_a_dry_run_writes_its_messages_where_it_is_told_and_sends_nothing(room: Room, tmp_path: Path) -> None:
    room.subscribe(JO)
    room.accept("Hearts")
    dry, _ = plan_digests(room.ws, tmp_path / "dry")
    (written,) = (tmp_path / "dry").glob("*.eml")
    assert b"\r\nTo: jo@example.org\r\n" in written.read_bytes()
    assert dry.to_json() == counts(due=1, waiting=1)
    assert send_digests(room.ws, eml=tmp_path / "out").to_json() == counts(due=1, sent=1), "the ledger stayed as it was"
