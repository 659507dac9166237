"""The Markdown of an Awesome list cut into headings and blocks; knows the form, not the labels.

A block begins with a title, a bullet or a table row, and takes the lines below it:

    **Title** \\
    [Nov., 2024] [Venue] \\
    [[Paper](https://...)] [[GitHub](https://...)]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.catalog.importing.inline import (
    TARGET,
    TEXT,
    TOKEN,
    Link,
    address,
    links_in,
    notes_in,
    plain,
    soft_notes_in,
)
from harvester.catalog.importing.mojibake import repair
from harvester.catalog.importing.rows import as_line, head, is_row, is_separator
from harvester.catalog.importing.titles import Titled, block_is_like_a_paper, find_title
from harvester.domain.text import clean

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<text>.*)")
_HTML_HEADING = re.compile(r"\s*<h(?P<level>[1-6])[^<>]{0,200}>(?P<text>.*)</h[1-6]>\s*", re.IGNORECASE)
_SUMMARY = re.compile(r"\s*(?:<details[^<>]{0,100}>)?\s*<summary>(?P<text>.*)</summary>.*", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?P<mark>=|-)(?P=mark)+\s*")
_FENCE = re.compile(r"\s*+(?P<fence>`{3,}(?!.*`)|~{3,})")
_BULLET = re.compile(r"\s*+(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_BOLD_FIRST = re.compile(r"\*\*|__")
_IMAGE = re.compile(rf"!\[(?P<alt>{TEXT})\]\({TARGET}\)")
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,200}?href\s*=\s*[\"'](?P<target>[^\"'<>\s]{1,2000})[\"'][^<>]{0,200}>(?P<label>[^<>]{0,500})</a>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6, without markup."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """What a list says in one place: a title ("" where none is found), links, and the notes in square brackets.

    `soft` is what else may name venue and date, where a list has no notes.
    """

    line: int
    text: str
    bullet: bool
    title: str
    links: tuple[Link, ...]
    notes: tuple[str, ...]
    soft: tuple[str, ...] = ()

    @property
    def is_contents(self) -> bool:
        """Whether it only leads to other places of the same page."""
        return bool(self.links) and all(link.target.startswith("#") for link in self.links)

    @property
    def web_links(self) -> tuple[Link, ...]:
        """Those that leave the page's own folder."""
        return tuple(link for link in self.links if "://" in link.target)


def cut(text: str) -> Iterator[Heading | Block]:
    """The headings and blocks of a list, in order."""
    return _Cutter().cut(text)


class _Cutter:
    """What has been read and not yet handed on."""

    def __init__(self) -> None:
        self.pending: list[tuple[int, str]] = []
        self.columns: tuple[str, ...] | None = None  # of the table that we are in
        self.gap = False

    def cut(self, text: str) -> Iterator[Heading | Block]:
        for number, line in _visible_lines(text):
            yield from self._line(number, line)
            self.gap = not line.strip()
        yield from self._flush()

    def _line(self, number: int, line: str) -> Iterator[Heading | Block]:
        if found := _heading(number, line):
            yield from self._flush()
            self.columns = None
            yield found
        elif self._underlines(line):
            yield Heading(self.pending[0][0], 1 if line.strip()[0] == "=" else 2, plain(self.pending[0][1]))
            self.pending = []
        elif is_separator(line) and self.pending:
            self.columns = head(self.pending.pop()[1])
            yield from self._flush()
        elif is_row(line) and self.columns is not None:
            yield from _block([(number, f"- {as_line(line, self.columns)}")])
        elif line.strip():
            yield from self._text(number, line)
        else:
            self.columns = None

    def _text(self, number: int, line: str) -> Iterator[Block]:
        self.columns = None
        if _begins_block(line, self.pending, self.gap):
            yield from self._flush()
        self.pending.append((number, line))

    def _underlines(self, line: str) -> bool:
        """Whether a line makes the one above it a heading."""
        if len(self.pending) != 1 or self.gap or not _UNDERLINE.fullmatch(line):
            return False
        return not _BULLET.match(self.pending[0][1]) and not TOKEN.search(self.pending[0][1])

    def _flush(self) -> Iterator[Block]:
        lines, self.pending = self.pending, []
        yield from _block(lines)


def _heading(number: int, line: str) -> Heading | None:
    if found := _HEADING.fullmatch(line):
        return Heading(number, len(found["marks"]), _heading_text(found["text"]))
    if found := _HTML_HEADING.fullmatch(line):
        return Heading(number, int(found["level"]), plain(found["text"]))
    found = _SUMMARY.fullmatch(line)
    return Heading(number, 6, plain(found["text"])) if found else None


def _visible_lines(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines that a reader sees, mojibake repaired: comments, fenced code and images are blank."""
    fence, comment = "", False
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        found = None if comment else _FENCE.match(raw)
        if fence or found:
            fence = _fence_after(fence, raw, found["fence"] if found else "")
            yield number, ""
            continue
        line, comment = _without_comments(raw, comment)
        line = _IMAGE.sub(lambda image: image["alt"], repair(line))
        yield number, _BREAK.sub(" ", _ANCHOR.sub(r"[\g<label>](\g<target>)", line))


def _fence_after(fence: str, line: str, mark: str) -> str:
    """The fence that is open after a line: a fence ends with at least as many of its own marks, alone on a line."""
    if not fence:
        return mark
    return "" if mark.startswith(fence) and not line.strip().strip(mark[0]) else fence


def _without_comments(line: str, inside: bool) -> tuple[str, bool]:
    """The line without its HTML comments, and whether one is still open at its end."""
    kept = ""
    while line:
        if inside:
            _, closed, line = line.partition("-->")
            inside = not closed
        else:
            text, opened, line = line.partition("<!--")
            kept += text
            inside = bool(opened)
    return kept, inside


def _heading_text(markdown: str) -> str:
    """The text without the marks that may close a heading: ``## Tasks ##``."""
    text = markdown.strip()
    bare = text.rstrip("#")
    return plain(bare if not bare or bare[-1] in " \t" else text)


def _begins_block(line: str, pending: list[tuple[int, str]], gap: bool) -> bool:
    """Whether a line starts something new, where `gap` says that a blank line stands before it."""
    if not pending:
        return True
    first = pending[0][1]
    titled = bool(_titled([first]).title)
    bullet, body = _without_bullet(line)
    if _indent(line) >= _indent(first) + 2 and (titled or (bullet and not _titled([line]).title)):
        return False  # details of the title above, whatever they look like
    if body.startswith("|") or _BOLD_FIRST.match(body):
        return True
    if bullet and (_BULLET.match(first) or not titled):
        return True
    # Below a blank line only the details of a title that has none yet may follow.
    return gap and not (titled and body.startswith("[") and not any("](" in line for _, line in pending))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _titled(lines: list[str]) -> Titled:
    bullet, body = _without_bullet(lines[0])
    return find_title(body, bullet=bullet, like_a_paper=block_is_like_a_paper(lines))


def _block(lines: list[tuple[int, str]]) -> Iterator[Block]:
    if not lines:
        return
    number, first = lines[0]
    texts = [line for _, line in lines]
    found = _titled(texts)
    rest = [found.rest, *texts[1:]]
    own = (Link("paper" if found.title else "", address(found.link)),) if found.link else ()
    yield Block(
        line=number,
        text=clean(" ".join(texts)),
        bullet=bool(_BULLET.match(first)),
        title=plain(found.title).rstrip() if found.title else "",
        links=(*own, *(link for text in rest for link in links_in(text))),
        notes=tuple(note for text in rest for note in notes_in(text)),
        soft=tuple(note for text in rest for note in soft_notes_in(text)),
    )


def _without_bullet(line: str) -> tuple[bool, str]:
    found = _BULLET.match(line)
    return (True, line[found.end() :]) if found else (False, line.lstrip())
