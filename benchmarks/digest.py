"""Ten thousand digests of fifty papers to a local sink: ``python benchmarks/digest.py``.

The sink is a separate process that speaks SMTP and discards the content, so the figures are the sender's: rules,
composition, the ledger's writes and the SMTP dialogue. Subscribers have topics of many kinds; nine in ten take HTML.
The baseline, on a few of the same subscribers, is the plain way: every message laid out and encoded from scratch.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from harvester.config.settings import load_settings
from harvester.digest.composer import Composer
from harvester.domain.decisions import Decision
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.services.digest.delivery import Counts
from harvester.services.digest.due import due
from harvester.services.digest.sending import send_digests
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store import queue
from harvester.store.decisions import add_decision
from harvester.store.engine import open_store, read, write
from harvester.store.recording import record
from harvester.store.schema import upgrade
from harvester.store.subscribers import insert_subscribers

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
BASELINE = 200  # messages of the plain way
SINK = """
import socket, threading
def serve(link):
    with link, link.makefile("rb") as lines:
        link.sendall(b"220 sink\\r\\n")
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                link.sendall(b"354 go\\r\\n")
                tail = b""
                while not tail.endswith(b"\\r\\n.\\r\\n"):
                    tail = tail[-5:] + lines.read1(262144)
                taken[0] += 1
                link.sendall(b"250 taken\\r\\n")
            else:
                link.sendall(b"221 bye\\r\\n" if word == b"QUIT" else b"250 ok\\r\\n")
taken = [0]
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()
"""
CONFIG = """\
[store]
url = "{store}"
[digest]
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
base_url = "https://digest.example.org"
"""
SENTENCE = "We train a network on {n} recordings of {what} and validate it against expert readings of two hospitals."


@dataclass(frozen=True)
class Figures:
    """What one sending took."""

    counts: Counts
    seconds: float
    peak: float  # MB


def main() -> None:
    """Fill a store, send, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--papers", type=int, default=50)
    parser.add_argument("--store", default="sqlite:///harvester.db", help="or the URL of an empty PostgreSQL database")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True) as sink,
    ):
        assert sink.stdout is not None
        try:
            ws = workspace(Path(folder), given.store, int(sink.stdout.readline()))
            fill(ws, given.subscribers, given.papers)
            plain = baseline(ws)
            figures = send(ws)
        finally:
            sink.kill()
        ws.store.dispose()
    print_table(figures, plain)


def workspace(folder: Path, store: str, port: int) -> Workspace:
    """A new working folder that sends to the sink."""
    config = folder / "config.toml"
    config.write_text(CONFIG.format(store=store, port=port))
    settings = load_settings(config)
    engine = open_store(settings.store_url) if store.startswith("sqlite") else None
    if engine is None:
        from harvester.store.engine import connect

        engine = connect(settings.store_url)
        upgrade(engine)
    return Workspace(settings, engine, taxonomy_of(settings), lambda: NOW)


def fill(ws: Workspace, people: int, number: int) -> None:
    """Active subscribers, and papers accepted after they confirmed."""
    dice = random.Random(6)
    labels = [(facet.id, label.id) for facet in ws.taxonomy.facets for label in facet.labels]
    with write(ws.store) as db:
        insert_subscribers(db, (subscriber(n, dice, labels) for n in range(people)))
        for n in range(number):
            accept(db, n, ws, dice)


def subscriber(n: int, dice: random.Random, labels: list[tuple[str, str]]) -> Subscriber:
    """Half of them want everything, the others one to four labels."""
    topics: dict[str, tuple[str, ...]] = {}
    for facet, label in dice.sample(labels, dice.randint(1, 4)) if n % 2 else ():
        topics[facet] = (*topics.get(facet, ()), label)
    preferences = Preferences(topics, form="text" if n % 10 == 0 else "html")
    confirmed = NOW - timedelta(days=30)
    return Subscriber(f"key-{n:018}", f"reader{n}@example.org", "active", preferences, confirmed, confirmed, 0)


def accept(db: Connection, n: int, ws: Workspace, dice: random.Random) -> None:
    """One accepted paper with labels of every facet."""
    what = dice.choice(["12-lead ECG", "cine CMR", "coronary CT angiography", "echocardiography"])
    abstract = " ".join(SENTENCE.format(n=dice.randint(100, 99_999), what=what) for _ in range(9))
    paper = Paper(
        (f"arxiv:2506.{n:05}",),
        f"Learning to read {what} at scale: a multi-centre study of foundation models, part {n}",
        abstract,
        tuple(Author(f"Given Surname{n}-{k}") for k in range(6)),
        NOW - timedelta(hours=n),
        links={"paper": f"https://arxiv.org/abs/2506.{n:05}", "code": f"https://github.com/group/project-{n}"},
    )
    number = record(db, [Sighting(ARXIV, paper)], NOW)[0].number
    chosen = {facet.id: tuple(dice.sample(facet.label_ids, 2)) for facet in ws.taxonomy.facets if not facet.exclusive}
    queue.enqueue(db, [(number, 0.9)], NOW)
    made = add_decision(
        db, Decision(number, "accept", "review", Labels({**chosen, "kind": ("research",)}), "", "me", NOW)
    )
    before = queue.find_candidate(db, number)
    assert before is not None
    queue.move(db, before, "accepted", made, filed=True)


def baseline(ws: Workspace) -> float:
    """Messages per second if each is composed from scratch; composed only, not sent."""
    with read(ws.store) as db:
        plans = due(db, NOW)[:BASELINE]
    begun = time.monotonic()
    for plan in plans:
        Composer(ws.settings, ws.taxonomy, NOW.date()).message(plan, "<x@example.org>", NOW)
    return len(plans) / (time.monotonic() - begun)


def send(ws: Workspace) -> Figures:
    """Send all of it, as `harvester digest send` does."""
    begun = time.monotonic()
    counts = send_digests(ws)
    seconds = time.monotonic() - begun
    return Figures(counts, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def print_table(figures: Figures, plain: float) -> None:
    """The figures and their ratio to the baseline."""
    rate = figures.counts.sent / figures.seconds
    rows = [
        (
            "due / sent / failed / unknown / waiting",
            " / ".join(map(str, figures.counts.to_json().values())),
        ),
        ("seconds", f"{figures.seconds:.1f}"),
        ("messages per second, composed, recorded and sent (target 200)", f"{rate:.0f}"),
        ("messages per second, each only composed from scratch (baseline)", f"{plain:.0f}"),
        ("ratio", f"{rate / plain:.1f}"),
        ("peak memory", f"{figures.peak:.0f} MB"),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    main()
