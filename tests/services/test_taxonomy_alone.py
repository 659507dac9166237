"""A second exclusive facet and a fifth facet, through the taxonomy file alone: no code, no migration, no training."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient

from classifiers.packaged import packaged
from classifiers.taxonomy import RESERVED
from harvester.cli.app import app
from harvester.cli.facets import FacetCommand
from harvester.services.workspace import TAKEN, open_workspace
from harvester.web.app import create_app
from tests.conftest import ROOT, Upstream
from tests.room import Room

THURSDAY = "2025-06-12T23:30:00Z"
EVIDENCE_AND_CENTERS = """
[[facets]]
id = "evidence"
name = "Evidence"
exclusive = true
[[facets.labels]]
id = "retrospective"
name = "Retrospective"
definition = "Data that were there before."
[[facets.labels]]
id = "trial"
name = "Trial"
definition = "A prospective trial."

[[facets]]
id = "centers"
name = "Centers"
[[facets.labels]]
id = "single"
name = "Single center"
definition = "Data of one hospital."
[[facets.labels]]
id = "multi"
name = "Several centers"
definition = "Data of several hospitals."
"""


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream) -> Room:
    made = Room.make(tmp_path, upstream.url)
    shipped = packaged("taxonomy.toml").read_text(encoding="utf-8")
    facets, derived = shipped.split("\n[[derived]]", 1)
    (tmp_path / "taxonomy.toml").write_text(f"{facets}{EVIDENCE_AND_CENTERS}\n[[derived]]{derived}", encoding="utf-8")
    with made.config.open("a") as config:
        config.write('[classifier]\ntaxonomy = "taxonomy.toml"\n')
    return made


def test_a_night_with_two_more_facets(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.json("run", "--since", "2025-06-09", "--source", "arxiv", now=THURSDAY)["state"] == "ok"
    waiting = room.json("queue")
    assert [(paper["evidence"], paper["centers"]) for paper in waiting] == [("retrospective", [])] * len(waiting)
    name = waiting[0]["id"]

    refused = room.run("accept", name, "--evidence", "trial,retrospective", now=THURSDAY, status=2)
    assert "evidence takes exactly one label; choose one of: retrospective, trial" in refused
    assert "has no label 'two'; it has: single, multi" in room.run("accept", name, "--centers=two", status=2)
    (done,) = room.json("accept", name, "--evidence", "trial", "--centers", "multi", "--task", "", now=THURSDAY)
    entry = Path(done["entry"]).read_text(encoding="utf-8")
    for line in ('kind = "research"', 'evidence = "trial"', 'centers = ["multi"]', "task = []"):
        assert line in entry.splitlines()
    assert "--evidence LABEL" in room.run("accept", "--help")
    assert room.json("show", name)["decisions"][-1]["labels"]["evidence"] == "trial"

    again = room.json("run", "--source", "arxiv", now=THURSDAY)
    assert room.json("show", name)["state"] == "accepted"
    assert again["state"] == "ok", "files and store agree on the labels of all facets"
    assert len(room.json("show", name)["decisions"]) == 1

    room.run("catalog", "build", now=THURSDAY)
    page = (room.folder / "data" / "catalog" / "README.md").read_text(encoding="utf-8")
    assert "# **Evidence**" in page
    assert "### Trial" in page
    (record,) = json.loads(room.run("catalog", "export", "--format", "json"))
    assert (record["evidence"], record["centers"], record["kind"]) == ("trial", ["multi"], "research")
    table = room.run("catalog", "export", "--format", "csv").splitlines()
    assert table[0].startswith("id,title,authors,published,venue,note,kind,evidence,task,modality,disease,centers")

    monkeypatch.setenv("HARVESTER_NOW", THURSDAY)
    ws = open_workspace(room.config)
    with TestClient(create_app(ws)) as client:
        assert client.get("/api/entries?evidence=trial&centers=multi").json()["total"] == 1
        assert client.get("/api/entries?evidence=retrospective").json()["total"] == 0
        assert client.get("/feeds/evidence/trial.atom").status_code == 200
        assert 'name="evidence"' in client.get("/subscribe").text
    ws.store.dispose()
    added = room.json("subscribers", "add", "ann@example.org", "--confirmed", "--evidence", "trial", now=THURSDAY)
    assert added[0]["topics"] == {"evidence": ["trial"]}


def facet_commands(command: Any) -> Iterator[FacetCommand]:
    for inner in getattr(command, "commands", {}).values():
        yield from facet_commands(inner)
    if isinstance(command, FacetCommand):
        yield command


def test_no_facet_is_called_like_a_field_or_an_option() -> None:
    """A facet called "words" would have mixed its labels with the words that a subscriber types."""
    templates = (ROOT / "harvester" / "web" / "templates").rglob("*.html")
    field = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"{]+)"')
    fields = {name for page in templates for name in field.findall(page.read_text(encoding="utf-8"))}
    commands = list(facet_commands(typer.main.get_command(app)))
    options = {name for command in commands for option in command.params for name in option.opts}
    assert len(commands) > 3
    free = (fields | {name.removeprefix("--") for name in options if name.startswith("--")}) - TAKEN - RESERVED
    assert free == {"name", "password", "then", "username"}, "of forms without labels"
