"""A maintainer's list moves here, through the command line, and looks as before."""

import json
from pathlib import Path

import pytest

from tests.catalog.list_shapes import WRITERS, paper, papers, shown, written
from tests.room import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room.make(tmp_path, "http://127.0.0.1:9")


def test_a_list_is_imported_with_its_form_and_built_unchanged(room: Room) -> None:
    text = written(shown(papers(24), "bold bullets"), "bold bullets")
    (room.folder / "list.md").write_text(text)
    tried = room.json("catalog", "import", "list.md", "--template", "auto", "--dry-run")
    assert tried["form"] == {"forms": ["bullets"], "order": "newest", "papers": 24, "regular": tried["form"]["regular"]}
    catalog = room.folder / "data" / "catalog"
    assert not (catalog / "list.toml").exists()
    printed = room.run("catalog", "import", "list.md", "--template", "auto")
    assert "The list's form is learned (bullets)" in printed
    built = room.json("catalog", "build")
    assert [Path(name).name for name in built["files"]] == ["README.md"]
    assert (catalog / "README.md").read_text() == text
    assert room.json("catalog", "check") == []
    kept = {path: path.read_bytes() for path in catalog.rglob("*") if path.is_file()}
    assert room.json("catalog", "import", "data/catalog/README.md", "--template", "auto")["new"] == 0
    room.run("catalog", "build")
    assert {path: path.read_bytes() for path in catalog.rglob("*") if path.is_file()} == kept


def test_what_changed_after_the_import_is_all_that_changes(room: Room) -> None:
    text = written(shown(papers(12), "table"), "table")
    (room.folder / "list.md").write_text(text)
    room.run("catalog", "import", "list.md", "--template", "auto")
    catalog = room.folder / "data" / "catalog"
    entry = next(path for path in catalog.rglob("*.toml") if 'venue = "Heart Notes"' in path.read_text())
    entry.write_text(entry.read_text().replace('venue = "Heart Notes"', 'venue = "Another Venue"'))
    new = paper(101, "ECG")
    (catalog / "entries" / "new.toml").write_text(
        f'id = "{new.id}"\ntitle = "{new.title}"\npublished = "{new.published}"\nvenue = "{new.venue}"\n'
        f'kind = "research"\nmodality = ["ecg"]\n[links]\n'
        f'paper = "{new.links["paper"]}"\ncode = "{new.links["code"]}"\n'
    )
    row = WRITERS["table"][0](new)
    room.run("catalog", "build")
    before, after = text.splitlines(), (catalog / "README.md").read_text().splitlines()
    gone, added = [line for line in before if line not in after], [line for line in after if line not in before]
    assert len(gone) == 1
    assert sorted(added) == sorted([gone[0].replace("Heart Notes", "Another Venue"), row])


def test_the_form_of_the_settings(room: Room) -> None:
    (room.folder / "list.md").write_text(
        "# ECG\n**One beat** \\\n[2024] [Nature] \\\n[[Paper](https://example.org/1)]\n"
    )
    room.run("catalog", "import", "list.md")
    path = next((room.folder / "data" / "catalog").rglob("*.toml"))
    assert "authors = []\n" in path.read_text()
    path.write_text(path.read_text().replace("authors = []", 'authors = ["Ann Dee"]\nnote = "Short."'))
    as_bullets = Room(
        room.folder, {"HARVESTER_CATALOG__FORM": "bullets", "HARVESTER_CATALOG__SHOW": json.dumps(["authors", "note"])}
    )
    as_bullets.run("catalog", "build")
    shown_now = (room.folder / "data" / "catalog" / "README.md").read_text()
    paper_lines = (
        "- **One beat** [2024] [Nature] [[Paper](https://example.org/1)]\n  - Authors: Ann Dee\n  - Note: Short.\n"
    )
    assert paper_lines in shown_now
    assert as_bullets.json("catalog", "check") == []
    assert [finding["rule"] for finding in room.json("catalog", "check")] == ["stale-list"]


@pytest.mark.parametrize("given", ["mine", "AUTO "])
def test_another_template_is_refused(room: Room, given: str) -> None:
    (room.folder / "list.md").write_text("# ECG\n**One** [2024]\n")
    assert "the only one is: auto" in room.run("catalog", "import", "list.md", "--template", given, status=2)
