"""What subscribers choose: all of several lists, authors, words; and a digest a month."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from classifiers.taxonomy import load_taxonomy
from harvester.base.errors import UsageError
from harvester.digest.interest import is_name, wants
from harvester.digest.preferences import MOST, ListError, change_preferences, split_list
from harvester.digest.rules import is_due
from harvester.domain.papers import Author, Paper
from harvester.domain.subscribers import Preferences
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.subscriptions import add_subscriber, subscribers
from harvester.services.subscribers.transfer import export_csv, import_csv
from harvester.store import schema
from harvester.store.engine import connect, read
from harvester.store.subscribers import all_subscribers
from tests.conftest import both_databases
from tests.room import JO, MAX, Room, Sink, as_labels, titles

ECG_DIAGNOSIS = {"modality": ("ecg", "cmr"), "task": ("diagnosis",)}
PAPER = Paper(
    ("arxiv:1",), "Wearables for Long-QT", "A wrist-worn ECG of 1,200 people.", (Author("Ann B. Müller-Bee"),)
)


@pytest.mark.parametrize(
    ("preferences", "wanted"),
    [
        (Preferences(), True),
        (Preferences(ECG_DIAGNOSIS), True),
        (Preferences({**ECG_DIAGNOSIS, "disease": ("cad",)}), False),
        (Preferences({**ECG_DIAGNOSIS, "disease": ("cad",)}, match="any"), True),
        (Preferences({"disease": ("cad",)}, match="any"), False),
        (Preferences(authors=("Muller-Bee",)), True),
        (Preferences(authors=("Cy Dee", "A. Müller Bee")), True),
        (Preferences(authors=("Cy Dee",)), False),
        (Preferences(ECG_DIAGNOSIS, authors=("Cy Dee",)), False),
        (Preferences(ECG_DIAGNOSIS, authors=("Cy Dee",), match="any"), True),
        (Preferences(words=("long qt",)), True),
        (Preferences(words=("nothing", "WRIST-WORN ecg")), True),
        (Preferences(words=("wear",)), False),
        (Preferences(ECG_DIAGNOSIS, authors=("müller",), words=("people",)), True),
        (Preferences(ECG_DIAGNOSIS, authors=("müller",), words=("children",)), False),
    ],
)
def test_something_of_every_list(preferences: Preferences, wanted: bool) -> None:
    assert wants(preferences, as_labels(task="diagnosis", modality="ecg"), PAPER) is wanted


@pytest.mark.parametrize(
    ("wanted", "name", "same"),
    [
        ("Rueckert", "Daniel Rueckert", True),
        ("D. Rueckert", "Daniel Rueckert", True),
        ("Rueckert, Daniel", "D Rueckert", True),
        ("daniel RUECKERT", "Rueckert D", True),
        ("E. Rueckert", "Daniel Rueckert", False),
        ("Rueck", "Daniel Rueckert", False),
        ("Daniel Müller", "Daniel Rueckert", False),
        ("D. R.", "Daniel Rueckert", False),
        ("", "Daniel Rueckert", False),
    ],
)
def test_names(wanted: str, name: str, same: bool) -> None:
    assert is_name(wanted, name) is same


def test_lists_are_read_as_people_write_them() -> None:
    assert split_list("words", " atrial  fibrillation, QT;qt\nQT ,, ") == ("atrial fibrillation", "QT", "qt")
    for words in (",".join(map(str, range(MOST + 1))), "x" * 101, "!!"):
        with pytest.raises(ListError) as caught:
            split_list("words", words)
        assert caught.value.field == "words"


def due_days(anchor: date, first: date, days: int, *, news: set[int] | None = None) -> list[str]:
    """When a monthly digest goes out if it is asked for twice a day, and there is news on these days (else always)."""
    sent: list[date] = []
    for n in range(days):
        today = first + timedelta(days=n)
        for _ in range(2):
            due = is_due(Preferences(every="month"), anchor, sent[-1] if sent else None, today)
            if due and (news is None or n in news):
                sent.append(today)
    return [f"{day:%m-%d}" for day in sent]


def test_once_a_month_on_the_day_of_the_consent_or_the_months_last() -> None:
    thirty_first = date(2025, 1, 31)
    assert due_days(thirty_first, thirty_first, 130) == ["01-31", "02-28", "03-31", "04-30", "05-31"]
    assert due_days(date(2024, 1, 30), date(2024, 1, 30), 62) == ["01-30", "02-29", "03-30"]
    twelfth = date(2025, 12, 12)
    assert due_days(twelfth, twelfth, 70) == ["12-12", "01-12", "02-12"]
    assert due_days(twelfth, twelfth, 70, news={0, 40, 41, 69}) == ["12-12", "01-21", "02-19"], "late, once"


@both_databases
def test_what_the_mail_brings(room: Room, smtp: Sink) -> None:
    add_subscriber(room.ws, JO, {"modality": "ecg", "task": "diagnosis"}, "month", confirmed=True)
    add_subscriber(room.ws, MAX, {"modality": "ecg"}, authors="B. Rare", words="sleep", match="any", confirmed=True)
    room.accept("ECG diagnosis", modality="ecg", task="diagnosis")
    room.accept("CMR diagnosis", modality="cmr", task="diagnosis")
    room.accept("CMR of sleep", modality="cmr")
    room.accept("CT by Rare", modality="ct", known={"authors": (Author("Bo Rare"),)})
    assert (send_digests(room.ws).sent, send_digests(room.ws).due) == (2, 0)
    assert titles(smtp.to(JO)[0]) == ["ECG diagnosis"]
    assert {*titles(smtp.to(MAX)[0])} == {"ECG diagnosis", "CMR of sleep", "CT by Rare"}
    room.later(days=29)
    room.accept("Another ECG diagnosis", modality="ecg", task="diagnosis")
    send_digests(room.ws)
    assert len(smtp.to(JO)) == 1
    room.later(days=1)
    send_digests(room.ws)
    assert titles(smtp.to(JO)[1]) == ["Another ECG diagnosis"]


def test_the_table_there_and_back_and_older_tables(room: Room, tmp_path: Path) -> None:
    add_subscriber(
        room.ws, JO, {"modality": "ecg"}, "month", authors="=Ann Bee; Cy Dee", words="long QT", confirmed=True
    )
    (tmp_path / "people.csv").write_text(export_csv(room.ws), encoding="utf-8")
    (before,) = subscribers(room.ws)
    table = (tmp_path / "people.csv").read_text(encoding="utf-8").replace(JO, MAX)
    (tmp_path / "people.csv").write_text(table, encoding="utf-8")
    assert len(import_csv(room.ws, tmp_path / "people.csv").added) == 1
    assert subscribers(room.ws)[-1].preferences == before.preferences
    older = "email,state,topics,every,confirmed\nann@example.org,active,modality:ecg task:diagnosis,week,2025-01-01\n"
    (tmp_path / "older.csv").write_text(older, encoding="utf-8")
    (ann,) = import_csv(room.ws, tmp_path / "older.csv").added
    assert (ann.preferences.match, dict(ann.preferences.topics)) == (
        "any",
        {"modality": ("ecg",), "task": ("diagnosis",)},
    )


def test_the_command_line(room: Room) -> None:
    options = ("--modality", "ecg", "--authors", "Ann Bee", "--words", "long QT", "--every", "month", "--match", "any")
    (made,) = room.json("subscribers", "add", JO, "--confirmed", *options)
    assert (made["match"], made["authors"], made["words"]) == ("any", ["Ann Bee"], ["long QT"])
    assert (made["every"], made["topics"]) == ("month", {"modality": ["ecg"]})
    (changed,) = room.json("subscribers", "add", JO, "--words", "")
    assert (changed["words"], changed["authors"], changed["match"]) == ([], ["Ann Bee"], "any")
    assert "ecg, Ann Bee" in room.run("subscribers", "list")
    for wrong in (("--match", "some"), ("--authors", "J."), ("--every", "month", "--weekday", "monday")):
        room.run("subscribers", "add", JO, *wrong, status=2)


def test_wrong_wishes() -> None:
    with pytest.raises(UsageError, match="all or any"):
        change_preferences(load_taxonomy(), Preferences(), {}, match="none")


@both_databases
def test_older_subscriptions_keep_their_meaning(store_url: str) -> None:
    engine = connect(store_url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0012")
        topics = '{"modality": ["ecg"], "task": ["diagnosis"]}'
        columns = "key, email, state, topics, every, joined"
        values = f"'k', '{JO}', 'active', '{topics}', 'day', '2025-01-01 00:00:00'"
        db.execute(text(f"INSERT INTO subscribers ({columns}) VALUES ({values})").execution_options(no_parameters=True))
    schema.upgrade(engine)
    with read(engine) as db:
        (jo,) = all_subscribers(db)
    engine.dispose()
    assert jo.preferences.match == "any"
    assert wants(jo.preferences, as_labels(modality="ecg"), None)
