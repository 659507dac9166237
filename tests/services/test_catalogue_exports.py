"""The catalogue's site, data set and exports as services on a working folder."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.base.errors import CatalogError, UsageError
from harvester.services.catalog.add import add
from harvester.services.catalog.export import export, export_dataset
from harvester.services.catalog.site import write_site
from harvester.services.workspace import Workspace
from tests.room import Room
from tests.services.catalogues import KNOWN, entry_file, know, put


def test_a_site_goes_into_its_own_folder_only(ws: Workspace, tmp_path: Path) -> None:
    know(ws, KNOWN)
    add(ws, "2401.00001", {"task": "prognosis"})
    done = write_site(ws, tmp_path / "site")
    assert done["entries"] == 1
    assert {str(path) for path in (tmp_path / "site").rglob("*") if path.is_file()} == set(done["files"])
    (tmp_path / "site/data/bib/7.json").write_text("[]")
    (tmp_path / "site/CNAME").write_text("hearts.example")
    (tmp_path / "site/paper/gone").mkdir()
    (tmp_path / "site/paper/gone/index.html").write_text("withdrawn")
    before = {path: Path(path).stat().st_mtime_ns for path in done["files"]}
    write_site(ws, tmp_path / "site")
    assert before == {path: Path(path).stat().st_mtime_ns for path in done["files"]}, "what stays is not written again"
    assert not (tmp_path / "site/paper/gone").exists()
    assert not (tmp_path / "site/data/bib/7.json").exists()
    assert (tmp_path / "site/CNAME").exists()
    with pytest.raises(UsageError, match="contains other files"):
        write_site(ws, tmp_path)
    entry_file(ws, "broken", "paper = ")
    with pytest.raises(CatalogError, match=r"broken\.toml, line 5"):
        write_site(ws, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_dataset_goes_into_its_own_folder_only(
    ws: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    know(ws, KNOWN)
    add(ws, "2401.00001", {"task": "prognosis"})
    folder = tmp_path / "set"
    done = export_dataset(ws, folder)
    before = {path: path.read_bytes() for path in map(Path, done["files"])}
    assert {path for path in folder.rglob("*") if path.is_file()} == set(before)
    (folder / "notes.txt").write_text("mine")
    later = replace(ws, clock=lambda: datetime(2030, 1, 1, tzinfo=UTC))
    export_dataset(later, folder)
    assert {path: path.read_bytes() for path in before} == before, "the same papers give the same bytes on any day"
    add(ws, "2401.00001", {"task": "diagnosis"}, code="https://github.com/a/b")
    export_dataset(later, folder)
    assert json.loads((folder / "croissant.json").read_text())["datePublished"] == "2030-01-01"
    assert (folder / "notes.txt").read_text() == "mine"
    with pytest.raises(UsageError, match="contains other files"):
        export_dataset(ws, tmp_path)
    with pytest.raises(UsageError, match="is not a folder"):
        export_dataset(ws, folder / "notes.txt")
    assert caplog.text == ""


def test_a_fresh_clone_takes_a_dataset(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "hub/.git").mkdir(parents=True)
    (tmp_path / "hub/.gitattributes").write_text("*.parquet filter=lfs\n")
    assert export_dataset(ws, tmp_path / "hub")["entries"] == 0
    assert (tmp_path / "hub/.gitattributes").exists()


def test_without_pyarrow_an_earlier_parquet_file_goes(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    export_dataset(ws, tmp_path / "set")
    assert (tmp_path / "set/data/papers.parquet").exists()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = export_dataset(ws, tmp_path / "set")
    assert "pip install 'cardio-harvester[dataset]'" in caplog.text
    assert {path for path in (tmp_path / "set").rglob("*") if path.is_file()} == set(map(Path, done["files"]))


def test_a_broken_entry_leaves_the_dataset_alone(ws: Workspace, tmp_path: Path) -> None:
    entry_file(ws, "broken", "paper = ")
    with pytest.raises(CatalogError, match=r"broken\.toml, line 5"):
        export_dataset(ws, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_the_store_knows_a_preprints_category(ws: Workspace) -> None:
    know(ws, replace(KNOWN, categories=("eess.IV", "cs.CV")))
    add(ws, "2401.00001", {"task": "prognosis"})
    assert b"primaryClass = {eess.IV}" in export(ws, "bibtex")
    assert b"eprintclass = {eess.IV}" in export(ws, "biblatex")


def test_export_commands(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:9")
    put(tmp_path, "list.md", "# ECG\n**One** [2024] [[Paper](https://example.org/1)]\n")
    room.run("catalog", "import", "list.md")
    for name in ("bibtex", "biblatex", "ris", "csl-json", "cff", "atom", "opml", "json-schema"):
        shown = room.run("catalog", "export", "--format", name)
        assert room.json("catalog", "export", "--format", name, "--output", f"out/{name}.txt") == {
            "files": [f"out/{name}.txt"]
        }
        assert (tmp_path / f"out/{name}.txt").read_text().splitlines() == shown.splitlines()
    done = room.json("catalog", "export", "--format", "dataset", "set")
    assert done["entries"] == 1
    assert room.json("catalog", "export", "--format", "dataset", "--output", "set") == done
    for wrong, told in (
        (["--format", "dataset"], "needs one folder"),
        (["--format", "dataset", "set", "--output", "other"], "needs one folder"),
        (["--format", "bibtex", "set"], "--output set"),
        (["--format", "bibtex", "--output", "set"], "set is a folder"),
        (["--format", "dataset", "."], "contains other files"),
        (["--format", "word", "--output", "a.doc"], "csl-json, cff, atom, json-schema, opml, dataset"),
    ):
        assert told in room.run("catalog", "export", *wrong, status=2)
    assert not (tmp_path / "a.doc").exists()
