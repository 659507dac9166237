"""How far a long command is, where no terminal shows bars."""

import io
import sys
import time

import pytest

from harvester.cli import common


def test_a_log_gets_a_line_of_what_is_being_done_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(common, "_EVERY", 0.01)
    monkeypatch.setattr(common, "_SELDOM", 0.01)

    def shown(words: str) -> None:
        while words not in log.getvalue():
            time.sleep(0.01)

    with common.watched(logged=True) as watch:
        watch("migrating the store", 2, 18)
        shown("migrating the store: 2 of 18 (11%), 0 s\n")
        watch("titles", 150_000, 200_000)
        shown("titles: 150,000 of 200,000 (75%), ")
        watch("titles", 200_000, 200_000)
        watch("migrating the store", 3, 18)
        shown("migrating the store: 3 of 18")
        watch("indexing texts", 0, None)
        shown("indexing texts, ")
    assert "titles: 200,000" not in log.getvalue()


def test_other_commands_are_silent_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cron mails whatever they print."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with common.watched() as watch:
        watch("collecting", 2, 18)
    assert log.getvalue() == ""
