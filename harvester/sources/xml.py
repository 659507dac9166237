"""XML from outside, parsed with everything dangerous turned off."""

import re
from typing import Any

from harvester.sources.errors import Malformed

XmlElement = Any  # lxml ships no types
# What may precede the root (declaration, comments, white space), and then a web page.
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_DECLARATIONS = re.compile(rb"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
# Characters that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets), as bytes and as references.
_ILLEGAL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[\da-f]));", re.IGNORECASE
)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")  # how a document in UTF-16 begins


def legal(body: bytes) -> tuple[bytes, int]:
    """A document without leading white space and characters that XML does not allow, and how many of these it had.

    Servers put a blank line before the declaration, and texts contain vertical tabs and escapes: those of OAI-PMH and
    of publishers' feeds alike.
    """
    if body.startswith(_WIDE):
        return body, 0
    return _ILLEGAL.subn(b"", body.lstrip())


def parse_xml(body: bytes, who: str) -> XmlElement:
    """The root of a well-formed document without declarations of its own.

    Declarations are refused before parsing: none of our upstreams sends one, and entity bombs need one
    (https://lxml.de/FAQ.html#how-do-i-use-lxml-safely-as-a-web-service-endpoint). A mere DOCTYPE, as of RSS 0.91, is
    harmless: no DTD is loaded.

    Raises:
        Malformed: an HTML page, a truncated document, an entity declaration; the message names `who`.
    """
    from lxml import etree

    body, _ = legal(body)
    if _PAGE.match(body[:4096]):
        raise Malformed(f"{who} sent a web page where a feed was expected.")
    if _DECLARATIONS.search(body):
        raise Malformed(f"{who} sent a DOCTYPE with declarations, which no feed needs.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser=parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(f"{who} sent a document that is truncated or not XML: {error.msg}.") from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):  # in UTF-16, unseen above
        raise Malformed(f"{who} sent a DOCTYPE with declarations, which no feed needs.")
    return root
