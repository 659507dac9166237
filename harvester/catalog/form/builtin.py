"""The forms that a list may have without having been imported: blocks, bullets, or tables."""

from collections.abc import Collection
from typing import Literal, get_args

from harvester.catalog.form.item import Column, ItemForm, Part

FormName = Literal["blocks", "bullets", "table"]
FORMS: tuple[str, ...] = get_args(FormName)
Extra = Literal["authors", "note"]
_LINE = " \\\n"
_DETAIL = "\n  - "


def builtin_form(name: str, show: Collection[str] = ()) -> ItemForm | None:
    """A form by name; None for plain blocks, which the templates render.

    Args:
        show: what is shown besides title, date, venue and links: ``authors``, ``note``.
    """
    if name == "bullets":
        return _in_a_row(name, _DETAIL, show, start="- ", blank_lines=0)
    if name == "table":
        return _table(show)
    return _in_a_row(name, _LINE, show, start="", blank_lines=1) if show else None


def _in_a_row(name: str, line: str, show: Collection[str], *, start: str, blank_lines: int) -> ItemForm:
    """Authors and notes are on lines of their own, under their names, so that any of them can be read again."""
    between = line if line == _LINE else " "
    parts = [
        Part(("**{title}**",)),
        *([Part(("Authors: {authors}",), line)] if "authors" in show and line == _LINE else []),
        Part(("[{date}]",), between),
        Part(("[{venue}]",), " "),
        Part(("{links}",), between),
        *([Part(("Authors: {authors}",), line)] if "authors" in show and line != _LINE else []),
        *([Part(("Note: {note}",), line)] if "note" in show else []),
    ]
    return ItemForm(name, (Column(tuple(parts)),), start=start, blank_lines=blank_lines, escape="all")


def _table(show: Collection[str]) -> ItemForm:
    columns = {
        "Title": "{title}",
        **({"Authors": "{authors}"} if "authors" in show else {}),
        "Date": "{date}",
        "Venue": "{venue}",
        "Links": "{links}",
        **({"Note": "{note}"} if "note" in show else {}),
    }
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    cells = tuple(Column((Part((text,)),)) for text in columns.values())
    return ItemForm("table", cells, start="| ", end=" |", head=head, escape="all")
