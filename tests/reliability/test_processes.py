"""Real processes: killed at any moment, and two of them on one store."""

import json
import os
import random
import subprocess
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harvester.services.workspace import open_workspace
from harvester.store import schema
from harvester.store.engine import connect, read
from harvester.store.tables import predictions
from tests.conftest import ROOT, Upstream, both_databases, serving
from tests.reliability.conftest import SOURCES
from tests.reliability.ground import THURSDAY, Snapshot, configured, snapshot

# The command line with pages so small that a night of few papers takes several.
RUN = """
import sys
from harvester.sources.arxiv import api, ids, rss
from harvester.sources.crossref import api as crossref
from harvester.sources.europepmc import api as europepmc
api.PAGE, ids.BATCH, rss.BATCH, europepmc.PAGE, crossref.PAGE = 10, 10, 10, 10, 10
crossref.pace = lambda answer: 0.0
from harvester.cli import main
sys.argv = ["harvester", *sys.argv[1:]]
sys.exit(main())
"""
# Every job queries arXiv through the gate of the store, whatever process it is in.
ASK = """
from pathlib import Path
from harvester.services.arxiv_client import arxiv_settings, arxiv_transport
from harvester.services.workspace import open_workspace
ws = open_workspace(Path("config.toml"))
transport = arxiv_transport(ws)
for number in range(5):
    transport.get(arxiv_settings(ws).url, {"search_query": "all:cardiac", "start": number}, "*/*")
"""
SLOWLY = {"match": "/", "kind": "drip", "seconds": 0.25, "count": -1}


def start(python: Path, folder: Path, script: str, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HARVESTER_NOW": f"{THURSDAY}T23:30:00Z"}
    return subprocess.Popen([python, "-c", script, *arguments], cwd=folder, env=environment, stdout=-1, stderr=-1)


def folder_with(folder: Path, upstream: str, store: str = "", interval: float = 0.0) -> Path:
    few = {
        "harvest.arxiv": {"query": "abs:cardiac OR abs:clinical", "min_interval": interval},
        "harvest.arxiv_rss": {"categories": ["stat.ML", "eess.SP", "q-bio.QM"]},
    }
    configured(folder, upstream, store or f"sqlite:///{folder}/harvester.db", **few)
    return folder


def run(python: Path, folder: Path) -> dict[str, Any]:
    with start(python, folder, RUN, "run", "--no-digest", "--json") as process:
        out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err.decode()
    report: dict[str, Any] = json.loads(out)
    return report


def held(folder: Path) -> Snapshot:
    store = open_workspace(folder / "config.toml").store
    try:
        with read(store) as db:
            done = db.execute(select(predictions.c.paper)).scalars().all()
        found = snapshot(store)
        assert len(set(done)) == len(found.papers), "every paper was classified"
        return found
    finally:
        store.dispose()


@pytest.fixture(scope="module")
def undisturbed(python: Path, stand_in: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, float]:
    """The result of a night that is not killed, and its duration when pages arrive slowly."""
    upstream = Upstream(stand_in)
    upstream.control(today=THURSDAY, faults=[SLOWLY])
    folder = folder_with(tmp_path_factory.mktemp("undisturbed") / "room", stand_in)
    begun = time.monotonic()
    assert run(python, folder)["state"] == "ok"
    took = time.monotonic() - begun
    upstream.control(faults=[])
    found = held(folder)
    assert len(found.papers) > 20
    assert found.candidates
    versions = [name for paper, _ in found.papers.values() for name in paper.identifiers if "version" in name]
    alone = [name for name in found.papers if "version" in name]
    assert len(versions) - len(alone) >= 3, "an article and its preprint are one paper"
    return found, took


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 100))])
def test_kill_9_at_any_moment_loses_nothing(
    python: Path, tmp_path: Path, upstream: Upstream, undisturbed: tuple[Snapshot, float], seed: int
) -> None:
    kill_9(python, folder_with(tmp_path / "room", upstream.url), upstream, undisturbed, seed)


@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(5, 100))])
def test_kill_9_at_any_moment_loses_nothing_on_postgresql(
    python: Path,
    tmp_path: Path,
    upstream: Upstream,
    undisturbed: tuple[Snapshot, float],
    seed: int,
    postgres_url: str,
) -> None:
    engine = connect(postgres_url)
    schema.upgrade(engine)
    engine.dispose()
    kill_9(python, folder_with(tmp_path / "room", upstream.url, postgres_url), upstream, undisturbed, seed)


def kill_9(python: Path, folder: Path, upstream: Upstream, undisturbed: tuple[Snapshot, float], seed: int) -> None:
    whole, took = undisturbed
    upstream.control(faults=[SLOWLY])
    # Spread evenly over the night, so that even five of them strike early and late.
    moment = took * ((seed % 5 + random.Random(seed).random()) / 5)
    with start(python, folder, RUN, "run", "--no-digest") as process:
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    upstream.control(faults=[])
    report = run(python, folder)
    assert report["state"] == "ok", f"killed after {moment:.2f} s"
    assert held(folder) == whole, f"killed after {moment:.2f} s"
    third = run(python, folder)
    assert (third["state"], third["papers"]) == ("ok", {"new": 0, "updated": 0}), "nothing is left for a third run"
    assert [source["merged"] for source in third["sources"]] == [0] * len(SOURCES)
    assert held(folder) == whole


@both_databases
def test_two_processes_come_no_closer_to_arxiv_than_it_allows(
    python: Path, tmp_path: Path, shared: Path, corpus: Path, store_url: str
) -> None:
    interval, allowed = 0.8, 0.35  # the difference allows for the round trip to the stand-in on a busy machine
    with serving(shared, corpus, "--min-interval", str(allowed)) as url:
        folder = folder_with(tmp_path / "room", url, store_url, interval)
        engine = connect(store_url)
        schema.upgrade(engine)
        engine.dispose()
        both = [start(python, folder, ASK) for _ in range(2)]
        for process in both:
            with process:
                _, err = process.communicate(timeout=60)
            assert process.returncode == 0, err.decode()
        asked = Upstream(url).log()
    assert [request["status"] for request in asked] == [200] * 10
    times = [request["time"] for request in asked]
    assert min(b - a for a, b in pairwise(times)) >= allowed
