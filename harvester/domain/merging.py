"""How what several sources say about a work is combined."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

from harvester.domain.identity import link_identifier, preprint_server
from harvester.domain.papers import Paper


class Change(Enum):
    """What a sighting did to the store."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A paper that was merged into another, and the names of the sources that had shown it, earliest first."""

    paper: Paper
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The paper that a sighting was merged into.

    `id` is the identifier that the sighting used; `first` is true if the source had not shown this version before;
    `published` is the submission date that the store has after the merge; `withdrawn` is true if this sighting withdrew
    the paper; `absorbed` are papers that this sighting proved to be the same work; `joined` says that the source
    shows, for the first time, another record of the paper than those it was known from: with identifiers of its own, or
    under another title.
    """

    number: int
    id: str
    change: Change
    first: bool
    published: datetime | None = None
    withdrawn: bool = False
    absorbed: tuple[Absorbed, ...] = ()
    joined: bool = False


def _join_links(strong: Mapping[str, str], weak: Mapping[str, str]) -> dict[str, str]:
    """The links of both; of two different pages of the paper, the preprint's is ``paper``, the other ``published``.

    If both are preprints or neither is, the stronger source's page is ``paper``. Two pages of one site are those of two
    versions, or one page with and without a query: only the stronger source's is kept.
    """
    joined = {**weak, **strong}
    first, second = strong.get("paper", ""), weak.get("paper", "")
    if not first or not second or _site(first) == _site(second):
        return joined
    if _is_preprint(second) and not _is_preprint(first):
        first, second = second, first
    return {"published": second, **joined, "paper": first}


def _is_preprint(address: str) -> bool:
    name = link_identifier(address) or ""
    return name.startswith("arxiv:") or bool(preprint_server(name))


def _site(address: str) -> str:
    try:
        return re.sub(r"^(?:www|export)\.", "", urlsplit(address).hostname or address)
    except ValueError:  # brackets that are not an IPv6 address
        return address


def combine(old: Paper, old_authority: int, new: Paper, new_authority: int) -> Paper:
    """Combine what is known about a paper with what another source shows.

    The text comes from the highest authority, and from its newest version: an older version in a stale response never
    replaces a newer one. What is missing is filled in; links, keywords and identifiers are only added.
    """
    joined = replace(
        old,
        abstract=old.abstract or new.abstract,
        authors=old.authors or new.authors,
        published=old.published or new.published,
        venue=old.venue or new.venue,
        kind=old.kind or new.kind,
        identifiers=tuple(dict.fromkeys((*old.identifiers, *new.identifiers))),
        keywords=tuple(dict.fromkeys((*old.keywords, *new.keywords))),
        upvotes=old.upvotes if new.upvotes is None else new.upvotes,
        links=_join_links(old.links, new.links),
    )
    if (new_authority, new.version) < (old_authority, old.version):
        return joined
    return replace(
        joined,
        title=new.title,
        abstract=new.abstract or old.abstract,
        authors=new.authors or old.authors,
        published=new.published or old.published,
        updated=new.updated or old.updated,
        version=new.version,
        categories=new.categories or old.categories,
        venue=new.venue or old.venue,
        comment=new.comment or old.comment,
        links=_join_links(new.links, old.links),
        # OAI may report a withdrawal that the API does not show; only a newer version revokes it.
        withdrawn=new.withdrawn or (old.withdrawn and (new.version <= old.version or "retraction" in joined.links)),
    )
