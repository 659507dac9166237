"""Import the papers in scope from an arXiv metadata snapshot into the store and the queue.

Papers out of scope are counted but not stored: millions of them would slow down every nightly run to no benefit. Papers
in scope join the queue's backlog, which is listed after the papers of the nightly runs. The position in the file is
committed together with the papers, so an interrupted backfill resumes where it stopped.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from harvester.base.errors import HarvesterError
from harvester.domain.backfills import Backfill
from harvester.domain.papers import Sighting
from harvester.services.learning.bulk import judge
from harvester.services.learning.bulk.tasks import TASK, Task, TaskResult
from harvester.services.learning.classify import text_of
from harvester.services.learning.models import model_version
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.arxiv.snapshot import PROVENANCE, SnapshotLine, is_among, parse_line, read_lines, size_of
from harvester.store.backfills import backfill as backfill_of
from harvester.store.backfills import set_backfill
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import chunks
from harvester.store.predictions import save
from harvester.store.queue import enqueue, unqueued
from harvester.store.recording import record

LINES = 10 * TASK  # most lines between two commits; only few may be in the requested categories
PROBLEMS = 100  # stored with their lines; all are counted
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """The results of a backfill for the whole file.

    Earlier sessions processed it up to line `resumed_at`, this one the rest, in `seconds`.
    """

    found: Backfill
    seconds: float
    resumed_at: int

    def to_json(self) -> dict[str, Any]:
        """``problems`` lists the first hundred of the ``errors``."""
        found = self.found
        return {
            "records": found.records,
            "judged": found.judged,
            "in_scope": found.in_scope,
            "queued": found.queued,
            "seconds": round(self.seconds, 1),
            "errors": found.errors,
            "problems": [{"line": line, "error": text} for line, text in found.problems],
            "resumed_at": self.resumed_at,
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The lines of a snapshot file after line `after`, as tasks of `size` texts; other categories are only counted."""

    path: Path
    after: int
    categories: tuple[str, ...]
    size: int = TASK

    def __call__(self) -> Iterator[Task]:
        """The tasks, in the order of the file."""
        part: list[SnapshotLine] = []
        texts = 0
        for line in read_lines(self.path):  # from the beginning, to learn which ids have occurred
            if line.number <= self.after:
                continue
            part.append(line)
            texts += self._asked_for(line)
            if texts == self.size or len(part) == LINES:
                yield self._task(part)
                part, texts = [], 0
        if part:
            yield self._task(part)

    def _asked_for(self, line: SnapshotLine) -> bool:
        return line.paper is not None and is_among(line.paper, self.categories)

    def _task(self, part: Sequence[SnapshotLine]) -> Task:
        judged = [line for line in part if self._asked_for(line)]
        note = {
            "line": part[-1].number,
            "share": part[-1].share,
            "records": sum(line.paper is not None for line in part),
            "judged": len(judged),
            "problems": [(line.number, line.problem) for line in part if line.problem],
        }
        texts = [text_of(line.paper) for line in judged if line.paper]
        return Task(texts, [line.raw.decode("utf-8") for line in judged], note, all_of_them=False)


def backfill(
    ws: Workspace,
    path: Path,
    *,
    categories: tuple[str, ...] = (),
    engine: str = "local",
    address: str = "",
    dry_run: bool = False,
    watch: Watch = unwatched,
) -> BackfillReport:
    """Classify every record of a snapshot; store and queue those in scope, with their predictions.

    Args:
        categories: the arXiv categories and archives to classify; if empty, all.
        engine, address: see `harvester.services.learning.bulk.judge`.
        dry_run: only count, from the beginning of the file.

    Raises:
        UsageError: the engine is unknown, or there is an address without Ray.
        LockHeld: another backfill is in progress in this store.
        HarvesterError: the file cannot be read, the cluster does not answer, or the classifier or the store fails;
            the work done so far is kept.
    """
    started = time.monotonic()
    with nullcontext() if dry_run else lock(ws.store, "backfill"):
        sitting = _Sitting(ws, path, categories, dry_run, watch)
        resumed_at = sitting.at.line
        for done in judge(ws, Snapshot(path.absolute(), resumed_at, categories), engine, address):
            sitting.take(done)
    return BackfillReport(sitting.at, time.monotonic() - started, resumed_at)


class _Sitting:
    """A backfill in progress: its state, and how that changes with each task."""

    def __init__(self, ws: Workspace, path: Path, categories: tuple[str, ...], dry_run: bool, watch: Watch) -> None:
        self.ws, self.dry_run, self.watch = ws, dry_run, watch
        self.model = model_version(ws)
        self.key = (fingerprint(path, watch), self.model, ",".join(categories))
        self.at = Backfill() if dry_run else self._begun()

    def _begun(self) -> Backfill:
        with read(self.ws.store) as db:
            return backfill_of(db, *self.key)

    def take(self, done: TaskResult) -> None:
        """Count a finished task, and store its papers in scope together with the position in the file."""
        self.at = _counted(self.at, done)
        if not self.dry_run:
            with write(self.ws.store) as db:
                self.at = replace(self.at, queued=self.at.queued + self._keep(db, done))
                set_backfill(db, *self.key, self.at, self.ws.clock())
        self.watch("records", self.at.line, round(self.at.line / max(done.note["share"], 1e-9)))

    def _keep(self, db: Connection, done: TaskResult) -> int:
        papers = [parse_line(raw) for raw, _ in done.found]
        merged = record(db, [Sighting(PROVENANCE, paper) for paper in papers], self.ws.clock())
        numbers = [result.number for result in merged]
        save(db, zip(numbers, papers, [prediction for _, prediction in done.found], strict=True), self.ws.clock())
        joining = [row for chunk in chunks(numbers) for row in unqueued(db, self.model, chunk)]
        enqueue(db, joining, self.ws.clock(), backlog=True)
        return len(joining)


def fingerprint(path: Path, watch: Watch = unwatched) -> str:
    """The sha256 of a file, which identifies a backfill even if the file is moved or renamed.

    Raises:
        HarvesterError: the file cannot be read.
    """
    size, digest, done = size_of(path), hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                done += len(piece)
                watch("bytes checked", done, size)
    except OSError as error:
        raise HarvesterError(f"{path} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def _counted(at: Backfill, done: TaskResult) -> Backfill:
    note = done.note
    problems = [(line, text) for line, text in note["problems"]]
    return replace(
        at,
        line=note["line"],
        records=at.records + note["records"],
        judged=at.judged + note["judged"],
        in_scope=at.in_scope + len(done.found),
        errors=at.errors + len(problems),
        problems=(*at.problems, *problems)[:PROBLEMS],
    )
