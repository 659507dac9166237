"""``harvester status``, ``harvester`` alone, and ``--version``."""

import json
from datetime import timedelta
from pathlib import Path

from harvester import __version__
from harvester.domain.job_runs import JobRun
from harvester.domain.run_report import PaperCounts, RunReport, SourceReport
from harvester.services.operations.overview import next_job
from harvester.store.engine import write
from harvester.store.job_runs import set_job_run
from harvester.store.runs import begin_run, end_run
from tests.room import START, Room, harvester


def test_one_screen(room: Room) -> None:
    room.put("2506.00001", "Hearts in slices")
    room.subscribe("jo@example.org")
    with write(room.ws.store) as db:
        name = begin_run(db, START - timedelta(hours=9))
        sources = (SourceReport("arxiv", "failed", error="503 from arXiv"),)
        end_run(db, RunReport(name, "partial", sources, PaperCounts(7, 1), in_scope=3, queued=2))
        set_job_run(db, JobRun("digest", START - timedelta(hours=8), 1, ended=START, failure="No mail server."))
    lines = said(room, "status").splitlines()
    assert [line.split()[0] for line in lines[:6]] == ["run", "waiting", "next", "model", "readers", "disk"]
    assert lines[0].startswith("run      partial 9 hours ago (")
    assert lines[0].endswith("): 7 new papers, 3 in scope, 2 queued")
    assert lines[1] == f"waiting  1 paper, the oldest since {START:%Y-%m-%d}"
    assert lines[4] == "readers  1 active subscriber"
    assert lines[5].count("GB free") == 1, "one disk holds all folders"
    assert lines[5].endswith("free for catalog and backups and store")
    problems = [line for line in lines if line.startswith("problem  ")]
    assert any("503 from arXiv" in line for line in problems)
    assert not any("below" in line for line in problems), "no upstream is asked here"
    assert any("digest" in line and "No mail server." in line for line in problems)
    document = json.loads(said(room, "status", "--json"))
    assert {"run", "waiting", "next", "model", "problems"} <= set(document)
    assert document["waiting"] == {"pending": 1, "backlog": 0, "deferred": 0, "oldest": f"{START:%Y-%m-%dT%H:%M:%SZ}"}
    assert document["run"]["state"] == "partial"
    assert list(document["disk"]) == ["catalog", "backups", "store"]
    assert len(document["problems"]) == len(problems)


def test_nothing_yet(room: Room) -> None:
    text = said(room, "status")
    assert "run      none yet; start one: harvester run" in text
    assert "waiting  nothing" in text


def test_the_next_job_is_the_soonest(room: Room) -> None:
    off = room.ws.settings.schedule.model_copy(update=dict.fromkeys(("run", "digest", "audit", "train", "backup"), ""))
    found = next_job(off.model_copy(update={"morning": "0 6 * * *"}), START)
    assert found is not None
    assert (found.job, found.due > START) == ("morning", True)
    assert next_job(off.model_copy(update={"morning": ""}), START) is None


def test_a_broken_model_is_a_problem(room: Room) -> None:
    broken = {"HARVESTER_CLASSIFIER__MODEL": str(room.config.parent / "no-model")}
    done = harvester("status", "--json", "--config", str(room.config), environment=broken)
    document = json.loads(done.stdout)
    assert (done.returncode, document["model"]) == (0, None)
    assert "no-model" in document["problems"][0]


def test_the_command_alone_begins_with_the_status(room: Room, tmp_path: Path) -> None:
    there = harvester(folder=room.config.parent)
    assert there.stdout.startswith("run      none yet")
    assert there.stdout.endswith("`harvester --help` lists the commands.\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert harvester(folder=empty).stdout.startswith("Usage: harvester")


def test_the_version() -> None:
    assert harvester("--version").stdout == f"cardio-harvester {__version__}\n"


def said(room: Room, *arguments: str) -> str:
    done = harvester(*arguments, "--config", str(room.config), environment={"HARVESTER_NOW": START.isoformat()})
    assert done.returncode == 0, done.stderr
    return done.stdout
