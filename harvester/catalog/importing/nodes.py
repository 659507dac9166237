"""What a page is made of: headings, paragraphs, bullets at any depth, tables, and links that no reader sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harvester.catalog.importing.inline import Inline, Link, links_in


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; a title broken across two lines is one, from `line` to `last`. `indent` is in columns."""

    line: int
    last: int
    content: Inline
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading without markup.

    Levels are 1 to 6; those within HTML's ``<details>`` are deeper than the summary, which is deeper than 6.
    """

    line: int
    level: int
    content: Inline

    @property
    def text(self) -> str:
        """Its words."""
        return self.content.words


@dataclass(frozen=True, slots=True)
class Close:
    """The end of an element that had a heading of its own: headings of this level and below no longer apply."""

    level: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bullet:
    """An item of a list, and what is in it."""

    line: int
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    line: int
    cells: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `columns` are the names in its header, none if it has no header."""

    line: int
    columns: tuple[Inline, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A link that no reader of the page sees, and where it is: a comment, code, front matter, the footnote `note`."""

    link: Link
    place: str
    note: str = ""


Node = Heading | Close | Rule | Text | Bullet | Table | Hidden


def every(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes, each before those in it."""
    for node in nodes:
        yield node
        if isinstance(node, Bullet):
            yield from every(node.children)


def contents_of(node: Node) -> tuple[Inline, ...]:
    """The texts of a node itself, without those of the bullets in it."""
    if isinstance(node, Heading):
        return (node.content,)
    if isinstance(node, Text):
        return tuple(line.content for line in node.lines)
    if isinstance(node, Table):
        return (*node.columns, *(cell for row in node.rows for cell in row.cells))
    return ()


def links_of(nodes: Sequence[Node]) -> tuple[Link, ...]:
    """All links of a page, hidden ones too."""
    shown = links_in(*(content for node in every(nodes) for content in contents_of(node)))
    return (*shown, *(node.link for node in every(nodes) if isinstance(node, Hidden)))
