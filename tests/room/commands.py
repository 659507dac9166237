"""The command line, run in this process, or in a separate one where the process itself is tested."""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from harvester.base.logs import OURS
from harvester.cli import main

ROOT = Path(__file__).parents[2]


def harvester(
    *arguments: str, folder: Path | None = None, given: str = "", environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command in `folder`, with `given` as standard input, starting from the console script."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, _logging_as_before(), _stores_closed():
        patch.chdir(folder or Path.cwd())
        for name, value in (environment or {}).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["harvester", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()), "utf-8"))
        with redirect_stdout(out), redirect_stderr(err):
            status = _status()
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, status, *said)


def process(
    *arguments: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    python: Path = Path(sys.executable),
    **more: Any,
) -> "subprocess.Popen[str]":
    """The command as a process of its own."""
    command = [python, "-m", "harvester", *arguments]
    there = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    return subprocess.Popen(command, cwd=folder, env=there, text=True, stdout=-1, stderr=-1, **more)


def _status() -> int:
    """The exit status of the console script."""
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@contextmanager
def _logging_as_before() -> Iterator[None]:
    root, raising = logging.getLogger(), logging.raiseExceptions
    loggers = [root, *map(logging.getLogger, OURS)]
    handlers, levels = list(root.handlers), [logger.level for logger in loggers]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        logging.raiseExceptions = raising
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _stores_closed() -> Iterator[None]:
    """Close the database, as a process does when it ends."""
    opened: set[Engine] = set()

    def note(connection: Connection) -> None:
        opened.add(connection.engine)

    event.listen(Engine, "engine_connect", note)
    try:
        yield
    finally:
        event.remove(Engine, "engine_connect", note)
        for engine in opened:
            engine.dispose()
