import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from urllib3.connectionpool import HTTPConnectionPool

from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv import ids as arxiv_ids
from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.crossref import api as crossref_api
from harvester.sources.europepmc import api as europepmc_api
from tests.conftest import Upstream, serving
from tests.reliability.ground import MONDAY, THURSDAY, VENUES, Field, Snapshot

PAGE = 12
WATCHED = {"cs.CV", "cs.LG", "stat.ML", "eess.IV", "eess.SP", "q-bio.QM"}
SOURCES = ("arxiv", "arxiv_rss", "europepmc", "crossref", "huggingface", "npj-digital-medicine")
ARTICLES, VERSIONS = 30, 6


@dataclass(frozen=True)
class Reference:
    """An undisturbed source: the store after Monday night, and what Thursday night adds to it."""

    monday: Field
    before: Snapshot
    after: Snapshot
    requests: int


@pytest.fixture(scope="session")
def corpus(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real papers of the relevant weeks only, and a third of those in categories with hundreds per week.

    The stand-in scans all its papers for every date window, and storing papers takes most of a run's time.
    """
    chosen = tmp_path_factory.mktemp("corpus") / "june.jsonl.gz"
    preprints: list[dict[str, Any]] = []
    with gzip.open(corpus, "rt", encoding="utf-8") as lines, gzip.open(chosen, "wt", encoding="utf-8") as kept:
        for line in lines:
            paper = json.loads(line)
            if len(preprints) < VERSIONS and _clinical(paper):
                preprints.append(paper)
            if paper.get("feed") or ("2025-05-25" < paper["published"] < "2025-06-25" and _wanted(paper)):
                kept.write(line)
        kept.writelines(json.dumps(_article(number)) + "\n" for number in range(ARTICLES))
        kept.writelines(json.dumps(_version(paper)) + "\n" for paper in preprints)
    return chosen


def _clinical(paper: dict[str, Any]) -> bool:
    """Whether the queries find a paper in Thursday night's window."""
    return (
        not paper.get("feed")
        and "2025-06-10" < paper["published"] < "2025-06-11T18"
        and "clinical" in paper["abstract"]
    )


def _article(number: int) -> dict[str, Any]:
    """An invented article of early June: the real journals' few would fit on one page."""
    return {
        "id": f"10.9999/counted.{number}",
        "title": f"Heartbeats of {number} patients, counted",
        "abstract": "We count the beats of the heart.",
        "journal": VENUES[0],
        "published": f"2025-06-{1 + number * 11 // ARTICLES:02}T10:00:00Z",
        "authors": [f"Jane Q{number} Doe"],
    }


def _version(preprint: dict[str, Any]) -> dict[str, Any]:
    """The journal's version of a preprint, of the same day."""
    own = {"id": f"10.9999/version.{preprint['id']}", "journal": VENUES[0], "published": f"{THURSDAY}T10:00:00Z"}
    return {name: preprint[name] for name in ("title", "abstract", "authors")} | own


def _wanted(paper: dict[str, Any]) -> bool:
    """Whether to use a paper: it may be about the heart, is in a small category, or is every third of the others."""
    plentiful = {"cs.CV", "cs.LG"} >= set(paper["categories"]) & WATCHED
    about_hearts = re.search("cardi|heart|coronary|vascul|ECG|echo", f"{paper['title']} {paper['abstract']}")
    return bool(about_hearts) or not plentiful or int(re.sub(r"\D", "", paper["id"])) % 3 == 0


@pytest.fixture(scope="session")
def stand_in(shared: Path, corpus: Path) -> Iterator[str]:
    """A stand-in with these papers, not the one that the other rooms share."""
    with serving(shared, corpus) as url:
        yield url


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so small that a few nights of real papers need several."""
    monkeypatch.setattr(arxiv_api, "PAGE", PAGE)
    monkeypatch.setattr(arxiv_ids, "BATCH", PAGE)
    monkeypatch.setattr(arxiv_rss, "BATCH", PAGE // 4)
    monkeypatch.setattr(europepmc_api, "PAGE", PAGE // 4)
    monkeypatch.setattr(crossref_api, "PAGE", PAGE // 4)
    monkeypatch.setattr(crossref_api, "pace", lambda _answer: 0.0)  # which tests/services/test_crossref_nights.py keeps


@pytest.fixture(autouse=True)
def prompt_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new connection for each request: on a persistent one, the stand-in's small answers wait 40 ms for an ACK."""
    put = HTTPConnectionPool._put_conn

    def put_closed(pool: HTTPConnectionPool, connection: Any) -> None:
        if connection:
            connection.close()
        put(pool, connection)

    monkeypatch.setattr(HTTPConnectionPool, "_put_conn", put_closed)


@pytest.fixture(scope="session")
def references() -> dict[str, Reference]:
    return {}


@pytest.fixture
def reference_of(
    references: dict[str, Reference], upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Reference]:
    """The undisturbed nights of a source, computed once; the stand-in is left on Thursday, without faults."""

    def made(source: str) -> Reference:
        folder = tmp_path_factory.mktemp(source)
        upstream.control(today=MONDAY)
        monday = Field.make(folder / "monday", upstream.url)
        assert monday.night(source, MONDAY).state == "fresh"
        upstream.control(today=THURSDAY)
        thursday = Field.make(folder / "thursday", upstream.url, monday)
        outcome = thursday.night(source)
        assert (outcome.state, outcome.error) == ("fresh", None)
        found = Reference(monday, monday.snapshot(), thursday.snapshot(), outcome.requests)
        assert found.before.seen < found.after.seen
        return found

    def once(source: str) -> Reference:
        if source not in references:
            references[source] = made(source)
        return references[source]

    return once


@pytest.fixture
def monday(tmp_path: Path, upstream: Upstream, reference_of: Callable[[str], Reference]) -> Callable[[str], Field]:
    """The store that Monday night left, on Thursday evening."""
    return lambda source: Field.make(tmp_path / "field", upstream.url, reference_of(source).monday)
