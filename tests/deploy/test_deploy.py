"""The files in deploy/ are checked by the programs that use them, or by linters, and run where this machine can."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml
from fastapi import Request
from prometheus_client.parser import text_string_to_metric_families

from harvester.config.settings import load_settings
from harvester.domain.cursors import Cursor
from harvester.services.workspace import open_workspace
from harvester.store.cursors import set_cursor
from harvester.store.engine import write
from harvester.web import health
from tests.conftest import ROOT
from tests.room import Room

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
UNITS = sorted((DEPLOY / "systemd").iterdir())
MOST_EXPOSED = 20  # of 100, by systemd-analyze security; a service without any hardening has 96


def lint(*command: object) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def yaml(path: Path) -> Any:
    return ruamel.yaml.YAML(typ="safe").load(path)


RULES = yaml(DEPLOY / "prometheus.yml")["groups"][0]["rules"]


def needs(program: str) -> str:
    return shutil.which(program) or pytest.skip(f"needs {program}")


def test_the_workflow_is_one_and_is_safe() -> None:
    file = DEPLOY / "github" / "harvest.yml"
    lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", file)
    lint(BIN / "zizmor", "--offline", "--no-config", "--persona", "pedantic", file)


def test_the_workflows_scripts_commit_the_catalogue(tmp_path: Path) -> None:
    """The workflow's own steps, run in a clone by bash as on GitHub: one commit if something changed, else none."""
    steps = {step.get("name"): step for step in yaml(DEPLOY / "github" / "harvest.yml")["jobs"]["harvest"]["steps"]}
    for step in steps.values():
        if "run" in step:
            lint("bash", "-n", "-c", step["run"])
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    lint("git", "init", "--quiet", "--bare", "--initial-branch=main", origin)
    lint("git", "clone", "--quiet", origin, clone)
    shutil.copytree(ROOT / "data" / "catalog", clone / "data" / "catalog")
    (clone / "config.toml").write_text("")
    commit = steps["Commit the catalogue"]["run"]
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": f"{BIN}:{os.environ['PATH']}"}

    def run(script: str) -> None:
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=clone, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def commits() -> int:
        shown = subprocess.run(["git", "rev-list", "--count", "main"], cwd=origin, capture_output=True, check=False)
        return int(shown.stdout or 0)

    run("git config user.name x && git config user.email x@example.org && git add config.toml && git commit -qm first")
    run("git push --quiet origin HEAD:main && git branch --set-upstream-to=origin/main")
    run(steps["Build the catalogue"]["run"])
    run(commit)
    assert commits() == 2
    run(commit)
    assert commits() == 2


def test_the_compose_file() -> None:
    file = DEPLOY / "compose.yaml"
    lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    read = yaml(file)
    volumes, secrets = set(read["volumes"]), set(read["secrets"])
    for name, service in read["services"].items():
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= volumes | {"../config.toml"}, name
        assert set(service["secrets"]) <= secrets, name
        assert set(service.get("depends_on", ())) <= set(read["services"]), name
        assert service.get("cap_drop", ["ALL"]) == ["ALL"], name
        assert name == "db" or service["read_only"], name


@pytest.mark.parametrize("service", ["schedule", "web", "upgrade"])
def test_the_containers_settings_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    """Each container's variables are settings that the program accepts, including files of secrets."""
    shutil.copy(ROOT / "config.toml", tmp_path)
    for name, value in yaml(DEPLOY / "compose.yaml")["services"][service]["environment"].items():
        if name.endswith("_FILE"):
            (tmp_path / Path(value).name).write_text("postgresql+psycopg://harvester:x@db/harvester\n")
            value = str(tmp_path / Path(value).name)
        monkeypatch.setenv(name, value)
    settings = load_settings(tmp_path / "config.toml")
    assert settings.store_url == "postgresql+psycopg://harvester:x@db/harvester"
    assert settings.web.secret
    assert settings.logs.level == "info"


def test_the_dockerfile() -> None:
    lint(BIN / "hadolint", "--failure-threshold", "info", DEPLOY / "Dockerfile")
    for copied in re.findall(r"^COPY (?!--from)(?:--\S+ )*(\S+) ", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE):
        assert (ROOT / copied).exists(), copied


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units with a program and a user that are on this machine: systemd looks for both."""
    needs("systemd-analyze")
    made = []
    for unit in UNITS:
        text = unit.read_text().replace("/srv/harvester/.venv/bin/harvester", str(BIN / "harvester"))
        made.append(tmp_path / unit.name)
        made[-1].write_text(re.sub(r"(?m)^(User|Group)=harvester$", r"\1=daemon", text))
    return made


def test_the_units_are_understood_and_hardened(units: list[Path]) -> None:
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if any(unit.name in line for unit in units)]
    assert (done.returncode, complaints) == (0, [])
    for unit in units:
        if unit.suffix == ".service":
            lint("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)


def test_the_units_commands_and_the_crontab_line_are_ours(tmp_path: Path) -> None:
    cron = (DEPLOY / "crontab").read_text().splitlines()[-1]
    fields, shell = cron.split("  ", 1)
    assert len(fields.split()) == 5
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "harvester").symlink_to(BIN / "harvester")
    lint("sh", "-c", shell.replace("/srv/harvester", str(room.folder)))
    assert (tmp_path / "data" / "harvester.db").exists()
    for unit in UNITS:
        for command in re.findall(r"^ExecStart=\S+ (.*)$", unit.read_text(), re.MULTILINE):
            assert "Usage" in room.run(*command.split(), "--help"), command


@pytest.fixture
def nights(tmp_path: Path) -> Room:
    """A folder in which a run and the scheduled jobs have failed."""
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    room.run("run", "--no-digest", now="2025-06-12T23:30:00Z", status=1)
    room.run("schedule", "--once", now="2025-06-12T23:30:00Z")
    return room


def metrics(room: Room) -> dict[str, list[dict[str, str]]]:
    """What /metrics shows: the labels of every sample, by name; a family may have none now."""
    ws = open_workspace(room.config)
    answer = next(route for route in health.routes(ws).routes if route.path == "/metrics").endpoint  # type: ignore[attr-defined]
    with ThreadPoolExecutor() as apart:  # in this thread, the loop of a browser may be running
        text = apart.submit(asyncio.run, answer(Request({"type": "http", "headers": []}))).result().body.decode()
    ws.store.dispose()
    families = list(text_string_to_metric_families(text))
    none: dict[str, list[dict[str, str]]] = {family.name: [] for family in families}
    found = {
        sample.name: [other.labels for other in family.samples] for family in families for sample in family.samples
    }
    return none | found


def test_rules_and_dashboard_name_metrics_and_labels_that_are_there(nights: Room) -> None:
    shown = metrics(nights)
    dashboard = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    rules = [rule["expr"] + rule["annotations"]["summary"] for rule in RULES]
    panels = [target["expr"] + target["legendFormat"] for panel in dashboard["panels"] for target in panel["targets"]]
    for text in (*rules, *panels):
        named = set(re.findall(r"harvester_\w+", text))
        assert named <= shown.keys() | {"harvester_source_complete_until_seconds"}, text
        for label in re.findall(r"labels\.(\w+)|\{\{(\w+)\}\}", text):
            (one,) = filter(None, label)
            assert all(one in sample for name in named & shown.keys() for sample in shown[name]), text


def test_no_label_is_one_that_prometheus_sets_itself(nights: Room) -> None:
    """The alert about a failed job named the scraped service: Prometheus' own label `job` won."""
    labels = {label for samples in metrics(nights).values() for sample in samples for label in sample}
    assert labels & {"job", "instance"} == set()
    assert "scheduled_job" in labels


def test_a_source_that_is_turned_off_disappears(nights: Room) -> None:
    """It alarmed for ever: its last complete time grew old."""

    def sources() -> set[str]:
        return {sample["source"] for samples in metrics(nights).values() for sample in samples if "source" in sample}

    ws = open_workspace(nights.config)
    with write(ws.store) as db:
        set_cursor(db, "huggingface", Cursor(until=datetime(2025, 6, 1, tzinfo=UTC)))
    ws.store.dispose()
    assert {"arxiv", "huggingface"} <= sources()
    nights.config.write_text(
        nights.config.read_text().replace("[harvest.huggingface]", "[harvest.huggingface]\nenabled = false")
    )
    assert "huggingface" not in sources()
    assert "arxiv" in sources()


def test_every_rule_has_a_unit_test_that_fires_and_one_that_does_not() -> None:
    tested = [case for test in yaml(DEPLOY / "prometheus.test.yml")["tests"] for case in test["alert_rule_test"]]
    for fires in (True, False):
        assert {case["alertname"] for case in tested if bool(case.get("exp_alerts")) is fires} == {
            rule["alert"] for rule in RULES
        }


def test_the_rules_pass_their_unit_tests() -> None:
    promtool = needs("promtool")
    lint(promtool, "check", "rules", DEPLOY / "prometheus.yml")
    lint(promtool, "test", "rules", DEPLOY / "prometheus.test.yml")


def test_the_image_gets_what_is_pinned() -> None:
    """The image, like everything else, is installed from requirements.lock: it pins every dependency by name."""
    pinned = {
        re.split("==", line)[0].lower().replace("_", "-")
        for line in (ROOT / "requirements.lock").read_text().splitlines()
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    names = {re.match(r"[\w.-]+", spec)[0].lower().replace("_", "-") for spec in wanted}  # type: ignore[index]
    assert names <= pinned
