"""Connections that cost too much: requests that are never finished, too many at once, and the log lines about both."""

import asyncio
import logging
import resource
from collections.abc import MutableMapping
from time import monotonic
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_WITHIN, BODY_WITHIN = 10.0, 30.0  # seconds for a client to finish sending them
LOOK_EVERY = 1.0  # seconds
MOST = 2_000  # connections
SPARE = 200  # file descriptors for the store, the catalog and the logs
LINES, LINES_WITHIN = 5, 60.0  # of one kind of log line, and per so many seconds
_LOGGERS = ("asyncio", "uvicorn.error", "harvester.web.errors")
_CLOSE = b"Connection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, to clients that finish what they begin.

    uvicorn has a time-out between requests only; without these, a client that sends a header a byte a minute keeps its
    connection for ever (CWE-400, "slow loris").
    """

    _look: asyncio.TimerHandle | None = None
    _stage: tuple[object, str] = (None, "")
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Serve the connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            self._refuse(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\n")
        else:
            self._check()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._look:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, unless it was refused."""
        if not self.transport.is_closing():
            super().data_received(data)

    def _check(self) -> None:
        stage, now = self._awaits(), monotonic()
        if stage[0] is not self._stage[0] or stage[1] != self._stage[1]:
            self._stage, self._since = stage, now
        limit = {"header": HEADER_WITHIN, "body": BODY_WITHIN}.get(stage[1])
        if limit is not None and now - self._since > limit:
            self._refuse(b"HTTP/1.1 408 Request Timeout\r\n" if stage[1] == "header" else b"")
        elif not self.transport.is_closing():
            self._look = self.loop.call_later(LOOK_EVERY, self._check)

    def _awaits(self) -> tuple[object, str]:
        """The request in question, and which part of it has yet to come; "" while the client is waiting for us."""
        if self.cycle is None or self.cycle.response_complete:
            return self.cycle, "header"
        return self.cycle, "body" if self.cycle.more_body else ""

    def _refuse(self, status: bytes) -> None:
        if status:
            self.transport.write(status + _CLOSE)
        self.transport.close()


class RateLimit(logging.Filter):
    """Passes the first few records of a kind per minute; the next one that passes tells how many were left out."""

    def __init__(self, most: int = LINES, within: float = LINES_WITHIN) -> None:
        super().__init__()
        self._most, self._within = most, within
        self._kinds: MutableMapping[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record passes."""
        kind, now = f"{record.name} {str(record.msg)[:80]}", monotonic()
        begun, count = self._kinds.get(kind, (now, 0))
        if now - begun >= self._within:
            if count > self._most:
                record.msg = f"{record.msg} (and {count - self._most} more like the last)"
            begun, count = now, 0
        self._kinds[kind] = (begun, count + 1)
        return count < self._most


def limit_logs() -> None:
    """Rate-limit the lines that clients can cause."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, RateLimit) for known in logger.filters):
            logger.addFilter(RateLimit())


def raise_file_limit() -> None:
    """Allow as many open files as connections need: the usual soft limit, 1024, is for programs that use select(2)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE if hard == resource.RLIM_INFINITY else min(hard, MOST + SPARE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """How many connections are served at once: fewer than there may be open files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(1, min(MOST, soft - SPARE))


def server_options() -> dict[str, Any]:
    """What uvicorn is told to make use of this module."""
    limit_logs()
    raise_file_limit()
    return {"http": PatientProtocol, "ws": "none"}
