"""XML from outside, parsed with everything dangerous turned off."""

import re
from typing import Any

from harvester.sources.errors import Malformed

XmlElement = Any  # lxml ships no types
# What may precede the root (declaration, comments, white space), and then a DOCTYPE or a web page.
_FOREIGN = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL)


def parse_xml(body: bytes, who: str) -> XmlElement:
    """The root of a well-formed document without a DOCTYPE.

    A DOCTYPE is refused before parsing: none of our upstreams sends one, and entity bombs need one
    (https://lxml.de/FAQ.html#how-do-i-use-lxml-safely-as-a-web-service-endpoint).

    Raises:
        Malformed: an HTML page, a truncated document, a DOCTYPE; the message names `who`.
    """
    from lxml import etree

    if _FOREIGN.match(body[:4096]):
        raise Malformed(f"{who} sent a web page or a DOCTYPE where a feed was expected.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser=parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(f"{who} sent a document that is truncated or not XML: {error.msg}.") from None
    if root.getroottree().docinfo.doctype:
        raise Malformed(f"{who} sent a DOCTYPE, which no feed needs.")
    return root
