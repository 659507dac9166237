"""Which records describe the same work, where no identifier says so.

Titles propose and authors decide: the whole title must agree, since studies of one group may share their first sixty
letters, and "Editorial" or "Reply" is no title at all.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from harvester.domain.author_names import common_authors, same_author
from harvester.domain.folding import folded, whole_title, without_lead
from harvester.domain.identity import preprint_server, without_version
from harvester.domain.papers import Paper

ARTICLES = ("a", "an", "the")
_FEWEST_WORDS = 5  # of a title that says by itself which work it is
_MOST_CHANGED = 6  # words of a title
_LONGEST_WORD = 50  # letters; the longest in English medical dictionaries has 45
_STEM, _FORMS_OF_ONE_WORD = 4, 0.85  # leading letters that forms of one word share; least similarity of the whole words


def same_work(left: Paper, right: Paper) -> bool:
    """Whether two records are the same work: no conflicting identifiers, the whole title, and an author in common.

    Titles in which forms of a word differ need more authors in common; so does a short title, which must besides be
    that of a preprint and its article. A record without authors (lists name none) needs a title that is not short.
    """
    if in_conflict(left, right):
        return False
    whole = whole_title(left.title) == whole_title(right.title)
    if whole and _page(left) and _page(left) == _page(right):
        return True
    long = len(folded(without_lead(left.title)).split()) >= _FEWEST_WORDS
    if not left.authors or not right.authors:
        return whole and long
    common = common_authors(left.authors, right.authors)
    if whole and long:
        return common > 0
    kinds_differ = is_preprint(left) != is_preprint(right)
    fewer = min(len(left.authors), len(right.authors))
    enough = common > 1 or common == fewer == 1 or same_author(left.authors[0], right.authors[0])
    return enough and same_title(left.title, right.title) and (long or kinds_differ)


def in_conflict(left: Paper, right: Paper) -> bool:
    """Whether identifiers, or addresses at one site, say that these are different works.

    A preprint's DOI is no conflict with its article's, nor with that of another server.
    """
    if names_conflict(left.identifiers, right.identifiers):
        return True
    first, second = _page(left), _page(right)
    unnamed = not any(name.startswith(("arxiv:", "doi:")) for name in (*left.identifiers, *right.identifiers))
    return unnamed and first != second and first[:1] == second[:1] != ()


def names_conflict(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether identifiers say that two records are different works: of one issuer, they have different ones."""
    left, right = _by_issuer(ours), _by_issuer(theirs)
    return any(not left[given] & right[given] for given in left.keys() & right.keys())


def issuer(name: str) -> str:
    """Who gave an identifier: of one work, an issuer gives one. "" for a title.

    arXiv, PubMed, and each preprint server are issuers of their own; all other DOIs count as those of one.
    """
    kind = name.partition(":")[0]
    if kind == "doi":
        return f"doi {preprint_server(name)}"
    return "" if kind == "title" else kind


def is_preprint(paper: Paper) -> bool:
    """Whether an identifier is that of a preprint server."""
    return any(name.startswith("arxiv:") or preprint_server(name) for name in paper.identifiers)


def same_title(left: str, right: str) -> bool:
    """Whether two titles differ only in punctuation, articles, and the endings or spellings of words.

    A single different word makes a different title: "... from CT" and "... from MR" may be companion papers by the
    same authors.
    """
    if whole_title(left) == whole_title(right):
        return True
    ours, theirs = _title_words(left), _title_words(right)
    changed = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    alike = len(ours) == len(theirs) > 0 and len(changed) <= _MOST_CHANGED
    return alike and all(_forms_of_one_word(*pair) for pair in changed)


@lru_cache(maxsize=1024)  # one title is compared with many
def _title_words(title: str) -> tuple[str, ...]:
    return tuple(word for word in folded(without_lead(title)).split() if word not in ARTICLES)


def _forms_of_one_word(left: str, right: str) -> bool:
    """``foundation`` and ``foundational``, ``tumor`` and ``tumour``; never numbers."""
    forms = left[:_STEM] == right[:_STEM] and left.isalpha() and right.isalpha()
    return forms and max(len(left), len(right)) <= _LONGEST_WORD and _alike(left, right)


def _alike(left: str, right: str) -> bool:
    return 2 * _common_letters(left, right) >= _FORMS_OF_ONE_WORD * (len(left) + len(right))


def _common_letters(left: str, right: str) -> int:
    """The length of their longest common subsequence, found bit by bit (Hyyrö 2004).

    Strangers choose the words, and the store waits while papers are compared: difflib takes twenty times as long.
    """
    places: dict[str, int] = {}
    for place, letter in enumerate(left):
        places[letter] = places.get(letter, 0) | 1 << place
    every = row = (1 << len(left)) - 1
    for letter in right:
        found = row & places.get(letter, 0)
        row = (row + found) | (row - found)
    return len(left) - (row & every).bit_count()


def _by_issuer(names: Iterable[str]) -> dict[str, set[str]]:
    """The identifiers by their issuer, without versions."""
    found: dict[str, set[str]] = {}
    for name in names:
        if given := issuer(name):
            found.setdefault(given, set()).add(without_version(name))
    return found


def _page(paper: Paper) -> tuple[str, ...]:
    """Host and path of the paper's page; feeds add queries of their own to one address."""
    try:
        parts = urlsplit(paper.links.get("paper", ""))
        host = re.sub(r"^www\.", "", parts.hostname or "")
    except ValueError:
        return ()
    return (host, parts.path.rstrip("/")) if host else ()
