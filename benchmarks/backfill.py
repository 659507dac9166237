"""Backfilling arXiv's snapshot, here and on Ray, against plain encoding: ``python benchmarks/backfill.py``.

The snapshot is the shared corpus, repeated under new ids. With ``--distinct`` each title has its own number, so that no
text occurs twice and no embedding is found in the cache: the rate is then that of entirely new texts, at this corpus'
share of cardiac papers (a tenth name the subject; in all of arXiv far fewer do). Plain encoding is the cost of a
classifier that sends every title and abstract through MiniLM; it is measured on a sample in the same run. The time for
2.8 million records is extrapolated from the rate, not measured.
"""

import argparse
import gzip
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

ALL_OF_ARXIV = 2_800_000
CONFIG = '[store]\nurl = "sqlite:///data/harvester.db"\n'


RAY = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--include-dashboard=false"]


def main() -> None:
    """Write the snapshot, measure, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=200_000, help="size of the snapshot (default 200,000)")
    parser.add_argument("--sample", type=int, default=1_000, help="records of the plain encoding (default 1,000)")
    parser.add_argument("--distinct", action="store_true", help="make all texts different")
    parser.add_argument("--engines", default="local,ray1,ray2", help="which engines; ray2 is Ray with two workers")
    given = parser.parse_args()
    shared = Path(os.environ.get("HARVESTER_SHARED", Path(__file__).parents[2] / "shared"))
    corpus = shared / "corpus" / "papers-2025.jsonl.gz"
    if not corpus.is_file():
        sys.exit("The shared folder with the corpus is missing; set HARVESTER_SHARED.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.jsonl.gz"
        write_snapshot(path, corpus, given.records, distinct=given.distinct)
        plain = plain_encoding(path, given.sample)
        print(f"plain encoding  {plain:8.1f} records/s, on {given.sample:,} records", flush=True)
        for engine in given.engines.split(","):
            print_row(engine, plain, *backfill(engine, path, Path(folder) / engine))


def write_snapshot(path: Path, corpus: Path, records: int, *, distinct: bool) -> None:
    """The corpus as snapshot lines, repeated with new ids (and titles) until there are enough."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        papers = [paper for paper in map(json.loads, lines) if not paper.get("feed")]
    random.Random(0).shuffle(papers)  # the corpus begins with the labeled papers, which are far more often in scope
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as out:
        for number, paper in enumerate(itertools.islice(itertools.cycle(papers), records)):
            month, serial = divmod(number, 90_000)
            record = as_snapshot(paper, f"{month + 3001}.{serial + 1:05}")
            if distinct:
                record["title"] += f" ({number})"
            out.write(json.dumps(record) + "\n")


def as_snapshot(paper: dict[str, Any], name: str) -> dict[str, Any]:
    """A record of the corpus in the snapshot's format."""
    created = format_datetime(datetime.fromisoformat(paper["published"].replace("Z", "+00:00")))
    return {
        "id": name,
        "title": paper["title"],
        "abstract": paper["abstract"],
        "categories": " ".join(paper["categories"]),
        "authors_parsed": [[author, "", ""] for author in paper["authors"]],
        "versions": [{"version": "v1", "created": created}],
        "update_date": paper["published"][:10],
    }


def plain_encoding(path: Path, sample: int) -> float:
    """Records per second of a classifier that encodes all of them."""
    from classifiers.encoder import load_encoder
    from classifiers.features import embed
    from harvester.services.learning.classify import text_of
    from harvester.sources.arxiv.snapshot import read_lines

    papers = (line.paper for line in read_lines(path) if line.paper)
    texts = [text_of(paper) for paper in itertools.islice(papers, sample)]
    encoder = load_encoder()
    encoder.encode(["the model is loaded by its first text"])
    begun = time.monotonic()
    embed(encoder, texts)
    return len(texts) / (time.monotonic() - begun)


def backfill(engine: str, path: Path, folder: Path) -> tuple[dict[str, Any], float]:
    """The command line's report on the whole snapshot in a fresh folder, and the peak memory of all its processes."""
    folder.mkdir()
    (folder / "config.toml").write_text(CONFIG)
    command = [sys.executable, "-m", "harvester", "backfill", str(path), "--json"]
    with tempfile.TemporaryFile() as out:
        if engine == "local":
            peak = peak_memory(subprocess.Popen(command, cwd=folder, stdout=out))
        else:
            with ray_cluster(int(engine.removeprefix("ray")), folder) as address:
                joined = [*command, "--engine", "ray", "--address", address]
                peak = peak_memory(subprocess.Popen(joined, cwd=folder, stdout=out))
        out.seek(0)
        report: dict[str, Any] = json.load(out)
    return report, peak


@contextmanager
def ray_cluster(workers: int, folder: Path) -> Iterator[str]:
    """A cluster of one node with this many workers; yields its address."""
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": uuid.uuid4().hex, "RAY_USAGE_STATS_ENABLED": "0"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "ray.log"
    with log.open("w") as out:
        command = [*RAY, f"--num-cpus={workers}", f"--port={port}"]
        with subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True) as head:
            while "will now block forever" not in log.read_text():
                if head.poll() is not None:
                    sys.exit(log.read_text())
                time.sleep(0.2)
            yield f"127.0.0.1:{port}"
            head.terminate()


def peak_memory(process: "subprocess.Popen[bytes]") -> float:
    """Wait for a process; the peak memory in MB of it and everything else that this benchmark started."""
    peak, over = 0.0, threading.Event()

    def look() -> None:
        nonlocal peak
        while not over.wait(1.0):
            peak = max(peak, sum(map(occupied, descendants(os.getpid()))))

    watcher = threading.Thread(target=look)
    watcher.start()
    status = process.wait()
    over.set()
    watcher.join()
    return peak if status == 0 else sys.exit(f"The backfill ended with status {status}.")


def descendants(root: int) -> set[int]:
    """The processes below a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found, size = {root}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found - {root}


def occupied(process: int) -> float:
    """Memory of a process in MB, its share of what it shares with others (Pss of proc(5))."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def print_row(engine: str, plain: float, report: dict[str, Any], peak: float) -> None:
    """The figures of one engine."""
    rate = report["records"] / report["seconds"]
    print(
        f"{engine:<14}  {rate:8.1f} records/s, {rate / plain:.1f} x plain encoding, peak {peak:,.0f} MB, "
        f"{report['in_scope']:,} of {report['records']:,} in scope, {report['seconds']:.0f} s; "
        f"arXiv's {ALL_OF_ARXIV:,}: {ALL_OF_ARXIV / rate / 3600:.1f} h (extrapolated)",
        flush=True,
    )


if __name__ == "__main__":
    main()
