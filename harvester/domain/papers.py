"""Papers and sightings: the records that all parts of the program exchange."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from harvester.domain.identity import best
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.domain.venue_names import without_issue

PREPRINT_SERVER = "arXiv"
LONGEST_TITLE = 1_000  # characters; the longest that PubMed has are some 600


@dataclass(frozen=True, slots=True)
class Author:
    """An author, with the name as the source spells it."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A work as one source shows it; the store merges the records of several sources.

    `version` is 0 if the source has no versions. `categories` begins with the primary category.
    `links` maps a role (``paper``, ``code``, ``project``, ``pdf``, ``retraction``) to an address. `kind` is what the
    source declares it to be, if that is not research: ``review``, ``dataset`` or ``editorial``.
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
    kind: str = ""

    @property
    def id(self) -> str:
        """The identifier that people see and type: arXiv id, else DOI, else title."""
        return best(self.identifiers)

    @property
    def text_hash(self) -> str:
        """Identifies this text for predictions and cached embeddings, regardless of its version."""
        return hashlib.sha256(f"{self.title}\0{self.abstract}".encode()).hexdigest()


def venue_of(venue: str, identifier: str) -> str:
    """Where a paper appeared: the venue that a source gave, without its issue, else the preprint server, else ""."""
    return without_issue(venue) or (PREPRINT_SERVER if identifier.startswith("arxiv:") else "")


def arrived(paper: Paper) -> Paper:
    """A paper as any source may bring it: the last look at its text before it is compared and stored.

    Each source cleans what it reads; this holds for those to come, too, and for what people write into entries.
    """
    return replace(
        paper,
        title=clean(paper.title)[:LONGEST_TITLE],
        abstract=clean(paper.abstract),
        authors=tuple(replace(author, name=clean(author.name)) for author in paper.authors),
        venue=clean(paper.venue),
        comment=clean(paper.comment),
        links={clean(role): clean(address) for role, address in paper.links.items()},
    )


@dataclass(frozen=True, slots=True)
class Sighting:
    """A paper in the response of a source.

    `announced` is the date that the source declares, `announce_type` arXiv's term for the kind of announcement, or
    ``preprint`` for a preprint in a source that usually shows articles;
    `text_from` is the source of the paper's text, if it is a different one.
    """

    source: Provenance
    paper: Paper
    announced: date | None = None
    announce_type: str = ""
    text_from: Provenance | None = None

    @property
    def rank(self) -> Rank:
        """The precedence of its text."""
        return (self.text_from or self.source).rank


@dataclass(frozen=True, slots=True)
class OddRecord:
    """A record that cannot be read, as it came, and why: the next version of this program may be able to."""

    raw: str
    why: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A paper with its number in the store, and the rank and the source of its text."""

    number: int
    paper: Paper
    authority: int
    text_source: str = ""


@dataclass(frozen=True, slots=True)
class PastSighting:
    """A row of a paper's sighting history."""

    source: str
    version: int
    announced: date | None
    announce_type: str
    seen: datetime
