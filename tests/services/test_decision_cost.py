"""A decision's queries, on both databases: one transaction and at most seven SELECTs, none of them repeated."""

import pytest

from harvester.domain.papers import Paper, Sighting
from harvester.services.review.decisions import decide_all
from harvester.services.review.queries import paper_detail
from harvester.services.workspace import Workspace
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.recording import record
from tests.conftest import both_databases
from tests.room import START, Room
from tests.services.statements import Statements, counted
from tests.web.review.conftest import both, furnished

__all__ = ["both", "furnished"]
MOST = 7
NAME = "2506.00001"


@pytest.fixture
def room(both: Room) -> Room:
    both.put(NAME, "A study of the heart")
    return both


def cost(ws: Workspace, action: str, name: str = NAME, note: str = "") -> Statements:
    with counted(ws.store) as found:
        (done,) = decide_all(ws, action, [name], "ann", note, {})
    assert not done.error
    assert found.repeated == []
    assert 1 < len(found.reads) <= MOST, [text for text, _ in found.reads]
    return found


@both_databases
def test_each_decision_reads_little_and_nothing_twice(room: Room) -> None:
    """A file may only be written once its decision is durable, so recording that takes another transaction."""
    assert cost(room.ws, "defer").writing == 1, "there is no file to write"
    assert cost(room.ws, "reject").writing == 1
    assert cost(room.ws, "accept").writing == 2
    assert cost(room.ws, "accept").writing == 1, "it stands already, and only its file is looked at"
    assert cost(room.ws, "accept", note="For the digest.").writing == 2, "it says more"
    assert cost(room.ws, "undo").writing == 2
    assert cost(room.ws, "reject").writing == 2, "it takes the file away"
    assert [decision.action for decision in paper_detail(room.ws, NAME).decisions][-1] == "reject"


@both_databases
def test_so_does_one_on_a_paper_that_was_never_queued(room: Room) -> None:
    with write(room.ws.store) as db:
        record(db, [Sighting(ARXIV, Paper(("arxiv:2506.00009",), "Never queued", "Abstract.", version=1))], START)
    assert cost(room.ws, "accept", "2506.00009").writing == 2
    assert paper_detail(room.ws, "2506.00009").state == "accepted"


@pytest.mark.parametrize("action", ["accept", "reject", "undo"])
def test_the_page_shows_what_it_decided_without_reading_it_again(room: Room, action: str) -> None:
    room.put("2506.00002", "Another study of the heart")
    room.put("2506.00003", "A study that the list does not show yet")  # its button counts such papers, this one or not
    decide_all(room.ws, "accept", ["2506.00003"], "ann", "", {})
    browser, version = room.browser("ann"), 0
    if action == "undo":
        decide_all(room.ws, "reject", [NAME], "ann", "", {})
        version = 1
    csrf = browser.csrf()
    labels = {"task": ["diagnosis"], "kind": ["research"]} if action == "accept" else {}
    form = {"csrf": csrf, "paper": NAME, "action": action, "version": version, "next": "2506.00002", **labels}
    with counted(room.ws.store) as found:
        answer = browser.client.post("/review/decide", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert found.repeated == []
    assert "A study of the heart" in answer.text, "in the status line, or open again"
