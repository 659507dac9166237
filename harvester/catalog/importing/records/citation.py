"""What the readers of this package find: papers, programs and data sets, and records that cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from harvester.catalog.published import Published


class Work(IntEnum):
    """What a record describes; the first one of a README is taken in this order."""

    PAPER = 0
    DATASET = 1
    SOFTWARE = 2


@dataclass(frozen=True, slots=True)
class Citation:
    """A record that can be read: `id` is the best identifier it gives for its paper, "" if only others name it.

    `repairs` says what had to be corrected, each as the middle of a sentence: ``"a comma is missing after title"``.
    """

    id: str
    title: str
    authors: tuple[str, ...] = ()
    published: Published = Published()  # noqa: RUF009 - frozen, so it can be shared
    venue: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    work: Work = Work.PAPER
    line: int = 0
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot be read: the line where it begins, its key, and why, as the end of a sentence."""

    line: int
    key: str
    why: str
    work: Work = Work.PAPER


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a text, in order."""

    citations: tuple[Citation, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
