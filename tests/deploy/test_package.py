"""The package: what it declares, what it ships, and that an installed wheel works from an empty folder."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PRIVATE = "me@maintainer.invalid"
OPTIONAL = {"psycopg": "postgres", "ray": "cluster", "pyarrow": "dataset"}
"""Imports that a plain installation does without, and the extra that brings them."""


def imports(folders: Iterable[str]) -> Iterator[str]:
    """The top-level names of everything that the code in the folders imports, at whatever depth."""
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def distributions(names: Iterable[str]) -> set[str]:
    """The distributions that bring these modules; our own and Python's have none."""
    bring = packages_distributions()
    ours = {path.stem for folder in ("docs", "benchmarks") for path in (ROOT / folder).iterdir()}
    outside = set(names) - set(sys.stdlib_module_names) - ours - {"harvester", "classifiers", "tests"}
    assert outside <= bring.keys(), outside - bring.keys()
    return {normal(bring[name][0]) for name in outside}


def declared(requirements: Iterable[str]) -> set[str]:
    return {normal(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements}


def normal(name: str) -> str:
    """A distribution's name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_that_is_imported_is_declared() -> None:
    """numpy, starlette and others came along with something else, until they would not."""
    extras = PROJECT["optional-dependencies"]
    used = set(imports(["harvester", "classifiers"]))
    assert distributions(used - OPTIONAL.keys()) <= declared(PROJECT["dependencies"])
    for name, extra in OPTIONAL.items():
        assert distributions([name]) <= declared(extras[extra])
    everything = declared([*PROJECT["dependencies"], *extras["dev"], *extras["docs"], *extras["postgres"]])
    assert distributions(imports(["tests", "benchmarks", "docs"])) <= everything


def test_people_and_machines_are_told_what_it_is() -> None:
    assert {"Typing :: Typed", "Programming Language :: Python :: 3.11"} <= set(PROJECT["classifiers"])
    assert PROJECT["keywords"]
    assert {"Repository", "Documentation", "Changelog"} <= PROJECT["urls"].keys()
    for package in ("harvester", "classifiers"):
        assert (ROOT / package / "py.typed").is_file()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of an edited checkout that is in use, and the wheel built from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    checkout = folder / "checkout"
    for name in ("harvester", "classifiers", "data"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__", "*.db*", "backups"))
    for name in (".gitignore", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout)
    for name in (
        *("config.toml", "password.txt", ".env", "readers.csv", "before-restore.db", ".harvester/config.toml"),
        *("data/secret.key", "data/harvester.db", "data/backups/x.db", "data/readers.csv", "deploy/secrets/store_url"),
    ):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(PRIVATE)
    build("sdist", checkout, folder)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    build("wheel", next(folder.glob("cardio_harvester-*/")), folder)
    return folder


def build(kind: str, source: Path, target: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_of_the_maintainers_own_is_shipped(built: Path) -> None:
    """`pip wheel` of an edited checkout shipped its config.toml."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        for member in archive.getmembers():
            held = archive.extractfile(member)
            assert held is None or PRIVATE.encode() not in held.read(), member.name
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        assert all(PRIVATE.encode() not in wheel.read(name) for name in names)
    shipped = ("harvester/config/defaults.toml", "harvester/config/starter.toml", "classifiers/_data/taxonomy.toml")
    assert names >= {*shipped, "harvester/py.typed", "classifiers/py.typed"}


START = "import sys; sys.argv[0] = '{program}'; from harvester.cli import main; main()"


@pytest.mark.long
def test_an_installed_wheel_works_from_an_empty_folder(built: Path, tmp_path: Path, python: Path) -> None:
    """Its first hour: a working folder, its settings, and a whole night on the sample, which says how to go on.

    `make demo` activates no environment, so `harvester` alone is not found.
    """
    installed, empty, program = tmp_path / "installed", tmp_path / "empty", tmp_path / "bin dir" / "harvester"
    empty.mkdir()
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(installed)  # all that pip does with it, apart from the commands in bin/
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {python} -c "{START.format(program=program)}" "$@"\n')
    program.chmod(0o755)
    nowhere = {f"HARVESTER_HARVEST__{name}__URL": "http://127.0.0.1:1" for name in ("ARXIV", "ARXIV_RSS", "EUROPEPMC")}
    environment = {**os.environ, **nowhere, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(installed)}

    def run(command: str) -> str:
        done = subprocess.run(["sh", "-c", command], cwd=empty, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    imported = run(f"{sys.executable} -P -c 'import harvester, classifiers; print(harvester, classifiers)'")
    assert imported.count(str(installed)) == 2
    harvester = shlex.quote(str(program))
    assert "created in" in run(f"{harvester} init list")
    assert "no mistakes" in run(f"{harvester} config check --config list/config.toml")
    assert "1.1.0" in run(f"{harvester} --version")
    own = {
        "STORE__URL": f"sqlite:///{empty}/own.db",
        "CATALOG__DIR": f"{empty}/own",
        "ALERT__MAIL": '["me@own.example"]',
    }
    environment |= {f"HARVESTER_{name}": value for name, value in own.items()}
    *_, accepted, _, _, last = run(f"{harvester} demo --folder demo").splitlines()
    assert sorted(path.name for path in empty.iterdir()) == ["demo", "list"], "an operator's own store is left alone"
    for name in own:
        del environment[f"HARVESTER_{name}"]
    assert "Accepted as a first entry" in accepted
    explore = last.removeprefix("Explore it: ")
    assert explore.startswith(f"{harvester} queue")
    assert "pending" in run(explore)
    [night] = json.loads(run(f"cd demo && {harvester} runs --json"))
    sources = {source["name"]: source for source in night["sources"]}
    assert all(sources[name]["state"] == "fresh" for name in ("arxiv", "europepmc", "crossref", "huggingface"))
    assert (sources["europepmc"]["new"], sources["europepmc"]["merged"]) == (1, 1), "one is a preprint's article"
    assert (night["state"], sources["crossref"]["new"]) == ("ok", 1)
