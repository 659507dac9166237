"""What strangers can cost the server: unfinished requests, crowds of connections, slow mail servers and hooks."""

import inspect
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest
import requests
from fastapi.routing import iter_route_contexts

from harvester.services.review.decisions import CATALOG_LOCK
from harvester.store.locks import lock
from harvester.web import connections
from harvester.web.app import create_app
from tests.room import Room

ADDRESS = tuple[str, int]


def address_of(url: str) -> ADDRESS:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def answer_to(connection: socket.socket) -> bytes:
    connection.settimeout(60)
    try:
        return connection.recv(1000)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize(
    ("begun", "status"),
    [
        (b"", b"408"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"408"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"408"),
        (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nuser", b""),
    ],
)
def test_a_request_that_is_never_finished_ends(
    room: Room, begun: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_WITHIN", 0.1)
    monkeypatch.setattr(connections, "BODY_WITHIN", 0.1)
    monkeypatch.setattr(connections, "LOOK_EVERY", 0.05)
    with room.serving() as url, ExitStack() as open_ones:
        crowd = [open_ones.enter_context(socket.create_connection(address_of(url))) for _ in range(40)]
        for connection in crowd:
            connection.sendall(begun)
        for connection in crowd:
            found = answer_to(connection)
            assert status in found
            assert found or not status
        assert requests.get(f"{url}/healthz", timeout=60).status_code == 200


def test_more_connections_than_files_are_refused(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 3)
    with room.serving() as url, ExitStack() as open_ones:
        crowd = [open_ones.enter_context(socket.create_connection(address_of(url))) for _ in range(4)]
        assert b"503 Service Unavailable" in answer_to(crowd[3])
        crowd[0].close()
        crowd[1].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in answer_to(crowd[1])


def test_log_lines_that_clients_cause_are_few(caplog: pytest.LogCaptureFixture) -> None:
    connections.limit_logs()
    logger = logging.getLogger("uvicorn.error")
    for _ in range(1000):
        logger.warning("Invalid HTTP request received.")
    assert len(caplog.records) <= connections.LINES
    limit = connections.RateLimit(most=1, within=0.0)
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Again", (), None)
    assert [limit.filter(record) for _ in range(3)] == [True] * 3
    one_a_minute = connections.RateLimit(most=1)
    assert [one_a_minute.filter(record) for _ in range(3)] == [True, False, False]


def test_whatever_changes_something_has_threads_of_its_own(room: Room) -> None:
    """Every route of the application, so that a new one is covered; a coroutine takes none of the shared threads."""
    routes = list(iter_route_contexts(create_app(room.ws).routes))
    changing = [route for route in routes if (route.methods or set()) - {"GET", "HEAD"}]
    health = [route for route in routes if route.path in ("/healthz", "/readyz", "/metrics")]
    assert len(changing) > 10
    assert len(health) == 3
    assert [route.path for route in changing + health if not inspect.iscoroutinefunction(route.endpoint)] == []


def test_decisions_that_wait_do_not_silence_the_site(room: Room) -> None:
    """A git hook of 40 s and 45 decisions took all threads: then /healthz and the catalog were silent, too."""
    room.fill(1)
    room.user("ann")
    browser = room.browser("ann")
    form = {"csrf": browser.csrf(), "paper": "2506.00001", "action": "reject", "version": "0"}
    cookies = dict(browser.client.cookies)
    with room.serving() as url, ThreadPoolExecutor(45) as crowd:
        with lock(room.ws.store, CATALOG_LOCK):
            send = partial(requests.post, f"{url}/review/decide", form, cookies=cookies, timeout=90)
            waiting = [crowd.submit(send) for _ in range(45)]
            for page in ("/healthz", "/", "/login", "/static/style.css", "/review"):
                assert requests.get(f"{url}{page}", cookies=cookies, timeout=60).status_code == 200
            assert not any(one.done() for one in waiting)
        assert {one.result().status_code for one in waiting} == {200}


def test_a_silent_mail_server_does_not_silence_the_site(make_room: Callable[..., Room]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        room = make_room(smtp_port=silent.getsockname()[1])
        with room.serving() as url, ThreadPoolExecutor(15) as crowd:
            send = partial(requests.post, f"{url}/subscribe", timeout=60)
            asked = [crowd.submit(send, {"email": f"jo{number}@example.org"}) for number in range(15)]
            assert {one.result().status_code for one in asked} == {200}
            for page in ("/healthz", "/", "/subscribe"):
                assert requests.get(f"{url}{page}", timeout=60).status_code == 200
            silent.close()
