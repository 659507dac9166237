"""The listening socket and the server behind it."""

import ctypes
import gc
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI

from harvester.base.errors import HarvesterError, UsageError
from harvester.config.schedule import ScheduleSettings
from harvester.config.web import WebSettings
from harvester.mail.link_tokens import open_tokens
from harvester.services.review.users import anybody
from harvester.services.workspace import Workspace
from harvester.web import health
from harvester.web.app import create_app
from harvester.web.connections import server_options

_ARENA_MAX, _ARENAS = -8, 2  # mallopt(3)


@dataclass(frozen=True, slots=True)
class Listening:
    """A bound socket, and its URL for people."""

    socket: socket.socket
    url: str


def prepare(ws: Workspace) -> None:
    """Make sure, before anybody can connect, that this installation has a secret and a reviewer.

    Raises:
        UsageError: the host can be reached from the network, and there is no reviewer yet.
        HarvesterError: the secret's file cannot be read or created.
    """
    open_tokens(ws.settings)
    host = ws.settings.web.host
    if not _is_loopback(host) and not anybody(ws):
        raise UsageError(
            f"[web] host {host} can be reached from the network, but there is no reviewer yet",
            remedy="add one first: harvester users add NAME",
        )


@contextmanager
def listen(settings: WebSettings | ScheduleSettings) -> Iterator[Listening]:
    """Bind the configured host and port; closed at the end.

    Raises:
        HarvesterError: the port is in use, or the host is not an address of this machine.
    """
    host = settings.host
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(settings, error) from None
    with bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a restart need not wait for old connections
        try:
            bound.bind(address)
            bound.listen()
        except OSError as error:
            raise _cannot_listen(settings, error) from None
        shown = f"[{host}]" if ":" in host else host
        yield Listening(bound, f"http://{shown}:{settings.port}")


def serve(ws: Workspace, at: Listening) -> None:
    """Answer requests until the process is stopped."""
    sys.stdout.flush()
    _stay_small()
    server = server_of(create_app(ws), **proxies(ws.settings.web))
    # What is there now stays: otherwise each full collection goes through all of it, and a request waits that long.
    gc.collect()
    gc.freeze()
    server.run(sockets=[at.socket])


def _stay_small() -> None:
    """Let threads share their heaps: glibc gives each its own, which keeps what the largest search has once taken."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)


def _is_loopback(host: str) -> bool:
    """Whether only this machine can connect to a host's address; an unknown name is not trusted."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ip_address(str(address[4][0]).partition("%")[0]).is_loopback for address in found)


@contextmanager
def serving_health(ws: Workspace, at: Listening, works: Callable[[], bool]) -> Iterator[None]:
    """Answer health checks of a process that is not a web server, in a thread, while the block lasts."""
    sys.stdout.flush()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health.routes(ws, works))
    server = server_of(app)
    thread = Thread(target=server.run, kwargs={"sockets": [at.socket]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def proxies(settings: WebSettings) -> dict[str, Any]:
    """Whose word uvicorn takes for where a request comes from."""
    return {"proxy_headers": True, "forwarded_allow_ips": list(settings.trusted_proxies)}


def server_of(app: FastAPI, **options: Any) -> uvicorn.Server:
    """The HTTP server of an application, with more of uvicorn's `options`."""
    # No access log: it would keep the tokens of people's links. Logs go where all other logs go.
    usual = {"log_config": None, "access_log": False, "server_header": False, "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(app, **{**usual, **server_options(), **options}))
    app.state.stopping = lambda: server.should_exit  # responses that go on by themselves must end then
    return server


def _cannot_listen(settings: WebSettings | ScheduleSettings, error: OSError) -> HarvesterError:
    section = "web" if isinstance(settings, WebSettings) else "schedule"
    return HarvesterError(
        f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}. "
        f"Choose another [{section}] host or port, or stop the program that uses it."
    )
