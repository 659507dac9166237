"""Tables of a list: which column holds what, by its heading."""

import re
from collections.abc import Sequence

from classifiers.taxonomy import normalise_heading
from harvester.catalog.importing.inline import plain
from harvester.catalog.importing.titles import is_date, is_generic

_SEPARATOR = re.compile(r"\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?")
_CELL = re.compile(r"(?<!\\)\|")
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


def is_row(line: str) -> bool:
    """Whether a line may belong to a table."""
    return line.lstrip().startswith("|")


def is_separator(line: str) -> bool:
    """Whether a line is the rule below a table's head."""
    return "-" in line and "|" in line and bool(_SEPARATOR.fullmatch(line.strip()))


def cells(line: str) -> list[str]:
    """The cells of a row."""
    inner = line.strip().removeprefix("|")
    parts = [part.strip() for part in _CELL.split(inner)]
    return parts[:-1] if parts and not parts[-1] else parts


def head(line: str) -> tuple[str, ...]:
    """The names of a table's columns."""
    return tuple(normalise_heading(plain(cell)) for cell in cells(line))


def as_line(line: str, names: Sequence[str]) -> str:
    """A row as a line of the form that bullets have: the title in bold, date and venue in brackets, then the rest."""
    parts = cells(line)
    title = _title_column(parts, names)
    if title is None:
        return " ".join(parts)
    noted = [
        f"[{plain(part)}]"
        for number, part in enumerate(parts)
        if number != title and plain(part) and _column(names, number) in _DATES | _VENUES
    ]
    rest = [
        _named(part, _column(names, number))
        for number, part in enumerate(parts)
        if number != title and _column(names, number) not in _DATES | _VENUES
    ]
    return " ".join([_bold(parts[title]), *noted, *rest])


def _column(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else ""


def _title_column(parts: Sequence[str], names: Sequence[str]) -> int | None:
    """The column of titles by its name, else the first cell of several words that is neither date nor kind of link."""
    for wanted in _TITLES:
        if wanted in names and (number := names.index(wanted)) < len(parts) and _titular(parts[number]):
            return number
    several = (number for number, part in enumerate(parts) if _titular(part) and len(plain(part).split()) > 1)
    return next(several, None)


def _titular(cell: str) -> bool:
    words = plain(cell)
    return bool(words) and not is_generic(words) and not is_date(words)


def _bold(cell: str) -> str:
    """The cell's first line in bold, unless it marks its title itself."""
    return cell if "**" in cell or cell.startswith(("[", "__", "<a ")) else f"**{cell}**"


def _named(cell: str, name: str) -> str:
    """A cell whose link is called "link" gets the name of its column: ``Code`` says more."""
    return (
        re.sub(r"\[\s*(?:link|here|url|🔗|✓|click)\s*\](?=\()", f"[{name}]", cell, flags=re.IGNORECASE)
        if name
        else cell
    )
