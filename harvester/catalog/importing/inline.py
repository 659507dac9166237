"""One line of a list as its reader sees it, and its marks: links, images, bold, notes in square brackets."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harvester.domain.text import clean

Kind = Literal["link", "image", "strong", "em", "u", "code", "literal", "footnote"]

# Placeholders for a link and for an escaped character when only the shape of a line matters.
_IN_LINK, _LINK_END, _ESCAPED = "\ue000", "\ue001", "\ue002"
_LINK = re.compile(rf"\[{{0,2}}{_IN_LINK}*{_LINK_END}\]{{0,2}}")
OPENS_LINK_OR_NOTE = ("[", _IN_LINK, _LINK_END)
TOKEN = re.compile(rf"{_LINK.pattern}|\[(?P<note>[^\[\]{_IN_LINK}{_LINK_END}]*)\]")
"""Matches a link or a note in the shape of a line."""
LINE_BREAK = "\u2028"
"""Where a line of a cell ends; white space to everything that does not ask for it."""
_UNREAD_BOLD = re.compile(r"\*\*(?P<words>(?:[^*]|\*(?!\*))+)\*\*")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: its number, its line, its text ("" for a bare address) and its address.

    An image is one as well: its text is the one that stands in for it, its address that of the picture. `bare` says
    that the address itself is shown, `picture` that an image is all that is shown.
    """

    number: int
    line: int
    label: str
    target: str
    image: bool = False
    bare: bool = False
    picture: bool = False

    @property
    def source(self) -> str:
        """The link in Markdown."""
        label = self.label.replace("[", "").replace("]", "")
        return f"{'!' * self.image}[{label}]({self.target})" if label or self.image else self.target


@dataclass(frozen=True, slots=True)
class Span:
    """Marked characters of a line; `note` is the name of the footnote that is cited between two of them."""

    start: int
    end: int
    kind: Kind
    link: Link | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Inline:
    """A text without Markdown, and its marks from innermost to outermost.

    ``literal`` marks escaped characters, so that a bracket in a title is not taken for markup.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()

    def part(self, start: int, end: int | None = None) -> "Inline":
        """The characters from `start` to before `end`, with their marks."""
        last = len(self.text) if end is None else min(end, len(self.text))
        spans = (
            replace(span, start=max(span.start, start) - start, end=min(span.end, last) - start)
            for span in self.spans
            if (span.start < last and span.end > start) or start <= span.start == span.end <= last
        )
        return Inline(self.text[start:last], tuple(spans))

    def split(self, starts: Sequence[int]) -> list["Inline"]:
        """The parts that begin at these places, in order, up to the next one or the end; in one pass over the marks."""
        ends = [*starts[1:], len(self.text)]
        found: list[list[Span]] = [[] for _ in starts]
        for span in self.spans:
            number = max(0, bisect_right(starts, span.start) - 1)
            while number < len(starts) and (starts[number] < span.end or starts[number] == span.start):
                start, end = max(span.start, starts[number]), min(span.end, ends[number])
                if start < end or start == span.start == span.end:
                    found[number].append(replace(span, start=start - starts[number], end=end - starts[number]))
                number += 1
        parts = zip(starts, ends, found, strict=True)
        return [Inline(self.text[start:end], tuple(spans)) for start, end, spans in parts]

    def without(self, start: int, end: int) -> "Inline":
        """The text without these characters."""
        return join(self.part(0, start), self.part(end))

    def marked(self, kind: Kind) -> "Inline":
        """The same text, all of it marked."""
        return Inline(self.text, (*self.spans, Span(0, len(self.text), kind)))

    def of(self, kind: Kind) -> list[Span]:
        """The marks of this kind, in order."""
        return sorted((span for span in self.spans if span.kind == kind), key=lambda span: span.start)

    @property
    def shape(self) -> str:
        """The text with each link and each escaped character replaced by a placeholder."""
        shape = list(self.text)
        for span in self.of("literal"):
            shape[span.start : span.end] = _ESCAPED * (span.end - span.start)
        for span in self.of("link"):
            if width := span.end - span.start:
                shape[span.start : span.end] = _IN_LINK * (width - 1) + _LINK_END
        return "".join(shape)

    @property
    def words(self) -> str:
        """The text with runs of white space collapsed."""
        return clean(self.text)


def join(*pieces: Inline) -> Inline:
    """Concatenate pieces."""
    text, spans = "", list[Span]()
    for piece in pieces:
        spans += (replace(span, start=span.start + len(text), end=span.end + len(text)) for span in piece.spans)
        text += piece.text
    return Inline(text, tuple(spans))


def with_unread_bold(line: Inline) -> Inline:
    """The line with ``** words **`` in bold as its writer meant, although CommonMark does not read it as bold."""
    if "**" not in line.text:
        return line
    pieces, end = list[Inline](), 0
    for found in _UNREAD_BOLD.finditer(line.shape):
        words = trimmed(line.part(*found.span("words")))
        pieces += [line.part(end, found.start()), words.marked("strong")]
        end = found.end()
    return join(*pieces, line.part(end))


def trimmed(line: Inline, edges: str | None = None) -> Inline:
    """The line without these characters (white space) at its ends; an empty link or an image at an end is kept."""
    start = len(line.text) - len(line.text.lstrip(edges))
    last = max(start, len(line.text.rstrip(edges)))
    empty = (span for span in line.spans if (span.link or span.note) and span.start == span.end)
    outside = [span for span in empty if not start <= span.start <= last]
    middle = line.part(start, last)
    return Inline(
        middle.text, (*middle.spans, *(replace(span, start=last - start, end=last - start) for span in outside))
    )


def links_in(*lines: Inline) -> tuple[Link, ...]:
    """The links and images of lines, each once, in their order on the page."""
    found = {span.link.number: span.link for line in lines for span in line.spans if span.link}
    return tuple(found[number] for number in sorted(found))


def notes_in(line: Inline) -> Iterator[str]:
    """The texts in square brackets that are not links."""
    for found in TOKEN.finditer(line.shape):
        if found["note"] is not None and (note := clean(line.text[slice(*found.span("note"))])):
            yield note


def blanked(line: Inline, hidden: re.Pattern[str] = TOKEN) -> str:
    """The text with everything of a hidden shape blanked, the rest at its old position."""
    shown = list(line.text)
    for found in hidden.finditer(line.shape):
        shown[found.start() : found.end()] = " " * (found.end() - found.start())
    return "".join(shown)
