"""RSS and Atom, read with feedparser from bytes that were fetched and checked against the XML rules first.

On its own, feedparser accepts a web page or an empty body as a feed without entries, returns what it could read of a
truncated one, falls back to a lenient parser, and its HTML clean-up drops what a formula has between ``<`` and ``>``.
"""

import html
import io
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from harvester.domain.text import clean
from harvester.sources.errors import Incomplete, Malformed
from harvester.sources.xml import XmlElement, legal, parse_xml


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as feedparser reads it (it ships no types: a mapping with `feed`, the channel, and `entries`), and the XML
    element of each entry.
    """

    parsed: Any
    elements: tuple[XmlElement, ...]


_MARKUP = re.compile(r"(<[^<>]*>)")
_TAG = re.compile(r"</?(?P<name>[a-z][a-z0-9-]*(?::[a-z][\w-]*)?)(?P<rest>(?:[\s/][^<>]*)?)>", re.IGNORECASE)
_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|disp-formula|div|dl|dt|figcaption|figure|"
    r"footer|h[1-6]|head|header|hr|html|li|list|list-item|main|ol|p|pre|sec|section|st|summary|table|tbody|td|tfoot|th|"
    r"thead|title|tr|ul"
)
_INLINE = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|bold|cite|code|del|dfn|em|ext-link|font|i|iframe|img|inline-formula|ins|italic|kbd|"
    r"mark|math|m(?:frac|i|n|o|over|row|s|space|style|sub|subsup|sup|text|under)|noscript|q|s|samp|sc|small|span|strike|"
    r"strong|sub|sup|svg|tt|u|underline|var|wbr|xref"
)
_HIDDEN = re.compile(r"script|style")
_MOST_ESCAPED = 5  # times that a text is unescaped
_OF_THE_FEED = ("title", "link", "publicationName")


def parse_feed(body: bytes, who: str, versions: tuple[str, ...]) -> Feed:
    """Parse a complete feed of one of `versions` (feedparser's names; a prefix such as ``rss`` covers all of them).

    Raises:
        Malformed: a web page, a truncated document, an entity declaration, or another kind of document; the message
            names `who`.
        Incomplete: feedparser finds fewer items than the document contains.
    """
    import feedparser

    root, (body, _) = parse_xml(body, who), legal(body)
    try:
        # A stream, because feedparser first tries bytes as a file name; not sanitized, because titles contain formulas.
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # feedparser 6.0.14 crashes on some character references
        raise Malformed(f"{who} sent a feed that cannot be read ({type(error).__name__}).") from error
    if parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.CharacterEncodingOverride):
        raise Malformed(f"{who} sent a feed that cannot be read ({type(parsed.bozo_exception).__name__}).")
    if not parsed.get("version", "").startswith(versions):
        raise Malformed(f"{who} sent a document that is not a feed of the expected format.")
    return Feed(parsed, _elements(root, len(parsed.entries), who))


def alone(item: XmlElement) -> str:
    """An item in a feed of its own, with what the whole feed says about itself, for `parse_feed` to read again.

    What changes with every answer (dates, the order of the items) is left out: an item that is odd every night is the
    same odd item.
    """
    from lxml import etree

    root = item.getroottree().getroot()
    feed = home = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    for part in root:
        if _local(part) == "channel":
            channel = etree.SubElement(feed, part.tag, nsmap=part.nsmap)
            channel.extend(deepcopy(said) for said in part if _local(said) in _OF_THE_FEED)
            home = channel if item.getparent() is part else home
        elif _local(part) in _OF_THE_FEED:
            feed.append(deepcopy(part))
    home.append(deepcopy(item))
    return str(etree.tostring(feed, encoding="unicode"))


def _local(element: XmlElement) -> str:
    """The tag without its namespace; "" for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def plain_text(markup: str) -> str:
    """The text of HTML: known tags are dropped, scripts with their content; ``x<y and z>w`` is a formula and stays.

    Publishers escape twice and more. The result is still escaped wherever it is shown; this is so that readers and the
    classifier see words, not tags.
    """
    text, before = markup, ""
    for _ in range(_MOST_ESCAPED):
        text, before = html.unescape("".join(_visible(text))), text
        if text == before:
            break
    return clean(text)


def _visible(markup: str) -> Iterator[str]:
    hidden = ""
    for piece in _MARKUP.split(markup):
        name = _tag_name(piece)
        if hidden:
            hidden = "" if name == hidden and piece.startswith("</") else hidden
        elif _HIDDEN.fullmatch(name):
            hidden = "" if piece.startswith("</") or piece.endswith("/>") else name
        elif name:
            yield " " if _BLOCK.fullmatch(name.rpartition(":")[2]) else ""
        elif not piece.startswith(("<!", "<?")):
            yield piece


def _tag_name(piece: str) -> str:
    """The name of an HTML, MathML or JATS tag, "" for anything else: ``<b, c>`` has no attributes or plain end."""
    tag = _TAG.fullmatch(piece)
    if not tag or not ("=" in tag["rest"] or not tag["rest"].strip(" /\t\r\n")):
        return ""
    name = tag["name"].lower()
    known = ":" in name or any(kind.fullmatch(name) for kind in (_INLINE, _BLOCK, _HIDDEN))
    return name if known else ""


def _elements(root: XmlElement, read: int, who: str) -> tuple[XmlElement, ...]:
    items = [item for path in ("{*}entry", "{*}item", "{*}channel/{*}item") for item in root.findall(path)]
    if read != len(items):
        raise Incomplete(f"{who} sent {len(items)} items, only {read} of which can be read.")
    return tuple(items)
