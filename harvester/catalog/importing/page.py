"""The page of a list as nodes; knows the syntax, not its meaning in a list.

markdown-it-py parses CommonMark, with GitHub's tables and strikethrough. HTML is transparent: text between two tags is
read like any other Markdown, and headings, lists, tables and links in HTML count as Markdown ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from harvester.catalog.importing.flow import BARE_ADDRESS, Flow, bare_address
from harvester.catalog.importing.inline import TOKEN, Inline, Kind
from harvester.catalog.importing.long_rows import cells_behind
from harvester.catalog.importing.mojibake import repair
from harvester.catalog.importing.nodes import Node
from harvester.catalog.importing.words import word_set

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LONGEST_PIECE = 5_000  # characters parsed at once: on a hostile line the parser takes quadratic time
_MOST_PIECES = 10  # of one line; the rest is taken as plain text
_DEEPEST_MARK = 6  # a link in bold in italics has depth three
_DEEPEST_BLOCK = 100
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SCRIPT = re.compile(r"\s*<(?:script|style)\b", re.IGNORECASE)
_TABLE_BELOW = re.compile(r"\n(?=\|[^\n]*\n\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*(?:\n|\Z))")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?=\w[\w-]*:)(?:(?!---).*\n){1,200}---[ \t]*(?:\n|\Z)")
_FOOTNOTE = re.compile(r"^[ \t>]*\[\^(?P<note>[^\[\]\n]{1,40})\]:", re.MULTILINE)
_MARKS: Mapping[str, Kind] = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "u": "u", "a": "link"}
_KINDS: Mapping[str, Kind] = {"code_inline": "code", "text_special": "literal"}
_ELEMENTS = {
    "li": "item",
    "ul": "list",
    "ol": "list",
    "table": "table",
    "tr": "row",
    "details": "details",
    "dl": "list",
    "dt": "item",
}
_BREAKS = word_set("p div center section article header footer blockquote dd figure thead tbody")
_PICTURES = word_set("img source video iframe embed")
_HEADING = re.compile("h[1-6]")


def page(text: str) -> tuple[Node, ...]:
    """A page's content, in order; mojibake is repaired."""
    lines = [repair(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return _Reader(lines).read("\n".join(lines))


def _parser(*without: str) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_BLOCK}).enable(["table", "strikethrough"])
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
        self._flow = Flow(lines)
        self._tags = _Tags(self._flow)
        self._handles: list[int] = []
        self._columns = 0  # of the table's row that is read
        self._targets: set[str] = set()
        self._notes: list[tuple[str, str, int]] = []

    def read(self, text: str) -> tuple[Node, ...]:
        if found := _FRONT_MATTER.match(text):
            self._hide(found.group(), "front matter", 1)
            text = "\n" * found.group().count("\n") + text[found.end() :]
        self._blocks(self._parsed(self._parser, text, 1), 1)
        self._flow.end_text()
        for note, source, line in self._notes:
            self._hide(source, "footnote", line, note)
        self._unused_definitions()
        return self._flow.finished()

    def _parsed(self, parser: "MarkdownIt", text: str, first: int) -> "list[Token]":
        """The blocks of a text that begins in line `first`; of the definitions of links, those of footnotes apart.

        Markdown without footnotes takes a note of one word for such a definition: ``[^1]: https://example.org``.
        """
        tokens = parser.parse(text, self._defined)
        references, again = self._defined.get("references", {}), self._defined.get("duplicate_refs", [])
        notes = [name for name in references if name.startswith("^")]
        found = [(name, references.pop(name)) for name in notes]
        found += [(str(other["label"]), other) for other in again if str(other.get("label", "")).startswith("^")]
        again[:] = [other for other in again if not str(other.get("label", "")).startswith("^")]
        lines = text.split("\n") if found else []
        for name, definition in found:
            start, end = definition.get("map") or (0, 0)
            self._notes.append((name[1:].lower(), "\n".join(lines[start:end]), first + start))
        return tokens

    def _footnotes(self, text: str, first: int) -> None:
        """The notes of a paragraph, which has one or several of them."""
        starts = [(found.start(), found["note"].lower()) for found in _FOOTNOTE.finditer(text)]
        for (start, note), (end, _) in zip(starts, [*starts[1:], (len(text), "")], strict=True):
            self._hide(text[start:end], "footnote", first + text.count("\n", 0, start), note)

    def _blocks(self, tokens: "Sequence[Token]", first: int) -> None:
        """Feed the blocks of a text that begins in line `first`."""
        place = 0
        while place < len(tokens):
            token = tokens[place]
            if token.map:
                self._flow.at = first + token.map[0]
            if token.type in ("paragraph_open", "heading_open"):
                self._lines_of(token, tokens[place + 1].content)
                place += 3
                continue
            self._block(token)
            place += 1

    def _block(self, token: "Token") -> None:
        if token.type == "html_block":
            self._html(token.content)
        elif token.type == "fence":
            self._hide(f"{token.info}\n{token.content}", "code", self._flow.at)
        elif token.type == "hr":
            self._flow.rule()
        elif token.type == "inline":  # of a table's cell
            self._inline(token.content)
        elif token.type in ("th_open", "td_open"):
            self._columns += 1
            self._handles.append(self._flow.open_cell(head=token.tag == "th"))
        elif token.nesting == 1:
            self._columns = 0 if token.type == "tr_open" else self._columns
            known = _ELEMENTS.get(token.tag)
            self._flow.end_text()
            self._handles.append(self._flow.open(known) if known else -1)
        elif token.nesting == -1:
            if token.type == "tr_close":
                self._cells_behind()
            self._flow.close(self._handles.pop())

    def _cells_behind(self) -> None:
        """Feed the cells of the current row that the table has no column for."""
        for cell in cells_behind(self._lines[self._flow.at - 1], self._columns):
            handle = self._flow.open_cell(head=False)
            self._inline(cell)
            self._flow.close(handle)

    def _lines_of(self, token: "Token", text: str) -> None:
        """A paragraph or a heading; a table right below a paragraph, which Markdown takes for more lines of it."""
        begins = self._flow.at
        if token.type == "heading_open" and not (token.markup in "=-" and _is_paper(self._words(text))):
            handle = self._flow.open("heading", self._flow.heading_level(int(token.tag[1:])))
            self._inline(text)
            return self._flow.close(handle)
        self._flow.end_text()
        if _FOOTNOTE.match(text):
            return self._footnotes(text, begins)
        table = _TABLE_BELOW.search(text)
        self._inline(text[: table.start()] if table else text)
        self._flow.end_text()
        if table:
            first = begins + text.count("\n", 0, table.end())
            self._blocks(self._parsed(self._parser, text[table.end() :], first), first)
        elif token.type == "heading_open":
            self._flow.rule()
        return None

    def _html(self, text: str) -> None:
        """The text between tags; comments and scripts are hidden."""
        begins = self._flow.at
        if _SCRIPT.match(text):
            return self._hide(text, "code", begins)
        for found in _COMMENT.finditer(text):
            self._hide(found.group(), "comment", begins + text.count("\n", 0, found.start()))
        shown = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
        if shown.strip():
            self._blocks(self._parsed(self._inside_html, shown, begins), begins)
        return None

    def _inline(self, markdown: str) -> None:
        """The words and marks of a text that begins in the current line."""
        for piece, is_read in _short(markdown):
            for token in self._tokens(piece) if is_read else [_plain(piece)]:
                self._word(token)

    def _word(self, token: "Token") -> None:
        if token.type == "html_inline":
            self._tag(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            self._flow.line_end()
        elif token.type == "image":
            self._take(str(token.attrs.get("src", "")))
            self._flow.image("".join(child.content for child in token.children or []), str(token.attrs.get("src", "")))
        elif kind := _MARKS.get(token.tag):
            self._take(str(token.attrs.get("href", "")))
            if token.nesting == 1:
                self._flow.begin(kind, str(token.attrs.get("href", "")))
            else:
                self._flow.finish(kind)
        elif token.content:
            self._flow.write(token.content.replace("\n", " "), _KINDS.get(token.type))
            self._flow.at += token.content.count("\n")

    def _tag(self, tag: str) -> None:
        begins = self._flow.at
        if tag.startswith("<!--"):
            self._hide(tag, "comment", begins)
        else:
            self._tags.take(tag)
        self._flow.at = begins + tag.count("\n")

    def _take(self, address: str) -> None:
        if address:
            self._targets.add(address)

    def _hide(self, text: str, place: str, first: int, note: str = "") -> None:
        for found in BARE_ADDRESS.finditer(text):
            if address := bare_address(found.group()):
                self._flow.hide(address, place, first + text.count("\n", 0, found.start()), note)

    def _unused_definitions(self) -> None:
        defined = [*self._defined.get("references", {}).values(), *self._defined.get("duplicate_refs", ())]
        for definition in defined:
            if (address := str(definition.get("href", ""))) and address not in self._targets:
                line = (definition.get("map") or (0, 0))[0] + 1
                self._flow.hide(address, "definition without a use", line)

    def _tokens(self, markdown: str) -> "list[Token]":
        tokens: list[Token] = []
        self._lines_parser.inline.parse(markdown, self._lines_parser, self._defined, tokens)
        return tokens

    def _words(self, markdown: str) -> tuple[Inline, ...]:
        """The lines of a text by themselves."""
        alone = _Reader(self._lines)
        alone._defined = self._defined
        alone._inline(markdown[:_LONGEST_PIECE])
        alone._flow.end_text()
        return tuple(line.content for node in alone._flow.finished() for line in getattr(node, "lines", ()))


class _Tags(HTMLParser):
    """Feeds HTML tags, one by one, into the flow."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(convert_charrefs=True)
        self._flow = flow

    def take(self, tag: str) -> None:
        """Feed one tag."""
        self.reset()
        self.feed(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            if values.get("href"):
                self._flow.begin("link", values["href"])
        elif kind := _MARKS.get(tag):
            self._flow.begin(kind)
        elif tag in _PICTURES:
            self._flow.image(values.get("alt", ""), values.get("src") or values.get("srcset", "").split(" ")[0])
        elif tag == "br":
            self._flow.line_end(0)
        elif tag in ("td", "th"):
            rows = values.get("rowspan", "")
            self._flow.open_cell(head=tag == "th", rows=int(rows) if re.fullmatch("[0-9]{1,4}", rows) else 1)
        else:
            self._element(tag)

    def _element(self, tag: str) -> None:
        if tag == "hr":
            self._flow.rule()
        elif _HEADING.fullmatch(tag) and self._flow.in_summary:
            return
        elif tag == "summary" or _HEADING.fullmatch(tag):
            self._flow.open("heading", self._flow.heading_level(0 if tag == "summary" else int(tag[1])))
        elif tag in _ELEMENTS:
            self._flow.open(_ELEMENTS[tag])
        elif tag in _BREAKS:
            self._flow.end_text()

    def handle_endtag(self, tag: str) -> None:
        if kind := _MARKS.get(tag):
            self._flow.finish(kind)
        elif tag in ("td", "th"):
            self._flow.close_kind("cell")
        elif tag == "summary" or _HEADING.fullmatch(tag):
            self._flow.close_kind("heading")
        elif tag == "dt":
            self._flow.end_text()  # what is said of it is in it
        elif tag in _ELEMENTS:
            self._flow.close_kind(_ELEMENTS[tag])
        elif tag in _BREAKS:
            self._flow.end_text()


def _is_paper(lines: Sequence[Inline]) -> bool:
    """Whether a paragraph with a rule below it, which Markdown takes for a heading, is a paper."""
    return len(lines) > 1 or any(TOKEN.search(line.shape) for line in lines)


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
