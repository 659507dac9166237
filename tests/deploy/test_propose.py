"""The workflow that proposes papers: linted, and its own steps run by bash with a real git, as on GitHub."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml

from tests.conftest import ROOT
from tests.room.proposing import DAY, FIRST, SECOND, Proposing, git, proposing

FILE = ROOT / "deploy" / "github" / "propose.yml"
BIN = Path(sys.executable).parent
WORKFLOW = ruamel.yaml.YAML(typ="safe").load(FILE)
STEPS = {step.get("name"): step for step in WORKFLOW["jobs"]["propose"]["steps"]}
CLOSE, OPEN = "Delete the branches of closed pull requests", "Open or update the pull requests"


class Forge:
    """The workflow's steps in the harvester's clone, and the pull requests that they open."""

    def __init__(self, world: Proposing, folder: Path) -> None:
        self.world, self.pulls = world, folder / "pulls.json"
        (folder / "bin").mkdir()
        for name, module in (("gh", "tests.deploy.forge"), ("harvester", "harvester")):
            command = folder / "bin" / name
            command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m {module} "$@"\n')
            command.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "PULLS": str(self.pulls),
            "RUNNER_TEMP": str(folder),
            "GITHUB_REF_NAME": "main",
            "STORE_URL": "",
        }

    def step(self, name: str) -> None:
        done = subprocess.run(
            ["bash", "-e", "-c", STEPS[name]["run"]],
            cwd=self.world.room.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def read(self) -> list[dict[str, Any]]:
        return list(json.loads(self.pulls.read_text())) if self.pulls.exists() else []

    def close(self, state: str, **more: Any) -> None:
        self.pulls.write_text(json.dumps([{**pull, "state": state, **more} for pull in self.read()]))


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    world = proposing(tmp_path)
    yield Forge(world, tmp_path)
    world.room.ws.store.dispose()


def test_the_workflow_is_one_and_is_safe() -> None:
    for command in (
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", FILE],
        [BIN / "zizmor", "--offline", "--no-config", "--persona", "pedantic", FILE],
    ):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_harvests_and_commits_as_the_other_workflow_does() -> None:
    """Each can stand alone in `.github/workflows`, so what they share is in both."""
    other = ruamel.yaml.YAML(typ="safe").load(FILE.with_name("harvest.yml"))["jobs"]["harvest"]["steps"]
    shared = {step["name"]: step.get("run", step.get("with")) for step in other if "name" in step}
    renamed = {"Harvest": "Harvest and propose"}
    differs = [
        name
        for name, work in shared.items()
        if work != (mine := STEPS[renamed.get(name, name)]).get("run", mine.get("with"))
    ]
    assert differs == ["Keep this workflow enabled"]


def test_pull_requests_are_opened_once_and_closing_one_rejects(forge: Forge) -> None:
    forge.step(OPEN)
    assert forge.read() == [], "nothing is proposed"
    forge.world.room.fill(2)
    forge.world.night()
    for _ in range(2):
        forge.step(OPEN)
        (pull,) = forge.read()
    assert (pull["headRefName"], pull["baseRefName"], pull["title"]) == (DAY, "main", "Papers of 2025-06-12: 2")
    assert pull["body"].count("\n| [") == 2
    forge.close("CLOSED", isCrossRepository=True)
    forge.step(CLOSE)
    assert forge.world.branches() == [DAY], "somebody else's branch of that name, in a fork"
    forge.close("OPEN", isCrossRepository=False)
    forge.step(CLOSE)
    assert forge.world.branches() == [DAY]
    forge.close("CLOSED")
    forge.step(CLOSE)
    assert forge.world.branches() == []
    forge.world.night()
    assert forge.world.states() == ["rejected", "rejected"]
    forge.step(OPEN)
    assert len(forge.read()) == 1


def test_a_merged_pull_request_is_read_and_its_branch_deleted(forge: Forge) -> None:
    forge.world.room.fill(2)
    forge.world.night()
    forge.step(OPEN)
    forge.world.desk.open()
    forge.world.desk.delete(SECOND)
    forge.world.desk.merge(way="squash")
    forge.close("MERGED")
    forge.step(CLOSE)
    forge.world.night()
    assert forge.world.states() == ["accepted", "rejected"]
    forge.step("Build the catalogue")
    forge.step("Commit the catalogue")
    listed = git(forge.world.bare, "ls-tree", "-r", "--name-only", "main", "data/catalog").split()
    assert "data/catalog/README.md" in listed
    assert [name.endswith(f"-{FIRST}.toml") for name in listed if "entries" in name] == [True]
    forge.world.night()
    assert [len(forge.world.room.log(name)) for name in (FIRST, SECOND)] == [1, 1]
