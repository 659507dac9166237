"""What search engines ask for: sitemap.xml (https://www.sitemaps.org/protocol.html) and robots.txt (RFC 9309)."""

from collections.abc import Iterable, Sequence
from datetime import date

from lxml import etree

MOST = 50_000  # addresses that one sitemap may hold
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PRIVATE = ("/review", "/login", "/confirm/", "/preferences/", "/unsubscribe/")


def sitemap(home: str, paths: Iterable[tuple[str, date | None]]) -> bytes:
    """The addresses of pages, given as paths below `home` with the day of their last change, if it is known."""
    root = etree.Element(f"{{{_NAMESPACE}}}urlset", nsmap={None: _NAMESPACE})
    for path, day in list(paths)[:MOST]:
        page = etree.SubElement(root, f"{{{_NAMESPACE}}}url")
        etree.SubElement(page, f"{{{_NAMESPACE}}}loc").text = f"{home}/{path}"
        if day:
            etree.SubElement(page, f"{{{_NAMESPACE}}}lastmod").text = day.isoformat()
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def robots(home: str, private: Sequence[str] = _PRIVATE) -> bytes:
    """Everything may be read but what is behind a login or a token."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in private), "", f"Sitemap: {home}/sitemap.xml", ""]
    return "\n".join(lines).encode()
