"""Two reviewers who decide alike are not asked; two who do not are, and no note is lost."""

import pytest

from harvester.services.review.batches import decide_together
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
