"""Locks between processes of one host. The kernel frees them when their holder dies, however it dies."""

import fcntl
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from harvester.base.errors import HarvesterError, LockHeld

_SOONEST, _LATEST = 0.001, 0.05  # seconds until it is asked for again, growing: flock(2) has no time-out
TRY_LATER = "try again when it has finished"  # the remedy of every lock


@contextmanager
def file_lock(path: Path, *, wait: bool, busy: str = "", patience: float = math.inf) -> Iterator[None]:
    """Hold an exclusive flock(2) on `path`, which is created if missing and never deleted.

    Raises:
        LockHeld: another process holds it and `wait` is false, or has held it for `patience` seconds; `busy` is then
            its message, without the remedy.
        HarvesterError: the lock file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
    except OSError as error:
        raise HarvesterError(f"Cannot open the lock file {path}: {error.strerror or error}.") from error
    with handle:
        try:
            _acquire(handle, patience if wait else 0.0)
        except BlockingIOError:
            raise LockHeld(busy or f"Another process holds {path}", remedy=TRY_LATER) from None
        yield


def _acquire(handle: IO[str], patience: float) -> None:
    """Wait for the lock at most so many seconds; BlockingIOError then."""
    if patience == math.inf:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return None
    until, pause = time.monotonic() + patience, _SOONEST
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if (left := until - time.monotonic()) <= 0:
                raise
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LATEST)
