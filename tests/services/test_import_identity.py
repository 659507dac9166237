"""Whatever lists are imported, no paper gets two entries, no link is lost, and a second import changes nothing."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from harvester.catalog.check import check
from harvester.catalog.folder import load_catalog
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.catalog.lists import Import, import_list
from harvester.services.workspace import Workspace
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.recording import record
from tests.room import Room

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
TITLES = (
    "Leaflets",
    "Septa",
    "Foundation models of the beating heart in cine images",
    "Foundational models of the beating heart in cine images",
    "Foundation Models of the Beating Heart in Cine Images.",
    "A title that goes on and on about the segmentation of walls and leaflets, part I",
    "A title that goes on and on about the segmentation of walls and leaflets, part II",
)
LINKS = (
    "https://arxiv.org/abs/2201.00001",
    "https://arxiv.org/pdf/2201.00002v2",
    "https://arxiv.org/abs/2201.00003",
    "https://doi.org/10.1016/j.heart.2022.1",
    "https://doi.org/10.1016/j.heart.2022.2",
    "https://doi.org/10.21203/rs.3.rs-77/v1",
    "https://doi.org/10.21203/rs.3.rs-77/v2",
    "https://doi.org/10.1101/2022.01.01.123456",
    "https://pubmed.ncbi.nlm.nih.gov/123/",
    "https://paper.example.org/a",
    "https://paper.example.org/b",
)
KNOWN = Paper(("arxiv:2201.00003", "doi:10.1016/j.heart.2022.2"), "Septa in one view", authors=(Author("Ann Dee"),))
"""A paper of the store, under both of its names."""

Mention = tuple[str, Sequence[str], bool]
Lists = Sequence[Sequence[Mention]]
mentions = st.tuples(st.sampled_from(TITLES), st.lists(st.sampled_from(LINKS), max_size=2), st.booleans())
lists = st.lists(st.lists(mentions, max_size=6), min_size=1, max_size=3)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    room = Room.make(tmp_path, "http://127.0.0.1:9", f"sqlite:///{tmp_path}/h.db")
    room.now = NOW
    made = room.ws
    with write(made.store) as db:
        record(db, [Sighting(ARXIV, KNOWN)], NOW)
    made.store.dispose()
    shutil.copy(tmp_path / "h.db", tmp_path / "new.db")
    yield made
    made.store.dispose()


def bullets(found: Sequence[Mention]) -> str:
    lines = (
        f"- **{title}**{' Ann Dee, Bob Poe.' * authors} " + " ".join(f"[[Paper]({link})]" for link in links)
        for title, links, authors in found
    )
    return "# Hearts\n## Segmentation\n" + "\n".join(lines) + "\n"


def put(folder: Path, texts: list[str]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def sound(ws: Workspace, done: Import) -> None:
    """The import had no problem, the catalog has none, and all links are somewhere."""
    assert done.problems == ()
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    found = check(catalog, ws.taxonomy, None, NOW.date())
    assert [finding for finding in found if finding.rule in ("duplicate-title", "duplicate-id")] == []
    balance = done.read.balance
    assert balance.links == balance.in_entries + balance.left_out + balance.unplaced


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(
    first=[[("Leaflets", LINKS[:1], False), ("Leaflets", LINKS[1:2], False), ("Septa", LINKS[1:2], False)]], second=[]
)
@example(first=[[(TITLES[2], LINKS[2:3], True), (TITLES[3], LINKS[4:5], True)]], second=[])
@example(first=[[("Septa", LINKS[5:6], False), ("Leaflets", LINKS[6:7], False)]], second=[])
@given(first=lists, second=lists)
def test_no_paper_gets_two_entries(ws: Workspace, tmp_path: Path, first: Lists, second: Lists) -> None:
    begin(ws, tmp_path)
    for given_lists in filter(any, (first, second)):
        folder = put(tmp_path / "lists", [bullets(found) for found in given_lists])
        sound(ws, import_list(ws, [folder]))
        held = {link for entry in load_catalog(ws.catalog, ws.taxonomy).entries for link in entry.links.values()}
        assert {link for found in given_lists for _, links, _ in found for link in links} <= held
        before = files(ws)
        again = import_list(ws, [folder])
        assert (again.new, again.problems) == (0, ())
        assert files(ws) == before


def begin(ws: Workspace, folder: Path) -> None:
    """An empty catalog, and a store that knows one paper."""
    shutil.rmtree(ws.catalog, ignore_errors=True)
    ws.store.dispose()
    for old in folder.glob("h.db*"):
        old.unlink()
    shutil.copy(folder / "new.db", folder / "h.db")


def files(ws: Workspace) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in ws.catalog.rglob("*.toml")}


def test_a_disputed_link_makes_no_second_entry_of_a_title(ws: Workspace, tmp_path: Path) -> None:
    """One of two ids of a title is another title's as well: the case that left an entry for each."""
    text = bullets([("Leaflets", LINKS[:1], False), ("Leaflets", LINKS[1:2], False), ("Septa", LINKS[1:2], False)])
    done = import_list(ws, [put(tmp_path / "lists", [text]) / "0.md"])
    assert [(entry.id, tuple(entry.links.values())) for entry in done.read.papers] == [
        ("arxiv:2201.00001", LINKS[:2]),
        ("title:septa", LINKS[1:2]),
    ]
    assert done.read.conflicts == (
        "arxiv:2201.00002 is linked by 'Leaflets' (line 4) and 'Septa' (line 5), so none gets it; "
        "correct the wrong links.",
    )
    sound(ws, done)


def test_papers_of_one_title_that_nothing_tells_apart_are_one_entry_and_told(ws: Workspace, tmp_path: Path) -> None:
    import_list(ws, [put(tmp_path / "lists", [bullets([("Leaflets", (LINKS[0], LINKS[3]), False)])]) / "0.md"])
    done = import_list(ws, [put(tmp_path / "lists", [bullets([("Leaflets", LINKS[4:5], False)])]) / "0.md"])
    assert (done.new, done.merged) == (0, 1)
    assert done.read.conflicts == (
        "'Leaflets' (doi:10.1016/j.heart.2022.2) may be another paper than the entry of this title, "
        "arxiv:2201.00001, but no identifiers tell them apart; they are one entry.",
    )
    sound(ws, done)


def test_an_entry_gains_the_links_that_it_lacks(ws: Workspace, tmp_path: Path) -> None:
    import_list(ws, [put(tmp_path / "lists", [bullets([("Leaflets", LINKS[3:4], False)])]) / "0.md"])
    again = bullets([("Leaflets", (LINKS[0], "http://www.doi.org/10.1016/j.heart.2022.1"), False)])
    import_list(ws, [put(tmp_path / "lists", [again]) / "0.md"])
    (entry,) = load_catalog(ws.catalog, ws.taxonomy).entries
    assert entry.id == "doi:10.1016/j.heart.2022.1"
    assert entry.links == {"paper": LINKS[3], "paper-2": LINKS[0]}


def test_another_title_of_a_known_identifier_is_told(ws: Workspace, tmp_path: Path) -> None:
    import_list(ws, [put(tmp_path / "lists", [bullets([("Leaflets", LINKS[:1], False)])]) / "0.md"])
    done = import_list(ws, [put(tmp_path / "lists", [bullets([("Septa", LINKS[:1], False)])]) / "0.md"])
    assert (done.new, done.merged) == (0, 1)
    assert done.read.conflicts == (
        "'Septa' has the identifier of 'Leaflets' (arxiv:2201.00001), so it was added to that entry.",
    )
