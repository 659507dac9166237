"""Who repeats a decision is not asked and records nothing; who differs is asked, and no note is lost."""

import json

import pytest

from harvester.domain.decisions import Decision
from harvester.services.review.batches import decide_together, undo_batch
from harvester.services.review.decisions import decide_all, record_decision
from harvester.store.engine import write
from tests.conftest import both_databases
from tests.room import Room

NAME = "2506.00001"


@both_databases
@pytest.mark.parametrize("action", ["accept", "reject", "defer"])
def test_the_same_decision_twice_passes_silently(both: Room, action: str) -> None:
    both.fill(2)
    both.browser("bob").decide(NAME, action)
    answer = both.browser("ann").decide(NAME, action, next="2506.00002")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?paper=2506.00002")
    assert [decision.by for decision in both.log(NAME)] == ["bob"]


@both_databases
@pytest.mark.parametrize("action", ["accept", "reject", "defer"])
def test_who_knowingly_repeats_a_decision_adds_none_and_one_undo_takes_it_back(both: Room, action: str) -> None:
    """A second row took a second undo."""
    both.fill(1)
    both.browser("bob").decide(NAME, action)
    ann = both.browser("ann")
    for name in ("ann", "bob"):
        assert both.browser(name).decide(NAME, action, 1).status_code == 303, "as the page shows it now"
        (done,) = decide_all(both.ws, action, [NAME], name, "", {})
        assert (done.error, done.repeated, done.changed) == ("", True, ())
        assert done.to_json()["state"] == both.place(NAME).state
        assert (done.entry is not None) == (action == "accept")
    assert [(made.by, made.action) for made in both.log(NAME)] == [("bob", action)]
    assert ann.decide(NAME, "undo", 1).status_code == 303
    assert both.place(NAME).state == "pending"


def test_the_page_says_that_it_stood_already(room: Room) -> None:
    room.fill(2)
    ann = room.browser("ann")
    following = {"next": "2506.00002"}
    for version, already in ((0, False), (1, True)):
        form = {"csrf": ann.csrf(), "paper": NAME, "action": "reject", "version": f"{version}", **following}
        answer = ann.client.post("/review/decide", data=form, headers={"HX-Request": "true"})
        told = json.loads(answer.headers["HX-Trigger"])["decided"]
        assert (told["state"], told["already"]) == ("rejected", already)
        assert "You rejected it" in " ".join(answer.text.split()), "which the next undo takes back"


def test_what_differs_is_recorded(room: Room) -> None:
    """Other labels, another note, the other decision; and after an undo the same one again."""
    room.fill(1)
    ann = room.browser("ann")
    for version, (action, more) in enumerate(
        [
            ("accept", {"modality": ["ecg"], "kind": ["research"]}),
            ("accept", {"modality": ["cmr"], "kind": ["research"]}),
            ("accept", {"modality": ["cmr"], "kind": ["review"]}),
            ("accept", {"modality": ["cmr"], "kind": ["review"], "reason": "seminal"}),
            ("reject", {}),
            ("reject", {"reason": "no heart in it"}),
            ("undo", {}),
            ("undo", {}),
            ("reject", {}),
        ]
    ):
        assert ann.decide(NAME, action, version, **more).status_code == 303
        assert len(room.log(NAME)) == version + 1, (action, more)


def test_a_reject_of_what_git_removed_is_recorded(room: Room) -> None:
    """It leaves the paper rejected, but only now the model learns from it."""
    room.fill(1)
    with write(room.ws.store) as db:
        gone = Decision(room.numbers[NAME], "withdraw", "files", None, "entry removed", "files", room.now)
        record_decision(room.ws, db, gone, filed=True)
    (done,) = decide_all(room.ws, "reject", [NAME], "ann", "", {})
    assert not done.repeated
    assert [made.action for made in room.log(NAME)] == ["withdraw", "reject"]


def test_an_entry_that_could_not_be_written_is_tried_again(room: Room) -> None:
    room.fill(1)
    room.ws.catalog.parent.mkdir(parents=True, exist_ok=True)
    room.ws.catalog.write_text("a file where the folder should be")
    for _ in range(2):
        (failed,) = decide_all(room.ws, "accept", [NAME], "ann", "", {})
        assert "The decision is kept" in failed.error
    room.ws.catalog.unlink()
    (done,) = decide_all(room.ws, "accept", [NAME], "ann", "", {})
    assert (done.repeated, len(room.entries), len(room.log(NAME))) == (True, 1, 1)


def test_so_does_an_undo_of_the_same_decision(room: Room) -> None:
    room.fill(1)
    ann, bob = room.browser("ann"), room.browser("bob")
    bob.decide(NAME, "reject")
    bob.decide(NAME, "undo", 1)
    assert ann.decide(NAME, "undo", 1).status_code == 303
    assert [decision.action for decision in room.log(NAME)] == ["reject", "undo"]
    assert ann.decide(NAME, "undo", 0).status_code == 409, "nothing of what she saw is left to undo"


def test_other_labels_are_another_decision(room: Room) -> None:
    room.fill(1)
    room.browser("bob").decide(NAME, "accept")
    answer = room.browser("ann").decide(NAME, "accept", modality=["cmr"])
    assert answer.status_code == 409
    assert "to accept it" in answer.text


def test_a_note_of_ones_own_is_kept(room: Room) -> None:
    room.fill(1)
    ann = room.browser("ann")
    room.browser("bob").decide(NAME, "reject", reason="a survey of plants")
    assert ann.decide(NAME, "reject", reason="no heart in it").status_code == 303
    assert ann.decide(NAME, "reject", reason="no heart in it").status_code == 303
    assert [(made.by, made.reason) for made in room.log(NAME)] == [
        ("bob", "a survey of plants"),
        ("ann", "no heart in it"),
    ]


def test_a_batch_that_holds_what_somebody_else_decided_alike_has_no_problem(room: Room) -> None:
    room.fill(3)
    room.browser("bob").decide(NAME, "reject")
    room.browser("bob").decide("2506.00002", "accept")
    made = decide_together(room.ws, "reject", {NAME: 0, "2506.00002": 0, "2506.00003": 0}, "ann")
    assert [(decided.state, decided.stale, bool(decided.error)) for decided in made.decided] == [
        ("rejected", True, False),
        ("accepted", True, True),
        ("rejected", False, False),
    ]
    assert len(room.log(NAME)) == 1


def test_a_batch_records_nothing_of_what_stood_and_undoes_nothing_of_it(room: Room) -> None:
    room.fill(2)
    room.browser("bob").decide(NAME, "reject")
    made = decide_together(room.ws, "reject", {NAME: 1, "2506.00002": 0}, "ann")
    assert [(decided.state, decided.repeated, decided.stale) for decided in made.decided] == [
        ("rejected", True, False),
        ("rejected", False, False),
    ]
    undo_batch(room.ws, made.number, "ann")
    assert room.states() == {NAME: "rejected", "2506.00002": "pending"}
