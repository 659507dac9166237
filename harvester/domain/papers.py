"""Papers and sightings: the records that everything passes on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from harvester.domain.identity import best
from harvester.domain.provenance import Provenance, Rank

PREPRINT_SERVER = "arXiv"


@dataclass(frozen=True, slots=True)
class Author:
    """One author as the source spells the name."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One work as one source shows it; the store merges what several sources show.

    `version` is 0 where the source knows no versions. `categories` begins with the primary one.
    `links` maps a role (``paper``, ``code``, ``project``, ``pdf``) to an address.
    """

    identifiers: tuple[str, ...]
    title: str
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    version: int = 0
    categories: tuple[str, ...] = ()
    venue: str = ""
    comment: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    upvotes: int | None = None
    withdrawn: bool = False

    @property
    def id(self) -> str:
        """The name people see and type: arXiv, else DOI, else title."""
        return best(self.identifiers)

    @property
    def text_hash(self) -> str:
        """Names this text for predictions and cached embeddings, whatever version it came with."""
        return hashlib.sha256(f"{self.title}\0{self.abstract}".encode()).hexdigest()


def venue_of(venue: str, identifier: str) -> str:
    """Where a paper appeared: the venue that a source gave, else the server of a preprint, else ""."""
    return venue or (PREPRINT_SERVER if identifier.startswith("arxiv:") else "")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One source showing one paper: `announced` is the day the source itself declares, `announce_type` arXiv's word.

    `text_from` is the source whose text the paper carries, where that is another one.
    """

    source: Provenance
    paper: Paper
    announced: date | None = None
    announce_type: str = ""
    text_from: Provenance | None = None

    @property
    def rank(self) -> Rank:
        """How much its text counts."""
        return (self.text_from or self.source).rank


@dataclass(frozen=True, slots=True)
class Stored:
    """A paper with its number in the store and the rank of its text."""

    number: int
    paper: Paper
    authority: int


@dataclass(frozen=True, slots=True)
class PastSighting:
    """One row of a paper's history of sightings."""

    source: str
    version: int
    announced: date | None
    announce_type: str
    seen: datetime
