"""Classification continues while the harvest waits for its next answer."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import func, select

from harvester.services.learning.background_classifier import BackgroundClassifier
from harvester.services.workspace import Workspace, open_workspace, unwatched
from harvester.store.engine import read
from harvester.store.tables import predictions
from tests.conftest import Upstream
from tests.room import Room

THURSDAY = "2025-06-12T23:30:00Z"
PATIENCE = 600  # tenths of a second, after which the held answer fails, and the test with it


def classified(ws: Workspace) -> int:
    with read(ws.store) as db:
        return int(db.execute(select(func.count(predictions.c.id))).scalar_one())


@contextmanager
def holding_hugging_face_until(ws: Workspace, upstream: str) -> Iterator[str]:
    """The stand-in, except that Hugging Face, asked after arXiv, answers only once a paper has been classified."""
    pause = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/api/daily_papers"):
                waited = 0
                while not classified(ws) and waited < PATIENCE:
                    waited += 1
                    pause.wait(0.1)
                if waited == PATIENCE:
                    return self.send_error(500)
            with urllib.request.urlopen(f"{upstream}{self.path}", timeout=30) as answer:
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Date", answer.headers["Date"])
                self.end_headers()
                self.wfile.write(answer.read())
            return None

        def send_response(self, code: int, message: str | None = None) -> None:
            self.send_response_only(code, message)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_arxiv_sent_is_classified_before_hugging_face_answers(
    tmp_path: Path, upstream: Upstream, store_url: str
) -> None:
    room = Room.make(tmp_path, upstream.url, store_url)
    room.run("db", "upgrade")
    ws = open_workspace(room.config)
    with holding_hugging_face_until(ws, upstream.url) as url:
        slow = Room.make(tmp_path, url, store_url, harvest={"timeout": 90.0, "read_limit": 90.0})
        report = slow.json("run", "--no-digest", "--since", "2025-06-12", now=THURSDAY)
    assert report["state"] == "ok"
    assert report["papers"]["new"] == classified(ws) > 0
    assert room.json("rescore")["papers"] == 0
    ws.store.dispose()


def test_trouble_is_left_for_the_next_step_to_name(tmp_path: Path, upstream: Upstream) -> None:
    room = Room.make(tmp_path, upstream.url, classifier={"encoder": "./no-such-folder"})
    report = room.json("run", "--no-digest", "--since", "2025-06-11", now=THURSDAY, status=1)
    assert report["state"] == "partial"
    assert [error for error in report["errors"] if "no-such-folder" in error] == report["errors"]
    assert report["papers"]["new"] > 0
    assert {source["state"] for source in report["sources"]} == {"fresh"}


def test_the_thread_ends_with_the_block(tmp_path: Path) -> None:
    ws = open_workspace(Room.make(tmp_path, "http://127.0.0.1:1").config)

    def fail() -> None:
        with BackgroundClassifier(ws, unwatched) as alongside:
            alongside.notice("arxiv", 0, 0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert "classify alongside" not in [thread.name for thread in threading.enumerate()]
    ws.store.dispose()
