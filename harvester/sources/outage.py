"""Whether there is a network at all, so that a night without one does not ask every host for minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from harvester.domain.link_answers import Failure

UNREACHED = (Failure.NO_NAME, Failure.NO_ROUTE, Failure.TIMED_OUT)  # or packets get lost on the way, as at a firewall
ATTEMPTS = 2  # to reach one host
HOSTS = 2  # if the first hosts, so many, are not reached, that is no fault of theirs
FIRST_WAIT = 10.0  # seconds for a connection, until any host was reached


@dataclass(slots=True)
class _Seen:
    """The failed attempts at each host since one was reached, and whether one ever was."""

    attempts: dict[str, list[str]] = field(default_factory=dict)
    reached: bool = False


_seen: ContextVar[_Seen | None] = ContextVar("which hosts were reached", default=None)


@contextmanager
def watching_network() -> Iterator[None]:
    """Within the block, a host that was not reached is asked once more; if the first `HOSTS` were not, no other is.

    Once any host was reached there is a network, and others that are not are gone: feeds move and end.
    """
    token = _seen.set(_Seen())
    try:
        yield
    finally:
        _seen.reset(token)


def unreached(host: str) -> str | None:
    """Why a host need not be asked now, as the end of a sentence; None if it should be."""
    seen = _seen.get() or _Seen()
    if len(attempts := seen.attempts.get(host, [])) >= ATTEMPTS:
        return attempts[-1]
    if seen.reached or len(seen.attempts) < HOSTS:
        return None
    return f"there is no network ({' and '.join(seen.attempts)} were not reached, either)"


def connect_timeout(usual: float) -> float:
    """How many seconds to wait for a connection now."""
    seen = _seen.get()
    return usual if seen is None or seen.reached else min(usual, FIRST_WAIT)


def note_answer(host: str, failure: str = "") -> None:
    """Remember how asking a host has ended."""
    seen = _seen.get()
    if seen is None:
        return
    if failure in UNREACHED:
        seen.attempts.setdefault(host, []).append(failure)
    else:
        seen.reached = True
        seen.attempts.clear()
