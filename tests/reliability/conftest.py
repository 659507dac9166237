import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from urllib3.connectionpool import HTTPConnectionPool

from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv import ids as arxiv_ids
from harvester.sources.arxiv import rss as arxiv_rss
from tests.conftest import Upstream
from tests.reliability.ground import MONDAY, THURSDAY, Field, Snapshot

PAGE = 12
WATCHED = {"cs.CV", "cs.LG", "stat.ML", "eess.IV", "eess.SP", "q-bio.QM"}
SOURCES = ("arxiv", "arxiv_rss", "huggingface", "npj-digital-medicine")


@dataclass(frozen=True)
class Reference:
    """What one source brings if nothing happens: a store of Monday night, and what Thursday night adds to it."""

    monday: Field
    before: Snapshot
    after: Snapshot
    requests: int


@pytest.fixture(scope="session")
def corpus(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real papers of the weeks in question alone, every third of the categories that have hundreds a week.

    The stand-in looks at all that it has for every date window, and storing a paper is most of a night's time.
    """
    chosen = tmp_path_factory.mktemp("corpus") / "june.jsonl.gz"
    with gzip.open(corpus, "rt", encoding="utf-8") as lines, gzip.open(chosen, "wt", encoding="utf-8") as kept:
        for line in lines:
            paper = json.loads(line)
            if paper.get("feed") or ("2025-05-25" < paper["published"] < "2025-06-25" and _wanted(paper)):
                kept.write(line)
    return chosen


def _wanted(paper: dict[str, Any]) -> bool:
    """Whatever may be about hearts or is of a small category, and of the others every third."""
    plentiful = {"cs.CV", "cs.LG"} >= set(paper["categories"]) & WATCHED
    about_hearts = re.search("cardi|heart|coronary|vascul|ECG|echo", f"{paper['title']} {paper['abstract']}")
    return bool(about_hearts) or not plentiful or int(re.sub(r"\D", "", paper["id"])) % 3 == 0


@pytest.fixture(scope="session")
def stand_in(shared: Path, corpus: Path) -> Iterator[str]:
    with serving(shared, corpus) as url:
        yield url


@contextmanager
def serving(shared: Path, corpus: Path, *options: str) -> Iterator[str]:
    """A stand-in of one's own; its address."""
    command = [sys.executable, str(shared / "upstream" / "serve.py"), "--corpus", str(corpus), "--port", "0"]
    with subprocess.Popen([*command, "--today", THURSDAY, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.match(r"ready (\S+)", process.stdout.readline())
        assert found, "the stand-in did not start"
        try:
            yield found[1]
        finally:
            process.kill()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so small that a few nights of real papers take several."""
    monkeypatch.setattr(arxiv_api, "PAGE", PAGE)
    monkeypatch.setattr(arxiv_ids, "BATCH", PAGE)
    monkeypatch.setattr(arxiv_rss, "BATCH", PAGE // 4)


@pytest.fixture(autouse=True)
def prompt_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection for each request: on one that is kept, the stand-in's small answers wait 40 ms for an ACK."""
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
    """The undisturbed nights of a source, made once; the stand-in is left on Thursday and without faults."""

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
    """A store as Monday night left it, on Thursday evening."""
    return lambda source: Field.make(tmp_path / "field", upstream.url, reference_of(source).monday)
