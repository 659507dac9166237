"""The demo through the real command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.room import Room


def test_the_demo_leaves_an_operators_own_store_and_subscribers_alone(tmp_path: Path) -> None:
    """The demo obeyed $HARVESTER_..., and so accepted invented papers into the store of a machine set up that way."""
    own = {
        "HARVESTER_STORE__URL": f"sqlite:///{tmp_path}/own.db",
        "HARVESTER_CATALOG__DIR": f"{tmp_path}/own",
        "HARVESTER_ALERT__MAIL": '["ops@example.org"]',
    }
    made = json.loads(Room(tmp_path, own).run("demo", "--folder", "scratch", "--json"))
    assert made["state"] == "ok"
    assert len(made["mails"]) == 1
    by_name = {source["name"]: source for source in made["sources"]}
    assert all(by_name[name]["state"] == "fresh" for name in ("arxiv", "europepmc", "crossref", "huggingface"))
    assert (by_name["europepmc"]["new"], by_name["europepmc"]["merged"]) == (1, 1), "one is a preprint's article"
    assert by_name["crossref"]["new"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]


def test_the_last_line_works_as_it_is_printed(tmp_path: Path) -> None:
    """`make demo` activates no environment, so `harvester` alone is not found."""
    (tmp_path / "bin dir").mkdir()
    program = tmp_path / "bin dir" / "harvester"
    program.write_text(f"#!{sys.executable}\nfrom harvester.cli import main\nmain()\n")
    program.chmod(0o755)
    without = {**os.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}

    def run(command: str) -> str:
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=without, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    last = run("'bin dir/harvester' demo --folder demo").splitlines()[-1].removeprefix("Explore it: ")
    assert last.startswith("'bin dir/harvester' queue")
    assert "pending" in run(last)
