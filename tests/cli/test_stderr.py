"""Text from an upstream service or a file name must not control the terminal; tracebacks appear only with --debug."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.room import Room

LOGGED = """
import logging
from harvester.cli.common import set_up_logging
set_up_logging({debug})
log = logging.getLogger("harvester.services.harvest.collect")
log.warning("arXiv says %s", "\\x1b]0;owned\\x07\\x1b[2Jno\\nERROR forged: line")
try:
    {{}}["\\x1b[31mfield"]
except KeyError:
    log.exception("arxiv")
"""


def logged(debug: bool) -> str:
    command = [sys.executable, "-c", LOGGED.format(debug=debug)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr


@pytest.mark.parametrize("debug", [False, True])
def test_logs_hold_no_escape_sequence(debug: bool) -> None:
    assert all(line.isprintable() for line in logged(debug).splitlines())


def test_a_traceback_is_for_debug_only() -> None:
    first, second = logged(debug=False).splitlines()
    assert first == "WARNING harvester.services.harvest.collect: arXiv says ]0;owned[2Jno ERROR forged: line"
    assert second.startswith("ERROR harvester.services.harvest.collect: arxiv (KeyError: ")
    assert "\n  File " in logged(debug=True)


@pytest.mark.parametrize("flags", [(), ("--debug",)])
def test_an_error_holds_no_escape_sequence(tmp_path: Path, flags: tuple[str, ...]) -> None:
    room = Room(tmp_path)
    with room.start("queue", "--config", "no\x1b[31mwhere.toml", *flags) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "where.toml" in err
    assert ("Traceback" in err) == bool(flags)
    assert all(line.isprintable() for line in err.splitlines())
