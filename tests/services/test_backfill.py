"""Backfilling a snapshot through the command line: what is stored, what a kill costs, and which errors are reported."""

import gzip
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from harvester.domain.papers import Paper, Sighting
from harvester.services.learning.classify import EMBEDDINGS
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store import schema
from harvester.store.engine import write
from harvester.store.locks import lock
from harvester.store.queue import enqueue
from harvester.store.recording import record
from harvester.store.tables import predictions
from tests.conftest import both_databases
from tests.room import Room
from tests.room.snapshot import records
from tests.room.snapshot import write as write_snapshot
from tests.services.backfilling import held, opened, run, run_apart, url_of


@pytest.fixture
def room(tmp_path: Path, store_url: str, undisturbed: tuple[Room, dict[str, Any]]) -> Room:
    made = Room.make(tmp_path / "room", "http://127.0.0.1:1", store_url)
    (made.folder / "data").mkdir()
    shutil.copy(undisturbed[0].folder / EMBEDDINGS, made.folder / EMBEDDINGS)
    shutil.copy(undisturbed[0].folder / "snapshot.jsonl", made.folder)
    with opened(store_url) as store:
        schema.upgrade(store)
    return made


def test_what_is_in_scope_joins_store_and_queue(undisturbed: tuple[Room, dict[str, Any]]) -> None:
    room, report = undisturbed
    found = held(url_of(room))
    assert (report["records"], report["judged"], report["errors"]) == (42, 42, 0)
    assert 15 < report["in_scope"] == report["queued"] < 40
    assert len(found.papers) == report["in_scope"], "what is out of scope is not kept"
    assert found.papers.keys() == found.scopes.keys() == found.queue.keys()
    heart = found.papers["arxiv:2601.90038"]
    assert (heart.categories, heart.version) == (("eess.IV", "cs.CV", "cs.LG"), 1)
    assert {(state, backlog) for state, _, backlog in found.queue.values()} == {("pending", True)}


@pytest.mark.parametrize(("kill_at", "store_url"), [(2, "sqlite"), (5, "postgresql")], indirect=["store_url"])
def test_kill_9_in_the_middle_of_a_commit_costs_nothing(
    room: Room, python: Path, store_url: str, undisturbed: tuple[Room, dict[str, Any]], kill_at: int
) -> None:
    run_apart(room, python, "backfill", "snapshot.jsonl", status=-signal.SIGKILL, kill_at=kill_at)
    line = 8 * (kill_at - 1)
    assert [row[3] for row in held(store_url).progress] == [line]
    moved = (room.folder / "snapshot.jsonl").rename(room.folder / "renamed")
    again = run(room, "backfill", moved.name)
    assert again["resumed_at"] == line
    same = ("records", "judged", "in_scope", "queued", "errors", "problems")
    assert {key: again[key] for key in same} == {key: undisturbed[1][key] for key in same}
    assert held(store_url) == held(url_of(undisturbed[0]))


def test_what_the_nights_bring_comes_first_and_stays_newer(room: Room, store_url: str) -> None:
    now = datetime(2026, 1, 6, tzinfo=UTC)
    tonight = Paper(("arxiv:2506.00001",), "A paper of tonight", "Its abstract.", version=1)
    newer = Paper(("arxiv:2601.90038",), "A newer title of an ECG paper", "Electrocardiogram diagnosis.", version=2)
    with opened(store_url) as store, write(store) as db:
        merged, _ = record(db, [Sighting(ARXIV, tonight), Sighting(ARXIV, newer)], now)
        enqueue(db, [(merged.number, 0.51)], now)
    run(room, "backfill", "snapshot.jsonl")
    found = held(store_url)
    assert (found.papers[newer.id].title, found.papers[newer.id].version) == (newer.title, 2)
    assert newer.id not in found.scopes, "nobody has judged the newer text yet"
    queue = room.json("queue")
    assert queue[0]["id"] == tonight.id
    backlog = [row["score"] for row in queue[1:]]
    assert backlog == sorted(backlog, reverse=True)
    assert backlog[0] > 0.9


def test_what_cannot_be_read_is_named_with_its_line_and_the_rest_is_done(room: Room, store_url: str) -> None:
    first, second, *others = records()
    lines = [first, "no json", {**second, "title": None}, first, *others]
    path = write_snapshot(room.folder / "bad.jsonl", lines)
    report = run(room, "backfill", path.name, status=1)
    assert (report["records"], report["errors"]) == (41, 3)
    assert [problem["line"] for problem in report["problems"]] == [2, 3, 4]
    said = room.run("backfill", path.name, status=1)
    assert "Line 2: not a JSON object" in said
    assert "Line 3: the field title is missing" in said
    assert "Line 4: arxiv:2601.90001 appears earlier in the file" in said
    packed = gzip.compress(path.read_bytes())
    (room.folder / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    cut = run(room, "backfill", "cut.jsonl.gz", status=1)
    assert 5 < cut["records"] < 40
    assert "download the file again" in cut["problems"][-1]["error"]
    assert len(held(store_url).progress) == 2


def test_only_some_categories_and_only_counting(room: Room, store_url: str) -> None:
    counted = room.json("backfill", "snapshot.jsonl", "--dry-run", "--where", "eess.SP,math")
    of_these = [paper for paper in records() if "eess.SP" in paper["categories"] or "math." in paper["categories"]]
    assert (counted["records"], counted["judged"]) == (42, len(of_these))
    assert 0 < counted["in_scope"] < len(of_these)
    assert (held(store_url).papers, held(store_url).progress) == ({}, [])
    kept = room.json("backfill", "snapshot.jsonl", "--where", "math,eess.SP")
    assert (kept["in_scope"], len(held(store_url).papers)) == (counted["in_scope"], counted["in_scope"])
    all_of_them = room.json("backfill", "snapshot.jsonl")
    assert all_of_them["resumed_at"] == 0, "another question about the same file"
    assert all_of_them["queued"] == all_of_them["in_scope"] - kept["queued"]


@both_databases
def test_rescoring_judges_what_the_model_has_not_seen(room: Room, store_url: str) -> None:
    run(room, "backfill", "snapshot.jsonl")
    before = held(store_url)
    with opened(store_url) as store, write(store) as db:
        db.execute(delete(predictions).where(predictions.c.scope > 0.9))
        gone = len(before.papers) - len(db.execute(select(predictions)).all())
    done = room.json("rescore")
    assert (done["papers"], done["in_scope"], done["queued"]) == (gone, gone, 0)
    assert held(store_url) == before


def test_wrong_usage_and_what_is_not_there(undisturbed: tuple[Room, dict[str, Any]]) -> None:
    room, _ = undisturbed
    for arguments, said in (
        (("snapshot.jsonl", "--engine", "spark"), "no engine 'spark'"),
        (("snapshot.jsonl", "--address", "localhost:6379"), "needs --engine ray"),
        (("snapshot.jsonl", "--where", "cs CV"), "'cs CV' is not an arXiv category"),
        (
            ("snapshot.jsonl", "--engine", "ray", "--address", "nowhere"),
            "'nowhere' is not the address of a Ray cluster",
        ),
    ):
        assert said in room.run("backfill", *arguments, status=2)
    assert "missing.jsonl is not a file" in room.run("backfill", "missing.jsonl", status=1)
    unanswered = room.run(
        "backfill", "snapshot.jsonl", "--dry-run", "--engine", "ray", "--address", "127.0.0.1:9", status=1
    )
    assert "127.0.0.1:9 does not answer" in unanswered
    with opened(url_of(room)) as store, lock(store, "backfill"):
        assert "Another backfill" in room.run("backfill", "snapshot.jsonl", status=75)
