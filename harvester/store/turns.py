"""Turns of the threads of one process, so that at most one of them waits for the database's own lock.

A thread that waits inside the database holds a connection of the pool. If all connections wait for a lock, its holder,
who needs another connection to go on, waits for them.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Engine

from harvester.base.errors import StoreBusy

_turns: dict[tuple[str, str], Lock] = {}


@contextmanager
def turn(store: Engine, name: str, patience: float) -> Iterator[None]:
    """Hold this process's turn at the lock `name` of a store.

    Raises:
        StoreBusy: another thread has held it for `patience` seconds.
    """
    mine = _turns.setdefault((store.url.render_as_string(), name), Lock())
    if not mine.acquire(timeout=-1 if patience == math.inf else patience):
        raise busy(store, patience)
    try:
        yield
    finally:
        mine.release()


def busy(store: Engine, patience: float) -> StoreBusy:
    """The error of somebody who has waited so many seconds in vain."""
    where = store.url.render_as_string(hide_password=True)
    return StoreBusy(
        f"The store {where} was kept busy by another thread or process for {patience:.0f} s, so nothing was done",
        remedy="try again; if that lasts, stop the harvester process that hangs",
    )
