"""Locks between processes of one host. The kernel frees them when their holder dies, however it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvester.base.errors import HarvesterError, LockHeld

TRY_LATER = "try again when it has finished"  # the remedy of every lock


@contextmanager
def file_lock(path: Path, *, wait: bool, busy: str = "") -> Iterator[None]:
    """Hold an exclusive flock(2) on `path`, which is created if missing and never deleted.

    Raises:
        LockHeld: another process holds it and `wait` is false; `busy` is then its message, without the remedy.
        HarvesterError: the lock file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
    except OSError as error:
        raise HarvesterError(f"Cannot open the lock file {path}: {error.strerror or error}.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(busy or f"Another process holds {path}", remedy=TRY_LATER) from None
        yield
