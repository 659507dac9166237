"""A night without a network: two hosts are tried, and the others are not."""

import socket
from typing import Any

import pytest

from harvester.sources.errors import Unavailable
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.outage import watching_network

PATIENT = HttpSettings(attempts=4, max_wait=0.0)


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
