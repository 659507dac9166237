"""A night without a network: two hosts are tried, and the others are not."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.domain.link_answers import Failure
from harvester.sources import outage
from harvester.sources.arxiv import rss
from harvester.sources.arxiv.api import ArxivSettings
from harvester.sources.errors import Unavailable
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.outage import watching_network
from harvester.sources.window import Window

PATIENT = HttpSettings(attempts=4, max_wait=0.0)
ANY = Window(datetime(2025, 6, 11, tzinfo=UTC), datetime(2025, 6, 12, tzinfo=UTC))


def ask(host: str) -> str:
    with pytest.raises(Unavailable) as failed:
        Transport(PATIENT).get(f"http://{host}/", {}, "*/*")
    return str(failed.value)


def test_without_a_network_two_hosts_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nowhere(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with watching_network():
        said = [ask(f"{name}.example") for name in "abcde"]
    assert asked == ["a.example", "a.example", "b.example"]
    assert all("name cannot be resolved" in one for one in said[:2])
    assert all("there is no network (a.example and b.example were not reached" in one for one in said[2:])
    asked.clear()
    ask("c.example")
    assert len(asked) > 1, "other commands are patient"


def test_hosts_that_are_gone_are_no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    found = socket.getaddrinfo

    def one_gone(host: str, *more: Any, **named: Any) -> Any:
        if host.startswith("gone"):
            raise socket.gaierror(-2, "Name or service not known")
        return found("127.0.0.1", *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", one_gone)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with watching_network():
        for number in range(3):
            assert "name cannot be resolved" in ask(f"gone{number}.example")
            assert "refused" in ask("here.example:1")
        for number in range(3, 6):
            assert "name cannot be resolved" in ask(f"gone{number}.example"), "several in a row, after one was reached"
        assert "refused" in ask("there.example:1")


@contextmanager
def silent() -> Iterator[int]:
    """A port of this host whose queue is full: packets get lost, as at a firewall."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def test_hosts_whose_packets_get_lost_are_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "FIRST_WAIT", 0.2)
    with silent() as first, silent() as second, watching_network():
        said = [ask(f"127.0.0.1:{port}") for port in (first, second, 1)]
    assert all("the connection timed out" in one for one in said[:2])
    assert "there is no network" in said[2]


def test_the_addresses_of_a_host_share_the_time_for_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each had all of it: eight addresses behind a firewall took four minutes."""
    with silent() as port:
        places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", port)) for number in range(1, 6)]
        found = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *more, **named: places if host == "many" else found(host, *more, **named),
        )
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="timed out"):
            Transport(HttpSettings(attempts=1, timeout=1.0)).get(f"http://many:{port}/", {}, "*/*")
    assert time.monotonic() - begun < 3


def test_nothing_else_is_asked_of_a_host_that_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feeds of eight categories made eight sentences about one host."""
    settings = rss.RssSettings(url="http://127.0.0.1:1/rss")
    monkeypatch.setattr(outage, "UNREACHED", (Failure.REFUSED,))
    with watching_network(), pytest.raises(Unavailable) as failed:
        list(rss.fetch(settings, ArxivSettings(), lambda _: set(), list, Transport(PATIENT), ANY))
    assert str(failed.value).count("127.0.0.1:1") == 1
