"""What commands share: common options, output for people or as JSON, progress, logs.

Command modules import services inside functions: `harvester --help` must not pay for the database or the classifier.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from harvester.base import logs
from harvester.base.escape import terminal
from harvester.domain.text import clean

if TYPE_CHECKING:
    from rich.progress import TaskID
    from rich.table import Table

    from harvester.config.settings import Settings
    from harvester.services.workspace import Watch

_PIPE_WIDTH = 160  # characters of a table that no terminal shows
_EVERY, _SELDOM = 4.0, 15.0  # seconds between the first two lines of progress in a log, and at most
By = Annotated[str | None, typer.Option("--by", help="Who decides (default: your login name).")]


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def say(text: str) -> None:
    """Print text for people on standard output, without escape sequences that a terminal would obey."""
    sys.stdout.write(f"{terminal(text)}\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people on standard output."""
    from rich.table import Table

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    _print_table(drawn, rows)


def listing(columns: Sequence[str], rows: Sequence[Sequence[object]], shares: dict[str, int]) -> None:
    """Print a table with one line a row: the columns of `shares` divide what the others leave of the line.

    What does not fit ends in an ellipsis.
    """
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for name in columns:
        drawn.add_column(name, no_wrap=True, overflow="ellipsis", ratio=shares.get(name))
    _print_table(drawn, rows)


def _print_table(drawn: "Table", rows: Sequence[Sequence[object]]) -> None:
    from rich.console import Console
    from rich.text import Text

    for row in rows:
        drawn.add_row(*(Text(terminal(clean(str(cell)))) for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(drawn)


@contextmanager
def watched(*, logged: bool = False) -> Iterator["Watch"]:
    """Progress bars on standard error, one per stage.

    If it is not a terminal, none; or, with `logged`, a line now and then, for somebody who reads a log meanwhile.
    """
    if logged and not sys.stderr.isatty():
        with _logged(sys.stderr) as watch:
            yield watch
        return
    from rich.console import Console
    from rich.progress import (
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    named, count = TextColumn("{task.description}"), MofNCompleteColumn()
    columns = (SpinnerColumn(), named, count, TimeElapsedColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bars:
        stages: dict[str, TaskID] = {}

        def watch(stage: str, done: int, total: int | None) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total)
            bars.update(stages[stage], completed=done, total=total)

        yield watch


@contextmanager
def _logged(log: TextIO) -> Iterator["Watch"]:
    """A thread of its own writes the lines, since a statement of a database may take minutes."""
    unfinished: dict[str, str] = {}
    begun, over = time.monotonic(), Event()

    def watch(stage: str, done: int, total: int | None) -> None:
        unfinished.pop(stage, None)
        if done != total:
            unfinished[stage] = stage if total is None else f"{stage}: {done:,} of {total:,} ({done / total:.0%})"

    def write() -> None:
        pause = _EVERY
        while not over.wait(pause):
            pause = min(pause * 1.5, _SELDOM)
            if shown := list(unfinished.values()):
                log.write(f"{shown[-1]}, {time.monotonic() - begun:.0f} s\n")
                log.flush()

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        yield watch
    finally:
        over.set()
        writer.join()


def set_up_logging(debug: bool) -> None:
    """Log to standard error, since standard output is for the answer; the configuration refines this later."""
    logs.set_up(logging.DEBUG if debug else logging.WARNING, "console")


def configure_logging(settings: "Settings") -> None:
    """Use the configured format and level; ``--debug`` goes below any of them."""
    level = min(logging.getLevelName(settings.logs.level.upper()), _debugging())
    logs.set_up(level, settings.logs.format, settings.secret_values())


def _debugging() -> int:
    level = logging.getLogger(logs.OURS[0]).level
    return level if level == logging.DEBUG else logging.CRITICAL
