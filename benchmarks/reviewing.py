"""What web.py and review.py share: a large store of invented papers, reviewers, and `harvester web` on it."""

import os
import random
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from classifiers.sentences import sentences
from harvester.domain.identity import title_identifier
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper
from harvester.domain.provenance import Rank
from harvester.services.learning.models import version_in_use
from harvester.services.review.users import add_user
from harvester.services.workspace import Workspace, open_workspace
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.papers import columns, load
from harvester.store.tables import (
    candidates,
    decisions,
    explanations,
    identifiers,
    papers,
    predictions,
    sightings,
    similar_papers,
)

PASSWORD = "correct horse battery"
MEMORY = 200  # MB that the server may take
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
CHUNK = 5_000
PREDICTIONS, SENTENCES = 300, 5_000  # different ones, of which papers have some
COMMON = (
    "heart cardiac electrocardiogram echocardiography ventricular segmentation network transformer arrhythmia coronary "
    "angiography imaging learning model deep patients clinical prediction risk signal wave attention contrastive data "
    "training validation cohort hospital uncertainty generation magnetic resonance flow vessel plaque atrial rhythm"
)
WORDS = [*COMMON.split(" "), *(f"term{number}" for number in range(4_000))]
_RANKS = [(rank + 1) ** -0.6 - (rank + 2) ** -0.6 for rank in range(len(WORDS))]  # a few often, most seldom
_CUMULATED = [sum(_RANKS[: rank + 1]) for rank in range(len(WORDS))]
CONFIG = """\
[store]
url = "sqlite:///data/harvester.db"
[web]
port = {port}
[digest]
smtp_security = "none"
"""


@dataclass(frozen=True)
class Room:
    """A scratch folder with a filled store, and where its server will answer; `pending` are the ids that wait."""

    folder: Path
    url: str
    pending: Sequence[str]

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.folder / "config.toml"


@contextmanager
def room(papers_in_all: int, pending: int, decided: int, reviewers: Sequence[str]) -> Iterator[Room]:
    """A store of invented papers: the newest are pending, those before them decided, all others out of scope."""
    waiting = [arxiv_id(number) for number in range(papers_in_all - pending, papers_in_all)]
    with scratch(waiting) as made:
        ws = open_workspace(made.config)
        fill(ws, papers_in_all, pending, decided)
        for name in reviewers:
            add_user(ws, name, "reviewer", PASSWORD)
        ws.store.dispose()
        yield made


@contextmanager
def scratch(waiting: Sequence[str] = ()) -> Iterator[Room]:
    """A scratch folder with a configuration, but no store yet; `waiting` are the papers that will be pending."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        made = Room(Path(folder), f"http://127.0.0.1:{port}", waiting)
        made.config.write_text(CONFIG.format(port=port))
        yield made


@contextmanager
def serving(room: Room) -> Iterator[int]:
    """`harvester web` as a separate process; its process id."""
    command = [sys.executable, "-m", "harvester", "web", "--config", str(room.config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Listening"), "the server did not start"
        try:
            yield process.pid
        finally:
            process.terminate()


def processor_seconds(process: int) -> float:
    """The processor time that a process has used: other work on the machine hardly changes it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """A process's resident memory in MB."""
    (found,) = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found) / 1024


def machine_load() -> str:
    """What else the machine does."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def arxiv_id(number: int) -> str:
    """The base id of an invented paper."""
    return f"{2400 + number // 90_000}.{number % 90_000:05}"


def fill(ws: Workspace, in_all: int, pending: int, decided: int) -> None:
    """Insert the papers with all that a run leaves; through the rules of `store.recording` it would take minutes."""
    rng, model = random.Random(0), version_in_use(ws)
    made = [prediction(ws, rng, model) for _ in range(PREDICTIONS)]
    pool = [f"{text(rng, 21).capitalize()}." for _ in range(SENTENCES)]
    with write(ws.store) as db:
        for start in range(0, in_all, CHUNK):
            insert_papers(db, [paper(rng, number, pool) for number in range(start, min(start + CHUNK, in_all))], start)
        insert_predictions(db, made)
        waiting = range(in_all - pending, in_all)
        insert_candidates(db, rng, range(in_all - pending - decided, in_all), waiting)
        explain(db, waiting, made)


def text(rng: random.Random, words: int) -> str:
    """Words about as frequent as in real texts."""
    return " ".join(rng.choices(WORDS, cum_weights=_CUMULATED, k=words))


def paper(rng: random.Random, number: int, pool: Sequence[str]) -> Paper:
    """One invented paper, of eight sentences."""
    name, when = arxiv_id(number), BEGUN + timedelta(minutes=number)
    authors = tuple(Author(f"{rng.choice('ABCDE')}. Author{rng.randrange(20_000)}") for _ in range(5))
    # Titles begin as differently as real ones: each is compared with those that begin the same way.
    title = f"{rng.choice(WORDS)} {text(rng, 1)} {number} {text(rng, 8)}"
    abstract = " ".join(rng.choices(pool, k=8))
    links = {"paper": f"https://arxiv.org/abs/{name}"}
    return Paper((f"arxiv:{name}",), title, abstract, authors, when, when, 1, links=links)


def prediction(ws: Workspace, rng: random.Random, model: str) -> dict[str, Any]:
    """An invented prediction, of the size of a real one."""
    chances = {facet.id: {label: rng.random() for label in facet.label_ids} for facet in ws.taxonomy.facets}
    chosen = {facet.id: rng.sample(facet.label_ids, 2) for facet in ws.taxonomy.facets if not facet.exclusive}
    unsure = ["task:prognosis"] if rng.random() < 0.6 else []
    return {
        "model": model,
        "scope": rng.random(),
        "in_scope": True,
        "labels": {**chosen, "kind": ["research"]},
        "unsure": unsure,
        "probabilities": chances,
        "made": BEGUN,
    }


def insert_papers(db: Connection, new: Sequence[Paper], start: int) -> None:
    """The rows of the papers from a number on; the numbers in the store begin with 1."""
    numbered = list(enumerate(new, start + 1))
    common = {"authority": Rank.ARXIV, "added": BEGUN, "text_source": ARXIV.name}
    db.execute(insert(papers), [{"number": key, "name": one.id, **columns(one), **common} for key, one in numbered])
    names = [{"name": name, "paper": key} for key, one in numbered for name in (one.id, title_identifier(one.title))]
    db.execute(insert(identifiers), names)
    seen = {"source": ARXIV.name, "version": 1, "announce_type": "", "seen": BEGUN}
    db.execute(insert(sightings), [{"paper": key, **seen} for key, _ in numbered])


def insert_predictions(db: Connection, made: Sequence[dict[str, Any]]) -> None:
    """One for each paper: the first papers get the given ones, the others copies of theirs."""
    hashes = dict(db.execute(select(papers.c.number, papers.c.text_hash).where(papers.c.number <= len(made))).all())
    said = [{"paper": number, "text_hash": hashes[number], **made[number - 1]} for number in sorted(hashes)]
    db.execute(insert(predictions), said)
    kept = [predictions.c[name] for name in made[0]]
    copies = select(papers.c.number, papers.c.text_hash, *kept)
    copies = copies.join_from(papers, predictions, predictions.c.paper == (papers.c.number - 1) % len(made) + 1)
    copies = copies.where(papers.c.number > len(made)).order_by(papers.c.number)
    db.execute(insert(predictions).from_select(["paper", "text_hash", *made[0]], copies))


def insert_candidates(db: Connection, rng: random.Random, numbers: Sequence[int], wait: Sequence[int]) -> None:
    """Pending papers in reading order, and the others accepted or rejected."""
    rows = [
        {
            "paper": number + 1,
            "state": "pending" if number in wait else rng.choice(("accepted", "rejected")),
            "version": 0 if number in wait else 1,
            "scope": rng.random(),
            "queued": BEGUN,
            "filed": True,
            "reading_position": number if number in wait else 0,
            "usefulness": rng.random(),
        }
        for number in numbers
    ]
    db.execute(insert(candidates), rows)
    labels = {"task": ["diagnosis"], "modality": ["ecg"], "disease": [], "kind": ["research"]}
    decided = [
        {
            "id": row["paper"],
            "paper": row["paper"],
            "action": str(row["state"]).removesuffix("ed"),
            "via": "review",
            "labels": labels if row["state"] == "accepted" else None,
            "reason": "",
            "by": "somebody",
            "at": BEGUN,
        }
        for row in rows
        if row["state"] != "pending"
    ]
    if decided:
        db.execute(insert(decisions), decided)
        db.execute(update(candidates).where(candidates.c.state != "pending").values(decision=candidates.c.paper))


def explain(db: Connection, waiting: Sequence[int], made: Sequence[dict[str, Any]]) -> None:
    """What a run leaves for every pending paper: two sentences a label, and the nearest papers."""
    known = {number: stored.paper for number, stored in load(db, [number + 1 for number in waiting]).items()}
    near = sorted(known)[:5]
    labeled = [{"id": known[one].id, "title": known[one].title, "similarity": 0.5} for one in near[:3]]
    rows = []
    for number, one in known.items():
        two = [{"sentence": sentence, "drop": 0.1} for sentence in sentences(one.abstract)[:2]]
        names = Labels(made[(number - 1) % len(made)]["labels"]).names
        rows.append({"prediction": number, "reasons": dict.fromkeys(names, two), "labeled": labeled, "made": BEGUN})
    db.execute(insert(explanations), rows)
    nearest = [[other, 0.2] for other in near]
    db.execute(insert(similar_papers), [{"paper": number, "nearest": nearest} for number in known])
