"""Where the links of a list end: in an entry, left out with a reason, or without a place."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harvester.catalog.importing.inline import Link

_SIGNS = re.compile(r"[\s()\[\]<>\"'|]+")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Lines that look like a paper but have no place: their first number, their text, and why.

    `links` is how many links they have; `file` the list, if there are several.
    """

    line: int
    text: str
    why: str = ""
    links: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A link that is of no paper, or a part of the list that the caller leaves out, and why.

    `links` is 0 for a part without a link; `file` the list, if there are several.
    """

    line: int
    text: str
    reason: str
    links: int = 1
    file: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """The links of a list: all of them, those in entries, how many entries these are, and the others."""

    links: int = 0
    in_entries: int = 0
    entries: int = 0
    left_out: int = 0
    unplaced: int = 0

    def __str__(self) -> str:
        """``links 812 = 640 in 571 entries + 102 skipped + 70 unplaced``."""
        return (
            f"links {self.links} = {self.in_entries} in {self.entries} entries + {self.left_out} skipped + "
            f"{self.unplaced} unplaced"
        )


def skipped(link: Link, reason: str) -> Skipped:
    """The record of one link."""
    return Skipped(link.line, link.source, reason)


def unplaced(line: int, text: str, links: Sequence[Link], why: str) -> Unplaced:
    """The record of lines; addresses that are defined elsewhere on the page are added to their text."""
    shown = set(_SIGNS.split(text))
    others = [link.target for link in links if not _is_shown(link.target, shown, text)]
    return Unplaced(line, " ".join([text, *(f"<{address}>" for address in others)]), why, len(links))


def _is_shown(address: str, words: set[str], text: str) -> bool:
    """Whether an address is in a text, of which the parts between spaces, brackets and quotes are given."""
    return address in words or (bool(_SIGNS.search(address)) and address in text)


def balance(links: int, in_entries: int, entries: int, left: Iterable[Skipped], lost: Iterable[Unplaced]) -> Balance:
    """The numbers of a list."""
    return Balance(
        links, in_entries, entries, sum(record.links for record in left), sum(record.links for record in lost)
    )
