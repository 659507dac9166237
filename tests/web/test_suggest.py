"""Suggesting a paper: stored at once, fetched through the sources, merged with known data, and queued."""

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvester.base.errors import UsageError
from harvester.domain.candidates import Candidate
from harvester.services.harvest.proposals import fetch_proposals, understood
from harvester.store.engine import read
from harvester.store.papers import find
from harvester.store.proposals import proposals_in
from harvester.store.queue import find_candidate
from tests.conftest import Upstream
from tests.room import ENCODER, Browser, Room, feeds
from tests.web.review.conftest import furnished

__all__ = ["furnished"]
KNOWN = "2506.19260"  # of the shared corpus


@pytest.fixture
def room(tmp_path: Path, furnished: Path, upstream: Upstream) -> Iterator[Room]:
    journals = {"timeout": 5.0, "feeds": feeds(upstream.url, "circulation")}
    made = Room.make(tmp_path, upstream.url, like=furnished, harvest=journals, classifier={"encoder": ENCODER})
    yield made
    made.ws.store.dispose()


def suggest(browser: Browser, paper: str, **more: Any) -> Any:
    form = {"csrf": browser.csrf("/suggest"), "paper": paper, "note": "", **more}
    return browser.client.post("/suggest", data=form)


def queued(room: Room, name: str) -> Candidate | None:
    with read(room.ws.store) as db:
        found = find(db, name)
        return find_candidate(db, found.number) if found else None


def states(room: Room) -> dict[str, int]:
    with read(room.ws.store) as db:
        return {state: len(proposals_in(db, state)) for state in ("waiting", "queued", "unknown")}


def test_what_is_proposed_is_fetched_classified_and_queued(room: Room, upstream: Upstream) -> None:
    """From arXiv and a journal's feed; while these are down, the suggestion waits, and is not lost."""
    upstream.control(today="2025-12-31", faults=[{"match": "/", "kind": "status", "status": 503, "count": -1}])
    browser = room.browser()
    answer = suggest(browser, f"https://arxiv.org/abs/{KNOWN}v1", note="belongs <b>here</b>")
    assert (answer.status_code, "Thank you" in answer.text) == (200, True)
    suggest(browser, KNOWN, note="again")
    upstream.control(faults=[])
    doi = newest_of_circulation(upstream)
    upstream.control(faults=[{"match": "/", "kind": "status", "status": 503, "count": -1}])
    suggest(browser, f"https://doi.org/{doi}")
    assert states(room) == {"waiting": 3, "queued": 0, "unknown": 0}
    upstream.control(faults=[])
    assert fetch_proposals(room.ws) == 3
    for name in (f"arxiv:{KNOWN}", f"doi:{doi}"):
        place = queued(room, name)
        assert place is not None
        assert place.state == "pending"
        assert 0 < place.scope < 1, "the model's view of it"
    page = room.browser("ann").client.get("/review", params={"paper": KNOWN}).text
    assert "belongs &lt;b&gt;here" in page
    assert "again" in page


def test_it_is_looked_up_right_after_the_answer(room: Room) -> None:
    suggest(room.browser(), "10.1000/nobody.knows")
    assert states(room) == {"waiting": 0, "queued": 0, "unknown": 1}
    assert "doi:10.1000/nobody.knows" in room.browser("ann").client.get("/review/proposals").text


def test_a_paper_that_was_rejected_stays_so(room: Room) -> None:
    room.put(KNOWN, "Known and rejected")
    room.browser("ann").decide(KNOWN, "reject")
    suggest(room.browser(), KNOWN, note="but I like it")
    assert room.place(KNOWN).state == "rejected"
    assert states(room)["queued"] == 1


def test_a_paper_that_is_listed_needs_no_suggestion(room: Room) -> None:
    room.put(KNOWN, "Known & <listed>")
    room.browser("ann").decide(KNOWN, "accept")
    for paper in (KNOWN, f"https://arxiv.org/abs/{KNOWN}v2", f"10.48550/arXiv.{KNOWN}"):
        answer = suggest(room.browser(), paper)
        assert answer.status_code == 200
        assert "is already in the list" in answer.text
        assert "Known &amp; &lt;listed&gt;</a>" in answer.text
        assert "Thank you" not in answer.text
    assert sum(states(room).values()) == 0
    place = room.place(KNOWN)
    assert place.entry
    assert f'href="/paper/{Path(place.entry).stem}/"' in answer.text


def test_programs_that_fill_in_everything_are_thanked_and_forgotten(room: Room) -> None:
    answer = suggest(room.browser(), KNOWN, website="https://spam.example.org")
    assert (answer.status_code, "Thank you" in answer.text) == (200, True)
    assert states(room) == {"waiting": 0, "queued": 0, "unknown": 0}


def test_so_often_and_no_more(room: Room) -> None:
    room.put(KNOWN, "Known")
    browser = room.browser()
    assert [suggest(browser, KNOWN).status_code for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.parametrize(
    ("paper", "note"),
    [
        ("", ""),
        ("a title", ""),
        ("https://example.org/x", ""),
        ("title:abc", ""),
        ("10.1/" + "x" * 700, ""),
        (KNOWN, "x" * 501),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(room: Room, paper: str, note: str) -> None:
    answer = suggest(room.browser(), paper, note=note)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert sum(states(room).values()) == 0


def test_what_names_a_paper() -> None:
    for text in (
        "2411.13602",
        "arXiv:2411.13602v2",
        "https://huggingface.co/papers/2411.13602",
        " https://arxiv.org/pdf/2411.13602 ",
    ):
        assert understood(text) == "arxiv:2411.13602"
    assert understood("https://doi.org/10.1038/S41-x") == "doi:10.1038/s41-x"
    with pytest.raises(UsageError, match="is not an arXiv id"):
        understood("Hearts")


def newest_of_circulation(upstream: Upstream) -> str:
    """A DOI that the journal's feed shows."""
    with urllib.request.urlopen(f"{upstream.url}/feed/circulation.xml", timeout=10) as answer:
        found = re.search(r"10\.9\d+/[\w.]+", answer.read().decode())
    assert found
    return found[0]
