"""The list this project grew from, and the shipped catalog, which is made from it."""

from datetime import date
from pathlib import Path

import pytest

from harvester.catalog.check import check
from harvester.catalog.folder import load_catalog, write_entry
from harvester.catalog.importing.awesome import ImportedList, parse_list, read_list
from harvester.catalog.rendering.awesome import build

from ..conftest import ROOT
from .strategies import TAXONOMY
from .test_render import placements

SHIPPED = ROOT / "data" / "catalog"


@pytest.fixture
def seed(shared: Path) -> ImportedList:
    return parse_list(read_list(shared / "seeds" / "awesome-list.md"), TAXONOMY)


def contents(folder: Path) -> dict[str, str]:
    files = [folder / "README.md", *(folder / "entries").rglob("*.toml"), *(folder / "sections").rglob("*.md")]
    files += (folder / "images").iterdir()
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_the_seed_is_read_whole(seed: ImportedList) -> None:
    assert (len(seed.papers), seed.placements, seed.derived, seed.unplaced) == (33, 57, 0, ())
    kinds = [paper.labels.one_of("kind") for paper in seed.papers]
    assert (kinds.count("review"), kinds.count("research")) == (8, 25)
    sharing = [paper for paper in seed.papers if "2307.06312" in paper.links["paper"]]
    assert len(sharing) == 3
    assert all(paper.id.startswith("title:") for paper in sharing)


def test_the_seed_comes_back_from_the_list(seed: ImportedList, tmp_path: Path) -> None:
    for paper in seed.papers:
        write_entry(tmp_path, paper, TAXONOMY)
    build(tmp_path, TAXONOMY)
    again = parse_list(read_list(tmp_path / "README.md"), TAXONOMY)
    assert (len(again.papers), again.placements, again.derived, again.unplaced) == (33, 57, 3, ())
    assert placements(again.papers) == placements(seed.papers)
    assert len(placements(seed.papers)) == 57
    assert sorted(again.papers, key=lambda paper: paper.id) == sorted(seed.papers, key=lambda paper: paper.id)


def test_the_shipped_catalogue_is_what_the_seed_gives(seed: ImportedList, tmp_path: Path) -> None:
    for paper in seed.papers:
        write_entry(tmp_path, paper, TAXONOMY)
    build(tmp_path, TAXONOMY)
    assert contents(SHIPPED) == contents(tmp_path)


def test_the_shipped_catalogue_has_one_warning() -> None:
    page = (SHIPPED / "README.md").read_text()
    findings = check(load_catalog(SHIPPED, TAXONOMY), TAXONOMY, page, date(2026, 1, 1))
    assert [(finding.grade, finding.rule) for finding in findings] == [("warning", "shared-link")]
    assert findings[0].message.count(".toml") == 3
