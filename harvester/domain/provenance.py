"""Where what we know of a paper comes from: what a source is, and whose text stands where sources differ."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

Kind = Literal["preprint", "journal", "aggregator", "catalog"]


class Rank(IntEnum):
    """Whose title, abstract and authors stand where sources differ: the higher one's.

    The numbers are kept in the store (``papers.authority``) and never change.
    """

    IMPORTED = 0
    AGGREGATED = 1
    JOURNAL = 2
    ANNOUNCED = 3
    ARXIV = 4


@dataclass(frozen=True, slots=True)
class Provenance:
    """A source by its name in store and reports, its rank, and what it shows."""

    name: str
    rank: Rank
    kind: Kind

    def named(self, name: str) -> "Provenance":
        """The same under the name of one of several: each journal's feed is a source of its own."""
        return replace(self, name=name)


CATALOG = Provenance("catalog", Rank.IMPORTED, "catalog")
"""The catalog's own files: no upstream, but what people wrote into them is known of a paper, too."""
