"""`harvester backfill`, killed or not, and the contents of the store afterwards."""

import functools
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from harvester.domain.papers import Paper
from harvester.services.learning import backfill
from harvester.store.engine import connect, read
from harvester.store.papers import load
from harvester.store.tables import backfills, candidates, papers, predictions
from tests.conftest import ROOT
from tests.room import Room

SMALL = functools.partial(backfill.Snapshot, size=8)  # tasks of few texts
# The command line with such tasks; on request it kills itself during the n-th commit.
APART = """
import os, signal, sys
from harvester.services.learning import backfill
from tests.services.backfilling import SMALL
from harvester.cli import main
note, fatal = backfill.set_backfill, int(os.environ["TEST_KILL_AT"])
def note_and_die(*arguments):
    global fatal
    note(*arguments)
    fatal -= 1
    if fatal == 0:
        os.kill(os.getpid(), signal.SIGKILL)
backfill.Snapshot, backfill.set_backfill = SMALL, note_and_die
sys.argv = ["harvester", *sys.argv[1:]]
main()
"""


def run(room: Room, *arguments: str, status: int = 0) -> dict[str, Any]:
    """The command's report, with tasks of few texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backfill, "Snapshot", SMALL)
        found: dict[str, Any] = room.json(*arguments, status=status)
        return found


def run_apart(room: Room, python: Path, *arguments: str, status: int = 0, kill_at: int = 0) -> dict[str, Any]:
    """The same in a separate process, which may be killed, or belong to a cluster."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TEST_KILL_AT": str(kill_at)}
    command = [python, "-c", APART, *arguments, "--json"]
    done = subprocess.run(command, cwd=room.folder, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout) if done.stdout else {}


@dataclass(frozen=True)
class Held:
    """The data that must not depend on how often a backfill was killed."""

    papers: dict[str, Paper]
    scopes: dict[str, float]
    labels: dict[str, tuple[Any, ...]]
    probabilities: dict[str, list[float]]
    queue: dict[str, tuple[str, float, bool]]
    progress: list[tuple[Any, ...]]


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    store = connect(url)
    yield store
    store.dispose()


def held(url: str) -> Held:
    with opened(url) as store, read(store) as db:
        found = {number: stored.paper for number, stored in load(db, db.scalars(select(papers.c.number))).items()}
        said = db.execute(select(predictions)).all()
        waiting = db.execute(select(candidates)).all()
        columns = [column for column in backfills.c if column.name != "changed"]
        progress = [tuple(row) for row in db.execute(select(*columns))]
    assert len({found[prediction.paper].id for prediction in said}) == len(said)
    return Held(
        {paper.id: paper for paper in found.values()},
        {found[prediction.paper].id: round(prediction.scope, 6) for prediction in said},
        {
            found[prediction.paper].id: (prediction.in_scope, prediction.labels, prediction.unsure, prediction.model)
            for prediction in said
        },
        {found[prediction.paper].id: _flat(prediction.probabilities) for prediction in said},
        {
            found[candidate.paper].id: (candidate.state, round(candidate.scope, 6), candidate.backlog)
            for candidate in waiting
        },
        progress,
    )


def _flat(probabilities: dict[str, dict[str, float]]) -> list[float]:
    return [round(value, 6) for labels in probabilities.values() for value in labels.values()]


def url_of(room: Room) -> str:
    return f"sqlite:///{room.folder}/data/harvester.db"
