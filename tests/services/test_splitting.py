"""`harvester split`: two works that were merged become two papers again, through the command line."""

from pathlib import Path

import pytest

from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import read, write
from harvester.store.papers import find, history
from harvester.store.recording import record
from tests.room import Room

JOURNAL = Provenance("hearts", Rank.JOURNAL, "journal")
TITLE = "Deep learning of the electrocardiogram for amyloidosis"
AUTHORS = (Author("Ann Doe"), Author("Bo Roe"))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room.make(tmp_path)
    show(made)
    return made


def show(room: Room) -> None:
    preprint = Paper(("arxiv:2601.00001",), TITLE, "A preprint.", AUTHORS, version=1)
    article = Paper(("doi:10.9999/a.1",), TITLE, "An article.", AUTHORS, venue="Hearts")
    with write(room.ws.store) as db:
        record(db, [Sighting(ARXIV, preprint), Sighting(JOURNAL, article)], room.now)


def test_two_works_are_taken_apart_for_good(room: Room) -> None:
    said = room.run("split", "2601.00001")
    why = "it had joined arxiv:2601.00001 because their titles and authors agree."
    assert said.strip() == f"doi:10.9999/a.1 is a paper of its own now; {why}"
    show(room)
    assert room.json("show", "2601.00001")["id"] == "arxiv:2601.00001"
    assert room.json("show", "10.9999/a.1")["id"] == "doi:10.9999/a.1"
    with read(room.ws.store) as db:
        preprint, article = find(db, "arxiv:2601.00001"), find(db, "doi:10.9999/a.1")
        assert preprint is not None
        assert article is not None
        assert (preprint.paper.abstract, preprint.paper.venue) == ("A preprint.", "")
        assert (article.paper.abstract, article.paper.venue) == ("An article.", "Hearts")
        assert [seen.source for seen in history(db, article.number)] == ["hearts"]


def test_the_document_names_both_and_the_evidence(room: Room) -> None:
    assert room.json("split", "10.9999/a.1") == {
        "paper": "arxiv:2601.00001",
        "other": "doi:10.9999/a.1",
        "evidence": "title",
    }


def test_a_single_record_and_an_unknown_paper_are_named(room: Room) -> None:
    room.run("split", "2601.00001")
    assert "arxiv:2601.00001 is a single record; there is nothing to take apart." in room.run(
        "split", "2601.00001", status=1
    )
    assert "2601.99999" in room.run("split", "2601.99999", status=1)
