"""Alerts about failed nights, sent to a real mail server and a real webhook."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from harvester.domain.papers import Paper, Sighting
from harvester.domain.run_report import AlertCounts, RunReport, SourceReport
from harvester.services.operations.alert import alert_counts, alerts
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import connect, read, write
from harvester.store.queue import enqueue
from harvester.store.recording import record
from harvester.store.schema import upgrade
from harvester.store.statistics import figures
from tests.conftest import Upstream, both_databases
from tests.room import Room, Sink

NOW = "2025-06-12T23:30:00Z"


def report(*errors: str, **states: str) -> RunReport:
    sources = tuple(SourceReport(name, state, error="why") for name, state in states.items())
    return RunReport(NOW, "partial", sources, errors=errors)


@pytest.mark.parametrize(
    ("now", "earlier", "told"),
    [
        (report(arxiv="fresh", hub="quiet"), [], 0),
        (report(arxiv="failed", hub="fresh"), [], 1),
        (report(arxiv="stalled"), [], 0),
        (report(arxiv="stalled"), [report(arxiv="fresh")], 0),
        (report(arxiv="stalled"), [report(arxiv="stalled")], 1),
        (report(arxiv="waiting"), [report(arxiv="stalled")], 0),
        (report(arxiv="stalled"), [report(hub="fresh"), report(), report(arxiv="stalled")], 1),
        (report(arxiv="stalled"), [report(arxiv="fresh"), report(arxiv="stalled")], 0),
        (report("There is no model.", arxiv="fresh"), [], 1),
        (report("There is no model.", arxiv="failed"), [], 2),
    ],
)
def test_a_failure_is_told_at_once_and_a_stall_when_it_repeats(
    now: RunReport, earlier: list[RunReport], told: int
) -> None:
    assert len(alerts(now, earlier, 200)) == told


def stands(pending: int, lost: int = 0) -> RunReport:
    return replace(report(arxiv="fresh"), alert_counts=AlertCounts(pending, lost))


@pytest.mark.parametrize(
    ("now", "earlier", "told"),
    [
        (stands(199), [], []),
        (stands(200), [], ["The queue is growing: 200 papers"]),
        (stands(230), [stands(201)], []),
        (stands(400), [stands(399)], ["The queue is growing: 400 papers"]),
        (stands(210), [report(), stands(190)], ["The queue is growing: 210 papers"]),
        (stands(150), [stands(300)], []),
        (stands(1, lost=3), [stands(1, lost=1)], ["Mail to 2 more subscribers"]),
        (stands(1, lost=0), [stands(1, lost=1)], []),
    ],
)
def test_a_growing_queue_and_lost_subscribers_are_told_once(
    now: RunReport, earlier: list[RunReport], told: list[str]
) -> None:
    said = alerts(now, earlier, 200)
    assert [sentence[: len(beginning)] for sentence, beginning in zip(said, told, strict=True)] == told


@both_databases
def test_what_a_backfill_brought_is_no_growing_queue(store_url: str) -> None:
    store = connect(store_url)
    upgrade(store)
    now = datetime.fromisoformat(NOW)
    papers = [Paper((f"arxiv:2506.{n:05}",), f"Study {n}", "Of hearts.") for n in range(9)]
    with write(store) as db:
        one, two, *many = [found.number for found in record(db, [Sighting(ARXIV, paper) for paper in papers], now)]
        enqueue(db, [(one, 0.9), (two, 0.8)], now)
        enqueue(db, [(number, 0.7) for number in many], now, backlog=True)
    with read(store) as db:
        found = figures(db)
    assert (found.pending, found.backlog) == (9, 7)
    stands = replace(report(arxiv="fresh"), alert_counts=alert_counts(found))
    assert alerts(stands, [], 3) == []
    assert alerts(stands, [], 2) == ["The queue is growing: 2 papers wait for a decision."]
    store.dispose()


@contextmanager
def webhook(status: int) -> Iterator[tuple[str, list[Any]]]:
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook/s3cret", heard
    server.shutdown()
    server.server_close()


def test_a_failed_source_is_told_by_mail_and_webhook(tmp_path: Path, smtp: Sink) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1", digest={"smtp_port": smtp.port})
    with webhook(204) as (url, heard):
        told = {"HARVESTER_ALERT__MAIL": '["ops@example.org", "on-call@example.org"]', "HARVESTER_ALERT__WEBHOOK": url}
        report = json.loads(Room(room.folder, told).run("run", "--no-digest", "--json", now=NOW, status=1))
    assert report["errors"] == []
    assert [message["To"] for message in smtp.messages] == ["ops@example.org", "on-call@example.org"]
    text = smtp.messages[0].get_content()
    assert "arxiv failed" in text
    assert "huggingface failed" in text
    assert heard[0]["run"] == report["run"]
    assert "127.0.0.1:1" in heard[0]["text"]


def test_a_later_step_that_failed_is_told_to_all_whom_the_server_takes(
    tmp_path: Path, smtp: Sink, upstream: Upstream
) -> None:
    room = Room.make(tmp_path, upstream.url, digest={"smtp_port": smtp.port})
    smtp.rcpt_replies["refused@example.org"] = "550 no such user"
    told = {
        "HARVESTER_ALERT__MAIL": '["refused@example.org", "ops@example.org"]',
        "HARVESTER_CLASSIFIER__MODEL": str(tmp_path / "nowhere"),
    }
    command = ("run", "--since", "2025-06-11", "--no-digest", "--json")
    report = json.loads(Room(room.folder, told).run(*command, now=NOW, status=1))
    (mail,) = smtp.messages
    assert mail["To"] == "ops@example.org"
    assert str(tmp_path / "nowhere") in mail.get_content().replace("\n", "")
    missing, refused = report["errors"]
    assert "nowhere" in missing
    assert "refused@example.org" in refused


def test_an_alert_that_cannot_be_given_is_in_the_report_without_the_secret(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    with webhook(500) as (url, _):
        told = {"HARVESTER_ALERT__MAIL": '["ops@example.org"]', "HARVESTER_ALERT__WEBHOOK": url}
        report = json.loads(Room(room.folder, told).run("run", "--no-digest", "--json", now=NOW, status=1))
    (said,) = report["errors"]
    assert "mail server" in said
    assert "HTTP 500" in said
    assert "s3cret" not in said
