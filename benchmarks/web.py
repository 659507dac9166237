"""How fast the review page is on a large store: its pages with 1 and 8 clients, and how many SQL statements each takes.

Usage: benchmarks/web.py [--papers N] [--pending N] [--requests N]. The store is filled with invented papers in a
scratch folder; the server is `harvester web`, one process. Exits with 1 if a target is missed.
"""

import argparse
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import event
from starlette.testclient import TestClient

from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.predictions import Prediction
from harvester.services.learning.models import version_in_use
from harvester.services.review.users import add_user
from harvester.services.workspace import Workspace, open_workspace
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.predictions import save
from harvester.store.queue import enqueue, in_state, set_reading_order
from harvester.store.recording import record
from harvester.web.app import create_app

TARGETS = {1: 0.100, 8: 0.400}  # seconds, p95
PASSWORD = "correct horse battery"
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
CHUNK = 2_000
COMMON = (
    "heart cardiac electrocardiogram echocardiography ventricular segmentation network transformer arrhythmia coronary "
    "angiography imaging learning model deep patients clinical prediction risk signal wave attention contrastive data "
    "training validation cohort hospital uncertainty generation magnetic resonance flow vessel plaque atrial rhythm"
)
WORDS = [*COMMON.split(" "), *(f"term{number}" for number in range(4_000))]
CONFIG = """\
[store]
url = "sqlite:///data/harvester.db"
[web]
port = {port}
[digest]
smtp_security = "none"
"""
Client = tuple[requests.Session, str]


def text(rng: random.Random, words: int) -> str:
    """Words as frequent as in real texts: a few often, most seldom."""
    return " ".join(WORDS[min(int(rng.paretovariate(0.6)) - 1, len(WORDS) - 1)] for _ in range(words))


def fill(ws: Workspace, papers: int, pending: int) -> None:
    """Invented papers with predictions; the last `pending` of them are candidates."""
    rng = random.Random(0)
    for start in range(0, papers, CHUNK):
        made = [paper(rng, number) for number in range(start, min(start + CHUNK, papers))]
        with write(ws.store) as db:
            merged = record(db, [Sighting(ARXIV, invented) for invented in made], BEGUN)
            rows = [(known.number, invented, predict(ws, rng)) for known, invented in zip(merged, made, strict=True)]
            save(db, rows, BEGUN)
            waiting = [row for position, row in enumerate(rows, start) if position >= papers - pending]
            enqueue(db, [(number, found.scope) for number, _, found in waiting], BEGUN)
    with write(ws.store) as db:  # as a night leaves it
        set_reading_order(db, [(candidate.paper, candidate.scope) for candidate in in_state(db, "pending")])


def paper(rng: random.Random, number: int) -> Paper:
    """One invented paper."""
    name = f"{2400 + number // 90_000}.{number % 90_000:05}"
    authors = tuple(Author(f"{rng.choice('ABCDE')}. Author{rng.randrange(20_000)}") for _ in range(5))
    when = BEGUN + timedelta(minutes=number)
    links = {"paper": f"https://arxiv.org/abs/{name}"}
    # Titles begin as differently as real ones: each is compared with those that begin the same way.
    title = f"{rng.choice(WORDS)} {text(rng, 9)} {number}"
    return Paper((f"arxiv:{name}",), title, text(rng, 170), authors, when, when, 1, links=links)


def predict(ws: Workspace, rng: random.Random) -> Prediction:
    """An invented prediction, of the size of a real one."""
    chances = {facet.id: {label: rng.random() for label in facet.label_ids} for facet in ws.taxonomy.facets}
    chosen = {facet.id: tuple(rng.sample(facet.label_ids, 2)) for facet in ws.taxonomy.facets if not facet.exclusive}
    unsure = ("task:prognosis",) if rng.random() < 0.6 else ()
    labels = Labels({**chosen, "kind": ("research",)})
    return Prediction(rng.random(), True, labels, unsure, chances, version_in_use(ws))


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """`harvester web` as a separate process."""
    command = [sys.executable, "-m", "harvester", "web", "--config", str(folder / "config.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Listening"), "the server did not start"
        try:
            yield
        finally:
            process.terminate()


def sign_in(url: str, name: str) -> Client:
    """A client with a session, and the token of its forms."""
    session = requests.Session()
    session.headers["HX-Request"] = "true"
    form = {"csrf": token(session.get(f"{url}/login").text), "username": name, "password": PASSWORD}
    session.post(f"{url}/login", data=form, allow_redirects=False).raise_for_status()
    return session, token(session.get(f"{url}/review").text)


def token(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found, page[:500]
    return found[1]


def steps(url: str, ids: Iterator[str]) -> dict[str, Callable[[Client, random.Random], Any]]:
    """What a reviewer does, one request each."""

    def queue(client: Client, _: random.Random) -> requests.Response:
        return client[0].get(f"{url}/review")

    def search(client: Client, rng: random.Random) -> requests.Response:
        return client[0].get(f"{url}/review", params={"q": f"{rng.choice(WORDS[:30])} {rng.choice(WORDS[:30])}"})

    def filtered(client: Client, rng: random.Random) -> requests.Response:
        label = rng.choice(("modality:ecg", "modality:cmr", "task:segmentation"))
        return client[0].get(f"{url}/review", params={"label": label, "unsure": "1"})

    def paper(client: Client, _: random.Random) -> requests.Response:
        return client[0].get(f"{url}/review/paper", params={"paper": next(ids)})

    def decision(client: Client, rng: random.Random) -> requests.Response:
        form = {"csrf": client[1], "paper": next(ids), "version": "0", "next": next(ids)}
        accept = {"action": "accept", "task": "diagnosis", "modality": "ecg", "kind": "research"}
        return client[0].post(
            f"{url}/review/decide", data={**form, **(accept if rng.random() < 0.5 else {"action": "reject"})}
        )

    return {"queue page": queue, "search": search, "filter": filtered, "paper": paper, "decision": decision}


def measure(step: Callable[[Client, random.Random], Any], clients: list[Client], requests_each: int) -> list[float]:
    """The seconds of every request, all clients at once, each waiting for its answer before it asks again."""

    def work(number: int) -> list[float]:
        rng, seconds = random.Random(number), []
        for _ in range(requests_each):
            begun = time.perf_counter()
            step(clients[number], rng).raise_for_status()
            seconds.append(time.perf_counter() - begun)
        return seconds

    with ThreadPoolExecutor(len(clients)) as pool:
        return [seconds for measured in pool.map(work, range(len(clients))) for seconds in measured]


def statements(folder: Path, ids: Iterator[str]) -> dict[str, int]:
    """How many SQL statements each step takes, counted in this process."""
    ws = open_workspace(folder / "config.toml")
    counted: list[str] = []
    event.listen(ws.store, "before_cursor_execute", lambda *given: counted.append(given[2]))
    browser = TestClient(create_app(ws), follow_redirects=False)
    browser.headers["HX-Request"] = "true"
    form = {"csrf": token(browser.get("/login").text), "username": "ann", "password": PASSWORD}
    browser.post("/login", data=form)
    csrf, found = token(browser.get("/review").text), {}
    decision = {"csrf": csrf, "paper": next(ids), "version": "0", "action": "reject", "next": next(ids)}
    for name, ask in (
        ("queue page", lambda: browser.get("/review")),
        ("search", lambda: browser.get("/review?q=heart")),
        ("filter", lambda: browser.get("/review?label=modality:ecg&unsure=1")),
        ("paper", lambda: browser.get("/review/paper", params={"paper": next(ids)})),
        ("decision", lambda: browser.post("/review/decide", data=decision)),
    ):
        counted.clear()
        assert ask().status_code == 200, name
        found[name] = len(counted)
    ws.store.dispose()
    return found


def run(url: str, ids: Iterator[str], counted: dict[str, int], requests_in_all: int) -> bool:
    """Measure and print everything; returns whether all targets were met."""
    clients, met = [sign_in(url, "ann") for _ in range(max(TARGETS))], True
    for many, target in TARGETS.items():
        for name, step in steps(url, ids).items():
            seconds = measure(step, clients[:many], max(10, requests_in_all // many))
            p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
            met = met and p95 <= target
            print(
                f"{many} client(s)  {name:<11}p50 {1000 * p50:6.1f} ms  p95 {1000 * p95:6.1f} ms "
                f"({p95 / target:.2f} x the target of {1000 * target:.0f} ms)  {counted[name]} statements",
                flush=True,
            )
    return met


def main() -> int:
    """Fill a store, serve it, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--pending", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=200, help="of each kind, over all clients")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        folder, port = Path(scratch), probe.getsockname()[1]
        probe.close()
        (folder / "config.toml").write_text(CONFIG.format(port=port))
        ws, begun = open_workspace(folder / "config.toml"), time.perf_counter()
        fill(ws, given.papers, given.pending)
        add_user(ws, "ann", "reviewer", PASSWORD)
        ws.store.dispose()
        print(
            f"{given.papers} papers, {given.pending} pending, filled in {time.perf_counter() - begun:.0f} s", flush=True
        )
        numbers = range(given.papers - given.pending, given.papers)
        ids = iter([f"{2400 + number // 90_000}.{number % 90_000:05}" for number in numbers])
        counted = statements(folder, ids)
        with serving(folder):
            return int(not run(f"http://127.0.0.1:{port}", ids, counted, given.requests))


if __name__ == "__main__":
    sys.exit(main())
