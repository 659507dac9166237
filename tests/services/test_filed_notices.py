"""Files win: a notice's link that a maintainer removes or changes in an entry stays as the maintainer left it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.domain.notices import NOTICE_KINDS, Notice
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.services.catalog.add import add
from harvester.services.catalog.notices import mark_entries, missing
from harvester.services.catalog.sync import sync_catalog
from harvester.services.review.decisions import decide_all
from harvester.store.engine import write
from harvester.store.notices import attach
from harvester.store.recording import record
from tests.conftest import both_databases
from tests.room import Room

FEED = Provenance("heart", Rank.JOURNAL, "journal")
NAME, PAGE = "doi:10.9999/a.1", "https://h.example/1"
NOTE, OWN = "https://h.example/note", "https://mine.example/note"
LABELS = {"task": "diagnosis", "modality": "ecg"}


@pytest.fixture
def room(tmp_path: Path, store_url: str) -> Iterator[Room]:
    made = Room.make(tmp_path, store=store_url)
    with write(made.ws.store) as db:
        paper = Paper((NAME,), "Networks for hearts", "Of hearts.", (Author("Jane Doe"),), links={"paper": PAGE})
        record(db, [Sighting(FEED, paper)], made.now)
    yield made
    made.ws.store.dispose()


def accept(room: Room) -> None:
    (done,) = decide_all(room.ws, "accept", [NAME], "ann", "", LABELS)
    assert not done.error


def notice(room: Room, kind: str, link: str = NOTE) -> None:
    with write(room.ws.store) as db:
        attach(db, [Notice(kind, (NAME,), link)])  # type: ignore[arg-type]


def night(room: Room) -> list[str]:
    """What a run does about the files: it reads them first, and marks entries later."""
    assert sync_catalog(room.ws).problems == []
    return mark_entries(room.ws)


def edit(room: Room, old: str, new: str = "") -> None:
    (entry,) = room.entries
    text = entry.read_text()
    assert old in text
    entry.write_text(text.replace(old, new))


def text(room: Room) -> str:
    (entry,) = room.entries
    return entry.read_text()


@both_databases
@pytest.mark.parametrize("kind", NOTICE_KINDS)
def test_what_a_maintainer_removes_stays_removed(room: Room, kind: str) -> None:
    accept(room)
    notice(room, kind)
    assert night(room) == [NAME]
    edit(room, f'{kind} = "{NOTE}"\n')
    for _ in range(3):
        assert night(room) == []
        assert kind not in text(room)


def test_what_a_maintainer_changes_stays_changed(room: Room) -> None:
    accept(room)
    notice(room, "correction")
    night(room)
    edit(room, NOTE, OWN)
    assert (night(room), night(room)) == ([], [])
    assert OWN in text(room)
    edit(room, f'correction = "{OWN}"\n')
    assert night(room) == []
    assert "correction" not in text(room)


def test_a_link_of_the_maintainers_own_is_not_replaced(room: Room) -> None:
    accept(room)
    edit(room, "[links]\n", f'[links]\nretraction = "{OWN}"\n')
    notice(room, "retraction")
    assert night(room) == []
    assert OWN in text(room)
    assert NOTE not in text(room)


@both_databases
def test_a_retracted_paper_shows_its_notice_as_soon_as_it_is_accepted(room: Room) -> None:
    """And its removal counts before any run has seen the link."""
    notice(room, "retraction")
    accept(room)
    assert f'retraction = "{NOTE}"' in text(room)
    edit(room, f'retraction = "{NOTE}"\n')
    assert night(room) == []
    assert "retraction" not in text(room)


def test_what_was_added_and_then_removed_stays_removed_even_if_it_is_added_again(room: Room) -> None:
    notice(room, "retraction")
    assert add(room.ws, NAME, LABELS).links["retraction"] == NOTE
    edit(room, f'retraction = "{NOTE}"\n')
    assert "retraction" not in add(room.ws, NAME, {}).links
    assert night(room) == []


def test_another_kind_of_notice_is_news(room: Room) -> None:
    accept(room)
    notice(room, "concern")
    night(room)
    edit(room, f'concern = "{NOTE}"\n')
    notice(room, "retraction", "https://h.example/retracted")
    assert night(room) == [NAME]
    assert "https://h.example/retracted" in text(room)
    assert "concern" not in text(room)


def test_an_articles_own_mark_gives_way_to_the_notice(room: Room) -> None:
    accept(room)
    notice(room, "retraction", PAGE)
    assert night(room) == [NAME]
    notice(room, "retraction")
    assert night(room) == [NAME]
    assert f'retraction = "{NOTE}"' in text(room)
    edit(room, NOTE, PAGE)
    assert night(room) == [], "the maintainer has put the mark back"


def test_a_mark_that_was_removed_is_not_replaced_by_the_notice(room: Room) -> None:
    accept(room)
    notice(room, "retraction", PAGE)
    night(room)
    edit(room, f'retraction = "{PAGE}"\n')
    notice(room, "retraction")
    assert night(room) == []
    assert "retraction" not in text(room)


def test_an_entry_that_is_made_anew_shows_the_notice_again(room: Room) -> None:
    notice(room, "retraction")
    accept(room)
    edit(room, f'retraction = "{NOTE}"\n')
    (entry,) = room.entries
    entry.unlink()
    night(room)
    accept(room)
    assert NOTE in text(room)


def test_an_entry_that_cannot_be_read_does_not_keep_others_from_being_marked(room: Room) -> None:
    accept(room)
    other = Paper(("doi:10.9999/a.2",), "Waves of hearts", "Of hearts.", (Author("Cy Poe"),), links={"paper": OWN})
    with write(room.ws.store) as db:
        record(db, [Sighting(FEED, other)], room.now)
    assert not decide_all(room.ws, "accept", [other.id], "ann", "", LABELS)[0].error
    notice(room, "correction")
    with write(room.ws.store) as db:
        attach(db, [Notice("correction", (other.id,), NOTE)])
    broken = next(path for path in room.entries if "networks" in path.name)
    broken.write_text("[")
    assert mark_entries(room.ws) == [other.id]
    assert "correction" in add(room.ws, other.id, {}).links


def test_a_paper_absorbed_by_another_takes_its_memory_along(room: Room) -> None:
    accept(room)
    notice(room, "correction")
    night(room)
    edit(room, f'correction = "{NOTE}"\n')
    preprint = Paper(("arxiv:2506.00001", NAME), "Networks for hearts", "Of hearts.", version=1)
    arxiv = replace(FEED, name="arxiv", rank=Rank.ARXIV, kind="preprint")
    with write(room.ws.store) as db:
        record(db, [Sighting(arxiv, preprint)], room.now)
    assert night(room) == []
    assert "correction" not in text(room)


@pytest.mark.parametrize(
    ("known", "entry", "shown", "new"),
    [
        ({}, {}, {}, {}),
        ({"retraction": NOTE}, {}, {}, {"retraction": NOTE}),
        ({"retraction": NOTE}, {"retraction": NOTE}, {}, {}),
        ({"retraction": NOTE}, {}, {"retraction": NOTE}, {}),
        ({"retraction": NOTE}, {}, {"retraction": PAGE}, {}),
        ({"retraction": NOTE}, {"retraction": OWN}, {}, {}),
        ({"retraction": NOTE}, {"retraction": OWN}, {"retraction": OWN}, {}),
        ({"retraction": NOTE}, {"paper": PAGE, "retraction": PAGE}, {"retraction": PAGE}, {"retraction": NOTE}),
        ({"retraction": NOTE}, {"paper": PAGE, "retraction": PAGE}, {"retraction": NOTE}, {}),
        ({"retraction": NOTE, "correction": OWN}, {}, {"retraction": NOTE}, {"correction": OWN}),
        ({"paper": PAGE, "code": OWN}, {}, {}, {}),
    ],
)
def test_what_an_entry_lacks(
    known: dict[str, str], entry: dict[str, str], shown: dict[str, str], new: dict[str, str]
) -> None:
    assert missing(known, entry, shown) == new
