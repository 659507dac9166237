"""Modules that interactive commands must not import, since imports determine how fast they answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = (
    "torch",
    "transformers",
    "sklearn",
    "scipy",
    "numpy",
    "ray",
    "pandas",
    "alembic",
    "fastapi",
    "lxml",
    "requests",
    "urllib3",
    "arxiv",
    "feedparser",
)
FOR_MAIL_AND_PAGES = ("jinja2", "css_inline", "smtplib", "itsdangerous", "starlette")
"""What the work of the scheduled jobs needs, but not a look at how they ended."""
LOADED = """
import sys
from harvester.cli import main
sys.argv = ["harvester", *sys.argv[1:]]
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
kept = "sqlalchemy.dialects.postgresql"
print("LOADED", *[name for name in sys.modules if "." not in name or name == kept])
"""


@pytest.mark.parametrize("arguments", [("--help",), ("backfill", "--help"), ("queue",), ("status",), ()], ids=" ".join)
def test_a_quick_command_loads_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text("")
    command = [sys.executable, "-c", LOADED, *arguments]
    for _ in range(2):  # the first one makes the store
        done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert not {*HEAVY} & {*loaded}
    assert "sqlalchemy.dialects.postgresql" not in loaded, "the store is SQLite"
    if "--help" in arguments:
        assert not {"sqlalchemy", "classifiers"} & {*loaded}
    if arguments in (("status",), ()):
        assert not {*FOR_MAIL_AND_PAGES} & {*loaded}


def test_the_sources_settings_load_no_library_of_a_source() -> None:
    """Every command reads config.toml, and so the registry with all modules of sources."""
    code = "import sys; import harvester.config.settings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    loaded = done.stdout.split()
    assert {"harvester.sources.registry", "harvester.sources.huggingface"} <= {*loaded}, done.stderr
    assert not {*HEAVY} & {*loaded}
