"""The whole night on real metadata, through the command line as cron runs it."""

import json
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Upstream
from tests.room import Room, Sink, titles

THURSDAY, MONDAY = "2025-06-12T23:30:00Z", "2025-06-16T23:30:00Z"


def by_name(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {source["name"]: source for source in report["sources"]}


# Encoding takes minutes; what differs on PostgreSQL, the faults and the locks of a night, is tested there without it.
postgresql_in_soak = pytest.mark.parametrize(
    "store_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)


def labelled(shared: Path) -> dict[str, int]:
    with (shared / "labels" / "train.jsonl").open(encoding="utf-8") as lines:
        return {record["id"]: record["scope"] for record in map(json.loads, lines)}


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream, store_url: str) -> Room:
    made = Room.make(tmp_path, upstream.url, store_url)
    made.run("db", "upgrade")
    return made


@pytest.mark.long
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_whole_night_on_postgresql(tmp_path: Path, upstream: Upstream, smtp: Sink, store_url: str) -> None:
    """From the sources to the mail; on SQLite, the tutorial and the demo test the same."""
    room = Room.make(tmp_path, upstream.url, store_url, digest={"smtp_port": smtp.port})
    room.run("db", "upgrade")
    room.run("subscribers", "add", "ann@example.org", "--confirmed", now=THURSDAY)
    night = room.json("run", "--since", "2025-06-12", now=THURSDAY)
    assert (night["state"], night["digest"]["due"]) == ("ok", 0)
    first, second, *_ = room.json("queue")
    assert room.json("queue", "--limit", "1") == [first]
    (accepted,) = room.json("accept", first["id"], "--by", "ann", now=THURSDAY)
    (rejected,) = room.json("reject", second["id"], "--by", "ann", now=THURSDAY)
    assert (accepted["state"], rejected["state"]) == ("accepted", "rejected")
    assert len(room.entries) == 1
    morning = room.json("run", now="2025-06-13T06:00:00Z")
    assert (morning["state"], morning["digest"]["sent"]) == ("ok", 1)
    (mail,) = smtp.messages
    assert mail["To"] == "ann@example.org"
    assert [first["title"].startswith(title) for title in titles(mail)] == [True], "a long one goes on in the next line"
    assert first["id"] not in [row["id"] for row in room.json("queue")]
    assert [run["state"] for run in room.json("runs")] == ["ok", "ok"]
    assert {action["action"] for action in room.json("show", second["id"])["decisions"]} == {"reject"}


@pytest.mark.long
@postgresql_in_soak
def test_three_nights_on_real_input(room: Room, upstream: Upstream, shared: Path) -> None:
    first = room.json("run", "--since", "2025-05-29", now=THURSDAY)
    assert first["state"] == "ok"
    for source in first["sources"]:
        assert source["state"] == "fresh"
        assert source["expected"] in (None, source["received"])
        assert source["payloads"], "where it came from is kept"
    assert first["papers"]["new"] > 50

    scopes = labelled(shared)
    queue = room.json("queue")
    assert [row["score"] for row in queue] == sorted((row["score"] for row in queue), reverse=True)
    queued = {row["id"] for row in queue}
    cardiac = [name for name in announced(upstream) if scopes.get(name)]
    assert len(cardiac) == 30
    assert len([name for name in cardiac if name in queued]) >= 27
    assert sum(scopes.get(name) == 0 for name in queued) <= 3

    before = room.json("queue")
    again = room.json("run", "--since", "2025-05-29", now=THURSDAY)
    assert (again["papers"], again["queued"]) == ({"new": 0, "updated": 0}, 0)
    assert {source["state"] for source in again["sources"]} == {"quiet"}
    assert room.json("queue") == before
    assert again["run"] == f"{first['run']}-2"

    upstream.control(today="2025-06-16")
    third = room.json("run", now=MONDAY)
    assert third["state"] == "ok"
    held_back = room.json("show", "2506.06342")
    assert held_back["sightings"][0]["seen"] == MONDAY, "submitted on the 10th, moderated, and found by the overlap"
    assert room.json("show", "2506.05056")["version"] == 3
    assert by_name(third)["arxiv"]["updated"] >= 1
    assert len(room.json("runs")) == 3


def announced(upstream: Upstream) -> set[str]:
    """What the stand-in announced in the fortnight before THURSDAY."""
    span = {"search_query": "submittedDate:[202505290000 TO 202506122359]", "max_results": 2000}
    with urllib.request.urlopen(f"{upstream.url}/api/query?{urllib.parse.urlencode(span)}", timeout=30) as answer:
        return {
            f"arxiv:{name}" for name in re.findall(r"<id>http://arxiv.org/abs/(.+?)v\d+</id>", answer.read().decode())
        }


@postgresql_in_soak
def test_a_failed_source_is_named_and_made_good(room: Room, upstream: Upstream) -> None:
    upstream.control(faults=[{"match": "/api/query", "kind": "html", "count": -1}])
    report = json.loads(room.run("run", "--since", "2025-06-10", "--json", now=THURSDAY, status=1))
    assert report["state"] == "partial"
    assert by_name(report)["arxiv"]["state"] == "failed"
    assert "web page" in by_name(report)["arxiv"]["error"]
    assert by_name(report)["huggingface"]["state"] == "fresh"

    upstream.control(faults=[])
    made_good = room.json("run", "--since", "2025-06-10", now=THURSDAY)
    assert by_name(made_good)["arxiv"]["new"] > 0


def test_a_night_without_a_match_is_quiet_in_its_own_report(tmp_path: Path, upstream: Upstream) -> None:
    """The API is asked before the feeds; that they show the batch counts in the same run."""
    feeds = {"url": f"{upstream.url}/rss", "categories": ["cs.RO"]}
    room = Room.make(tmp_path, upstream.url, **{"harvest": {"overlap_days": 3}, "harvest.arxiv_rss": feeds})
    room.run("db", "upgrade")
    asked = ("run", "--source", "arxiv", "--source", "arxiv_rss", "--no-digest")
    upstream.control(today="2025-06-17")
    room.json(*asked, "--since", "2025-06-14", now="2025-06-17T23:30:00Z")
    upstream.control(today="2025-06-18")  # no paper of this day matches the shipped query
    night = room.json(*asked, now="2025-06-18T23:30:00Z")
    assert {name: source["state"] for name, source in by_name(night).items()} == {
        "arxiv": "quiet",
        "arxiv_rss": "fresh",
    }
    assert night["state"] == "ok"


def test_every_source_failing_is_a_failed_run(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    report = json.loads(room.run("run", "--json", now=THURSDAY, status=1))
    assert report["state"] == "failed"
    assert all("127.0.0.1:1" in source["error"] for source in report["sources"])


def test_two_runs_at_once_are_one(room: Room, upstream: Upstream, python: Path) -> None:
    upstream.control(faults=[{"match": "/api/query", "kind": "drip", "seconds": 3}])
    with room.start("run", "--since", "2025-06-10", now=THURSDAY, python=python) as first:
        while not upstream.log():
            assert first.poll() is None
        said = room.run("run", now=THURSDAY, status=75)
        assert "Another run" in said
        first.communicate(timeout=120)
    assert first.returncode == 0
    assert len(room.json("runs")) == 1


@postgresql_in_soak
def test_a_clock_that_is_wrong_by_a_day_concludes_nothing(room: Room) -> None:
    report = json.loads(room.run("run", "--since", "2025-06-09", "--json", now="2025-06-14T23:30:00Z", status=1))
    failed = by_name(report)["arxiv"]
    assert failed["state"] == "failed"
    assert "2025-06-14T23:30:00Z" in failed["error"]
    assert "2025-06-12T23:30:00Z" in failed["error"]
    assert failed["new"] > 0, "what came is kept"
