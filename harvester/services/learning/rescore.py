"""Predicts for the whole store with the current model, in bulk, after training and before the next nightly run."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.services.learning.bulk import judge
from harvester.services.learning.bulk.tasks import TASK, Task, TaskResult
from harvester.services.learning.classify import join_queue, text_of
from harvester.services.learning.explanations import prepare_queue
from harvester.services.learning.models import model_version
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import connect, read, write
from harvester.store.locks import lock
from harvester.store.papers import load
from harvester.store.predictions import count_unclassified, save, unclassified


@dataclass(frozen=True, slots=True)
class Rescored:
    """How many papers the model had not seen, how many of them are in scope, and how many joined the queue."""

    papers: int
    in_scope: int
    queued: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The counts, and the seconds it took."""
        return {
            "papers": self.papers,
            "in_scope": self.in_scope,
            "queued": self.queued,
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Unseen:
    """The papers in a store that a model has not seen, as tasks, in the order in which they were stored."""

    store_url: str
    model: str

    def __call__(self) -> Iterator[Task]:
        """The tasks, ordered by paper number."""
        store, after = connect(self.store_url), 0
        while waiting := self._beyond(store, after):
            after = waiting[-1][0]
            texts = [text_of(paper) for _, paper in waiting]
            yield Task(texts, [(number, paper.text_hash) for number, paper in waiting], None, all_of_them=True)
        store.dispose()

    def _beyond(self, store: Engine, after: int) -> list[tuple[int, Paper]]:
        with read(store) as db:
            return unclassified(db, self.model, TASK, after)


def rescore(ws: Workspace, *, engine: str = "local", address: str = "", watch: Watch = unwatched) -> Rescored:
    """Predict for every paper whose current text the model has not seen, then rescore the queue and explain it.

    Raises:
        UsageError: the engine is unknown, or there is an address without Ray.
        LockHeld: a run is in progress.
        HarvesterError: the cluster does not answer, or the classifier or the store fails; the work done so far is kept.
    """
    started, model, papers, in_scope = time.monotonic(), model_version(ws), 0, 0
    with lock(ws.store, "run"):
        with read(ws.store) as db:
            total = count_unclassified(db, model)
        for done in judge(ws, Unseen(ws.settings.store_url, model), engine, address):
            with write(ws.store) as db:
                save(db, _of_the_present_texts(db, done), ws.clock())
            papers, in_scope = (
                papers + len(done.found),
                in_scope + sum(prediction.in_scope for _, prediction in done.found),
            )
            watch("judged", papers, total)
        queued = join_queue(ws).total
        prepare_queue(ws, watch=watch)
    return Rescored(papers, in_scope, queued, time.monotonic() - started)


def _of_the_present_texts(db: Connection, done: TaskResult) -> list[tuple[int, Paper, Prediction]]:
    """A task's predictions with their papers, except those whose text has changed since."""
    papers = load(db, [number for (number, _), _ in done.found])
    judged = [(papers[number], text, prediction) for (number, text), prediction in done.found if number in papers]
    return [(stored.number, stored.paper, made) for stored, text, made in judged if stored.paper.text_hash == text]
