"""Follows links without reading pages, and troubles no host more than a person would.

All threads share one `Hosts`: each host is asked one thing at a time, with a pause in between, and is left alone once
it asks for that or does not answer at all.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from harvester.base.escape import is_web_url
from harvester.domain.link_answers import MAX_REDIRECTS, OF_HOST, Astray, Failure, Reply, Trace
from harvester.domain.links import host, page, redirect_target
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.private_hosts import private_addresses

# After so many links in a row a host is not asked for the others: if nothing connects, if nothing answers, or if it
# wants a long pause. A single link may have a limit of its own, or hang by itself.
UNCONNECTED, UNANSWERED, THROTTLED = 2, 4, 4
REFUSES_HEAD = (403, 405, 501)
VISITS = 2  # to one address in one chain of redirects: the first may only set a cookie


class Stopped(Exception):
    """Somebody wants the asking to end."""


@dataclass(slots=True)
class _Host:
    """One host's turn. `closed` is what is said of its links while it is not asked."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    due: float = 0.0
    waited: float = 0.0
    unconnected: int = 0
    unanswered: int = 0
    throttled: int = 0
    head: bool = True
    closed: Reply | None = None


class Hosts:
    """The hosts asked so far.

    Args:
        settings: how often to try, and the longest wait for a host that asks for a pause.
        pause: seconds between two requests to a host, given its name and port.
    """

    def __init__(self, settings: HttpSettings, pause: Callable[[str], float]) -> None:
        self._settings, self._pause = settings, pause
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._opening = threading.Lock()
        self._stop = threading.Event()

    def stop(self) -> None:
        """Let every thread end before its next request."""
        self._stop.set()

    def ask(self, transport: Transport, address: str) -> Reply:
        """HEAD, and GET where that settles nothing, since many servers answer HEAD with an error.

        Raises:
            Stopped: `stop` was called.
        """
        name = host(address)
        with self._opening:
            known = self._hosts[name]
        with known.turn:
            reply = self._patiently(transport, "HEAD", address, known) if known.head else Reply()
            if known.closed is None and _wants_get(reply):
                first, reply = reply, self._patiently(transport, "GET", address, known)
                known.head = known.head and first.status not in REFUSES_HEAD and first.status == reply.status
            return self._noted(known, reply)

    def _patiently(self, transport: Transport, method: str, address: str, known: _Host) -> Reply:
        """The host's answer, asked again after each pause that it wants, if all of them together are short enough."""
        for attempt in range(1, self._settings.attempts + 1):
            if known.closed:
                return known.closed
            self._sleep(known.due - time.monotonic())
            reply = transport.touch(method, address)
            known.due = time.monotonic() + self._pause(host(address))
            if not reply.throttled:
                return reply
            wanted = 2.0**attempt if reply.retry_after is None else reply.retry_after
            if attempt == self._settings.attempts or known.waited + wanted > self._settings.max_wait:
                break
            known.waited += wanted
            known.due = max(known.due, time.monotonic() + wanted)
        return reply

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(max(0.0, seconds)):
            raise Stopped

    @staticmethod
    def _noted(known: _Host, reply: Reply) -> Reply:
        """The reply; if it is one too many of its kind, the host is closed."""
        if known.closed is None:
            known.unconnected = known.unconnected + 1 if reply.problem in OF_HOST else 0
            known.unanswered = 0 if reply.status else known.unanswered + 1
            known.throttled = known.throttled + 1 if reply.throttled else 0
            if known.unconnected >= UNCONNECTED or reply.problem == Failure.NO_NAME:
                known.closed = reply
            elif known.unanswered >= UNANSWERED:
                known.closed = Reply(problem=Astray.SILENT)
            elif known.throttled >= THROTTLED:
                known.closed = Reply(problem=Astray.LATER)
        return reply


def _wants_get(reply: Reply) -> bool:
    """Whether HEAD has settled nothing; a host that cannot be connected to is not asked twice."""
    if reply.problem:
        return reply.problem in (Failure.STALLED, Failure.RESET, Failure.HUNG_UP, Failure.NOT_HTTP)
    return (not reply.status or reply.status >= 400) and reply.status not in (401, 410) and not reply.throttled


def follow(hosts: Hosts, transport: Transport, link: str) -> Trace:
    """Follow a link through its redirects, on whatever host, but never from outside into a private network.

    Raises:
        Stopped: `hosts.stop` was called.
    """
    transport.forget()
    redirects: list[tuple[str, int]] = []
    visits: Counter[str] = Counter()
    address = link
    while True:
        reply = hosts.ask(transport, page(address))
        visits[page(address)] += 1
        if not (300 <= reply.status < 400 and reply.location):
            return Trace(tuple(redirects), address, reply)
        target, problem = _next(link, address, reply.location)
        if not problem and visits[page(target)] >= VISITS:
            problem = Astray.CIRCLES
        elif not problem and len(redirects) >= MAX_REDIRECTS:
            problem = Astray.TOO_MANY
        if problem:
            return Trace(tuple(redirects), address, replace(reply, problem=problem))
        redirects.append((address, reply.status))
        address = target


def _next(link: str, address: str, location: str) -> tuple[str, str]:
    """Where a redirect leads, and why it is not followed, if it is not."""
    try:
        target = redirect_target(address, location)
    except ValueError:
        return "", Astray.NOWHERE
    if not is_web_url(target):
        return "", Astray.NO_PAGE
    inside = host(target) != host(address) and private_addresses(target) - private_addresses(link)
    return target, Astray.INSIDE if inside else ""
