"""`harvester db upgrade` on a large store of the first release: time, memory, disk, progress, and `kill -9`.

Usage: benchmarks/upgrade.py [--papers N] [--kills N] [--server URL]. Fills a store of the first schema with invented
papers: an SQLite file in a scratch folder, or a database of its own on the PostgreSQL server at URL. Then kills
upgrades at random moments, lets the last one end, and compares every row with those of an undisturbed upgrade. Exits
with 1 if a target is missed or a row differs.
"""

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from alembic import command
from alembic.config import Config
from reviewing import text as words
from sqlalchemy import Engine, MetaData, insert, select, text
from sqlalchemy.engine import make_url

from classifiers.taxonomy import load_taxonomy
from harvester.store import schema
from harvester.store.engine import connect, read
from harvester.store.tables import metadata

MEMORY, SILENCE = 200.0, 20.0  # MB; seconds without a line
CHUNK = 5_000
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
FACETS = load_taxonomy().facets
CONFIG = '[store]\nurl = "{url}"\n[backup]\ndir = "backups"\n'
Rows = dict[str, list[dict[str, Any]]]


def main() -> None:
    """Fill, upgrade, kill, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--server", help="an administrator's URL of PostgreSQL (default: an SQLite file)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, place(Path(name), chosen.server) as held:
        fill(held.url, chosen.papers)
        held.keep()
        print(f"{chosen.papers:,} papers of the first release", flush=True)
        alone = upgrade(held)
        print(alone.line(), flush=True)
        same = not chosen.kills or survives(held, chosen.kills, alone.seconds)
    sys.exit(not same or alone.memory > MEMORY or alone.silence > SILENCE)


def survives(held: "Place", kills: int, seconds: float) -> bool:
    """Whether an upgrade that is killed so often ends with the same rows."""
    expected = contents(held.url)
    held.put_back()
    for moment in sorted(seconds * (number + random.random()) / kills for number in range(kills)):
        kill_after(held, moment)
    upgrade(held)
    same = contents(held.url) == expected
    print(f"after {kills} kills: {'the same rows' if same else 'OTHER ROWS'}")
    return same


@dataclass(frozen=True)
class Place:
    """Where the store is, how it is set aside, and its working folder."""

    folder: Path
    url: str
    server: Engine | None

    def keep(self) -> None:
        """Set the store aside."""
        self._copy(self.name, f"{self.name}_first")

    def put_back(self) -> None:
        """Bring back what was set aside."""
        self.drop(self.name)
        shutil.rmtree(self.folder / "backups", ignore_errors=True)
        self._copy(f"{self.name}_first", self.name)

    @property
    def name(self) -> str:
        """The database, or the file."""
        return str(make_url(self.url).database)

    def _copy(self, source: str, target: str) -> None:
        if self.server is None:
            shutil.copyfile(source, target)
        else:
            self._tell(f"CREATE DATABASE {target} TEMPLATE {source}")

    def drop(self, name: str) -> None:
        """Remove a database or a file."""
        if self.server is None:
            for file in self.folder.glob(f"{Path(name).name}*" if name.endswith("_first") else "harvester.db*"):
                if file.name != "harvester.db_first":
                    file.unlink()
        else:
            self._tell(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _tell(self, statement: str) -> None:
        assert self.server is not None
        with self.server.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text(statement))


@contextmanager
def place(folder: Path, server: str | None) -> Iterator[Place]:
    """A place for the store, removed at the end."""
    if server is None:
        held = Place(folder, f"sqlite:///{folder}/harvester.db", None)
    else:
        name = f"upgrade_{uuid4().hex[:8]}"
        held = Place(folder, make_url(server).set(database=name).render_as_string(hide_password=False), connect(server))
        held._tell(f"CREATE DATABASE {name}")
    (folder / "config.toml").write_text(CONFIG.format(url=held.url))
    try:
        yield held
    finally:
        if server is not None:
            held.drop(held.name)
            held.drop(f"{held.name}_first")


def fill(url: str, papers: int) -> None:
    """A store of the first schema, as years of nights leave it."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    store, tables, rng = connect(url), MetaData(), random.Random(0)
    with store.connect() as db, db.begin():
        config.attributes["connection"] = db
        command.upgrade(config, schema.REVISIONS[0])
        tables.reflect(db)
        for start in range(1, papers + 1, CHUNK):
            for table, rows in invented(rng, range(start, min(start + CHUNK, papers + 1))).items():
                db.execute(insert(tables.tables[table]), rows)
    store.dispose()


def invented(rng: random.Random, numbers: range) -> Rows:
    """Papers with all that refers to them; every thousandth has lost its name, which that release let happen."""
    return {
        "runs": [night(number // 50) for number in numbers if not number % 50],
        "papers": [paper(rng, number) for number in numbers],
        "identifiers": [
            {"name": f"{kind}:{name}", "paper": number}
            for number in numbers
            if number % 1000
            for kind, name in (("arxiv", arxiv(number)), ("doi", f"10.1000/{number}"))
        ],
        "sightings": [
            {"paper": number, "source": source, "version": 1, "announce_type": "new", "seen": BEGUN}
            for number in numbers
            for source in ("arxiv", "arxiv_rss")
        ],
        "predictions": [prediction(rng, number) for number in numbers],
        "candidates": [
            {"paper": number, "state": "pending", "version": 0, "score": 0.9, "queued": BEGUN, "filed": True}
            for number in numbers
            if not number % 4
        ],
        "decisions": [
            {"id": 2 * number + turn, "paper": number, "action": action, "via": "review", "labels": labels(rng)}
            | {"kind": "research", "reason": "", "by": "ann", "at": BEGUN}
            for number in numbers
            if not number % 8
            for turn, action in enumerate(("accept", "undo" if number % 16 else "reject"))
        ],
    }


def night(number: int) -> dict[str, Any]:
    """The run of one night."""
    begun = BEGUN + timedelta(days=number)
    return {"name": f"{begun:%Y-%m-%dT%H:%M:%SZ}", "started": begun, "report": None}


def arxiv(number: int) -> str:
    """The base id of a paper."""
    return f"{1001 + number // 90_000}.{number % 90_000:05}"


def paper(rng: random.Random, number: int) -> dict[str, Any]:
    """A row of the first release's papers."""
    when, links = BEGUN + timedelta(minutes=number), {"paper": f"https://arxiv.org/abs/{arxiv(number)}"}
    title, abstract = f"{words(rng, 10)} {number}", words(rng, 170)
    listed = {"authors": [[f"Author {rng.randrange(20_000)}", ""] for _ in range(5)], "categories": ["eess.IV"]}
    return listed | {
        "number": number, "title": title, "abstract": abstract, "published": when, "version": 1, "venue": "arXiv",
        "comment": "", "links": links, "keywords": [], "withdrawn": False, "authority": 3,
        "text_hash": hashlib.sha256(abstract.encode()).hexdigest(), "added": when,
    }  # fmt: skip


def prediction(rng: random.Random, number: int) -> dict[str, Any]:
    """A row of the first release's predictions."""
    chances = {facet.id: {label: rng.random() for label in facet.label_ids} for facet in FACETS}
    return {
        "paper": number, "text_hash": f"{number:064}", "model": "2025-12-31-272882", "scope": rng.random(),
        "in_scope": True, "labels": labels(rng), "kind": "research", "unsure": [], "probabilities": chances,
        "made": BEGUN,
    }  # fmt: skip


def labels(rng: random.Random) -> dict[str, list[str]]:
    """Labels of the facets that had no column of their own."""
    return {facet.id: rng.sample(facet.label_ids, 1) for facet in FACETS if not facet.exclusive}


@dataclass(frozen=True)
class Measured:
    """An upgrade: seconds, peak memory and disk in MB, lines of progress and the longest time without one."""

    seconds: float
    memory: float
    disk: float
    lines: int
    silence: float

    def line(self) -> str:
        """The figures."""
        return (
            f"{self.seconds:.0f} s, peak memory {self.memory:,.0f} MB, disk {self.disk:,.0f} MB more than before; "
            f"{self.lines} lines of progress, at most {self.silence:.1f} s apart"
        )


def start(held: Place) -> "subprocess.Popen[str]":
    """The command, as an operator runs it."""
    run = [sys.executable, "-m", "harvester", "db", "upgrade", "--config", str(held.folder / "config.toml")]
    return subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def upgrade(held: Place) -> Measured:
    """An upgrade that nobody disturbs."""
    before, peak, over = used(held.folder), 0.0, threading.Event()

    def look() -> None:
        nonlocal peak
        while not over.wait(0.1):
            peak = max(peak, used(held.folder))

    watcher = threading.Thread(target=look)
    watcher.start()
    begun = time.monotonic()
    process, moments = start(held), [begun]
    assert process.stderr is not None
    for line in process.stderr:
        moments.append(time.monotonic())
        print(f"  {moments[-1] - begun:6.1f} s  {line}", end="", flush=True)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    moments.append(time.monotonic())
    over.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"The upgrade ended with status {process.returncode}.")
    silence = max(later - earlier for earlier, later in pairwise(moments))
    return Measured(moments[-1] - begun, usage.ru_maxrss / 1024, peak - before, len(moments) - 2, silence)


def used(folder: Path) -> float:
    """MB that the files of a folder take."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # it has gone meanwhile
            total += file.stat().st_size
    return total / 1e6


def kill_after(held: Place, moment: float) -> None:
    """An upgrade that is killed; the store must be as it was, or done."""
    process = start(held)
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=moment)
    process.kill()
    process.communicate()
    store = connect(held.url)
    print(f"killed after {moment:.1f} s: the schema is {schema.revision(store)}", flush=True)
    store.dispose()


def contents(url: str) -> dict[str, tuple[int, str]]:
    """The number of rows of every table, and their hash."""
    store, found = connect(url), {}
    with read(store) as db:
        for table in metadata.sorted_tables:
            digest, count = hashlib.sha256(), 0
            rows = select(table).order_by(*table.primary_key.columns)
            for row in db.execute(rows.execution_options(yield_per=CHUNK)):
                digest.update(repr(row).encode())
                count += 1
            found[table.name] = (count, digest.hexdigest())
    store.dispose()
    return found


if __name__ == "__main__":
    main()
