"""An item of a list: what may be a paper, with everything that the list says about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from harvester.catalog.importing.inline import Link
from harvester.catalog.published import Published


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a list that may be a paper; `title` is "" if it has none, `hints` are what stands before its links.

    `text` is the source. `opens` says that it begins like an entry: with a bullet, a link, or in a table; `dated` that
    it has a date in square brackets; `footer` that it is below the list, after a rule. `file` and `number` say which
    list it is in, and where.
    """

    line: int
    text: str
    title: str = ""
    links: tuple[Link, ...] = ()
    hints: dict[int, str] = field(default_factory=dict)
    published: Published = Published()  # noqa: RUF009 - frozen, so it can be shared
    venue: str = ""
    authors: tuple[str, ...] = ()
    note: str = ""
    bullet: bool = False
    opens: bool = False
    dated: bool = False
    footer: bool = False
    file: int = 0
    number: tuple[int, int] = (0, 0)


def joined_notes(notes: Sequence[str]) -> str:
    """Several remarks as one."""
    return (" " if all(note.endswith((".", "!", "?", "。")) for note in notes[:-1]) else "; ").join(notes)
