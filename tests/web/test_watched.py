"""When what a server has read is read again: on real folders."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from harvester.web import watched
from harvester.web.watched import Watched

Texts = dict[str, str]


class Folder:
    """A folder of files in folders of years, and how often all of it was compared and read."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.compared, self.reads = path, 0, list[Texts | None]()
        (path / "2024").mkdir(parents=True)
        (path / "2024" / "a.toml").write_text("a")
        stamps = watched._stamps

        def counted(*given: object) -> object:
            self.compared += 1
            return stamps(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(watched, "_stamps", counted)
        self.watched = Watched[Texts](path, ".toml", self.read)

    def read(self, last: Texts | None) -> Texts:
        self.reads.append(last)
        return {path.stem: path.read_text() for path in sorted(self.path.rglob("*.toml"))}

    def replace(self, name: str, text: str) -> None:
        new = self.path / "new.txt"
        new.write_text(text)
        os.replace(new, self.path / name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """All files are compared so seldom that only the folders can tell of a change, as patiently as is needed."""
    monkeypatch.setattr(watched, "LOOK_EVERY", 3600.0)
    monkeypatch.setattr(watched, "PATIENCE", 60.0)
    return Folder(tmp_path / "entries", monkeypatch)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda it: (it.path / "2024" / "b.toml").write_text("b"), {"a": "a", "b": "b"}),
        (lambda it: (it.path / "2024" / "a.toml").unlink(), {}),
        (lambda it: it.replace("2024/a.toml", "c"), {"a": "c"}),
        (lambda it: (it.path / "2024" / "a.toml").rename(it.path / "2024" / "d.toml"), {"d": "a"}),
        (lambda it: (it.path / "2024").rename(it.path / "2025"), {"a": "a"}),
        (lambda it: (it.path / "2024").rename(it.path.with_name("elsewhere")), {}),
    ],
    ids=["added", "removed", "replaced", "renamed", "folder renamed", "folder removed"],
)
def test_whoever_asks_after_a_change_of_files_sees_it(
    folder: Folder, change: Callable[[Folder], object], expected: Texts
) -> None:
    assert folder.watched.now() == {"a": "a"}
    time.sleep(0.02)  # the clock of a file system is coarse
    change(folder)
    assert folder.watched.now() == expected
    assert folder.reads == [None, {"a": "a"}]


def test_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    late = Watched[bool](tmp_path / "entries", ".toml", lambda _: (tmp_path / "entries").exists())
    assert late.now() is False
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "a.toml").write_text("a")
    assert late.now() is True


def test_what_is_written_into_a_file_is_seen_soon(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.watched.now() == {"a": "a"}
    (folder.path / "2024" / "a.toml").write_text("in place")
    assert folder.watched.now() == {"a": "a"}, "no folder tells"
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.05)
    time.sleep(0.06)
    assert folder.watched.now() == {"a": "in place"}


def test_the_files_are_compared_once_in_a_while_whoever_asks(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request compared all files, which at 10,000 entries took longer than the search itself."""
    monkeypatch.setattr(watched, "LOOK_EVERY", 0.2)
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as crowd:
        for _ in range(20):
            assert all(text == {"a": "a"} for text in crowd.map(lambda _: folder.watched.now(), range(50)))
            time.sleep(0.01)
    assert folder.compared <= 2 + (time.monotonic() - begun) / 0.2
    assert folder.reads == [None]


def test_while_much_is_read_the_last_state_is_served(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.watched.now() == {"a": "a"}
    monkeypatch.setattr(watched, "PATIENCE", 0.05)
    go_on, read = Event(), folder.read
    monkeypatch.setattr(folder.watched, "_read", lambda last: (go_on.wait(60), read(last))[1])
    time.sleep(0.02)
    (folder.path / "2024" / "b.toml").write_text("b")
    try:
        assert folder.watched.now() == {"a": "a"}
        begun = time.monotonic()
        with ThreadPoolExecutor(8) as crowd:
            assert all(text == {"a": "a"} for text in crowd.map(lambda _: folder.watched.now(), range(200)))
        assert time.monotonic() - begun < 30, "only who comes first is patient"
    finally:
        go_on.set()
    until = time.monotonic() + 60
    while folder.watched.now() != {"a": "a", "b": "b"}:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert len(folder.reads) == 2, "however many asked"


def test_a_change_while_another_is_read_is_not_missed(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.watched.now() == {"a": "a"}
    reading, go_on, read = Event(), Event(), folder.read

    def slow(last: Texts | None) -> Texts:
        found = read(last)
        reading.set()
        go_on.wait(60)
        return found

    monkeypatch.setattr(folder.watched, "_read", slow)
    time.sleep(0.02)
    (folder.path / "2024" / "b.toml").write_text("b")
    with ThreadPoolExecutor(2) as two:
        first = two.submit(folder.watched.now)
        assert reading.wait(60)
        time.sleep(0.02)
        (folder.path / "2024" / "c.toml").write_text("c")
        second = two.submit(folder.watched.now)
        go_on.set()
        assert second.result(60) == {"a": "a", "b": "b", "c": "c"}
        assert first.result(60)["b"] == "b"


def test_what_stops_the_reading_is_told_until_it_is_mended(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.watched.now() == {"a": "a"}

    def broken(_: Texts | None) -> Texts:
        raise ValueError("The disk is broken.")

    with monkeypatch.context() as patch:
        patch.setattr(folder.watched, "_read", broken)
        time.sleep(0.02)
        (folder.path / "2024" / "b.toml").write_text("b")
        for _ in range(3):
            with pytest.raises(ValueError, match="The disk is broken"):
                folder.watched.now()
    assert folder.watched.now() == {"a": "a", "b": "b"}
