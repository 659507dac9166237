"""How much of the seed list the sources cover: the stand-in has the list's six works of arXiv, with invented texts."""

import gzip
import json
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.catalog.importing.awesome import parse_list, read_list
from harvester.config.shipped import DEFAULTS
from harvester.domain.papers import Paper, Sighting
from harvester.services.harvest.coverage import measured, works_of
from harvester.sources.journals import PROVENANCE as JOURNALS
from harvester.store.coverages import keep_coverage
from harvester.store.engine import write
from harvester.store.recording import record
from tests.conftest import Upstream, both_databases, serving
from tests.room import NOWHERE, Room

ON_ARXIV = {
    "2402.03394": "Artificial Intelligence in Image-based Cardiovascular Disease Analysis: A Comprehensive Survey",
    "2308.01639": "Multi-scale Cross-restoration Framework for Electrocardiogram Anomaly Detection",
    "2307.14433": "ProtoASNet: Dynamic Prototypes for Inherently Interpretable Echocardiography",
    "2307.06312": "Correlation-Aware Mutual Learning for Semi-supervised Medical Image Segmentation",
    "2309.11144": "GL-Fusion: Global-Local Fusion Network for Multi-view Echocardiogram Video Segmentation",
    "2307.12229": "EchoGLAD: Hierarchical Graph Neural Networks for Left Ventricle Landmark Detection",
}
UNMATCHED = "2307.12229"  # the configured query does not find it


@pytest.fixture(scope="module")
def stand_in(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A stand-in with nothing but the list's works of arXiv."""
    corpus = tmp_path_factory.mktemp("corpus") / "list.jsonl.gz"
    with gzip.open(corpus, "wt", encoding="utf-8") as kept:
        for base, title in ON_ARXIV.items():
            about = "A lung." if base == UNMATCHED else "A heart."
            paper = {"id": base, "title": title, "abstract": about, "categories": ["eess.IV"]}
            kept.write(json.dumps({**paper, "published": "2024-02-05T10:00:00Z"}) + "\n")
    with serving(shared, corpus) as url:
        yield url


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream) -> Room:
    return Room.make(tmp_path, upstream.url, **{"harvest.arxiv": {"query": "abs:heart OR abs:kidney"}})


@pytest.fixture
def seed(shared: Path) -> str:
    return str(shared / "seeds" / "awesome-list.md")


def test_the_works_of_the_seed_list_that_arxivs_query_finds(room: Room, upstream: Upstream, seed: str) -> None:
    room.ws.store.dispose()
    found = room.json("coverage", seed)
    by_name = {source["name"]: source for source in found["sources"]}
    arxiv = by_name["arxiv"]
    assert (found["works"], found["covered"]) == (33, 5)
    assert (arxiv["covered"], arxiv["found"], arxiv["stored"], arxiv["not_asked"]) == (5, 5, 0, 0)
    missed = {work["id"] for work in arxiv["missed"]}
    assert f"arxiv:{UNMATCHED}" in missed
    assert not missed & {f"arxiv:{base}" for base in ON_ARXIV if base != UNMATCHED}
    assert by_name["huggingface"]["not_asked"] == by_name["npj-digital-medicine"]["not_asked"] == 33
    assert found["missed"] == arxiv["missed"], "the works that nobody covers are named"
    assert {entry["path"].split("?")[0] for entry in upstream.log()} == {"/api/query"}
    said = room.run("coverage", seed)
    assert "5 of 33 works covered by at least one source." in said
    assert f"arxiv:{UNMATCHED}" in said


@pytest.mark.soak
def test_the_sources_as_shipped_cover_the_seed_list(tmp_path: Path, stand_in: str, shared: Path, seed: str) -> None:
    """Six works of arXiv, one of which nothing finds, and 25 others: at least 29 of 31, and the misses are named."""
    Upstream(stand_in).control(**json.loads((shared / "seeds" / "list-works.json").read_text(encoding="utf-8")))
    shipped = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))["harvest"]
    places = {"arxiv": "api/query", "europepmc": "europepmc/webservices/rest", "crossref": "crossref"}
    sources = {
        f"harvest.{name}": {**shipped[name], "url": f"{stand_in}/{place}", "min_interval": 0.0}
        for name, place in places.items()
    }
    room = Room.make(tmp_path, stand_in, **sources)
    room.ws.store.dispose()
    found = room.json("coverage", seed)
    assert (found["works"], found["errors"]) == (33, [])
    assert found["covered"] >= 29
    assert len(found["missed"]) == 33 - found["covered"]
    missed = {work["title"] for work in found["missed"]}
    assert "A guide to deep learning in healthcare" in missed, "it names no heart"


def test_what_the_store_has_seen_is_not_asked_for(room: Room, upstream: Upstream, tmp_path: Path) -> None:
    """By identifier or by the whole title; a title that only begins the same is another work."""
    start = "Everything that anybody ever wrote about the beating of hearts, part"
    articles = [
        Paper(("doi:10.1000/one",), "Another spelling"),
        Paper(("doi:10.1000/two",), f"{start} one", venue="Beats"),
    ]
    with write(room.ws.store) as db:
        record(db, [Sighting(JOURNALS.named("npj-digital-medicine"), paper) for paper in articles], room.now)
    file = tmp_path / "list.md"
    file.write_text(
        "# A list\n## Echocardiography\n"
        "- **By its DOI alone, whatever the title** [[paper]](https://doi.org/10.1000/one)\n"
        f"- **{start.upper()} ONE** [[paper]](https://example.org/1)\n"
        f"- **{start} two** [[paper]](https://example.org/2)\n"
    )
    found = room.json("coverage", str(file))
    by_name = {source["name"]: source for source in found["sources"]}
    journal = by_name["npj-digital-medicine"]
    assert (journal["stored"], journal["not_asked"]) == (2, 1)
    assert [work["title"] for work in found["missed"]] == [f"{start} two"]


ENTRY = """
id = "{id}"
title = "{title}"
authors = ["Jane Doe"]
published = 2024-02-05
venue = "{venue}"
kind = "research"
task = ["segmentation"]
[links]
paper = "{link}"
"""


def test_the_catalog_is_measured_without_a_list_and_the_result_is_kept(room: Room, upstream: Upstream) -> None:
    """An entry that cannot be read is named; the last measurement of a list takes the place of the one before."""
    room.ws.store.dispose()
    assert "contains no entries yet" in room.run("coverage", status=1)
    folder = room.folder / "data" / "catalog" / "entries" / "2024"
    folder.mkdir(parents=True)
    entries = {f"arxiv:{base}": (title, "arXiv", f"https://arxiv.org/abs/{base}") for base, title in ON_ARXIV.items()}
    entries["doi:10.9999/elsewhere"] = ("A heart that no preprint server has", "Beats", "https://example.org/1")
    for number, (name, (title, venue, link)) in enumerate(entries.items()):
        written = ENTRY.format(id=name, title=title, venue=venue, link=link)
        (folder / f"entry-{number}.toml").write_text(written, encoding="utf-8")
    found = room.json("coverage")
    assert (found["works"], found["covered"], found["by_source"]["arxiv"]) == (7, 5, 5)
    assert {work["link"] for work in found["missed"]} == {f"https://arxiv.org/abs/{UNMATCHED}", "https://example.org/1"}
    (folder / "broken.toml").write_text("id = ", encoding="utf-8")
    (folder / "entry-0.toml").unlink()
    room.ws.store.dispose()
    again = json.loads(room.run("coverage", "--json", status=1))
    assert (again["works"], "broken.toml" in again["errors"][0]) == (6, True)
    (kept,) = measured(room.ws, 5)
    assert (kept.of, kept.found) == ("", again)


@both_databases
def test_the_catalogs_coverage_comes_first_then_the_newest_list(tmp_path: Path, store_url: str) -> None:
    room = Room.make(tmp_path, NOWHERE, store_url)
    for hours, of in enumerate(("old.md", "", "new.md", "newest.md", "old.md")):
        with write(room.ws.store) as db:
            keep_coverage(db, of, {"works": hours}, room.now + timedelta(hours=hours))
    kept = measured(room.ws, 3)
    assert [(one.of, one.found["works"]) for one in kept] == [("", 1), ("old.md", 4), ("newest.md", 3)]
    room.ws.store.dispose()


def test_a_source_that_fails_is_named_and_not_asked_again(tmp_path: Path, seed: str) -> None:
    room = Room.make(tmp_path, NOWHERE)
    room.ws.store.dispose()
    document = json.loads(room.run("coverage", seed, "--json", status=1))
    assert len(document["errors"]) == 1
    assert document["errors"][0].startswith("arxiv, ")
    assert {source["name"]: source["not_asked"] for source in document["sources"]}["arxiv"] == 33


@pytest.mark.parametrize("text", ["", "# A list\n\nNo paper here.\n"])
def test_a_list_without_papers_is_refused(room: Room, tmp_path: Path, text: str) -> None:
    (tmp_path / "list.md").write_text(text)
    room.ws.store.dispose()
    assert "contains no papers" in room.run("coverage", str(tmp_path / "list.md"), status=1)
    assert "missing.md" in room.run("coverage", str(tmp_path / "missing.md"), status=1)


def test_an_identifier_that_a_list_gives_to_several_works_is_none_of_theirs(room: Room, shared: Path) -> None:
    """The seed list has CAML's arXiv address at two other works, too."""
    works = works_of(parse_list(read_list(shared / "seeds" / "awesome-list.md"), room.ws.taxonomy).papers)
    names = [name for work in works for name in work.identifiers]
    assert len(names) == len(set(names))
    assert "arxiv:2307.06312" not in names
