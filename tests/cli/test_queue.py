"""The queue on the command line: filters, decisions that say what they did, the log, and decisions by key."""

import json
import os
import pty
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.domain.labels import Labels
from tests.conftest import ROOT
from tests.room import NO_ENCODER, Room, harvester

PATIENCE = 60.0  # seconds; a busy machine is no failure
LABELS = Labels({"task": ("segmentation",), "modality": ("cmr",), "kind": ("research",)})
UNSURE = Labels({"task": ("diagnosis", "prognosis"), "modality": ("ecg",), "kind": ("research",)})


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room.make(tmp_path, classifier={"encoder": NO_ENCODER})
    made.put("2506.00001", "Hearts in slices", 0.9, labels=LABELS, unsure=())
    made.put("2506.00002", "Beats at night", 0.8, labels=UNSURE, unsure=("task:prognosis",))
    made.put("2506.00003", f"A very long title {'on and on ' * 60}end", 0.7, labels=LABELS, unsure=())
    yield made
    made.ws.store.dispose()


def said(room: Room, *arguments: str, status: int = 0) -> str:
    done = harvester(*arguments, "--config", str(room.config))
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def ids(room: Room, *options: str) -> list[str]:
    return [row["id"].removeprefix("arxiv:") for row in json.loads(said(room, "queue", *options, "--json"))]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["2506.00001", "2506.00002", "2506.00003"]),
        (["--modality", "cmr"], ["2506.00001", "2506.00003"]),
        (["--task", "diagnosis,prognosis"], ["2506.00002"]),
        (["--task=diagnosis", "--modality=cmr"], []),
        (["--unsure"], ["2506.00002"]),
        (["--search", "beats"], ["2506.00002"]),
        (["--search", "2506.00003"], ["2506.00003"]),
        (["--source", "arxiv", "--limit", "1"], ["2506.00001"]),
        (["--source", "europepmc"], []),
        (["--since", "2100-01-01"], []),
        (["--until", "2100-01-01"], ["2506.00001", "2506.00002", "2506.00003"]),
    ],
)
def test_the_queue_is_filtered_as_on_the_page(room: Room, options: list[str], expected: list[str]) -> None:
    assert ids(room, *options) == expected


def test_one_line_a_paper_with_doubts_and_real_totals(room: Room) -> None:
    lines = said(room, "queue", "--limit", "2").splitlines()
    assert lines[-1] == "3 pending, 2 shown."
    assert "diagnosis, prognosis?, ecg, research" in lines[2]
    everything = said(room, "queue").splitlines()
    assert (len(everything), everything[-1]) == (5, "3 pending.")
    assert "…" in everything[3]
    assert max(map(len, everything)) <= 160
    assert said(room, "queue", "--modality", "cmr", "--limit", "1").endswith("2 pending match, 1 shown.\n")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--modality", "magic"], "modality has no label 'magic'; it has: ecg, "),
        (["--source", "arxivv"], "There is no source 'arxivv'; the sources are: arxiv, "),
        (["--since", "soon"], "'soon' is not a valid day; write it like 2025-06-12."),
        (["--interactive", "--json"], "--interactive has no JSON document; leave out --json."),
        (["--interactive"], "--interactive reads single keys, which needs a terminal"),
    ],
)
def test_a_filter_that_means_nothing_is_named(room: Room, options: list[str], problem: str) -> None:
    assert problem in said(room, "queue", *options, status=2)


def test_labels_are_added_and_removed(room: Room) -> None:
    told = said(room, "accept", "2506.00002", "--modality", "+ppg", "--task", "-prognosis,+segmentation")
    first, state, labels, file = told.splitlines()
    assert first == "arxiv:2506.00002: Beats at night"
    assert state == "    accepted (was pending)"
    assert labels == "    labels  +task:segmentation +modality:ppg -task:prognosis"
    assert 'task = ["diagnosis", "segmentation"]' in Path(file.split()[-1]).read_text()
    again = json.loads(said(room, "accept", "2506.00002", "--json"))
    assert (again[0]["title"], again[0]["changed"], again[0]["already"]) == ("Beats at night", [], True)
    assert "already accepted; nothing has changed" in said(room, "accept", "2506.00002")
    assert "still accepted\n    labels  -modality:ppg" in said(room, "accept", "2506.00002", "--modality", "-ppg")


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ("+ecg,cmr", "mixes 'cmr' with labels that are added or removed"),
        ("+ecg,-ecg", "both adds and removes 'ecg'"),
        ("+magic", "modality has no label 'magic'"),
    ],
)
def test_edits_that_contradict_themselves(room: Room, labels: str, problem: str) -> None:
    assert problem in said(room, "accept", "2506.00001", "--modality", labels, status=2)
    assert room.states()["2506.00001"] == "pending"


def test_an_exclusive_facet_is_not_edited(room: Room) -> None:
    problem = said(room, "accept", "2506.00001", "--kind", "+review", status=2)
    assert "kind takes exactly one label; write --kind review." in problem


def test_undo_says_what_it_undid(room: Room) -> None:
    said(room, "reject", "2506.00001", "--by", "ann")
    told = said(room, "undo", "2506.00001")
    assert "arxiv:2506.00001: Hearts in slices\n    pending again: the reject by ann at " in told


def test_an_accept_of_an_accepted_paper_says_so_and_one_undo_takes_it_back(room: Room) -> None:
    said(room, "accept", "2506.00001", "--by", "ann")
    told = said(room, "accept", "2506.00001", "2506.00001", "--by", "bob")
    assert told.count("    already accepted; nothing has changed\n    file    ") == 2
    assert "still rejected; the note is added" in "".join(
        said(room, "reject", "2506.00002", *reason) for reason in ((), ("--reason", "eyes"))
    )
    assert "pending again: the accept by ann at " in said(room, "undo", "2506.00001")


def test_the_log_by_paper_person_and_day(room: Room) -> None:
    said(room, "reject", "2506.00001", "--by", "ann", "--reason", "eyes")
    said(room, "accept", "2506.00002", "--by", "bob")
    found = json.loads(said(room, "log", "--json"))
    assert [(row["id"], row["by"], row["action"]) for row in found] == [
        ("arxiv:2506.00002", "bob", "accept"),
        ("arxiv:2506.00001", "ann", "reject"),
    ]
    assert found[0]["labels"]["modality"] == ["ecg"]
    assert [row["by"] for row in json.loads(said(room, "log", "2506.00001", "--json"))] == ["ann"]
    assert [row["title"] for row in json.loads(said(room, "log", "--by", "bob", "--json"))] == ["Beats at night"]
    assert json.loads(said(room, "log", "--since", "2100-01-01", "--json")) == []
    lines = said(room, "log").splitlines()
    assert lines[-1] == "2 decisions."
    assert "diagnosis, prognosis, ecg, research" in lines[1], "what was accepted as what"
    assert "eyes" in lines[2]
    assert said(room, "log", "--by", "nobody").splitlines()[-1] == "0 decisions."
    assert said(room, "log", "--limit", "1").splitlines()[-1] == "1 decision shown."
    assert "The store knows no paper '2506.09999'" in said(room, "log", "2506.09999", status=1)
    assert said(room, "accept", "2506.09999", status=1).count("2506.09999") == 1, "one name is enough"


def test_deciding_by_key(room: Room) -> None:
    with Terminal("queue", "--interactive", "--config", str(room.config)) as terminal:
        terminal.expect("[1/3] arxiv:2506.00001")
        terminal.type("e", "Labels", "+ct\r", "edits    +ct")
        terminal.type("a", "accepted (was pending)", "[2/3]")
        terminal.type("u", "is undone", "[1/3]")
        terminal.type("\x1b[B", "[2/3]")
        terminal.type("n", "Note", "about sleep\r")
        terminal.type("x", "rejected (was pending)", "[3/3]")
        terminal.type("z", "q quit")
        terminal.type("e", "Labels", "+magic\r", "There is no label 'magic'")
        terminal.type("q", "1 decided, 2 left.")
    assert room.states() == {"2506.00001": "pending", "2506.00002": "rejected", "2506.00003": "pending"}
    assert room.log("2506.00001")[0].labels.of("modality") == ("cmr", "ct")  # type: ignore[union-attr]
    assert room.log("2506.00002")[0].reason == "about sleep"


class Terminal:
    """The command in a pseudo-terminal of 80 columns."""

    def __init__(self, *arguments: str) -> None:
        self.arguments, self.said = arguments, ""

    def __enter__(self) -> "Terminal":
        self.child, self.screen = pty.fork()
        if self.child == 0:
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERM": "dumb"}
            os.execve(sys.executable, [sys.executable, "-m", "harvester", *self.arguments], environment)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind:
            os.kill(self.child, signal.SIGKILL)
            return
        assert os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1]) == 0
        os.close(self.screen)

    def expect(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.said and time.monotonic() < deadline:
            if select.select([self.screen], [], [], 0.1)[0]:
                self.said += os.read(self.screen, 65_536).decode(errors="replace").replace("\r\n", "\n")
        assert text in self.said, self.said
        self.said = self.said.partition(text)[2]

    def type(self, *exchange: str) -> None:
        """Type the first, then wait for each of the others, of which those that end a line are typed."""
        for text in exchange:
            if text in exchange[:1] or text.endswith("\r"):
                os.write(self.screen, text.encode())
            else:
                self.expect(text)
