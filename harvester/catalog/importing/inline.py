"""One line of a list as its reader sees it, and its marks: links, bold, notes in square brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harvester.domain.text import clean

Kind = Literal["link", "strong", "em", "code", "heading", "literal"]

# Placeholders for a link and for an escaped character when only the shape of a line matters.
_IN_LINK, _LINK_END, _ESCAPED = "\ue000", "\ue001", "\ue002"
_LINK = re.compile(rf"\[{{0,2}}{_IN_LINK}*{_LINK_END}\]{{0,2}}")
OPENS_LINK_OR_NOTE = ("[", _IN_LINK, _LINK_END)
TOKEN = re.compile(rf"{_LINK.pattern}|\[(?P<note>[^\[\]{_IN_LINK}{_LINK_END}]*)\]")
"""Matches a link or a note in the shape of a line."""

_BARE = re.compile(r"https?://[^\s<>()\[\]|\\\"'`*\ue000-\ue001]+")
_LONGEST_NOTE = 80
_LOOKED_AT = 2000  # characters of a line; venue and date come at its beginning
_STOPS = r"[;|()]|\.\s|\s[–—-]\s"
_ROUND = re.compile(rf"\((?P<note>[^()]{{2,{_LONGEST_NOTE}}})\)")
_UNREAD_BOLD = re.compile(r"\*\*(?P<words>(?:[^*]|\*(?!\*))+)\*\*")


@dataclass(frozen=True, slots=True)
class Link:
    """A link's text and address; the text of a bare address is empty."""

    label: str
    target: str


@dataclass(frozen=True, slots=True)
class Span:
    """Marked characters of a line; `value` is the address of a link or the level of a heading."""

    start: int
    end: int
    kind: Kind
    value: str = ""


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
            Span(max(span.start, start) - start, min(span.end, last) - start, span.kind, span.value)
            for span in self.spans
            if (span.start < last and span.end > start) or start <= span.start == span.end <= last
        )
        return Inline(self.text[start:last], tuple(spans))

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
        spans += (Span(span.start + len(text), span.end + len(text), span.kind, span.value) for span in piece.spans)
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
    """The line without these characters (white space) at its ends; an empty link at an end is kept."""
    start = len(line.text) - len(line.text.lstrip(edges))
    last = max(start, len(line.text.rstrip(edges)))
    outside = (span for span in line.of("link") if span.start == span.end and not start <= span.start <= last)
    middle = line.part(start, last)
    return Inline(
        middle.text, (*middle.spans, *(Span(last - start, last - start, "link", span.value) for span in outside))
    )


def links_in(line: Inline) -> Iterator[Link]:
    """The links of a line in order, then the bare addresses outside them."""
    for span in line.of("link"):
        if span.value:
            yield Link(line.part(span.start, span.end).words, span.value)
    if "://" in line.text:
        for found in _BARE.finditer(_visible(line, _LINK)):
            yield Link("", found.group().rstrip(".,;:!?"))


def notes_in(line: Inline) -> Iterator[str]:
    """The texts in square brackets that are not links."""
    for found in TOKEN.finditer(line.shape):
        if found["note"] is not None and (note := line.part(*found.span("note")).words):
            yield note


def soft_notes_in(line: Inline) -> Iterator[str]:
    """What may be a venue or date in a list without notes: text in parentheses, in italics, and between commas."""
    line = line.part(0, _LOOKED_AT)
    bare = _BARE.sub(lambda found: " " * len(found.group()), _visible(line, TOKEN))
    marked = [(found.start(), found["note"]) for found in _ROUND.finditer(bare)]
    marked += [(span.start, bare[span.start : span.end]) for span in (*line.of("em"), *line.of("code"))]
    for _, words in sorted(marked):
        if 2 <= len(words) <= _LONGEST_NOTE:
            yield clean(words)
    for piece in (*re.split(_STOPS, bare), *re.split(rf"{_STOPS}|,", bare)):
        if words := clean(piece).strip(" *_`.,\\"):
            yield words


def _visible(line: Inline, hidden: re.Pattern[str]) -> str:
    """The text with everything of a hidden shape blanked, the rest at its old position."""
    shown = list(line.text)
    for found in hidden.finditer(line.shape):
        shown[found.start() : found.end()] = " " * (found.end() - found.start())
    return "".join(shown)
