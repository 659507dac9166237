"""The Markdown of a list as headings, lines and table rows, in order; knows the syntax, not its meaning in a list.

markdown-it-py parses CommonMark, with GitHub's tables and strikethrough. HTML is transparent: text between two tags is
read like any other Markdown, and headings, summaries and links in HTML count as Markdown ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from harvester.catalog.importing.inline import TOKEN, Inline, Kind, Span, join, trimmed, with_unread_bold
from harvester.catalog.importing.mojibake import repair

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

_LONGEST_PIECE = 5_000  # characters parsed at once: on a hostile line the parser takes quadratic time
_MOST_PIECES = 10  # of one line; the rest is taken as plain text
_DEEPEST_MARK = 6  # a link in bold in italics has depth three
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?(?P<name>[a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"\shref\s*=\s*[\"']?(?P<target>[^\"'<>\s]+)", re.IGNORECASE)
_HEADINGS = {**{f"h{level}": str(level) for level in range(1, 7)}, "summary": "6"}
_INDENT = re.compile(r"[\s>]*")
_TABLE_BELOW = re.compile(r"\n(?=\|[^\n]*\n\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*(?:\n|\Z))")
_TASK = re.compile(r"\[[ xX]\]\s+")
_MARKS: Mapping[str, Kind] = {"a": "link", "strong": "strong", "em": "em"}  # by a token's tag
_KINDS: Mapping[str, Kind] = {"code_inline": "code", "text_special": "literal"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6, without markup."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paragraph or bullet; `indent` in columns, `source` as in the file.

    A title broken across two lines is one line, from `line` to `last`.
    """

    line: int
    last: int
    content: Inline
    source: str
    bullet: bool
    indent: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table below its header; `columns` contains the header's names."""

    line: int
    cells: tuple[Inline, ...]
    source: str
    columns: tuple[str, ...]


Piece = Heading | Line | Row


def pieces(text: str) -> Iterator[Piece]:
    """A page's content, in order; comments, code blocks and rules are left out, mojibake is repaired."""
    lines = [repair(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    yield from _Reader(lines).read("\n".join(lines))


def _parser(*without: str) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # Indented text is a detail of a title, never code. Lines are parsed one by one below, their escapes kept separate.
    parser.disable(["code", "inline", "text_join", *without])
    # All addresses, unchanged.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


class _Reader:
    """One page: its lines, and its link reference definitions."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._parser, self._inside_html, self._lines_parser = _parser(), _parser("html_block"), _parser()
        self._lines_parser.options["maxNesting"] = _DEEPEST_MARK
        self._defined: dict[str, Any] = {}

    def read(self, text: str) -> Iterator[Piece]:
        yield from self._below(_tree(self._parser.parse(text, self._defined)), 0)

    def _below(self, node: "SyntaxTreeNode", above: int) -> Iterator[Piece]:
        """The pieces of a syntax node whose text has `above` lines before it."""
        bullet = node.type == "list_item"
        for child in node.children:
            number = above + (child.map or (0, 0))[0]
            if child.type == "paragraph":
                yield from self._paragraph_and_table(child, number, bullet=bullet)
            elif child.type == "heading":
                yield from self._heading(child, number)
            elif child.type == "table":
                yield from self._table(child, above)
            elif child.type == "html_block":
                yield from self._html(child.content, number)
            else:
                yield from self._below(child, above)
            bullet = False

    def _paragraph_and_table(self, node: "SyntaxTreeNode", number: int, *, bullet: bool) -> Iterator[Piece]:
        """A paragraph; a table right below it, which Markdown takes for more lines of it, is read as a table."""
        text = _text(node)
        if found := _TABLE_BELOW.search(text):
            above = text.count("\n", 0, found.end())
            yield from self._paragraph(self._content(text[: found.start()]), number, bullet=bullet)
            yield from self._below(_tree(self._parser.parse(text[found.end() :], self._defined)), number + above)
        else:
            yield from self._paragraph(self._content(text), number, bullet=bullet)

    def _heading(self, node: "SyntaxTreeNode", number: int) -> Iterator[Heading | Line]:
        """A heading, unless it is a paper with a rule below it, which Markdown takes for a setext heading."""
        content = self._content(_text(node))
        underlined = not node.markup.startswith("#")
        if underlined and (len(content) > 1 or any(TOKEN.search(line.text.shape) for line in content)):
            yield from self._paragraph(content, number, bullet=False)
        else:
            yield Heading(number + 1, int(node.tag[1:]), _in_one(content).words)

    def _table(self, table: "SyntaxTreeNode", above: int) -> Iterator[Row]:
        head, *body = (row for part in table.children for row in part.children)
        columns = tuple(_in_one(self._content(_text(cell))).words for cell in head.children)
        for row in body:
            number = above + (row.map or (0, 0))[0]
            cells = tuple(_in_one(self._content(_text(cell))) for cell in row.children)
            yield Row(number + 1, cells, self._lines[number], columns)

    def _html(self, text: str, number: int) -> Iterator[Piece]:
        """The text between tags, without comments."""
        shown = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
        if shown.strip():
            yield from self._below(_tree(self._inside_html.parse(shown, self._defined)), number)

    def _paragraph(self, content: "Sequence[_Written]", number: int, *, bullet: bool) -> Iterator[Heading | Line]:
        for line in content:
            first, last = number + line.first, number + line.last
            for span in line.text.of("heading"):
                yield Heading(first + 1, int(span.value), line.text.part(span.start, span.end).words)
            if shown := _without_headings(line.text):
                yield _line(first + 1, shown, self._lines[first : last + 1], bullet=bullet or line.bullet)
                bullet = False

    def _content(self, markdown: str) -> "list[_Written]":
        """The lines of an inline text."""
        writer = _Writer()
        for piece, is_read in _short(markdown):
            for token in self._inline(piece) if is_read else [_plain(piece)]:
                writer.take(token)
        return writer.finished()

    def _inline(self, markdown: str) -> "list[Token]":
        tokens: list[Token] = []
        self._lines_parser.inline.parse(markdown, self._lines_parser, self._defined, tokens)
        return tokens


@dataclass(frozen=True, slots=True)
class _Written:
    """One line of inline text, and how many line breaks precede its first and its last character.

    `bullet` marks an item of an HTML list or a row of an HTML table.
    """

    first: int
    last: int
    text: Inline
    bullet: bool


class _Writer:
    """Converts inline tokens to lines."""

    def __init__(self) -> None:
        self._done: list[_Written] = []
        self._began = self._breaks = 0
        self._bullet = False
        self._begin_line()

    def _begin_line(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._spans: list[Span] = []
        self._open: list[tuple[Kind, int, str]] = []

    def take(self, token: "Token") -> None:
        """Handle one token, which adds text, opens a mark, closes one, or ends the line."""
        if token.type == "html_inline":
            self._tag(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            self._break()
        elif token.type == "image":
            self._write("".join(child.content for child in token.children or []))
        elif kind := _MARKS.get(token.tag):
            self._open_or_close(kind, token.nesting == 1, str(token.attrs.get("href", "")))
        else:
            self._write(token.content, _KINDS.get(token.type))

    def finished(self) -> list[_Written]:
        """The lines."""
        self._end_line()
        return self._done

    def _write(self, text: str, kind: Kind | None = None) -> None:
        if kind:
            self._spans.append(Span(self._length, self._length + len(text), kind))
        self._text.append(text)
        self._length += len(text)

    def _break(self) -> None:
        """An open mark joins two lines, except italics, which lists use for whole lines."""
        if any(kind != "em" for kind, _, _ in self._open):
            self._breaks += 1
            self._write(" ")
            return
        emphasised = len(self._open)
        for _ in range(emphasised):
            self._close("em")
        self._end_line()
        self._began, self._bullet = self._breaks + 1, False
        self._breaks += 1
        self._open = [("em", 0, "")] * emphasised

    def _end_line(self) -> None:
        line = Inline("".join(self._text), tuple(self._spans))
        self._done.append(_Written(self._began, self._breaks, with_unread_bold(line), self._bullet))
        self._begin_line()

    def _open_or_close(self, kind: Kind, opens: bool, value: str) -> None:
        if opens:
            self._open.append((kind, self._length, value))
        else:
            self._close(kind)

    def _close(self, kind: Kind) -> None:
        depth = next((depth for depth in reversed(range(len(self._open))) if self._open[depth][0] == kind), None)
        if depth is None:
            return
        _, start, value = self._open.pop(depth)
        if kind == "link":
            label = "".join(self._text)[start:]
            brackets = len(label) > 2 and label[0] == "[" and label.find("]") == len(label) - 1
            self._spans.append(Span(start + brackets, self._length - brackets, kind, value))
        elif not any(opened == "link" for opened, _, _ in self._open):  # bold within a link belongs to the link
            self._spans.append(Span(start, self._length, kind, value))

    def _tag(self, tag: str) -> None:
        self._breaks += tag.count("\n")
        found = _TAG.match(tag)
        name = found["name"].lower() if found else ""
        address = _HREF.search(tag)
        if name == "br":
            self._write(" ")
        elif name in ("li", "tr") and not tag.startswith("</"):
            self._end_line()
            self._began, self._bullet = self._breaks, True
        elif name in _HEADINGS:
            self._open_or_close("heading", not tag.startswith("</"), _HEADINGS[name])
        elif name == "a" and (address or tag.startswith("</")):
            self._open_or_close("link", address is not None, unescape(address["target"]) if address else "")


def _tree(tokens: "Sequence[Token]") -> "SyntaxTreeNode":
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(tokens)


def _text(node: "SyntaxTreeNode") -> str:
    return "".join(inline.content for inline in node.children)


def _line(number: int, content: Inline, source: Sequence[str], *, bullet: bool) -> Line:
    before, ticked = _INDENT.match(source[0]), _TASK.match(content.text) if bullet else None
    return Line(
        line=number,
        last=number + len(source) - 1,
        content=trimmed(content.part(ticked.end() if ticked else 0)),
        source=" ".join(source),
        bullet=bullet,
        indent=len(before.group().expandtabs(4)) if before else 0,
    )


def _without_headings(line: Inline) -> Inline | None:
    """What a line contains besides its headings; None if that is nothing."""
    for span in reversed(line.of("heading")):
        line = line.without(span.start, span.end)
    return line if line.words or line.of("link") else None


def _in_one(content: Sequence[_Written]) -> Inline:
    return join(*(piece for line in content for piece in (line.text, Inline(" "))))


def _short(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces that parse quickly, split at line ends or else between words; and which are worth parsing."""
    pieces_of_line = 0
    while text:
        cut = len(text) if len(text) <= _LONGEST_PIECE else _cut(text)
        yield text[:cut], pieces_of_line < _MOST_PIECES
        pieces_of_line = 0 if text[cut - 1] == "\n" else pieces_of_line + 1
        text = text[cut:]


def _cut(text: str) -> int:
    return (text.rfind("\n", 0, _LONGEST_PIECE) + 1) or (text.rfind(" ", 0, _LONGEST_PIECE) + 1) or _LONGEST_PIECE


def _plain(text: str) -> "Token":
    from markdown_it.token import Token

    return Token("text", "", 0, content=text)
