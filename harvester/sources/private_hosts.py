"""Which hosts are on private networks (OWASP: Server-Side Request Forgery)."""

import ipaddress
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052), IPv4-compatible (RFC 4291, section 2.5.5.1).
_WITH_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class PrivateHost(Exception):
    """A connection would lead to a private network. No OSError: the HTTP libraries must let it pass."""


def addresses(url: str) -> set[Address]:
    """The addresses of an URL's host.

    Raises:
        OSError: its name cannot be resolved.
        ValueError: it is not valid.
    """
    return set(resolved(urlsplit(url).hostname or ""))


def resolved(host: str) -> list[Address]:
    """The addresses of a name, in the system's order of preference.

    Raises:
        OSError: it cannot be resolved.
    """
    found = socket.getaddrinfo(host, None, 0, socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]


def public_addresses(host: str) -> list[str]:
    """The addresses of a host, all on the public internet: what was checked is what a caller connects to.

    Raises:
        PrivateHost: one of them is not.
        OSError: the name cannot be resolved.
    """
    found = resolved(host)
    if private := [str(one) for one in found if not is_public(one)]:
        raise PrivateHost(private[0])
    return [str(one) for one in found]


def is_public(address: Address) -> bool:
    """Whether an address, and the IPv4 address that it may contain, is one unicast address of the public internet.

    https://www.iana.org/assignments/iana-ipv6-special-registry/
    """
    if isinstance(address, ipaddress.IPv6Address) and (inside := list(_ipv4_in(address))):
        return all(map(is_public, inside))
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)


def _ipv4_in(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address may be sent on to."""
    if any(address in network for network in _WITH_IPV4):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    yield from filter(None, (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())))


def private_addresses(url: str) -> frozenset[str]:
    """The addresses of a host that are not of the public internet, those of the loopback interface as one.

    A name that cannot be resolved has none.
    """
    try:
        found = addresses(url)
    except (OSError, ValueError):
        return frozenset()
    return frozenset("loopback" if one.is_loopback else str(one) for one in found if not is_public(one))
