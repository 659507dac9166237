"""RSS and Atom, read with feedparser from bytes that we fetched and held against the XML rules first.

On its own, feedparser takes a web page or an empty body for a feed without entries, gives what it could read of a cut
one, falls back to a guessing parser, and its HTML clean-up swallows what stands between ``<`` and ``>`` in a formula.
"""

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from harvester.domain.text import clean
from harvester.sources.errors import Incomplete, Malformed
from harvester.sources.xml import XmlElement, parse_xml

Feed = Any  # feedparser ships no types: a mapping with `feed` (the channel) and `entries`

_MARKUP = re.compile(r"(<[^<>]*>)")
_TAG = re.compile(r"</?(?P<name>[a-z][a-z0-9]*(?::[a-z][\w-]*)?)(?P<rest>(?:[\s/][^<>]*)?)>", re.IGNORECASE)
_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|"
    r"head|header|hr|html|li|main|ol|p|pre|sec|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|iframe|img|ins|kbd|mark|math|m(?:frac|i|n|o|over|row|s|space|"
    r"style|sub|subsup|sup|text|under)|noscript|q|s|samp|small|span|strike|strong|sub|sup|svg|tt|u|var|wbr"
)
_HIDDEN = re.compile(r"script|style")


def parse_feed(body: bytes, who: str, versions: tuple[str, ...]) -> Feed:
    """A whole feed of one of `versions` (feedparser's names; a prefix such as ``rss`` stands for all of its kind).

    Raises:
        Malformed: a web page, a cut document, a DOCTYPE, or some other kind of document; `who` is named.
        Incomplete: feedparser sees fewer items than the document holds.
    """
    import feedparser

    root = parse_xml(body, who)
    try:
        # A stream, since feedparser opens bytes as a file name first; texts as they are, since titles hold formulas.
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # feedparser 6.0.14 dies of some character references; whatever it is, it is named
        raise Malformed(f"{who} sent a feed that cannot be read ({type(error).__name__}).") from error
    if parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.CharacterEncodingOverride):
        raise Malformed(f"{who} sent a feed that cannot be read ({type(parsed.bozo_exception).__name__}).")
    if not parsed.get("version", "").startswith(versions):
        raise Malformed(f"{who} answers with a document that is no feed of a kind expected here.")
    _count(root, len(parsed.entries), who)
    return parsed


def plain_text(markup: str) -> str:
    """The text of HTML: known tags are dropped, scripts with what they hold; ``x<y and z>w`` is a formula and stays.

    It is never shown unescaped; what this is for is that readers and the classifier see words and no tags.
    """
    return clean(html.unescape("".join(_visible(markup))))


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
    """The name of a tag of HTML, MathML or JATS, "" for all else: ``<b, c>`` has neither attributes nor a plain end."""
    tag = _TAG.fullmatch(piece)
    if not tag or not ("=" in tag["rest"] or not tag["rest"].strip(" /\t\r\n")):
        return ""
    name = tag["name"].lower()
    known = ":" in name or any(kind.fullmatch(name) for kind in (_INLINE, _BLOCK, _HIDDEN))
    return name if known else ""


def _count(root: XmlElement, read: int, who: str) -> None:
    items = sum(len(root.findall(path)) for path in ("{*}entry", "{*}item", "{*}channel/{*}item"))
    if read < items:
        raise Incomplete(f"{who} sent {items} items, of which only {read} can be read.")
