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
    if name == "table":
        return _table(show)
    return in_a_row(name, show) if name == "bullets" or show else None


def in_a_row(name: str, show: Collection[str] = ()) -> ItemForm:
    """Blocks, or bullets if they are called so.

    Authors and notes are on lines of their own, under their names, so that any of them can be read again.
    """
    is_block = name != "bullets"
    line, between = (_LINE, _LINE) if is_block else (_DETAIL, " ")
    authors = [Part(("Authors: {authors}",), line)] if "authors" in show else []
    parts = [
        Part(("**{title}**",)),
        *(authors if is_block else ()),
        Part(("[{date}]",), between),
        Part(("[{venue}]",), " "),
        Part(("{links}",), between),
        *(() if is_block else authors),
        *([Part(("Note: {note}",), line)] if "note" in show else []),
    ]
    start = "" if is_block else "- "
    return ItemForm(name, (Column(tuple(parts)),), start=start, blank_lines=int(is_block), escape="all")


def _table(show: Collection[str]) -> ItemForm:
    columns = {
        "Title": "**{title}**",
        **({"Authors": "{authors}"} if "authors" in show else {}),
        "Date": "{date}",
        "Venue": "{venue}",
        "Links": "{links}",
        **({"Note": "{note}"} if "note" in show else {}),
    }
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    cells = tuple(Column((Part((text,)),)) for text in columns.values())
    return ItemForm("table", cells, start="| ", end=" |", head=head, escape="all")
