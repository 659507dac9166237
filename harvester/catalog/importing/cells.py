"""The cells of a table: their lines, and the rows that a row is whose title's cell has the titles of several papers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harvester.catalog.importing.inline import LINE_BREAK, Inline, Kind, links_in, trimmed
from harvester.catalog.importing.nodes import Line, Row
from harvester.catalog.importing.parts import titles_of
from harvester.catalog.importing.titles import is_title_link
from harvester.domain.identity import link_identifier

_MARKS: tuple[Kind, ...] = ("link", "strong", "em")


def lines_of(cell: Inline) -> Iterator[Inline]:
    """The lines of a cell; a link or bold words over several of them, and a line without words, end no line."""
    inside = bytearray(len(cell.text) + 1)
    for span in (span for kind in _MARKS for span in cell.of(kind)):
        inside[span.start + 1 : span.end] = b"\1" * max(0, span.end - span.start - 1)
    start = 0
    for place in (place for place, letter in enumerate(cell.text) if letter == LINE_BREAK):
        if inside[place] or not cell.text[start:place].strip():
            continue
        yield trimmed(cell.part(start, place))
        start = place + 1
    yield trimmed(cell.part(start))


def single_rows(row: Row, place: int) -> tuple[Row, ...]:
    """A row for each of the papers whose titles are in one cell, the one at `place`; else the row itself.

    Of the other cells, those with links are divided as well. Where they cannot be, nobody can tell which link is whose:
    a row without the title has them.
    """
    titles = _titles(row.cells[place], row.line) if place >= 0 else ()
    if len(titles) < 2:
        return (row,)
    others = [_divided(cell, len(titles)) for cell in row.cells]
    rows = [
        replace(row, cells=tuple(title if n == place else cells[number] for n, cells in enumerate(others)))
        for number, title in enumerate(titles)
    ]
    lost = [n for n, cells in enumerate(others) if n != place and links_in(row.cells[n]) and not links_in(*cells)]
    left = tuple(cell if n in lost else Inline() for n, cell in enumerate(row.cells))
    return (*rows, replace(row, cells=left)) if lost else tuple(rows)


def _titles(cell: Inline, line: int) -> tuple[Inline, ...]:
    """The titles of a cell that are links to different papers, on lines of their own or with signs between them."""
    lines = list(lines_of(cell))
    parts = [part for one in lines for part in _parts(one, line)]
    first = [_title_link(part) for part in parts]
    return tuple(parts) if all(first) and len(set(first)) == len(first) else ()


def _parts(text: Inline, line: int) -> tuple[Inline, ...]:
    return tuple(part.content for part in titles_of(Line(line, line, text))) or (text,)


def _title_link(part: Inline) -> str:
    """The paper that the title at the beginning of a text leads to; "" if there is none."""
    span = next((span for span in part.of("link") if not part.text[: span.start].strip(" [•·–—-0123456789.")), None)
    link = span.link if span else None
    return (link_identifier(link.target) or "") if link and is_title_link(link) else ""


def _divided(cell: Inline, count: int) -> Sequence[Inline]:
    """A cell for each of several papers: its lines, or the whole of it for each if it has no links."""
    lines = list(lines_of(cell))
    if not links_in(cell):
        return [cell] * count
    return lines if len(lines) == count else [Inline()] * count
