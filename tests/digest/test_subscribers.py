"""Subscribing, confirming and unsubscribing, through the services and the command line."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError, MailError, UsageError
from harvester.mail.link_tokens import BadToken, ExpiredToken
from harvester.services.subscribers.self_service import confirm, unsubscribe
from harvester.services.subscribers.subscriptions import add_subscriber, remove_subscriber, subscribers, to_json
from tests.conftest import both_databases
from tests.room import Room, Sink, commands, html_of, text_of

JO = "jo@example.org"


def shown(subscriber: dict[str, object]) -> dict[str, object]:
    """The keys that this project promises to outside checks; there are others."""
    return {key: subscriber[key] for key in ("email", "state", "topics", "every")}


def people(room: Room) -> list[dict[str, object]]:
    return [shown(to_json(subscriber)) for subscriber in subscribers(room.ws)]


def link(smtp: Sink, act: str) -> str:
    """The token of a link in the newest mail."""
    found = re.search(rf"<https://digest\.example\.org/{act}/([\w.-]+)>", text_of(smtp.messages[-1]))
    assert found
    return found[1]


def harvester(room: Room, *arguments: str) -> subprocess.CompletedProcess[str]:
    return commands.harvester(
        *arguments, "--config", str(room.config), environment={"HARVESTER_NOW": rfc3339(room.now)}
    )


def test_confirmed_by_the_maintainer(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, modality="cmr, ecg", task="")
    assert people(room) == [{"email": JO, "state": "active", "topics": {"modality": ["ecg", "cmr"]}, "every": "day"}]
    assert smtp.raw == []


@both_databases
def test_adding_again_updates_and_makes_no_second(room: Room) -> None:
    room.subscribe(JO, modality="ecg", task="diagnosis")
    room.subscribe("JO@example.org", every="week", task="segmentation")
    room.subscribe(JO, modality="")
    assert people(room) == [{"email": JO, "state": "active", "topics": {"task": ["segmentation"]}, "every": "week"}]


@pytest.mark.parametrize(
    ("topics", "every", "message"),
    [
        ({"modality": "ecg,mri"}, None, r"modality has no label 'mri'; it has: ecg, cmr,"),
        ({"colour": "red"}, None, r"no facet 'colour'; it has: task, modality, disease"),
        ({}, "year", r"every day or week or month, not every 'year'"),
    ],
)
def test_wrong_wishes_change_nothing(room: Room, topics: dict[str, str], every: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        add_subscriber(room.ws, JO, topics, every, confirmed=True)
    assert people(room) == []


def test_double_opt_in(room: Room, smtp: Sink) -> None:
    add_subscriber(room.ws, JO, {"modality": "ecg"})
    assert people(room)[0]["state"] == "pending"
    (asked,) = smtp.messages
    assert asked["To"] == JO
    assert asked["Subject"].startswith("Please confirm your subscription: ")
    assert asked["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"\r\nList-Unsubscribe: <https://digest.example.org/unsubscribe/" in smtp.raw[0]
    assert link(smtp, "confirm") in html_of(asked)
    room.accept("Before", modality="ecg")
    confirm(room.ws, link(smtp, "confirm"))
    confirm(room.ws, link(smtp, "confirm"))
    assert people(room)[0]["state"] == "active"
    (subscriber,) = subscribers(room.ws)
    assert (subscriber.confirmed, subscriber.confirmed_after) == (room.now, 1)


def test_the_link_in_the_optin_mail_really_unsubscribes(room: Room, smtp: Sink) -> None:
    """listmonk #3063: the program reported success and did nothing."""
    add_subscriber(room.ws, JO)
    confirmation = link(smtp, "confirm")
    unsubscribe(room.ws, link(smtp, "unsubscribe"))
    assert people(room)[0]["state"] == "unsubscribed"
    with pytest.raises(ExpiredToken, match="was canceled"):
        confirm(room.ws, confirmation)


def test_a_confirmation_comes_too_late(room: Room, smtp: Sink) -> None:
    add_subscriber(room.ws, JO)
    room.later(hours=48, seconds=1)
    with pytest.raises(ExpiredToken):
        confirm(room.ws, link(smtp, "confirm"))
    add_subscriber(room.ws, JO)
    confirm(room.ws, link(smtp, "confirm"))
    assert people(room)[0]["state"] == "active"


@both_databases
def test_last_years_mail_still_unsubscribes_whoever_came_back(room: Room, smtp: Sink) -> None:
    add_subscriber(room.ws, JO)
    token = link(smtp, "unsubscribe")
    remove_subscriber(room.ws, JO)
    unsubscribe(room.ws, token)  # the address is gone: nothing to do, and no error
    room.later(days=400)
    room.subscribe("max@example.org")  # gets the row number that Jo had
    room.subscribe(JO)
    unsubscribe(room.ws, token)
    assert [(row["email"], row["state"]) for row in people(room)] == [
        ("max@example.org", "active"),
        (JO, "unsubscribed"),
    ]


def test_a_token_of_one_act_does_no_other(room: Room, smtp: Sink) -> None:
    add_subscriber(room.ws, JO)
    with pytest.raises(BadToken):
        confirm(room.ws, link(smtp, "unsubscribe"))
    with pytest.raises(BadToken):
        unsubscribe(room.ws, link(smtp, "confirm"))
    assert people(room)[0]["state"] == "pending"


def test_who_left_is_asked_again_and_keeps_no_news_from_the_meantime(room: Room, smtp: Sink) -> None:
    add_subscriber(room.ws, JO)
    unsubscribe(room.ws, link(smtp, "unsubscribe"))
    room.accept("While away")
    add_subscriber(room.ws, JO)
    assert people(room)[0]["state"] == "pending"
    confirm(room.ws, link(smtp, "confirm"))
    assert subscribers(room.ws)[0].confirmed_after == 1


def test_an_optin_mail_that_cannot_be_sent(room: Room, smtp: Sink) -> None:
    smtp.rcpt_replies = {JO: "550 5.1.1 No such user"}
    with pytest.raises(
        MailError, match=r"waits as pending.*550 5\.1\.1 No such user;.*subscribers add jo@example\.org"
    ):
        add_subscriber(room.ws, JO)
    assert people(room)[0]["state"] == "pending"


def test_removing_somebody_unknown(room: Room) -> None:
    with pytest.raises(HarvesterError, match="is not a subscriber"):
        remove_subscriber(room.ws, JO)


def test_the_command_line(room: Room, smtp: Sink, tmp_path: Path) -> None:
    added = harvester(
        room, "subscribers", "add", JO, "--confirmed", "--modality", "ecg,cmr", "--every", "week", "--json"
    )
    expected = [{"email": JO, "state": "active", "topics": {"modality": ["ecg", "cmr"]}, "every": "week"}]
    assert (added.returncode, [shown(row) for row in json.loads(added.stdout)]) == (0, expected)
    assert json.loads(harvester(room, "subscribers", "list", "--json").stdout) == json.loads(added.stdout)
    room.accept("Hearts in ECG", modality="ecg")
    preview = harvester(room, "digest", "preview", "--subscriber", JO)
    assert "Subject: 1 new paper: Hearts in ECG\n" in preview.stdout
    assert "\n* Hearts in ECG\n  Ann Bee, Cy Dee, Eve Eff et al.\n" in preview.stdout
    assert "* Hearts in ECG" in harvester(room, "digest", "preview").stdout
    dry = json.loads(harvester(room, "digest", "send", "--dry-run", "--json").stdout)
    assert dry["messages"] == [{"to": JO, "subject": "1 new paper: Hearts in ECG", "papers": ["arxiv:2506.00001"]}]
    assert (dry["due"], dry["sent"]) == (1, 0)
    sent = harvester(room, "digest", "send", "--json")
    assert (sent.returncode, json.loads(sent.stdout)) == (
        0,
        {"due": 1, "sent": 1, "failed": 0, "unknown": 0, "waiting": 0, "problems": []},
    )
    assert harvester(room, "digest", "send").stdout == "0 due: 0 sent, 0 failed, 0 unknown.\n"
    assert harvester(room, "digest", "preview").stdout == "There is nothing new to send.\n"
    assert harvester(room, "subscribers", "remove", JO).stdout == f"Erased {JO}.\n"


def test_the_command_lines_errors(room: Room, smtp: Sink) -> None:
    wrong = harvester(room, "subscribers", "add", "jo@example", "--confirmed")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("Error: 'jo@example' is not a valid e-mail address")
    unknown = harvester(room, "subscribers", "add", JO, "--confirmed", "--task", "cooking")
    assert (unknown.returncode, unknown.stderr[:40]) == (2, "Error: task has no label 'cooking'; it h")
    assert harvester(room, "subscribers", "remove", JO).returncode == 1
    room.subscribe(JO)
    room.accept("Hearts")
    smtp.rcpt_replies = {JO: "550 5.1.1 No such user"}
    refused = harvester(room, "digest", "send", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["failed"]) == (1, 1)
    assert refused.stderr == f"Error: Digest to {JO} (failed): 550 5.1.1 No such user\n"
    smtp.mail_reply = "550 5.7.1 Not you"
    stopped = harvester(room, "digest", "send", "--json")
    assert (stopped.returncode, json.loads(stopped.stdout)["due"]) == (1, 1)
    assert stopped.stderr.startswith("Error: The mail server 127.0.0.1:")
    assert stopped.stderr.count("\n") == 1


def test_the_command_line_of_unknown_digests_and_previews(room: Room, smtp: Sink, tmp_path: Path) -> None:
    room.subscribe(JO, form="text")
    room.accept("Hearts <b>")
    page = tmp_path / "mail.html"
    assert harvester(room, "digest", "preview", "--html", str(page)).stdout == f"Open {page} in a browser.\n"
    assert "Hearts &lt;b&gt;" in page.read_text(encoding="utf-8")
    smtp.drop_in_data = True
    assert harvester(room, "digest", "send").returncode == 1
    smtp.drop_in_data = False
    (digest,) = json.loads(harvester(room, "digest", "unknown", "--json").stdout)
    assert (digest["to"], digest["day"], digest["papers"]) == (JO, "2025-06-12", 1)
    again = harvester(room, "digest", "unknown", "--again", JO)
    assert (again.returncode, again.stdout) == (0, "The papers of 1 digests go into the next one.\n")
    assert harvester(room, "digest", "unknown").stdout.endswith("0 of unknown fate.\n")
    assert harvester(room, "digest", "send").returncode == 0


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--weekday", "someday"], "'someday' is not a day of the week; write one of: monday, "),
        (["--weekday", "monday", "--every", "day"], "cannot go out only on Monday"),
        (["--format", "pdf"], "the form html or text, not 'pdf'"),
        (["--kind", "poem"], "kind has no label 'poem'"),
    ],
)
def test_wrong_flags_are_named(room: Room, flags: list[str], said: str) -> None:
    done = harvester(room, "subscribers", "add", JO, "--confirmed", *flags)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert people(room) == []
