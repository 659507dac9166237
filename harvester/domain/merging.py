"""Which records describe the same work, and how what several sources say about it is combined."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from enum import Enum

from harvester.domain.identity import link_identifier, names_of_kind, whole_title
from harvester.domain.papers import Paper

_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
ARTICLES = ("a", "an", "the")
_STEM, _FORMS_OF_ONE_WORD = 4, 0.85  # leading letters that forms of one word share; least similarity of the whole words


def same_work(left: Paper, right: Paper) -> bool:
    """Whether two records whose titles begin alike are the same work: no conflicting ids, and authors in common.

    A title alone is weak evidence ("Editorial", "Supplementary material"), and many authors share a surname: records
    whose authors are known must agree on the whole title, and share two authors, or the first, or the only one. For a
    record without authors (imported lists name none), the title is enough.
    """
    for kind in ("arxiv", "doi"):
        ours, theirs = names_of_kind(left.identifiers, kind), names_of_kind(right.identifiers, kind)
        if ours and theirs and not ours & theirs:
            return False
    first, second = _surnames(left), _surnames(right)
    if not first or not second:
        return True
    common = set(first) & set(second)
    if names_of_kind(left.identifiers, "title") & names_of_kind(right.identifiers, "title"):
        return bool(common)  # both carry the same title identifier, which an entry keeps when its title is corrected
    only = len(common) == min(len(set(first)), len(set(second))) == 1
    enough = len(common) > 1 or first[0] == second[0] or only
    return enough and same_title(left.title, right.title)


def same_title(left: str, right: str) -> bool:
    """Whether two titles differ only in punctuation, articles, and the endings or spellings of words.

    A single different word makes a different title: "... from CT" and "... from MR" may be companion papers by the
    same authors.
    """
    if whole_title(left) == whole_title(right):
        return True
    ours, theirs = _title_words(left), _title_words(right)
    return len(ours) == len(theirs) > 0 and all(map(_same_word, ours, theirs))


def _title_words(title: str) -> list[str]:
    return [word for word in re.findall(r"\w+", title.casefold()) if word not in ARTICLES]


def _same_word(left: str, right: str) -> bool:
    """Equal, or forms of one word: ``foundation`` and ``foundational``, ``tumor`` and ``tumour``; never numbers."""
    if left == right:
        return True
    forms = left[:_STEM] == right[:_STEM] and left.isalpha() and right.isalpha()
    return forms and SequenceMatcher(None, left, right, autojunk=False).ratio() >= _FORMS_OF_ONE_WORD


def _surnames(paper: Paper) -> list[str]:
    """The last word of each name, ignoring suffixes such as Jr."""
    names = ([word.strip(".,") for word in author.name.casefold().split()] for author in paper.authors)
    words = ([word for word in name if word and word not in _SUFFIXES] for name in names)
    return [name[-1] for name in words if name]


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
    the paper; `absorbed` are papers that this sighting proved to be the same work.
    """

    number: int
    id: str
    change: Change
    first: bool
    published: datetime | None = None
    withdrawn: bool = False
    absorbed: tuple[Absorbed, ...] = ()


def _join_links(strong: Mapping[str, str], weak: Mapping[str, str]) -> dict[str, str]:
    """The links of both; of two different pages of the paper, the preprint's is ``paper``, the other ``published``.

    If both are preprints or neither is, the stronger source's page is ``paper``.
    """
    joined = {**weak, **strong}
    first, second = strong.get("paper", ""), weak.get("paper", "")
    if not first or not second or first == second:
        return joined
    if _is_preprint(second) and not _is_preprint(first):
        first, second = second, first
    return {"published": second, **joined, "paper": first}


def _is_preprint(address: str) -> bool:
    return (link_identifier(address) or "").startswith("arxiv:")


def combine(old: Paper, old_authority: int, new: Paper, new_authority: int) -> Paper:
    """Combine what is known about a paper with what another source shows.

    The text comes from the highest authority, and from its newest version: an older version in a stale response never
    replaces a newer one. Links, keywords and identifiers are only added.
    """
    joined = replace(
        old,
        venue=old.venue or new.venue,
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
        withdrawn=new.withdrawn or (old.withdrawn and new.version <= old.version),
    )
