"""`harvester web` as a separate process."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests

from harvester.mail.link_tokens import open_tokens
from harvester.services.subscribers.subscriptions import subscribers
from harvester.web.forms import SESSION
from tests.room import PASSWORD, Room
from tests.room.commands import harvester


@contextmanager
def web(room: Room) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "harvester", "web", "--config", str(room.config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Listening on "), process.communicate()
            yield said.split()[2].rstrip(";"), process
        finally:
            process.kill()


def test_a_real_server(room: Room) -> None:
    room.subscribe("jo@example.org")
    tokens = open_tokens(room.ws.settings)
    with web(room) as (url, process):
        assert requests.get(f"{url}/healthz", timeout=10).json() == {"status": "ok"}
        target = f"{url}/unsubscribe/{tokens.unsubscribe(tokens.key('jo@example.org'))}"
        answer = requests.post(target, data={"List-Unsubscribe": "One-Click"}, timeout=10, allow_redirects=False)
        assert answer.status_code == 200
        assert "Server" not in answer.headers
        process.terminate()
        process.wait(20)
        assert process.stderr is not None
        assert process.stderr.read() == ""  # no log that would keep tokens
    assert subscribers(room.ws)[0].state == "unsubscribed"


def test_a_review_loads_neither_torch_nor_scikit_learn(room: Room) -> None:
    """The process that serves reviewers stays small: what needs these libraries is computed by runs."""
    room.user("ann")
    names = room.fill(3)
    room.explain(names[0], {"modality:ecg": ["It works."]})
    with web(room) as (url, process), requests.Session() as session:
        form = {"csrf": csrf(session, f"{url}/login"), "username": "ann", "password": PASSWORD}
        assert session.post(f"{url}/login", data=form, timeout=60).ok
        page = session.get(f"{url}/review?paper={names[0]}", timeout=60).text
        assert 'data-supports="modality:ecg"' in page
        form = {"csrf": csrf(session, f"{url}/review"), "paper": names[0], "version": "0", "kind": "research"}
        assert session.post(f"{url}/review/decide", data={**form, "action": "accept"}, timeout=60).ok
        for address in ("/review/paper?paper=" + names[1], "/review/digest/preview", "/review/classifier"):
            assert session.get(f"{url}{address}", timeout=60).ok
        (slug,) = set(re.findall(r"paper/([^/\"]+)/", session.get(url, timeout=60).text))
        for address in (f"/paper/{slug}/", "/data/map.json", "/api/entries?q=transformers"):
            assert session.get(f"{url}{address}", timeout=120).ok, address
        mapped = Path(f"/proc/{process.pid}/maps").read_text()
        assert "sqlalchemy" in mapped, "what is loaded can be told from the maps"
        assert [library for library in ("torch", "sklearn", "scipy") if f"/{library}/" in mapped] == []
        (memory,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
        assert int(memory) < 200 * 1024


def csrf(session: requests.Session, address: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', session.get(address, timeout=60).text)
    assert found
    return found[1]


def test_an_open_page_does_not_hold_up_the_end(room: Room) -> None:
    room.now = datetime.now(UTC)  # the process has the real time
    room.user("ann")
    cookies = {SESSION: room.browser("ann").client.cookies[SESSION]}
    with web(room) as (url, process):
        address, headers = f"{url}/review/events", {"Accept": "text/event-stream"}
        with requests.get(address, headers=headers, cookies=cookies, timeout=60, stream=True) as answer:
            assert next(answer.iter_lines()).startswith(b"retry")
            process.terminate()
            assert process.wait(60) is not None
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_port_in_use(room: Room) -> None:
    port = room.ws.settings.web.port
    with socket.create_server(("127.0.0.1", port)):
        begun = time.monotonic()
        done = harvester("web", "--config", str(room.config))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: Cannot listen on 127.0.0.1, port {port}: Address already in use. "
        "Choose another [web] host or port, or stop the program that uses it.\n"
    )
    assert time.monotonic() - begun < 30
