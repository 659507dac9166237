"""Tables in a list: what each column contains, by its name."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from classifiers.taxonomy import normalise_heading
from harvester.catalog.importing.inline import TOKEN, Inline, join
from harvester.catalog.importing.markdown import Line, Row
from harvester.catalog.importing.titles import is_date, is_generic

_TITLES = (
    "title",
    "paper title",
    "paper name",
    "name",
    "method",
    "model",
    "work",
    "study",
    "dataset",
    "article",
    "paper",
)
_DATES = frozenset({"date", "year", "publish date", "published", "publication date", "time", "month", "pub date"})
_VENUES = frozenset(
    {"venue", "journal", "conference", "publication", "published in", "source", "where", "journal conference"}
)
_NAMELESS = frozenset({"link", "here", "url", "🔗", "✓", "click"})


def as_line(row: Row) -> Line:
    """A row in the form of a bullet: the title in bold, date and venue in brackets, then the rest."""
    names = [normalise_heading(name) for name in row.columns]
    title = _title_column(row.cells, names)
    content = join(*_in_order(row.cells, names, title))
    return Line(row.line, row.line, content, row.source, bullet=True, indent=0)


def _in_order(cells: Sequence[Inline], names: Sequence[str], title: int | None) -> Iterator[Inline]:
    if title is not None:
        yield _bold(cells[title])
    others = [(cell, _name(names, number)) for number, cell in enumerate(cells) if number != title]
    noted = [(cell, title is not None and name in _DATES | _VENUES) for cell, name in others]
    for cell, is_note in noted:
        if is_note and cell.words:
            yield Inline(f" [{cell.words}]")
    for (cell, name), (_, is_note) in zip(others, noted, strict=True):
        if not is_note:
            yield join(Inline(" "), _named(cell, name))


def _name(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else ""


def _title_column(cells: Sequence[Inline], names: Sequence[str]) -> int | None:
    """The column of titles by its name, else the first cell of several words that is not a date or a link label."""
    for wanted in _TITLES:
        if wanted in names and (number := names.index(wanted)) < len(cells) and _titular(cells[number]):
            return number
    several = (number for number, cell in enumerate(cells) if _titular(cell) and len(cell.words.split()) > 1)
    return next(several, None)


def _titular(cell: Inline) -> bool:
    return bool(cell.words) and not is_generic(cell.words) and not is_date(cell.words)


def _bold(cell: Inline) -> Inline:
    """The cell with the words before its first link or note in bold, unless it marks its title itself."""
    first = TOKEN.search(cell.shape)
    end = first.start() if first else len(cell.text)
    if cell.of("strong") or not cell.text[:end].strip():
        return cell
    return join(cell.part(0, end).marked("strong"), cell.part(end))


def _named(cell: Inline, name: str) -> Inline:
    """A cell whose link is called "link" gets its column's name instead: ``Code`` says more."""
    for span in reversed(cell.of("link")):
        if name and cell.text[span.start : span.end].strip().lower() in _NAMELESS:
            called = Inline(name, (replace(span, start=0, end=len(name)),))
            cell = join(cell.part(0, span.start), called, cell.part(span.end))
    return cell
