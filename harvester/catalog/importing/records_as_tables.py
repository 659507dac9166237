"""Tables of one paper, whose first column says what is in the second: read as lines with labels."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harvester.catalog.importing.inline import Inline, join
from harvester.catalog.importing.nodes import Bullet, Line, Node, Row, Table, Text
from harvester.catalog.importing.words import field_of, plain

_FEWEST = 2  # rows whose first cells name parts of an entry
_KNOWN = ("authors", "date", "venue", "paper", "pdf", "code", "title", "note")


def with_records_as_lines(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes of a page, with such tables as paragraphs."""
    return tuple(_read(nodes))


def _read(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Bullet):
            yield replace(node, children=tuple(_read(node.children)))
        elif isinstance(node, Table) and (lines := _lines(node)):
            yield Text(lines)
        else:
            yield node


def _lines(table: Table) -> tuple[Line, ...]:
    """``Author: Ann Dee`` of each row; none if the table is another one."""
    rows = [Row(table.line, table.columns), *table.rows] if any(map(_says, table.columns)) else list(table.rows)
    if not rows or any(len(row.cells) != 2 for row in rows):
        return ()
    names = [field_of(plain(row.cells[0].text)) for row in rows]
    known = len({name for name in names if name in _KNOWN})
    is_header = names[0] in _KNOWN and field_of(plain(rows[0].cells[1].text)) in _KNOWN
    if known < _FEWEST or is_header or any(row.cells[0].of("link") for row in rows):
        return ()
    lines = (
        Line(row.line, row.line, join(Inline(plain(row.cells[0].text).rstrip(":：")), Inline(": "), row.cells[1]))
        for row in rows
        if row.cells[1].text.strip() or row.cells[1].spans
    )
    return tuple(lines)


def _says(cell: Inline) -> bool:
    return bool(cell.text.strip() or cell.spans)
