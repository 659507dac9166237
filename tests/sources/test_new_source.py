"""A new source takes one module and one line: an invented source is added to a copy of the program, which then runs."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.room import Room

NOW = "2025-06-12T23:30:00Z"
LINE = '    "heart_archive",\n'
MODULE = '''\
"""The Heart Archive, which nobody has founded yet."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from harvester.base.settings_section import WebAddress
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.sources.http import Transport
from harvester.sources.source import HarvestSettings, Probe, Source, SourceKind, SourceState, WebSource
from harvester.sources.window import Batch, Window

PROVENANCE = Provenance("heart_archive", Rank.AGGREGATED, "aggregator")


class HeartArchiveSettings(WebSource):
    url: WebAddress = "https://heart.example"
    words: str = "heart"


def fetch(settings: HeartArchiveSettings, transport: Transport, window: Window) -> Iterator[Batch]:
    """Everything that bears the words."""
    answer = transport.get(f"{settings.url}/papers", {"words": settings.words}, "application/json")
    listed = json.loads(answer.body)
    yield Batch([Sighting(PROVENANCE, _paper(item)) for item in listed], len(listed), len(listed))


def _paper(item: dict[str, str]) -> Paper:
    return Paper(
        (f"doi:{item['doi']}",),
        item["title"],
        item["abstract"],
        (Author(item["author"]),),
        datetime.fromisoformat(item["published"]),
    )


def _source(settings: HeartArchiveSettings, harvest: HarvestSettings, state: SourceState) -> Source:
    return Source(PROVENANCE, partial(fetch, settings), question=settings.words, windowed=True)


def _probe(settings: HeartArchiveSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_ask, settings))


def _ask(settings: HeartArchiveSettings, transport: Transport) -> str:
    transport.get(f"{settings.url}/papers", {"words": settings.words}, "application/json")
    return "The archive is open."


KIND = SourceKind(PROVENANCE, "heart_archive", HeartArchiveSettings, _source, _probe)
'''
PAPER = {
    "doi": "10.1000/heart",
    "title": "Deep learning for left ventricular segmentation in echocardiography",
    "abstract": "We train a convolutional neural network to segment the left ventricle in echocardiograms and to "
    "estimate its ejection fraction in patients with heart failure. Experiments show accurate results.",
    "author": "Ann Bee",
    "published": "2025-06-12T10:00:00+00:00",
}
CONFIG = """\
[store]
url = "sqlite:///data/harvester.db"
[harvest]
attempts = 1
[harvest.heart_archive]
url = "{url}"
words = "ventricle"
"""
AFTERWARDS = """
import json, secrets, sys
from pathlib import Path
from starlette.testclient import TestClient
from harvester.services.operations.doctor.external import check_upstreams
from harvester.services.review.users import hash_token
from harvester.services.workspace import open_workspace
from harvester.store.accounts import begin_session, put_user, user_named
from harvester.store.engine import read, write
from harvester.store.papers import find
from harvester.web.app import create_app
from harvester.web.forms import SESSION

ws = open_workspace(Path("config.toml"))
token = secrets.token_urlsafe(32)
with write(ws.store) as db:
    put_user(db, "ann", "reviewer", "none", ws.clock())
    begin_session(db, user_named(db, "ann").id, hash_token(token), ws.clock())
browser = TestClient(create_app(ws))
browser.cookies.set(SESSION, token)
with read(ws.store) as db:
    stored = find(db, "doi:10.1000/heart")
print(json.dumps({
    "doctor": [finding.to_json() for finding in check_upstreams(ws)],
    "rank": stored.authority,
    "page": browser.get("/review", params={"source": "heart_archive"}).text,
    "others": browser.get("/review", params={"source": "arxiv"}).text,
}))
"""


class Archive(BaseHTTPRequestHandler):
    """The invented service, which records the requests it receives."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = json.dumps([PAPER]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Date", "Thu, 12 Jun 2025 23:30:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)  # without the Date of today

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def archive() -> Iterator[str]:
    Archive.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def room(tmp_path: Path, archive: str) -> Room:
    """A folder whose program is a copy with an additional module and line."""
    program = tmp_path / "program"
    shutil.copytree(ROOT / "harvester", program / "harvester", ignore=shutil.ignore_patterns("__pycache__"))
    (program / "harvester" / "sources" / "heart_archive.py").write_text(MODULE)
    registry = program / "harvester" / "sources" / "registry.py"
    before = registry.read_text(encoding="utf-8")
    registry.write_text(before.replace('    "journals",\n', f'{LINE}    "journals",\n'), encoding="utf-8")
    assert len(registry.read_text(encoding="utf-8").splitlines()) == len(before.splitlines()) + 1
    (tmp_path / "config.toml").write_text(CONFIG.format(url=archive))
    return Room(tmp_path, {"PYTHONPATH": f"{program}:{ROOT}"})


def ask(python: Path, room: Room, *arguments: str, status: int = 0) -> tuple[str, str]:
    """The output of the copied program, which needs a separate process."""
    with room.start(*arguments, now=NOW, python=python) as process:
        out, err = process.communicate(timeout=240)
    assert process.returncode == status, err
    return out, err


def test_one_module_and_one_line_make_a_source(python: Path, room: Room) -> None:
    report = json.loads(ask(python, room, "run", "--source", "heart_archive", "--no-digest", "--json")[0])
    (source,) = report["sources"]
    assert (report["state"], source["name"], source["state"], source["new"]) == ("ok", "heart_archive", "fresh", 1)
    assert report["queued"] == 1
    assert Archive.asked == ["/papers?words=ventricle"], "the section of config.toml reached the module"

    environment = {**room.environment, "HARVESTER_NOW": NOW, "PATH": ""}
    command = [sys.executable, "-c", AFTERWARDS]
    done = subprocess.run(command, cwd=room.folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    told = {finding["check"]: (finding["state"], finding["message"]) for finding in found["doctor"]}
    assert told["upstream heart_archive"] == ("ok", "The archive is open.")
    assert told["clock"][0] == "ok"
    assert found["rank"] == 1
    assert "<option selected>heart_archive</option>" in found["page"]
    assert PAPER["title"] in found["page"]
    assert "<option>heart_archive</option>" in found["others"]
    assert PAPER["title"] not in found["others"]


def test_a_misspelt_key_of_its_section_is_refused(python: Path, room: Room) -> None:
    config = (room.folder / "config.toml").read_text()
    (room.folder / "config.toml").write_text(config.replace("words", "word"))
    assert "unknown key harvest.heart_archive.word;" in ask(python, room, "queue", status=2)[1]
