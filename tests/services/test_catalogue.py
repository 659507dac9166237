"""Import, add and check as services on a working folder."""

# ruff: noqa: E501 - a list's line is one line

import json
import logging
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harvester.base.errors import CatalogError, FetchError, HarvesterError, UsageError
from harvester.catalog.folder import load_catalog
from harvester.domain.papers import Paper
from harvester.services.catalog.add import add
from harvester.services.catalog.check import findings
from harvester.services.catalog.lists import import_list
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.papers import find, mark_withdrawn
from harvester.store.queue import find_candidate
from tests.conftest import Upstream
from tests.room import Room
from tests.room.configuration import Section
from tests.services.catalogues import KNOWN, ids, know, open_room, put

README = """\
# Beats
Official code of our paper.
## Abstract
Electrocardiograms are classified by a small network, which detects arrhythmia from ECG recordings.
## Citation
```
@inproceedings{bee2024beats,
  title={{Beats} with {\\"o}rder: arrhythmia classification from ECG},
  author={Bee, Ann and M{\\"u}ller, Zo{\\"e}},
  booktitle={Proceedings of the Invented Heart Conference},
  year={2024}, month=may,
}
```
"""


def test_an_import_takes_from_the_store_what_the_list_leaves_out(either: Workspace, tmp_path: Path) -> None:
    know(either, KNOWN)
    lines = "# ECG\n- [Known Hearts!](https://arxiv.org/abs/2401.00001)\n- **known hearts** [2023]\n- **Another** [2022] [X]\n"
    done = import_list(either, [put(tmp_path, "list.md", lines)])
    assert (done.new, done.enriched) == (2, 1)
    first = next(
        entry for entry in load_catalog(either.catalog, either.taxonomy).entries if entry.id == "arxiv:2401.00001"
    )
    assert (first.authors, str(first.published), first.venue) == (("Ann Bee", "Cy Dee"), "2023", "arXiv")


def test_a_dry_run_writes_nothing(ws: Workspace, tmp_path: Path) -> None:
    done = import_list(
        ws, [put(tmp_path, "list.md", "# ECG\n**One** [2024]\n# Methods\n**Two** [2024]\n")], dry_run=True
    )
    assert (done.new, [unplaced.line for unplaced in done.read.unplaced]) == (1, [4])
    assert not ws.catalog.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "contains no papers"),
        (b"# ECG\n\nNothing here.\n", "contains no papers"),
        (
            b"# ECG\n\nSee [here](#ecg).\n",
            r"contains no papers \(links 1 = 0 in 0 entries \+ 1 skipped \+ 0 unplaced\)",
        ),
        (b"# ECG\n\n\xff\x01\x02\x03\x04\n", r"list\.md, line 3: not a text file"),
        (b"# ECG\n\x00\n", r"list\.md, line 2: not a text file"),
        (b"# ECG\n" + b"- **T** [2024]\n" * 3_500_000, "longer than 10 MB"),
    ],
    ids=["empty", "no paper", "no paper but a link", "binary line", "NUL", "50 MB"],
)
def test_what_is_no_list_is_named_and_nothing_written(tmp_path: Path, data: bytes, message: str) -> None:
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db")
    (tmp_path / "list.md").write_bytes(data)
    with pytest.raises(CatalogError, match=message):
        import_list(ws, [tmp_path / "list.md"])
    assert not ws.catalog.exists()
    ws.store.dispose()


def test_online_asks_arxiv_by_id_and_by_title(tmp_path: Path, upstream: Upstream) -> None:
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db", upstream.url)
    by_id, by_title = _corpus_papers(ws)
    lines = f"# ECG\n**{by_id.title}** [[Paper](https://arxiv.org/abs/{by_id.id[6:]})]\n**{by_title.title}**\n**None such**\n"
    done = import_list(ws, [put(tmp_path, "list.md", lines)], online=True)
    assert done.enriched == 2
    entries = {entry.title: entry for entry in load_catalog(ws.catalog, ws.taxonomy).entries}
    for paper in (by_id, by_title):
        entry = entries[paper.title]
        assert entry.authors == tuple(author.name for author in paper.authors)
        assert entry.published.exact == paper.published.date()  # type: ignore[union-attr]
    ws.store.dispose()


def _corpus_papers(ws: Workspace) -> list[Paper]:
    """Two papers that the stand-in knows, requested directly, bypassing the store."""
    from harvester.sources.arxiv.api import ArxivSettings, read_page
    from harvester.sources.http import Transport

    api = ws.settings.harvest.arxiv
    assert isinstance(api, ArxivSettings)
    params: dict[str, str | int] = {
        "search_query": "all:ECG",
        "start": 0,
        "max_results": 200,
        "sortBy": "submittedDate",
    }
    found = read_page(
        Transport(ws.settings.harvest).get(api.url, params, "application/atom+xml").body, "all:ECG"
    ).papers
    plain = [paper for paper in found if paper.title.replace(" ", "").isalpha() and paper.authors]
    return plain[:2]


def test_an_upstream_that_is_away_costs_an_import_nothing(
    ws: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        done = import_list(ws, [put(tmp_path, "list.md", "# ECG\n**One** [2024]\n")], online=True)
    assert (done.new, done.enriched, ids(ws)) == (1, 0, ["title:one"])
    assert "Papers are not completed from arXiv" in caplog.text


def test_a_readme_becomes_an_accepted_paper(either: Workspace, tmp_path: Path) -> None:
    path = put(tmp_path, "README.md", README)
    code = "https://github.com/invented/beats"
    entry = add(either, str(path), {"task": "diagnosis", "modality": "ecg", "disease": "", "kind": "research"}, code)
    assert (entry.title, entry.authors) == (
        "Beats with örder: arrhythmia classification from ECG", ("Ann Bee", "Zoë Müller"),
    )  # fmt: skip
    assert (str(entry.published), entry.venue) == ("2024-05", "Invented Heart Conference")
    assert (dict(entry.links), entry.labels.of("modality")) == ({"code": code}, ("ecg",))
    with read(either.store) as db:
        stored = find(db, entry.id)
        assert stored is not None
        place = find_candidate(db, stored.number)
    assert place is not None
    assert (place.state, place.entry) == ("accepted", str(entry.path))


def test_the_classifier_labels_what_nobody_labelled(tmp_path: Path) -> None:
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db")
    entry = add(ws, str(put(tmp_path, "README.md", README)), {})
    assert "ecg" in entry.labels.of("modality")
    assert "arrhythmia" in entry.labels.of("disease")
    ws.store.dispose()


def test_adding_twice_joins(ws: Workspace, tmp_path: Path) -> None:
    know(ws, KNOWN)
    would = add(ws, "2401.00001", {"task": "prognosis"}, dry_run=True)
    assert not ws.catalog.exists()
    assert add(ws, "2401.00001", {"task": "prognosis"}) == would
    again = add(ws, "https://arxiv.org/abs/2401.00001v3", {}, "https://github.com/invented/known")
    assert (again.labels.of("task"), again.links["code"]) == (("prognosis",), "https://github.com/invented/known")
    assert ids(ws) == ["arxiv:2401.00001"]


def test_an_unknown_id_is_fetched(tmp_path: Path, upstream: Upstream) -> None:
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db", upstream.url)
    (paper, _) = _corpus_papers(ws)
    entry = add(ws, paper.id, {"modality": "ecg"})
    assert (entry.id, entry.title, entry.venue) == (paper.id, paper.title, paper.venue or "arXiv")
    with pytest.raises(HarvesterError, match="Nothing is known about 2501\\.99999"):
        add(ws, "2501.99999", {})
    ws.store.dispose()


def test_a_doi_is_looked_up_at_crossref(tmp_path: Path, upstream: Upstream) -> None:
    crossref: Section = {"url": f"{upstream.url}/crossref", "min_interval": 0.0, "venues": []}
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db", upstream.url, **{"harvest.crossref": crossref})
    with urllib.request.urlopen(f"{upstream.url}/crossref/works?rows=1&filter=has-abstract:true", timeout=10) as answer:
        (work,) = json.load(answer)["message"]["items"]
    entry = add(ws, f"https://doi.org/{work['DOI'].upper()}", {"modality": "ecg"})
    assert (entry.id, entry.links["paper"]) == (f"doi:{work['DOI']}", f"https://doi.org/{work['DOI']}")
    assert len(entry.authors) == len(work["author"])
    with pytest.raises(HarvesterError, match=r"^Nothing is known about 10\.1000/unknown; check it, or give a file"):
        add(ws, "10.1000/unknown", {})
    assert ids(ws) == [entry.id]
    upstream.control(faults=[{"match": "/crossref/", "kind": "html", "count": 1}])
    with pytest.raises(HarvesterError, match="not JSON"):
        add(ws, "10.1000/another", {})
    ws.store.dispose()


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("nonsense", UsageError, "is not a file, arXiv id, DOI or address"),
        (
            "https://example.org/paper",
            UsageError,
            "is not the address of an arXiv paper, a DOI or a GitHub or GitLab repository",
        ),
        ("10.1000/unknown", FetchError, "doi:10.1000/unknown was not found, and not every service gave an answer: "),
        ("config.toml", CatalogError, "contains no BibTeX record"),
        ("x" * 5000, UsageError, "is not a file, arXiv id, DOI or address"),
    ],
)
def test_what_cannot_be_added(
    ws: Workspace, what: str, error: type[HarvesterError], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        add(ws, what, {})
    assert ids(ws) == []


def test_the_seeds_readmes(ws: Workspace, shared: Path) -> None:
    labels = {"task": "representation", "modality": "ecg,cmr"}
    nets = add(ws, str(shared / "seeds" / "cardiacnets-readme.md"), labels)
    assert (nets.id, len(nets.authors), nets.published.year, nets.venue) == ("arxiv:2411.13602", 19, 2024, "arXiv")
    eccl = add(ws, str(shared / "seeds" / "eccl-readme.md"), labels)
    assert (eccl.authors[0], len(eccl.authors), eccl.published.year) == ("Zhengyao Ding", 10, 2024)
    assert eccl.venue.startswith("International Conference on Medical Image Computing")


class Site(BaseHTTPRequestHandler):
    """A site whose pages answer as their names say."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_check_knows_of_withdrawn_papers(either: Workspace) -> None:
    know(either, KNOWN)
    add(either, "2401.00001", {"task": "prognosis"})
    assert "withdrawn" not in [finding.rule for finding in findings(either.settings, either.clock)]
    with write(either.store) as db:
        mark_withdrawn(db, [find(db, "arxiv:2401.00001").number])  # type: ignore[union-attr]
    found = [finding for finding in findings(either.settings, either.clock) if finding.rule == "withdrawn"]
    assert [(finding.grade, finding.line) for finding in found] == [("warning", 1)]


def test_check_makes_no_store(tmp_path: Path) -> None:
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db")
    ws.store.dispose()
    (tmp_path / "h.db").unlink()
    assert findings(ws.settings, ws.clock) == []
    assert not (tmp_path / "h.db").exists()


def test_the_commands(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:9")
    put(tmp_path, "list.md", "# ECG\n**One** [2024] [[Paper](https://example.org/1)]\n# Methods\n**Two**\n")
    shown = room.run("catalog", "import", "list.md", "--map", "Methods=skip", "--dry-run")
    assert "title:one" in shown
    assert room.json("catalog", "import", "list.md", "--map", "Methods=task:diagnosis")["placements"] == 2
    assert len(json.loads(room.run("catalog", "export"))) == 2
    assert room.run("catalog", "export", "--format", "csv").startswith("id,title,authors")
    assert "has no heading 'none'" in room.run("catalog", "import", "list.md", "--map", "None=skip", status=2)
    assert "json-schema" in room.run("catalog", "export", "--format", "word", status=2)
    assert "contains other files" in room.run("catalog", "site", ".", status=2)
    assert room.json("catalog", "site", "site")["entries"] == 2
    assert [finding["rule"] for finding in room.json("catalog", "check", status=1)] == ["no-link", "stale-list"]


def test_a_folder_of_lists_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    ws = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db")
    lists = tmp_path / "lists"
    (lists / "more").mkdir(parents=True)
    long = "A title that goes on and on about the segmentation of walls and leaflets"
    put(lists, "one.md", f"# Segmentation\n- [{long}, part I](https://arxiv.org/abs/2201.10001)\n- [CC0](#x)\n")
    put(
        lists / "more",
        "two.md",
        f"# ECG\n- [{long}, part III](https://arxiv.org/abs/2301.10002)\n- [here](https://e.example)\n",
    )
    done = import_list(ws, [lists]).to_json()
    assert (done["papers"], done["new"], done["problems"]) == (2, 2, [])
    assert (done["links"], done["in_entries"], done["left_out"], done["without_place"]) == (4, 2, 1, 1)
    assert done["unplaced"][0]["file"].endswith("two.md")
    before = {path: path.read_bytes() for path in ws.catalog.rglob("*.toml")}
    again = import_list(ws, [lists, lists / "one.md"])
    assert (again.new, again.merged, again.problems) == (0, 2, ())
    assert {path: path.read_bytes() for path in ws.catalog.rglob("*.toml")} == before
    with pytest.raises(UsageError, match="learns the form of one list, and 2 files were given"):
        import_list(ws, [lists], template="auto")
    with pytest.raises(CatalogError, match="has no Markdown files"):
        import_list(ws, [ws.catalog])
    ws.store.dispose()
