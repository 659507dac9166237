"""Logs for people and for machines, neither of which ever contains a secret."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.base import logs
from harvester.config.settings import load_settings
from tests.room import Room

log = logging.getLogger("harvester.test")


class Heard:
    """What went to standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def getvalue(self) -> str:
        return self._capsys.readouterr().err


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Iterator[Heard]:
    root, raising = logging.getLogger(), logging.raiseExceptions
    loggers = [root, *map(logging.getLogger, logs.OURS)]
    handlers, levels = list(root.handlers), [logger.level for logger in loggers]
    yield Heard(capsys)
    root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    logging.raiseExceptions = raising


def test_json_says_when_who_what_and_what_about(heard: Heard) -> None:
    logs.set_up(logging.INFO, "json")
    with logs.bound(job="run"), logs.bound(source="arxiv"):
        log.info("%s new", 3)
    try:
        raise KeyError("field\x1b[31m")
    except KeyError:
        log.warning("odd", exc_info=True)
    log.debug("never")
    logging.getLogger("urllib3").info("never, either")
    said = heard.getvalue()
    first, second = map(json.loads, said.splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {"level": "info", "logger": "harvester.test", "message": "3 new", "job": "run", "source": "arxiv"}
    assert second["error"].startswith("KeyError: ")
    assert "\x1b" not in said


def test_the_console_has_one_line_a_record(heard: Heard) -> None:
    logs.set_up(logging.INFO, "console")
    logs.set_up(logging.INFO, "console")
    with logs.bound(run="2026-01-06T02:00:03Z"):
        log.info("two\nlines\x1b[2J")
    assert heard.getvalue() == "INFO harvester.test [run 2026-01-06T02:00:03Z]: two lines[2J\n"


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_shown(heard: Heard, form: logs.Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {
        "DIGEST__SMTP_PASSWORD": "hunter-two",
        "WEB__SECRET": "0123456789abcdef0123",
        "ALERT__WEBHOOK": "https://hooks.example.org/services/T0/B0/s3cr3t",
        "STORE__URL": "postgresql+psycopg://bob:p4ss@db/harvester",
    }.items():
        monkeypatch.setenv(f"HARVESTER_{key}", value)
    (tmp_path / "config.toml").write_text("")
    logs.set_up(logging.DEBUG, form, load_settings(tmp_path / "config.toml").secret_values())
    log.info("535 hunter-two; POST /services/T0/B0/s3cr3t; postgresql://bob:p4ss@db/x; 'p4ss' 0123456789abcdef0123")
    log.info("GET /unsubscribe/abc.def-ghi and https://x.example/confirm/tok.123?y=1")
    try:
        raise ValueError("hunter-two")
    except ValueError:
        log.exception("password hunter-two")
    said = heard.getvalue()
    for secret in ("hunter-two", "s3cr3t", "p4ss", "0123456789abcdef0123", "bob", "abc.def-ghi", "tok.123"):
        assert secret not in said, secret
    assert "/unsubscribe/***" in said
    assert "Traceback" in said


def test_a_configured_level_and_form_hold_for_every_command(tmp_path: Path) -> None:
    told = {"HARVESTER_LOGS__LEVEL": "info", "HARVESTER_LOGS__FORMAT": "json"}
    room = Room(Room.make(tmp_path, "http://127.0.0.1:1").folder, told)
    with room.start("run", "--no-digest", "--json", now="2025-06-12T23:30:00Z") as process:
        _, err = process.communicate(timeout=60)
    said = [json.loads(line) for line in err.splitlines()]
    assert {record["run"] for record in said} == {"2025-06-12T23:30:00Z"}
    assert {record["level"] for record in said} == {"info", "warning"}
