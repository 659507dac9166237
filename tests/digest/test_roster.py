"""Subscribers exported to a table and imported again, and tables that other programs or people wrote."""

import csv
import io
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.errors import HarvesterError, UsageError
from harvester.digest.preferences import BY_MAINTAINER
from harvester.digest.subscriber_csv import read_csv, to_csv
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.self_service import forget_unconfirmed
from harvester.services.subscribers.subscriptions import add_subscriber, remove_subscriber, subscribers
from harvester.services.subscribers.transfer import export_csv, import_csv
from tests.conftest import both_databases
from tests.room import START, Room, Sink, commands

JO = "jo@example.org"
ODD = ("=1+1@example.org", "+plus@example.org", "-minus@example.org", "'=quote@example.org", "o'neil@example.org")


@given(st.text("'=＝+@a1", min_size=1, max_size=5))
def test_a_cell_of_the_list_is_the_same_after_export_and_import(consent: str) -> None:
    """Spreadsheets treat the full-width equals sign as an equals sign, too."""
    text = to_csv([Subscriber("key", JO, "active", Preferences(), START, START, None, consent)])
    [(_, row)] = read_csv(text)
    assert row["consent"] == consent
    cell = list(csv.reader(io.StringIO(text)))[1][-1]
    assert not cell.startswith(("=", "+", "@", "＝"))


def table(room: Room, text: str) -> Path:
    path = room.config.parent / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_out_and_in_again(make_room: Callable[..., Room], smtp: Sink) -> None:
    room = make_room()
    room.subscribe(JO, every="week", weekday="friday", form="text", modality="ecg,cmr", kind="dataset")
    add_subscriber(room.ws, "pending@example.org")
    for address in ODD:
        room.subscribe(address)
    text = export_csv(room.ws)
    other = make_room("sqlite:///data/other.db")
    smtp.raw.clear()
    done = import_csv(other.ws, table(other, text))
    assert done.problems == []

    def kept(which: Room) -> list[tuple[object, ...]]:
        people = subscribers(which.ws)
        return [
            (
                subscriber.email,
                subscriber.state,
                subscriber.preferences,
                subscriber.joined,
                subscriber.confirmed,
                subscriber.consent,
            )
            for subscriber in people
        ]

    assert kept(other) == kept(room)
    assert [message["To"] for message in smtp.messages] == ["pending@example.org"]  # who never confirmed is asked
    again = import_csv(other.ws, table(other, text))
    assert (again.added, again.known) == ([], 2 + len(ODD))
    for opened in (room, other):
        opened.ws.store.dispose()


def test_no_cell_is_a_formula(room: Room) -> None:
    for address in ODD:
        room.subscribe(address)
    cells = [row[0] for row in csv.reader(io.StringIO(export_csv(room.ws)))][1:]
    assert [cell[0] for cell in cells] == ["'", "'", "'", "'", "o"]


def test_a_table_with_nothing_but_addresses(room: Room, smtp: Sink) -> None:
    path = table(room, "\ufeffName,Email\nJo,jo@example.org\nMax,max@example.org\nJo again,JO@example.org\n")
    done = import_csv(room.ws, path)
    assert ([subscriber.state for subscriber in done.added], done.known) == (["pending", "pending"], 1)
    assert len(smtp.raw) == 2


def test_who_is_asked_by_an_import_is_not_forgotten_before_they_can_answer(room: Room, smtp: Sink) -> None:
    import_csv(room.ws, table(room, f"email,joined\n{JO},2021-05-01T00:00:00Z\n"))
    room.later(days=1)
    assert (len(smtp.raw), forget_unconfirmed(room.ws)) == (1, 0)
    assert [person.state for person in subscribers(room.ws)] == ["pending"]


def test_the_maintainer_vouches_for_all(room: Room, smtp: Sink) -> None:
    room.accept("Before they came")
    done = import_csv(
        room.ws, table(room, "email,topics\njo@example.org,modality:ecg task:segmentation\n"), confirmed=True
    )
    (jo,) = done.added
    assert (jo.state, jo.confirmed, jo.consent) == ("active", START, BY_MAINTAINER)
    assert jo.preferences == Preferences({"modality": ("ecg",), "task": ("segmentation",)}, match="any")
    assert smtp.raw == []
    room.later(days=1)
    assert send_digests(room.ws).due == 0


def test_what_cannot_be_read_is_named_and_leaves_the_others_done(room: Room) -> None:
    rows = [
        "jo@example.org,,",
        "nobody,,",
        "max@example.org,modality:mri,",
        "ann@example.org,,pending",
        "eve@example.org,,lost",
    ]
    done = import_csv(room.ws, table(room, "\n".join(["email,topics,state", *rows])), confirmed=True)
    assert [subscriber.email for subscriber in done.added] == [JO, "ann@example.org"]
    said = ("line 3: 'nobody'", "line 4: modality has no label 'mri'", "line 6: There is no state 'lost'")
    assert all(words in problem for words, problem in zip(said, done.problems, strict=True))


def test_who_was_erased_or_complained_stays_away(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    remove_subscriber(room.ws, JO)
    done = import_csv(room.ws, table(room, f"email\n{JO}\n"), confirmed=True)
    assert (done.added, done.problems) == ([], [f"{JO} is not written to: erased."])


def test_who_left_stays_left(room: Room) -> None:
    row = f"{JO},unsubscribed,2024-01-01T00:00:00Z"
    import_csv(room.ws, table(room, f"email,state,confirmed\n{row}\n"), confirmed=True)
    assert [subscriber.state for subscriber in subscribers(room.ws)] == ["unsubscribed"]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("name\nJo\n", UsageError, r"no column email in .*people\.csv"),
        ("", UsageError, "no column email"),
        ('email\n"jo@example.org\n', UsageError, r"Line \d of .*people\.csv cannot be read"),
    ],
)
def test_what_is_no_table(room: Room, text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        import_csv(room.ws, table(room, text))
    (room.config.parent / "people.csv").write_bytes(b"email\nj\xf6@example.org\n")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        import_csv(room.ws, room.config.parent / "people.csv")
    with pytest.raises(HarvesterError, match=r"nowhere\.csv cannot be read"):
        import_csv(room.ws, Path("nowhere.csv"))


def test_an_opt_in_mail_that_was_not_taken_is_named(room: Room, smtp: Sink) -> None:
    smtp.rcpt_replies = {JO: "550 5.1.1 No such user"}
    done = import_csv(room.ws, table(room, f"email\n{JO}\nmax@example.org\n"))
    assert len(done.added) == 2
    (problem,) = done.problems
    assert problem.startswith(f"{JO} waits as pending")


def test_the_commands(room: Room, tmp_path: Path) -> None:
    def harvester(*arguments: str) -> subprocess.CompletedProcess[str]:
        return commands.harvester("subscribers", *arguments, "--config", str(room.config))

    path = table(room, f"email,confirmed\n{JO},2024-01-01\nnobody,\n")
    done = harvester("import", str(path))
    assert (done.returncode, done.stdout) == (1, "1 added, 0 already subscribed, 1 problem.\n")
    assert done.stderr.startswith(f"Error: {path}, line 3: 'nobody' is not a valid e-mail address")
    shown = harvester("export").stdout.splitlines()
    assert shown[0] == "email,state,topics,every,weekday,format,match,authors,words,joined,confirmed,consent"
    assert shown[1].startswith(f"{JO},active,,day,,html,")
    written = tmp_path / "out.csv"
    assert harvester("export", "--output", str(written)).returncode == 0
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.read_text().splitlines() == shown


@both_databases
def test_days_of_consent_are_kept_and_not_mailed_before(room: Room, smtp: Sink) -> None:
    room.accept("Old hearts")
    import_csv(room.ws, table(room, f"email,confirmed\n{JO},2020-01-01\n"))
    room.accept("New hearts")
    room.now += timedelta(hours=1)
    assert send_digests(room.ws).sent == 1
    assert smtp.messages[0]["Subject"] == "1 new paper: New hearts"
