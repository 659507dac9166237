"""Turns of the threads of one process at a database's locks: first come, first served, and one of them waits at a time.

Neither SQLite nor a file lock keeps a queue: whoever asks at the right moment has it, and a thread that is unlucky
waits for seconds. PostgreSQL keeps one, but a thread that waits inside the database holds a connection of the pool: if
all connections wait for a lock, its holder, who needs another connection to go on, waits for them.

A turn is taken right before the lock of the same name and given back right after it, so turns can wait for each other
only where their locks would. Like them, they are not re-entrant. A forked process has no part in its parent's queues.
"""

import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import TIMEOUT_MAX, Event, RLock

from sqlalchemy import Engine

from harvester.base.errors import StoreBusy

Queue = deque[Event]
"""Those who want one lock, in the order in which they came; the first has it, and the event of each tells it so."""
_queues: dict[tuple[str, str], Queue] = {}
_guard = RLock()  # held for an instant; re-entrant, since the garbage collector may end an abandoned turn meanwhile


@contextmanager
def turn(store: Engine, name: str, patience: float) -> Iterator[float]:
    """Hold this process's turn at the lock `name` of a store; gives the seconds of `patience` that are left for it.

    Raises:
        StoreBusy: other threads have held it for `patience` seconds.
    """
    until, mine = time.monotonic() + patience, Event()
    queue = _queues.setdefault((store.url.render_as_string(), name), Queue())
    try:
        _join(queue, mine)
        if not mine.wait(min(patience, TIMEOUT_MAX)):
            raise busy(store, patience)
        yield max(0.0, until - time.monotonic())
    finally:
        _leave(queue, mine)


def _join(queue: Queue, mine: Event) -> None:
    with _guard:
        queue.append(mine)
        queue[0].set()


def _leave(queue: Queue, mine: Event) -> None:
    """Make way for the next, be it at the end of a turn or because the patience has ended."""
    with _guard:
        if mine in queue:  # an interrupted thread may not have joined
            queue.remove(mine)
        if queue:
            queue[0].set()


def _forget() -> None:
    """In a forked process: the threads that hold turns or wait for them are the parent's."""
    _queues.clear()
    _guard.release()


os.register_at_fork(before=_guard.acquire, after_in_parent=_guard.release, after_in_child=_forget)


def busy(store: Engine, patience: float) -> StoreBusy:
    """The error of somebody who has waited so many seconds in vain."""
    where = store.url.render_as_string(hide_password=True)
    return StoreBusy(
        f"The store {where} was kept busy by another thread or process for {patience:.0f} s, so nothing was done",
        remedy="try again; if that lasts, stop the harvester process that hangs",
    )
