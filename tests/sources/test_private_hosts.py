"""Addresses that a feed or a link must not lead to, and names that change their mind."""

import ipaddress
import socket
from typing import Any

import pytest

from harvester.sources.errors import BadQuery
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.private_hosts import is_public
from tests.room import free_port

PRIVATE = (
    "127.0.0.1", "10.0.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
    "ff0e::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a00:1::", "::127.0.0.1", "::10.0.0.1", "2001:0:7f00:1::", "2001:db8::1", "100::1",
)  # fmt: skip
PUBLIC = ("151.101.1.1", "2606:4700::6810:84e5", "64:ff9b::151.101.1.1", "2002:9765:101::1", "::ffff:151.101.1.1")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_in_all_their_forms(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the check saw a public address, the connection a private one."""
    answers = iter(["151.101.1.1", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    def lying(host: str, *_: Any, **__: Any) -> list[Any]:
        if host[0].isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 0))]

    def connect(_: socket.socket, address: tuple[str, int]) -> None:
        asked.append(address[0])
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    monkeypatch.setattr(socket.socket, "connect", connect)
    transport = Transport(HttpSettings(attempts=1), allow_private=False)
    with pytest.raises(Exception, match="refused"):
        transport.get(f"http://rebinding.example:{free_port()}/", {}, "text/plain")
    assert asked == ["151.101.1.1"]
    with pytest.raises(BadQuery, match=r"private network \(127\.0\.0\.1\)"):
        transport.get("http://rebinding.example/", {}, "text/plain")
    assert asked == ["151.101.1.1"]
