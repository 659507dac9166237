"""A README as its reader sees it: links with their words, and the section that each line is in."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from harvester.base.escape import is_web_url
from harvester.catalog.importing.records.fields import without_sentence
from harvester.catalog.importing.records.regions import visible

if TYPE_CHECKING:
    from markdown_it.token import Token

_BARE = re.compile(
    r"https?://[^\s<>\"'`\[\]{}|\\^]+|(?<![\w/.@-])(?:arxiv\.org/(?:abs|pdf)/|doi\.org/10\.)[^\s<>\"'`\[\]{}|\\^]+"
)
_ARXIV = re.compile(r"\barxiv:\s?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)", re.IGNORECASE)
_DOI = re.compile(r"\bdoi:?\s?(10\.\d{4,9}/[^\s<>\"'`\[\]{}|\\^,;]+)", re.IGNORECASE)
_HREF = re.compile(
    r"<a\s[^<>]*?href\s*=\s*[\"']?(?P<url>[^\"'<>\s]+)[^<>]*>(?P<label>.*?)(?:</a>|\Z)", re.IGNORECASE | re.DOTALL
)
_ALT = re.compile(r"<img\s[^<>]*?alt\s*=\s*[\"'](?P<alt>[^\"'<>]*)", re.IGNORECASE)
_RST_LINK = re.compile(r"(?P<label>[^<>`]*)<(?P<url>https?://[^<>\s]+)>")
_TAG = re.compile(r"<[^<>]*>")
_WORDS_BEFORE = 400  # characters: a reference to a paper, or two sentences
_ASKING = re.compile(r"\b(?:cite|citing)\b", re.IGNORECASE)
_RECORD = re.compile(r"@[A-Za-z]+\s*[{(]")
_LONGEST_LABEL = 30  # tokens
_HTML_HEADING = re.compile(r"<h(?P<level>[1-6])[^<>]*>(?P<text>.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Link:
    """An address in the text: what it is called, the words of its paragraph before it, and where it is.

    `asked` says that a paragraph above it, in its section, asks to cite something.
    """

    label: str
    address: str
    before: str
    line: int
    in_head: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in lower case, and its line."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The links and headings of a README. Its head is what stands before the first heading below the title."""

    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    head: str

    def section(self, line: int) -> str:
        """The heading above a line, in lower case."""
        at = bisect_right(self.headings, line, key=attrgetter("line"))
        return self.headings[at - 1].text if at else ""


def read_page(text: str) -> Page:
    """Read a README in Markdown; one in reStructuredText or plain text has at least its addresses."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(visible(text))
    headings = tuple(_headings(tokens))
    end = next((heading.line for n, heading in enumerate(headings) if n and heading.level > 1), len(text) + 1)
    asking = [token.map[0] + 1 for token in tokens if token.map and _ASKING.search(token.content)]
    links = tuple(
        replace(link, in_head=link.line < end, asked=_is_asked(link, headings, asking)) for link in _links(tokens)
    )
    return Page(links, headings, " ".join(_words(tokens, end)))


def _is_asked(link: Link, headings: Sequence[Heading], asking: Sequence[int]) -> bool:
    at = bisect_right(headings, link.line, key=attrgetter("line"))
    above, asked = headings[at - 1].line if at else 0, bisect_right(asking, link.line - 1)
    return bool(asked) and above < asking[asked - 1]


def _words(tokens: "Sequence[Token]", end: int) -> Iterator[str]:
    """The text before a line, without code and records."""
    for token in tokens:
        if token.map and token.map[0] + 1 >= end:
            return
        if token.type in ("inline", "html_block") and not _RECORD.search(token.content):
            yield _plain(token.content)


def _headings(tokens: "Sequence[Token]") -> Iterator[Heading]:
    for token, inside in pairwise(tokens):
        if token.type == "heading_open" and token.map:
            yield Heading(token.map[0] + 1, int(token.tag[1]), _plain(inside.content).lower())
        elif token.type == "html_block" and token.map:
            for found in _HTML_HEADING.finditer(token.content):
                line = token.map[0] + 1 + token.content.count("\n", 0, found.start())
                yield Heading(line, int(found["level"]), _plain(found["text"]).lower())


def _links(tokens: "Sequence[Token]") -> Iterator[Link]:
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "html_block":
            yield from _in_html(token.content, line, "")
        elif token.type == "inline":
            yield from _in_paragraph(token.children or (), line)


def _in_paragraph(tokens: "Sequence[Token]", line: int) -> Iterator[Link]:
    before, label, address = "", "", ""
    for n, token in enumerate(tokens):
        if token.type == "link_open":
            label, address = "", str(token.attrGet("href") or "")
        elif token.type == "link_close":
            yield from _link(label, address, before, line)
            before, address = f"{before}{label}"[-_WORDS_BEFORE:], ""
        elif address:
            label += token.content or " "
        elif token.type == "html_inline":
            yield from _anchor(tokens, n, before, line)
        else:
            yield from _in_text(token, before, line)
            before = f"{before}{token.content or ' '}"[-_WORDS_BEFORE:]
        line += token.type in ("softbreak", "hardbreak")


def _in_text(token: "Token", before: str, line: int) -> Iterator[Link]:
    """Addresses without markup, and reStructuredText's links, which are code in Markdown."""
    text = token.content
    if token.type == "code_inline" and (found := _RST_LINK.fullmatch(text)):
        yield from _link(found["label"], found["url"], before, line)
    elif token.type in ("text", "code_inline"):
        yield from _bare(text, before, line)


def _bare(text: str, before: str, line: int) -> Iterator[Link]:
    """Addresses and ids that stand in a text as they are."""
    for pattern, base in ((_BARE, ""), (_ARXIV, "https://arxiv.org/abs/"), (_DOI, "https://doi.org/")):
        for found in pattern.finditer(text):
            address = base + (found[1] if base else found[0])
            whole = address if "://" in address else f"https://{address}"
            ahead = text[max(0, found.start() - _WORDS_BEFORE) : found.start()]
            yield from _link("", without_sentence(whole), before + ahead, line)


def _anchor(tokens: "Sequence[Token]", at: int, before: str, line: int) -> Iterator[Link]:
    """``<a href>`` within Markdown: its words are the tokens up to ``</a>``."""
    if tokens[at].content[:2].lower() != "<a":
        return
    inside = []
    for token in tokens[at : at + _LONGEST_LABEL]:
        inside.append(token.content or " ")
        if token.content.lower().startswith("</a"):
            break
    yield from _in_html("".join(inside), line, before)


def _in_html(markup: str, line: int, before: str) -> Iterator[Link]:
    found_any = False
    for found in _HREF.finditer(markup):
        found_any = True
        ahead = f"{before} {markup[max(0, found.start() - _WORDS_BEFORE) : found.start()]}"
        yield from _link(found["label"], found["url"], ahead, line + markup.count("\n", 0, found.start()))
    if not found_any and "<a" not in markup:
        yield from _bare(_plain(markup), before, line)


def _link(label: str, address: str, before: str, line: int) -> Iterator[Link]:
    if is_web_url(address):
        yield Link(_plain(label), address, _plain(before), line)


def _plain(markup: str) -> str:
    """Words without tags; a picture's are its description."""
    words = _TAG.sub(" ", _ALT.sub(r"\g<alt> <img ", markup)) if "<" in markup else markup
    return " ".join(words.split())
