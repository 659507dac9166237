"""The rows of a table as items: what each column contains, by the words of its header."""

from collections.abc import Callable, Iterator, Sequence

from harvester.catalog.importing.cells import lines_of, single_rows
from harvester.catalog.importing.dates import is_place_or_date
from harvester.catalog.importing.facts import Facts
from harvester.catalog.importing.inline import Inline, Link, join, links_in
from harvester.catalog.importing.item import Item, joined_notes
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.nodes import Close, Heading, Row, Table
from harvester.catalog.importing.roles import TITLE, leads_to_publisher
from harvester.catalog.importing.titles import Titled, ends_open, find_title, is_generic, is_title_link, leads_to_paper
from harvester.catalog.importing.words import ROLES, column_of, phrases, plain, word_count
from harvester.domain.identity import link_identifier

Source = Callable[[int, int], str]
_TITLES = ("title", "paper", "name", "dataset", "model", "benchmark", "project", "data", "code", "")
"""What a column of titles is called, the most certain first; one of links to papers may hold their titles."""
_NEVER = ("date", "venue", "authors", "note")
_NUMBERS = phrases("#;no;no.;nr;nr.;n°;nº;№;id;index;序号;編號;编号;番号;번호")  # columns that count the rows
_NAMED = ("name", "dataset", "model", "benchmark")
_SITE = "project"
_LABEL = 8  # words of a row that groups those below it
ROW_LEVEL = 200  # of rows that group others: below headings, labels and bullets
_FEWEST = 2  # columns by whose names a row is known to be a header


def row_items(table: Table, source: Source) -> Iterator[Item | Heading | Close]:
    """The rows of a table, and what groups them; `source` gives lines of the page."""
    columns, rows = table.columns, table.rows
    if not columns and rows and _is_header(rows[0]):
        columns, rows = rows[0].cells, rows[1:]
    elif columns and _is_paper(columns):
        columns, rows = (), (Row(table.line, columns), *rows)
    if links := links_in(*columns):
        yield Item(table.line, source(table.line, table.line), links=links)
    names = [plain(column.text) for column in columns]
    labelled = False
    for number, row in enumerate(rows):
        last = rows[number + 1].line - 1 if number + 1 < len(rows) else row.line
        if cards := [] if any(names) else _cards(row):
            yield from (_item(Row(row.line, (card,)), (), card.words) for card in cards)
            continue
        text = source(row.line, max(row.line, min(last, row.line + 20)))
        if label := _label(row, names):
            labelled = True
            yield Heading(row.line, ROW_LEVEL, label)
            continue
        yield from (_item(one, names, text) for one in single_rows(row, _place(row, names)))
    if labelled:
        yield Close(ROW_LEVEL)


def _is_header(row: Row) -> bool:
    known = [column_of(plain(cell.text)) for cell in row.cells]
    return not links_in(*row.cells) and sum(map(bool, known)) >= min(_FEWEST, len(row.cells))


def _is_paper(columns: Sequence[Inline]) -> bool:
    """Whether what Markdown takes for a header, which it demands, is a paper: it has links, and no known names."""
    named = any(column_of(plain(column.text)) for column in columns if not links_in(column))
    return not named and any(leads_to_paper(link) for link in links_in(*columns))


def _cards(row: Row) -> list[Inline]:
    """The cells of a row that are papers of their own: each has a title that is a link."""
    cells = [cell for cell in row.cells if cell.text or cell.spans]
    links = [next((link for link in links_in(cell) if is_title_link(link)), None) for cell in cells]
    titles = [link for link in links if link and word_count(link.label) > 2]
    several = len({link.target for link in titles}) == len(cells) > 1
    return cells if several else []


def _label(row: Row, names: Sequence[str]) -> Inline | None:
    """The words of a row that stands above others: one cell, over all columns or in bold, without links."""
    said = [cell for cell in row.cells if cell.text.strip() or cell.spans]
    if len(said) != 1 or len(names) < _FEWEST or links_in(*said) or word_count(said[0].words) > _LABEL:
        return None
    bold = any(span.end - span.start >= len(said[0].text.strip()) for span in said[0].of("strong"))
    return said[0] if len(row.cells) == 1 or bold or is_place_or_date(said[0].words) else None


def _kinds(row: Row, names: Sequence[str]) -> list[str]:
    return [column_of(names[number]) if number < len(names) else "" for number in range(len(row.cells))]


def _place(row: Row, names: Sequence[str]) -> int:
    return _title(row.cells, _kinds(row, names))[0]


def _item(row: Row, names: Sequence[str], text: str) -> Item:
    kinds = _kinds(row, names)
    place, found = _title(row.cells, kinds)
    facts = Facts()
    for number, (cell, kind) in enumerate(zip(row.cells, kinds, strict=True)):
        if number == place:
            facts.words(found.rest)
        else:
            _cell(facts, cell, kind, names[number] if number < len(names) else "")
    facts = facts.settled()
    if found.link:
        facts.hints[found.link.number] = _SITE if _is_site(found.link, kinds, place, row) else TITLE
    return Item(
        line=row.line,
        text=text,
        title=found.title,
        links=links_in(*row.cells),
        hints=facts.hints,
        published=facts.published,
        venue=facts.venue,
        authors=facts.authors,
        note=joined_notes(facts.notes),
        bullet=True,
        opens=True,
    )


def _is_site(link: Link, kinds: Sequence[str], place: int, row: Row) -> bool:
    """Whether the link of a name leads to a site, because another column has the paper."""
    papers = (cell for number, cell in enumerate(row.cells) if number != place and kinds[number] in ("paper", "pdf"))
    named = kinds[place] in _NAMED and not (link_identifier(link.target) or leads_to_publisher(link))
    return named and any(map(leads_to_paper, links_in(*papers)))


def _cell(facts: Facts, cell: Inline, kind: str, name: str) -> None:
    if name.lower() in _NUMBERS and cell.text.strip(" .#").isdecimal():
        return
    if kind == "name":
        facts.note(cell.words, cell.words)
    elif kind in ("date", "venue", "authors", "note"):
        facts.part(kind, name, cell)
    elif kind == "link":
        facts.words(cell)
    elif kind in ROLES.values() and links_in(cell):
        facts.part(kind, name, cell)
    elif not name:
        facts.words(cell)
    else:
        facts.part("said", name, cell)
        facts.links(cell, "" if kind == "title" else _slug(name))


def _title_lines(lines: Sequence[Inline], *, only: bool, named: bool) -> int:
    """How many of a cell's lines are its title."""
    for number, line in enumerate(lines[1:], 1):
        before = lines[number - 1].text.rstrip()
        goes_on = line.text[:1].islower() or ends_open(before) or before.endswith(("-", ":", "："))
        plain_words = named and not (names_of(line.words) or lines[0].spans or line.spans)
        said = is_place_or_date(line.words) or links_in(line) or not (only or goes_on or plain_words)
        if said:
            return number
    return len(lines)


def _slug(name: str) -> str:
    return "-".join(name.lower().split())


def _title(cells: Sequence[Inline], kinds: Sequence[str]) -> tuple[int, Titled]:
    """The cell with the title, by its column's name, else the first one of several words."""
    others = "authors" in kinds and "title" in kinds
    found = [
        Titled("", cell) if kind in _NEVER else _titled(cell, only=others and kind == "title", named=kind == "title")
        for cell, kind in zip(cells, kinds, strict=True)
    ]
    for wanted in _TITLES:
        several = 1 if wanted == "title" or wanted in _NAMED else 2
        for number, kind in enumerate(kinds):
            if kind == wanted and word_count(found[number].title) >= several:
                return number, found[number]
    single = [number for number, kind in enumerate(kinds) if kind in _TITLES and found[number].title]
    place = next((number for number in single if kinds[number] in ("paper", *_NAMED)), next(iter(single), -1))
    return (place, found[place]) if place >= 0 else (-1, Titled("", Inline()))


def _titled(cell: Inline, *, only: bool = False, named: bool = False) -> Titled:
    """The title in a cell, which may be on several lines.

    Args:
        only: whether another column has the authors, so that this one has nothing but titles.
        named: whether the column is called "title".
    """
    lines = list(lines_of(cell))
    if len(lines) > 1:
        count = _title_lines(lines, only=only, named=named)
        found = _titled(join(*(piece for line in lines[:count] for piece in (line, Inline(" ")))))
        behind = join(*(piece for line in lines[count:] for piece in (Inline(" | "), line)))
        return Titled(found.title, join(found.rest, behind), found.link)
    words = plain(cell.text)
    if not words or is_generic(words) or (is_place_or_date(words) and not (named and word_count(words) > _FEWEST)):
        return Titled("", cell)
    return find_title(cell, bullet=True, like_a_paper=True)
