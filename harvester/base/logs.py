"""Logs on standard error: one line per record for people, or one JSON object per line for machines. Never a secret.

What a block of work is about (the run, the job, the source) is bound to all records made inside it.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

Format = Literal["console", "json"]
OURS = ("harvester", "classifiers")
HIDDEN = "***"
_BOUND: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("what the records at this time are about", default=())
_TOKEN = re.compile(r"(/(?:confirm|preferences|unsubscribe|invite|reset)/)[^\s\"'<>/?#]+")
_USERINFO = re.compile(r"(?<=://)[^\s/@\"']+@")
_SHORTEST_SECRET = 4  # a shorter one would black out every other word


@contextmanager
def bound(**about: str) -> Iterator[None]:
    """Let every record made in this block say what it is about."""
    token = _BOUND.set((*_BOUND.get(), *about.items()))
    try:
        yield
    finally:
        _BOUND.reset(token)


def set_up(level: int, form: Format, secrets: Sequence[str] = ()) -> None:
    """Send records of `level` and above to standard error; standard output is for the answer.

    Args:
        secrets: never shown, wherever they turn up; nor are user names and passwords in addresses or tokens in links.
    """
    root, handler = logging.getLogger(), logging.StreamHandler(sys.stderr)
    formatter = JsonFormatter if form == "json" else PlainFormatter
    handler.setFormatter(formatter(secrets, traces=level <= logging.DEBUG))
    formatters = (JsonFormatter, PlainFormatter)
    for earlier in [handler for handler in root.handlers if isinstance(handler.formatter, formatters)]:
        root.removeHandler(earlier)  # set up before the configuration was read
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))  # libraries have a line for every request
    for ours in OURS:
        logging.getLogger(ours).setLevel(level)
    logging.raiseExceptions = level <= logging.DEBUG


def without_secrets(text: str, secrets: Sequence[str] = ()) -> str:
    """The text with secrets blacked out."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    return _TOKEN.sub(rf"\1{HIDDEN}", _USERINFO.sub(f"{HIDDEN}@", text))


class PlainFormatter(logging.Formatter):
    """One line per record, without terminal control characters; exceptions are named, with `traces` shown in full."""

    def __init__(self, secrets: Sequence[str] = (), *, traces: bool = False) -> None:
        super().__init__()
        self._secrets, self._traces = secrets, traces

    def format(self, record: logging.LogRecord) -> str:
        """The line, and with `traces` the traceback below it."""
        about = "".join(f" [{key} {value}]" for key, value in _BOUND.get())
        line = f"{record.levelname} {record.name}{about}: {record.getMessage()}{_named(record)}"
        lines = [" ".join(line.split()), *(_trace(record).splitlines() if self._traces else ())]
        return without_secrets("\n".join(map(_printable, lines)), self._secrets)


class JsonFormatter(logging.Formatter):
    """One JSON object per record: ``time``, ``level``, ``logger``, ``message``, ``error`` if there is one, and what
    is bound; with `traces` the traceback, too."""

    def __init__(self, secrets: Sequence[str] = (), *, traces: bool = False) -> None:
        super().__init__()
        self._secrets, self._traces = secrets, traces

    def format(self, record: logging.LogRecord) -> str:
        """The object on one line; JSON escapes what a terminal would interpret."""
        fields: dict[str, str] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **dict(_BOUND.get()),
        }
        if error := _named(record):
            fields["error"] = error.strip(" ()")
        if self._traces and (trace := _trace(record)):
            fields["trace"] = trace
        return json.dumps({key: without_secrets(value, self._secrets) for key, value in fields.items()})


def _printable(line: str) -> str:
    return "".join(sign for sign in line if sign.isprintable())


def _named(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    return f" ({type(error).__name__}: {error})" if error else ""


def _trace(record: logging.LogRecord) -> str:
    return "".join(traceback.format_exception(*record.exc_info)).rstrip() if record.exc_info else ""
