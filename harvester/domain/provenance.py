"""Where the data about a paper comes from: what a source is, and whose text wins where sources differ."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

Kind = Literal["preprint", "journal", "aggregator", "catalog"]


class Rank(IntEnum):
    """Where sources differ, the title, abstract and authors of the higher rank win.

    The numbers are stored (``papers.authority``) and must never change.
    """

    IMPORTED = 0
    AGGREGATED = 1
    JOURNAL = 2
    ANNOUNCED = 3
    ARXIV = 4


@dataclass(frozen=True, slots=True)
class Provenance:
    """A source: its name in the store and in reports, its rank, and the kind of records it shows."""

    name: str
    rank: Rank
    kind: Kind

    def named(self, name: str) -> "Provenance":
        """The same provenance under another name: each journal's feed is a source of its own."""
        return replace(self, name=name)


CATALOG = Provenance("catalog", Rank.IMPORTED, "catalog")
"""The catalog's own files: not an upstream service, but what people write into them is data about a paper, too."""
