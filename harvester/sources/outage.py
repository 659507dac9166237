"""Whether there is a network at all, so that a night without one does not ask every host for minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from harvester.domain.link_answers import Failure

UNREACHED = (Failure.NO_NAME, Failure.NO_ROUTE)  # neither name server nor router knows the way
ATTEMPTS = 2  # to reach one host
HOSTS = 2  # so many hosts in a row that are not reached are no fault of theirs

_unreached: ContextVar[dict[str, list[str]] | None] = ContextVar("each attempt at hosts not reached", default=None)


@contextmanager
def watching_network() -> Iterator[None]:
    """Within the block, a host that was not reached is asked once more, and none after `HOSTS` of them in a row."""
    token = _unreached.set({})
    try:
        yield
    finally:
        _unreached.reset(token)


def unreached(host: str) -> str | None:
    """Why a host need not be asked now, as the end of a sentence; None if it should be."""
    hosts = _unreached.get() or {}
    if len(attempts := hosts.get(host, [])) >= ATTEMPTS:
        return attempts[-1]
    return f"there is no network ({' and '.join(hosts)} were not reached, either)" if len(hosts) >= HOSTS else None


def note_answer(host: str, failure: str = "") -> None:
    """Remember how asking a host has ended."""
    hosts = _unreached.get()
    if hosts is None:
        return
    if failure in UNREACHED:
        hosts.setdefault(host, []).append(failure)
    else:
        hosts.clear()
