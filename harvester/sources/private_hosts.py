"""Which hosts are on private networks (OWASP: Server-Side Request Forgery)."""

import ipaddress
import socket
from urllib.parse import urlsplit


def addresses(url: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The addresses of an URL's host.

    Raises:
        OSError: its name cannot be resolved.
        ValueError: it is not valid.
    """
    host = urlsplit(url).hostname or ""
    return {ipaddress.ip_address(str(info[4][0])) for info in socket.getaddrinfo(host, None)}


def private_addresses(url: str) -> frozenset[str]:
    """The addresses of a host that are not of the public internet, those of the loopback interface as one.

    A name that cannot be resolved has none.
    """
    try:
        found = addresses(url)
    except (OSError, ValueError):
        return frozenset()
    return frozenset("loopback" if one.is_loopback else str(one) for one in found if not one.is_global)
