"""Whether two names are those of one author, as different services spell them."""

import re
from collections.abc import Sequence

from harvester.domain.folding import folded
from harvester.domain.papers import Author

_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
_INITIALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{1,3}")


def common_authors(left: Sequence[Author], right: Sequence[Author]) -> int:
    """How many authors of `left` are also in `right`."""
    theirs = [_words(author.name) for author in right]
    return sum(any(_same(_words(author.name), other) for other in theirs) for author in left)


def same_author(left: Author, right: Author) -> bool:
    """Equal up to accents, initials and order: ``Xiaoli Wang``, ``Wang Xiaoli``, ``X. Wang`` and ``Wang X``."""
    return _same(_words(left.name), _words(right.name))


def _words(name: str) -> tuple[str, ...]:
    """Given names or initials first, the surname last; ``Kaufman RP`` is PubMed's form of ``R. P. Kaufman``."""
    spelled = [part for part in re.findall(r"[^\s.,]+", name) if part.lower() not in _SUFFIXES]
    if len(spelled) > 1 and _INITIALS.fullmatch(spelled[-1]) and not _INITIALS.fullmatch(spelled[0]):
        spelled = [*spelled[-1], *spelled[:-1]]
    return tuple(word for part in spelled for word in folded(part).split())


def _same(left: Sequence[str], right: Sequence[str]) -> bool:
    if not left or not right:
        return False
    if sorted(left) == sorted(right):
        return True
    if len(left) == 1 or len(right) == 1:  # a surname alone
        return left[-1] == right[-1]
    shared = left[-1] in right[1:] or right[-1] in left[1:]
    return shared and left[0][0] == right[0][0]
