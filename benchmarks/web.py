"""How fast the review page is on a large store: its pages with 1 and 8 clients, compared with the plainest page.

Usage: benchmarks/web.py [--papers N] [--pending N] [--decided N] [--requests N]. The store is filled with invented
papers in a scratch folder; the server is `harvester web`, one process. For each page it prints the waiting time, the
processor time that the server spends on a request, both also as a multiple of those of the baseline (`/healthz`, which
reads one row of the store and shows no template), and the SQL statements. Exits with 1 if a target is missed.
"""

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
from reviewing import MEMORY, PASSWORD, WORDS, Room, machine_load, memory, processor_seconds, room, serving
from sqlalchemy import event
from starlette.testclient import TestClient

from harvester.services.workspace import open_workspace
from harvester.web.app import create_app

TARGETS = {1: 0.100, 8: 0.250}  # seconds, p95, by the number of clients
BASELINE = "baseline"
NAME = "ann"
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Client:
    """A signed-in browser: a session of `requests` or a `TestClient`, the address before paths, the forms' token."""

    http: requests.Session | TestClient
    base: str
    csrf: str

    def ask(self, path: str, **given: str) -> None:
        """GET."""
        self.http.get(f"{self.base}{path}", params=given).raise_for_status()

    def post(self, path: str, **given: str) -> None:
        """POST."""
        self.http.post(f"{self.base}{path}", data={"csrf": self.csrf, **given}).raise_for_status()


Step = Callable[[Client, random.Random], None]


@dataclass(frozen=True)
class Spent:
    """The seconds of each request, and the server's processor seconds per request."""

    waits: list[float]
    processor: float

    @property
    def p50(self) -> float:
        """The median wait."""
        return statistics.median(self.waits)

    @property
    def p95(self) -> float:
        """The wait that one request in twenty exceeds."""
        return statistics.quantiles(self.waits, n=20)[-1]


def steps(ids: Iterator[str]) -> dict[str, Step]:
    """What a reviewer does, one request each."""

    def decide(client: Client, rng: random.Random) -> None:
        accept = {"action": "accept", "task": "diagnosis", "modality": "ecg", "kind": "research"}
        chosen = accept if rng.random() < 0.5 else {"action": "reject"}
        client.post("/review/decide", paper=next(ids), version="0", next=next(ids), **chosen)

    def search(client: Client, rng: random.Random) -> None:
        client.ask("/review", q=f"{rng.choice(WORDS[:30])} {rng.choice(WORDS[:30])}")

    def narrow(client: Client, rng: random.Random) -> None:
        client.ask("/review", label=rng.choice(("modality:ecg", "modality:cmr", "task:segmentation")), unsure="1")

    return {
        BASELINE: lambda client, _: client.ask("/healthz"),
        "queue": lambda client, _: client.ask("/review"),
        "search": search,
        "filter": narrow,
        "paper": lambda client, _: client.ask("/review/paper", paper=next(ids)),
        "decision": decide,
        "progress": lambda client, _: client.ask("/review/progress"),
    }


def sign_in(http: requests.Session | TestClient, base: str = "") -> Client:
    """A client with a session, and the token of its forms."""
    form = {"csrf": token(http.get(f"{base}/login").text), "username": NAME, "password": PASSWORD}
    http.post(f"{base}/login", data=form).raise_for_status()
    http.headers.update(HTMX)
    return Client(http, base, token(http.get(f"{base}/review").text))


def token(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found, page[:500]
    return found[1]


def measure(process: int, step: Step, clients: list[Client], requests_each: int) -> Spent:
    """All clients at once, each waiting for its answer before it asks again."""

    def work(number: int) -> list[float]:
        rng, seconds = random.Random(number), []
        for _ in range(requests_each):
            begun = time.perf_counter()
            step(clients[number], rng)
            seconds.append(time.perf_counter() - begun)
        return seconds

    used = processor_seconds(process)
    with ThreadPoolExecutor(len(clients)) as pool:
        waits = [seconds for measured in pool.map(work, range(len(clients))) for seconds in measured]
    return Spent(waits, (processor_seconds(process) - used) / len(waits))


def statements(place: Room, ids: Iterator[str]) -> dict[str, int]:
    """How many SQL statements each step takes, counted in this process; those that open transactions are left out."""
    ws, counted = open_workspace(place.config), list[str]()
    event.listen(ws.store, "before_cursor_execute", lambda *given: counted.append(given[2]))
    client, rng, found = sign_in(TestClient(create_app(ws))), random.Random(0), {}
    for name, step in steps(ids).items():
        counted.clear()
        step(client, rng)
        found[name] = sum(not text.startswith(("PRAGMA", "BEGIN")) for text in counted)
    ws.store.dispose()
    return found


def run(place: Room, process: int, ids: Iterator[str], counted: dict[str, int], in_all: int) -> bool:
    """Measure and print everything; returns whether all targets were met."""
    clients, met = [sign_in(requests.Session(), place.url) for _ in range(max(TARGETS))], True
    for many, target in TARGETS.items():
        print(f"\n{many} client{'s' if many > 1 else ''}, {machine_load()}: p95 at most {1000 * target:.0f} ms")
        print("            p50 ms  p95 ms   x baseline  of target   processor ms  x baseline   statements")
        base: Spent | None = None
        for name, step in steps(ids).items():
            spent = measure(process, step, clients[:many], max(10, in_all // many))
            base = base or spent
            met = met and spent.p95 <= target
            print(
                f"{name:<9}{1000 * spent.p50:9.1f}{1000 * spent.p95:8.1f}{spent.p95 / base.p95:13.1f}"
                f"{spent.p95 / target:11.2f}{1000 * spent.processor:15.1f}{spent.processor / base.processor:12.1f}"
                f"{counted[name]:13}",
                flush=True,
            )
    return met


def main() -> int:
    """Fill a store, serve it, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--pending", type=int, default=2_000)
    parser.add_argument("--decided", type=int, default=12_000)
    parser.add_argument("--requests", type=int, default=200, help="of each kind, over all clients")
    given = parser.parse_args()
    begun = time.perf_counter()
    needed = 3 * sum(many * max(10, given.requests // many) for many in TARGETS)  # one to open, two for each decision
    if given.pending < needed:
        parser.error(f"--pending {given.pending} is too few for --requests {given.requests}; give at least {needed}")
    with room(given.papers, given.pending, given.decided, [NAME]) as place:
        filled = time.perf_counter() - begun
        print(
            f"{given.papers:,} papers, {given.pending:,} pending, {given.decided:,} decided: filled in {filled:.0f} s"
        )
        ids = iter(place.pending)
        counted = statements(place, ids)
        with serving(place) as process:
            before = memory(process)
            met = run(place, process, ids, counted, given.requests)
            after = memory(process)
        print(f"\nmemory of the server: {before:.0f} MB at its start, {after:.0f} MB at the end (at most {MEMORY})")
        met = met and after <= MEMORY
    print("all targets met" if met else "a target was missed")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
