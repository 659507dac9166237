"""The session of requests behind `harvester.sources.http`, without what requests does unasked.

The timeouts of requests hold for each read alone: a server that sends one byte of a header every few seconds, or
``100 Continue`` for ever, would keep a client until the end of days. And requests reads the whole body of a redirect,
whatever its size, even if redirects are not followed and the answer is streamed (``Session.resolve_redirects``).
"""

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError

from harvester.sources.private_hosts import public_addresses, resolved

# It logs the headers that it cannot parse, which are a stranger's text.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: the transport follows redirects itself."""


def new_session(user_agent: str, limit: float, *, allow_private: bool = True) -> requests.Session:
    """A session that gives up on headers after `limit` seconds, as on a read that timed out.

    Unless `allow_private`, requests raise `PrivateHost` instead of connecting to a private network.
    """
    session = _Session()
    session.trust_env = False  # no proxies or .netrc passwords from the environment
    session.headers["User-Agent"] = user_agent
    for scheme in ("http://", "https://"):
        session.mount(scheme, _within(limit, allow_private=allow_private))
    return session


def _within(seconds: float, *, allow_private: bool) -> HTTPAdapter:

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, super()._new_conn, allow_private=allow_private)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
            return _in_time(super().getresponse, self.sock, seconds)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, super()._new_conn, allow_private=allow_private)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
            return _in_time(super().getresponse, self.sock, seconds)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return adapter


def _connected(
    connection: HTTPConnection, connect: Callable[[], socket.socket], *, allow_private: bool
) -> socket.socket:
    """Resolve the host once, and connect to one of its addresses, which share the time for that.

    Unless `allow_private`, they are checked first: it may have others a moment later. Certificates are still checked
    against the name.

    Raises:
        PrivateHost: an address is on a private network.
    """
    name, limit = connection._dns_host, connection.timeout
    try:
        found = list(map(str, resolved(name))) if allow_private else public_addresses(name)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except (OSError, UnicodeError):  # urllib3 says in its own way what is wrong with such a name
        return connect()
    try:
        if limit:
            connection.timeout = limit / len(found)
        made = _first_of(connection, found, connect)
        made.settimeout(limit)
        return made
    finally:
        connection._dns_host, connection.timeout = name, limit


def _first_of(connection: HTTPConnection, found: list[str], connect: Callable[[], socket.socket]) -> socket.socket:
    """A connection to the first address that takes one."""
    for place in found[:-1]:
        connection._dns_host = place
        with suppress(OSError, HTTPError):
            return connect()
    connection._dns_host = found[-1]
    return connect()


def _in_time(wait: Callable[[], HTTPResponse], connection: socket.socket, seconds: float) -> HTTPResponse:
    """The answer once its headers are there; a timer cuts the connection when the time is up."""
    late = threading.Event()
    timer = threading.Timer(seconds, _cut, (connection, late))
    timer.daemon = True
    timer.start()
    try:
        answer = wait()
    except Exception as error:
        if late.is_set():
            raise TimeoutError("timed out") from error
        raise
    finally:
        timer.cancel()
    if late.is_set():  # half of the headers is no error to http.client
        answer.close()
        raise TimeoutError("timed out")
    return answer


def _cut(connection: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # it may be closed already
        connection.shutdown(socket.SHUT_RDWR)
