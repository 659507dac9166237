import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry, entry_path
from harvester.catalog.folder import load_catalog, remove_entry, write_entry

from .strategies import TAXONOMY, entries

ENTRY = 'id = "title:{0}"\ntitle = "{0}"\nkind = "research"\n[links]\npaper = "https://e.example/{0}"\n'


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / "entries" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def one(folder: Path, name: str = "a") -> Entry:
    put(folder, f"2024/{name}.toml", ENTRY.format(name))
    return next(entry for entry in load_catalog(folder, TAXONOMY).entries if entry.title == name)


def test_a_folder_that_is_not_there_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert load_catalog(tmp_path / "none", TAXONOMY).entries == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries)
def test_what_is_written_is_read(tmp_path: Path, entry: Entry) -> None:
    path = write_entry(tmp_path, entry, TAXONOMY)
    catalog = load_catalog(tmp_path, TAXONOMY)
    assert path == entry_path(entry)
    assert catalog.entries == (replace(entry, path=path),)
    assert catalog.problems == ()
    remove_entry(tmp_path, path)
    assert load_catalog(tmp_path, TAXONOMY).entries == ()


def test_an_unchanged_entry_is_not_written_again(tmp_path: Path) -> None:
    entry = one(tmp_path)
    assert entry.path
    before = (tmp_path / entry.path).stat()
    write_entry(tmp_path, entry, TAXONOMY)
    after = (tmp_path / entry.path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_an_entry_stays_in_the_file_that_somebody_chose(tmp_path: Path) -> None:
    put(tmp_path, "by-hand/mine.toml", "# mine\n" + ENTRY.format("a"))
    entry = load_catalog(tmp_path, TAXONOMY).entries[0]
    assert write_entry(tmp_path, replace(entry, venue="Nature"), TAXONOMY) == Path("entries/by-hand/mine.toml")
    assert (tmp_path / "entries/by-hand/mine.toml").read_text().startswith("# mine\n")
    assert [entry.venue for entry in load_catalog(tmp_path, TAXONOMY).entries] == ["Nature"]


def test_a_bad_file_hides_no_good_one(tmp_path: Path) -> None:
    put(tmp_path, "2024/good.toml", ENTRY.format("good"))
    put(tmp_path, "2024/windows.toml", b"\xef\xbb\xbf" + ENTRY.format("windows").replace("\n", "\r\n").encode())
    put(tmp_path, "2024/.hidden.toml", "x")
    put(tmp_path, "2024/notes.txt", "x")
    put(tmp_path, "2024/broken.toml", 'id = "title:b"\n<<<<<<< HEAD\n')
    put(tmp_path, "2024/latin.toml", b'id = "title:l"\ntitle = "caf\xe9"\n')
    put(tmp_path, "2024/empty.toml", "")
    (tmp_path / "entries/2024/folder.toml").mkdir()
    (tmp_path / "entries/2024/lost.toml").symlink_to(tmp_path / "nowhere")
    catalog = load_catalog(tmp_path, TAXONOMY)
    assert [entry.title for entry in catalog.entries] == ["good", "windows"]
    found = {(Path(problem.file).name, problem.line, problem.rule) for problem in catalog.problems}
    assert found == {
        ("broken.toml", 2, "broken-toml"),
        ("latin.toml", 2, "unreadable"),
        ("empty.toml", None, "missing-field"),
        ("folder.toml", None, "unreadable"),
        ("lost.toml", None, "unreadable"),
    }


def test_a_folder_that_cannot_be_listed_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "entries").write_text("")
    with pytest.raises(CatalogError, match=r"Cannot list .*entries: Not a directory"):
        load_catalog(tmp_path, TAXONOMY)


def test_two_files_of_one_id_are_both_named(tmp_path: Path) -> None:
    put(tmp_path, "2024/b.toml", "\n" + ENTRY.format("a"))
    put(tmp_path, "2024/a.toml", ENTRY.format("a"))
    catalog = load_catalog(tmp_path, TAXONOMY)
    assert [entry.path for entry in catalog.entries] == [Path("entries/2024/a.toml")]
    assert [str(problem) for problem in catalog.problems] == [
        "entries/2024/b.toml, line 2: id title:a is also used by entries/2024/a.toml; "
        "remove one of the two files or correct its id."
    ]


def test_no_file_is_written_over_another_papers_or_a_broken_one(tmp_path: Path) -> None:
    entry = one(tmp_path)
    put(tmp_path, "2024/a.toml", ENTRY.format("b"))
    with pytest.raises(CatalogError, match=r"entries/2024/a\.toml holds 'title:b', not 'title:a'"):
        write_entry(tmp_path, entry, TAXONOMY)
    put(tmp_path, "2024/a.toml", "id = ")
    with pytest.raises(CatalogError, match=r"entries/2024/a\.toml is not valid TOML"):
        write_entry(tmp_path, entry, TAXONOMY)
    assert (tmp_path / "entries/2024/a.toml").read_text() == "id = "


@pytest.mark.parametrize("path", ["/etc/x.toml", "../x.toml", "entries/../../x.toml", "x.toml", "entries/x.txt"])
def test_no_path_leads_out_of_the_entries(tmp_path: Path, path: str) -> None:
    with pytest.raises(CatalogError, match="not a file of the catalog"):
        write_entry(tmp_path, replace(one(tmp_path), path=Path(path)), TAXONOMY)
    with pytest.raises(CatalogError, match="not a file of the catalog"):
        remove_entry(tmp_path, Path(path))


def test_removing_twice_is_harmless(tmp_path: Path) -> None:
    path = one(tmp_path).path
    assert path
    remove_entry(tmp_path, path)
    remove_entry(tmp_path, path)
    (tmp_path / path).mkdir()
    with pytest.raises(CatalogError, match="Cannot remove"):
        remove_entry(tmp_path, path)


def test_reading_entries_loads_neither_jinja2_nor_tomlkit() -> None:
    code = (
        "import sys, harvester.catalog.folder, harvester.catalog.check, harvester.catalog.importing.awesome;"
        "assert not {'jinja2', 'tomlkit'} & set(sys.modules), 'loaded too early'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
