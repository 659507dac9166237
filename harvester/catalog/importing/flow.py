"""Builds the nodes of a page from a flow of marks, tags and words, in which Markdown and HTML may be mixed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice, takewhile

from harvester.base.errors import UsageError
from harvester.catalog.importing.brackets import with_square_brackets
from harvester.catalog.importing.inline import LINE_BREAK, Inline, Kind, Link, Span, join, trimmed, with_unread_bold
from harvester.catalog.importing.nodes import Bullet, Close, Heading, Hidden, Line, Node, Row, Rule, Table, Text
from harvester.domain.identity import address_of, parse_identifier
from harvester.domain.text import clean

_SIGNS = r"[^\s<>\[\]|\\\"`*\ue000-\ue001，。；）】、]+"  # of an address in words
_SICI = r"(?:<\d+:[^\s<>]{1,20}>[\w.;-]+)?"  # the end of an older DOI: <0001:XYZ>2.0.CO;2
BARE_ADDRESS = re.compile(rf"https?://{_SIGNS}{_SICI}", re.IGNORECASE)
_IDENTIFIER = re.compile(
    rf"(?:\bdoi\s{{0,3}}[:：]?\s{{0,3}}|(?<![\w/.=]))(?P<doi>10\.\d{{4,9}}/{_SIGNS}{_SICI})"
    rf"|(?<![\w/.])(?:www\.)?(?:arxiv\.org/(?:abs|pdf)/|doi\.org/)(?P<host>{_SIGNS})"
    r"|(?:\barxiv\s{0,3}[:：]\s{0,3}|(?<![\w/.])abs/)(?P<arxiv>\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7})\b"
    r"|\barxiv\s{1,3}(?:preprint\s{1,3})?(?P<spaced>\d{4}\.\d{4,5}(?:v\d+)?)\b"
    r"|\b(?:pmid\s{0,3}[:：]?\s{0,3}\d{5,9}|pmcid\s{0,3}[:：]?\s{0,3}PMC\d{5,9})\b",
    re.IGNORECASE,
)
"""A DOI, an arXiv id or a PubMed id in words."""
_DEEPEST = 60  # elements within each other
_DETAILS_LEVEL = 7  # how much deeper headings within details are
_MOST_DETAILS = 6
_MOST_FOOTNOTES = 20  # of a line
_LONGEST_REPEATED = 200  # characters of a cell
_INDENT = re.compile(r"[\s>]*")
_FOOTNOTE = re.compile(r"\s?\[\^(?P<note>[^\s\[\]^]{1,40})\](?!:)")
_TASK = re.compile(r"\[[ xX]\]\s+")


@dataclass(slots=True)
class _Open:
    """An element whose end has not come yet."""

    kind: str
    line: int
    level: int = 0
    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    rows: list[tuple[bool, Row]] = field(default_factory=list)
    cells: list[Inline] = field(default_factory=list)
    is_head: bool = True
    nested: int = 0
    spans: int = 1  # rows that a cell is in
    above: dict[int, tuple[int, Inline]] = field(default_factory=dict)  # cells of a table that go on in its next row


class Flow:
    """A page that is being built; `at` is the number of the current line.

    Args:
        lines: the page's lines.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._numbers = count()
        self._open = [_Open("page", 1)]
        self.at = 1
        self._marks: list[tuple[Kind, int, Link | None]] = []
        self._begin_line()

    # Words and marks of a line

    def write(self, text: str, kind: Kind | None = None) -> None:
        """Add words, marked with `kind`."""
        if kind:
            self._spans.append(Span(self._length, self._length + len(text), kind))
        self._text.append(text)
        self._length += len(text)

    def image(self, alt: str, address: str) -> None:
        """Add an image."""
        if address:
            link = self._link(alt, address, image=True)
            self._spans.append(Span(self._length, self._length, "image", link))

    def begin(self, kind: Kind, address: str = "") -> None:
        """Begin a mark; a link ends the one that is open, as in HTML: one in another would be in two papers at once."""
        if kind == "link":
            self.finish(kind)
        link = self._link("", address) if kind == "link" else None
        self._marks.append((kind, self._length, link))

    def finish(self, kind: Kind) -> None:
        """End the last mark of a kind that has begun."""
        depth = next((n for n in reversed(range(len(self._marks))) if self._marks[n][0] == kind), None)
        if depth is not None:
            _, start, link = self._marks.pop(depth)
            self._mark(kind, start, link)

    def line_end(self, lines: int = 1) -> None:
        """End a line of text; an open mark joins it with the next, except italics, which lists use for whole lines."""
        self.at += lines
        if any(kind != "em" for kind, _, _ in self._marks):
            self.write(" ")
        else:
            emphasised = len(self._marks)
            self._end_line()
            self._marks = [("em", 0, None)] * emphasised

    def hide(self, address: str, place: str, line: int, note: str = "") -> None:
        """Add a link that no reader sees; one of a footnote has its name."""
        self._end_line()
        self._open[-1].nodes.append(Hidden(Link(next(self._numbers), line, "", address, bare=True), place, note))

    # Elements

    def open(self, kind: str, level: int = 0) -> int:
        """Open an element; its handle."""
        inside = self._open[-1]
        if inside.kind == "cell":
            inside.nested += kind == "table"
            self.end_text()
            return -1
        self.end_text()
        if kind in _WITHIN:
            self._close_open(kind)
        if len(self._open) > _DEEPEST:
            return -1
        self._open.append(_Open(kind, self.at, level or self._level(kind)))
        return len(self._open) - 1

    def close(self, handle: int) -> None:
        """Close an element, and those in it that are still open."""
        self.end_text()
        while 0 < handle < len(self._open):
            self._close_last()

    def close_kind(self, kind: str) -> None:
        """Close the innermost element of a kind, unless it is part of an outer table."""
        self.end_text()
        inside = self._open[-1]
        if inside.kind == "cell" and inside.nested:
            inside.nested -= kind == "table"
            return
        border = {"item": "list", "cell": "table", "row": "table"}.get(kind, "")
        for number in reversed(range(1, len(self._open))):
            if self._open[number].kind == kind:
                self.close(number)
            elif self._open[number].kind != border and not (inside.kind == "cell" and kind in ("item", "list")):
                continue
            return

    def open_cell(self, *, head: bool, rows: int = 1) -> int:
        """Open a cell of a table, which is in so many of its rows."""
        handle = -1 if self._open[-1].kind == "cell" and self._open[-1].nested else self._cell()
        if handle > 0:
            self._open[handle].is_head = head
            self._open[handle].spans = rows
        return handle

    def rule(self) -> None:
        """Add a horizontal rule."""
        self.end_text()
        self._open[-1].nodes.append(Rule(self.at))

    def end_text(self) -> None:
        """End a paragraph."""
        self._end_line()
        inside = self._open[-1]
        if inside.lines and inside.kind not in ("cell", "heading"):
            inside.nodes.append(Text(tuple(inside.lines)))
            inside.lines = []

    def finished(self) -> tuple[Node, ...]:
        """All nodes."""
        self.end_text()
        self._marks = [mark for mark in self._marks if mark[2]]
        for kind, start, link in self._marks:  # links around nothing that is shown
            self._mark(kind, start, link)
        self._marks = []
        self.end_text()
        self.close(1)
        return tuple(self._open[0].nodes)

    def _cell(self) -> int:
        for kind in ("cell",):
            self._close_open(kind)
        if not any(above.kind == "table" for above in self._open):
            self.end_text()
            return -1
        if self._open[-1].kind != "row":
            self.open("row")
        return self.open("cell")

    def _level(self, kind: str) -> int:
        details = min(_MOST_DETAILS, sum(above.kind == "details" for above in self._open))
        return _DETAILS_LEVEL * (details + (kind == "details"))

    def heading_level(self, level: int) -> int:
        """The level of a heading here; 0 stands for a summary."""
        return self._level("") + level or 6

    @property
    def in_summary(self) -> bool:
        """Whether a summary is open, in which a heading of its own is only a way to write it large."""
        inside = self._open[-1]
        return inside.kind == "heading" and inside.level == self.heading_level(0)

    def _close_open(self, kind: str) -> None:
        """An item ends the one before it; so do rows and cells."""
        for number in reversed(range(1, len(self._open))):
            if self._open[number].kind == kind:
                return self.close(number)
            if self._open[number].kind in _WITHIN[kind]:
                return None
        return None

    def _close_last(self) -> None:
        self.end_text()
        done = self._open.pop()
        into = self._open[-1]
        if done.kind == "item":
            into.nodes.append(Bullet(done.line, tuple(done.nodes)))
        elif done.kind == "heading":
            content = _in_one(done.lines)
            into.nodes += [*done.nodes, Heading(done.line, done.level, content)]
        elif done.kind == "cell":
            _put(into, _in_lines(done.lines), done.spans)
            into.is_head = into.is_head and done.is_head
            into.nodes += done.nodes
        elif done.kind == "row":
            into.rows.append((done.is_head, Row(done.line, _whole_row(into, done))))
            into.nodes += done.nodes
        elif done.kind == "table":
            into.nodes += [*done.nodes, _table(done)]
        else:
            into.nodes += done.nodes
            if done.kind == "details":
                into.nodes.append(Close(done.level))

    def _link(self, label: str, address: str, *, image: bool = False) -> Link:
        return Link(next(self._numbers), self.at, clean(label), address.strip(), image)

    def _mark(self, kind: Kind, start: int, link: Link | None) -> None:
        if link:
            self._mark_link(start, link)
        elif kind == "link":
            return
        elif start < self._length and not any(opened == "link" for opened, _, _ in self._marks):
            self._spans.append(Span(start, self._length, kind))  # bold within a link belongs to the link

    def _mark_link(self, start: int, link: Link) -> None:
        text = self._since(start)
        brackets = len(text) > 2 and text[0] == "[" and text.find("]") == len(text) - 1
        label = clean(text[brackets : len(text) - brackets])
        since = takewhile(lambda span: span.end > start or span.start == start, reversed(self._spans))
        images = [span.link for span in since if span.link and span.link.image and span.start >= start][::-1]
        alone = bool(images) and not label
        named = replace(link, label=images[0].label if alone else label, picture=alone)
        self._spans.append(Span(start + brackets, self._length - brackets, "link", named))

    def _since(self, start: int) -> str:
        """The words of the line from a place on; only those are looked at, as lines may have thousands of links."""
        pieces, left = list[str](), self._length - start
        for piece in reversed(self._text):
            if left <= 0:
                break
            pieces.append(piece)
            left -= len(piece)
        return "".join(reversed(pieces))[max(0, -left) :]

    def _begin_line(self) -> None:
        self._began = self.at
        self._text: list[str] = []
        self._length = 0
        self._spans: list[Span] = []

    def _end_line(self) -> None:
        """End the line; a link that has no text yet goes on in the next one."""
        waiting = [mark for mark in self._marks if mark[2] and mark[1] >= self._length]
        for kind, start, link in [mark for mark in self._marks if mark not in waiting]:
            self._mark(kind, start, link)
        self._marks = [(kind, 0, link) for kind, _, link in waiting]
        whole = _without_footnotes(with_square_brackets(Inline("".join(self._text), tuple(self._spans))))
        line = trimmed(with_unread_bold(self._with_addresses(whole)))
        inside = self._open[-1]
        if inside.kind == "item" and not inside.nodes and not inside.lines and (ticked := _TASK.match(line.text)):
            line = line.part(ticked.end())
        if line.text or line.spans:
            last = max(self._began, self.at - (1 if self.at > self._began else 0))
            inside.lines.append(Line(self._began, last, line, self._indent(self._began)))
        self._begin_line()

    def _indent(self, line: int) -> int:
        before = _INDENT.match(self._lines[line - 1]) if line <= len(self._lines) else None
        return len(before.group().expandtabs(4)) if before else 0

    def _with_addresses(self, line: Inline) -> Inline:
        """The line with addresses and identifiers outside of links as links of their own."""
        spans, taken = list(line.spans), bytearray(len(line.text))
        for span in line.of("link"):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
        for start, end, label, address in _in_words(line.text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                spans.append(Span(start, end, "link", replace(self._link(label, address), bare=not label)))
        return Inline(line.text, tuple(spans))


_WITHIN = {"item": ("list", "cell"), "row": ("table",), "cell": ("table",)}
"""Elements that end the one before them, and the elements that they do so within."""


def _without_footnotes(line: Inline) -> Inline:
    """The line with the marks of footnotes as marks without words."""
    for mark in reversed(list(islice(_FOOTNOTE.finditer(line.shape), _MOST_FOOTNOTES))):
        cited = Inline("", (Span(0, 0, "footnote", note=mark["note"].lower()),))
        line = join(line.part(0, mark.start()), cited, line.part(mark.end()))
    return line


def _in_words(text: str) -> Iterator[tuple[int, int, str, str]]:
    """The addresses, and then the identifiers of papers, in a text: where each is, what it is called, and its address.

    An arXiv id needs the word before it; a DOI is unlike anything else.
    """
    if "://" in text:
        for match in BARE_ADDRESS.finditer(text):
            if address := bare_address(match.group()):
                yield match.start(), match.start() + len(address), "", address
    for match in _IDENTIFIER.finditer(text):
        said = bare_address(match["doi"] or match["arxiv"] or match["spaced"] or match.group())
        if name := _identifier(f"https://{said}" if match["host"] else said):
            end = match.start() + match.group().index(said) + len(said)
            yield match.start(), end, name, address_of(name)


def _identifier(said: str) -> str | None:
    try:
        return parse_identifier(said)
    except UsageError:
        return None


def bare_address(found: str) -> str:
    """An address in a text without the signs of the sentence around it."""
    while found and (found[-1] in ".,;:!?'_" or (found[-1] == ")" and found.count(")") > found.count("("))):
        found = found[:-1]
    return found


def _in_one(lines: Sequence[Line]) -> Inline:
    return trimmed(join(*(piece for line in lines for piece in (line.content, Inline(" ")))))


def _in_lines(lines: Sequence[Line]) -> Inline:
    """The lines of a cell in one; what its column holds says whether two belong together."""
    pieces: list[Inline] = []
    for line in lines:
        between = f"{LINE_BREAK} " if line.content.text else " "
        pieces += [Inline(between), line.content] if pieces else [line.content]
    return trimmed(join(*pieces))


def _put(row: _Open, cell: Inline, rows: int) -> None:
    """Add a cell to a row; what other rows repeat of it has no links, and is short."""
    if rows > 1:
        shown = cell.text if len(cell.text) <= _LONGEST_REPEATED else ""
        row.above[len(row.cells)] = rows - 1, Inline(shown)
    row.cells.append(cell)


def _whole_row(table: _Open, row: _Open) -> tuple[Inline, ...]:
    """The cells of a row, with those of rows above that go on in it."""
    above, table.above = table.above, {}
    cells: list[Inline] = []
    own = iter(enumerate(row.cells))
    while True:
        column = len(cells)
        left, cell = above.pop(column, (0, Inline()))
        if not left:
            number, cell = next(own, (-1, Inline()))
            if number < 0:
                break
            left, repeated = row.above.get(number, (0, cell))
            left += 1
        else:
            repeated = cell
        if left > 1:
            table.above[column] = left - 1, repeated
        cells.append(cell)
    table.above |= {column: (left - 1, cell) for column, (left, cell) in above.items() if left > 1}
    return tuple(cells)


def _table(done: _Open) -> Table:
    rows = [row for _, row in done.rows if any(cell.text or cell.spans for cell in row.cells)]
    has_head = bool(done.rows) and done.rows[0][0] and rows[:1] == [done.rows[0][1]]
    return Table(done.line, rows[0].cells if has_head else (), tuple(rows[has_head:]))
