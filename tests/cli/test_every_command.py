"""Every command on a full disk, and with a clock a day behind the store: one sentence, and nothing half-written."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.base.files import PART
from tests.cli.test_bad_files import required
from tests.cli.test_json_errors import TREE, walk
from tests.reliability.test_store_faults import disk
from tests.room import NO_ENCODER, START, Room

FIRST, SECOND, THIRD = "2506.00001", "2506.00002", "2506.00003"
GIVEN = {
    ("accept",): (FIRST,),
    ("reject",): (SECOND,),
    ("defer",): (SECOND,),
    ("undo",): (SECOND,),  # that of an accepted paper frees the room of its file
    ("split",): (FIRST,),
    ("show",): (FIRST,),
    ("queue",): (),
    ("schedule",): ("--once", "backup"),
    ("run",): ("--no-digest",),
    ("catalog", "add"): ("paper.bib",),
    ("catalog", "import"): ("list.md",),
    ("catalog", "export"): ("--output", "export.json"),
    ("catalog", "site"): ("site",),
    ("coverage",): ("list.md",),
    ("db", "backup"): ("backup.db",),
    ("db", "restore"): ("older.db", "--force"),
    ("demo",): ("--folder", "demo"),
    ("digest", "send"): ("--eml", "mails"),
    ("init",): ("new",),
    ("subscribers", "add"): ("bo@example.org", "--confirmed"),
    ("subscribers", "remove"): ("jo@example.org",),
    ("subscribers", "import"): ("people.csv", "--confirmed"),
    ("subscribers", "export"): ("--output", "people-2.csv"),
    ("users", "add"): ("ann",),
}
"""Calls that come as far as writing; every other command is called with what it requires."""
ENDLESS = {("web",)}
CALLS = [[*words, *GIVEN.get(words, required(words))] for words in TREE if words not in ENDLESS]
MORE = [
    ["catalog", "export", "--format", "dataset", "dataset"],
    ["catalog", "import", "list.md", "--template", "auto"],
    ["init", "other", "--taxonomy", "taxonomy.toml"],
]


def filled(folder: Path, store: str = "") -> Room:
    """A working folder with papers, an entry, a subscriber and files that commands read."""
    room = Room.make(folder, store=store, classifier={"encoder": NO_ENCODER}, harvest={"feeds": []})
    room.fill(4)
    room.json("accept", THIRD)
    room.run("catalog", "build")
    room.subscribe("jo@example.org")
    room.run("db", "backup", "older.db")
    (folder / "list.md").write_text("# Data\n### ECG\n**One** \\\n[2023] [X] \\\n[[Paper](https://a.org/b)]\n")
    (folder / "paper.bib").write_text("@article{a, title={Hearts}, author={Doe, Ann}, year=2024, doi={10.1/x}}\n")
    (folder / "people.csv").write_text("email\nbo@example.org\n")
    (folder / "taxonomy.toml").write_bytes(room.ws.taxonomy.path.read_bytes())
    room.ws.store.dispose()
    return room


@pytest.fixture(params=["everything", "all but the store"])
def full(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Room]:
    """A room on a disk that takes no more. SQLite cannot even read a store there, so it may be elsewhere."""
    store = "" if request.param == "everything" else f"sqlite:///{tmp_path}/harvester.db"
    with disk(tmp_path / "small", "40m") as remount:
        room = filled(tmp_path / "small" / "room", store)
        remount("size=8m")
        with suppress(OSError), (room.folder / "rest").open("wb", buffering=0) as rest:
            while True:
                rest.write(bytes(4096))
        yield room


def test_a_full_disk(full: Room) -> None:
    before = files(full.folder)
    assert_sentences(full, [*CALLS, *MORE])
    after = files(full.folder)
    assert {name: after.get(name) for name in before} == before
    assert not [name for name in after if name.endswith(PART)]


def test_a_clock_a_day_behind_the_store(tmp_path: Path) -> None:
    room = filled(tmp_path / "room")
    calls = [call for call in CALLS if call[0] != "demo" and call[:2] != ["db", "restore"]]
    assert_sentences(room, calls, HARVESTER_NOW=(START - timedelta(days=1)).isoformat())
    (accepted, *_) = room.json("log", FIRST)
    assert accepted["action"] == "accept", "what is decided counts, whatever the clock said"


def assert_sentences(room: Room, calls: list[list[str]], **environment: str) -> None:
    """Each call ends with a documented status, and says why if it failed."""
    wrong = []
    for call, (status, out, err) in zip(calls, walk(calls, room.folder, **environment), strict=True):
        told = status == 0 or err.strip() or out.strip()
        if status not in (0, 1, 2) or not told or "is a bug" in err + out or "Traceback" in err + out:
            wrong.append((call, status, out[-200:], err[-400:]))
    assert not wrong, "\n".join(map(str, wrong))


def files(folder: Path) -> dict[str, bytes]:
    """Every file that lasts, with what is in it."""
    passing = ("-wal", "-shm", ".lock")
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.endswith(passing)
    }
