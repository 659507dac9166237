"""Networks of visitors, as limits count them."""

from ipaddress import IPv6Address, ip_address, ip_network

SITE = 64  # bits: the part of an IPv6 address that names a site's network; the rest is the visitor's to choose


def network_of(address: str) -> str:
    """What limits count an address as: IPv4 as itself, IPv6 as its /64 (RFC 4291, section 2.5.4; RFC 6177).

    Anything else, such as the name of a test client, is returned as it is.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    inside = found.ipv4_mapped
    return str(inside) if inside else str(ip_network((found, SITE), strict=False))
