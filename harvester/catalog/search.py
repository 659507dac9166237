"""Text search over entries, by the same rules as the site's ``search.js``.

All words of a query must be found, each as the beginning of a word of title, authors, venue or labels. A word that
nothing is called may have one letter wrong, missing, too many, or swapped with its neighbour, if it has five or more.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry

_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)+")
FORGIVING = 5
_EXACT, _PREFIX, _FORGIVEN = 4, 3, 2  # in a title; elsewhere half


def words(text: str) -> list[str]:
    """The words of a text without case and accents; "multi-modal" is also "multimodal"."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).lower()
    return [*_WORD.findall(plain), *(re.sub(r"[-‐‑]", "", one) for one in _COMPOUND.findall(plain))]


def nearly_same(left: str, right: str) -> bool:
    """Whether two words differ by one letter that is wrong, missing or too many, or by two neighbours swapped."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    ours, theirs = left[start:], right[start:]
    if ours[1:] == theirs[1:] or ours == theirs[1:] or ours[1:] == theirs:
        return True
    return ours[2:] == theirs[2:] and ours[:2] == theirs[1::-1] and len(ours) > 1


class Finder:
    """The words of entries, and in which of them each stands."""

    def __init__(self, entries: Sequence[Entry], taxonomy: Taxonomy) -> None:
        self._postings: dict[str, dict[int, int]] = {}
        names = {(facet.id, one.id): f"{one.name} {one.id}" for facet in taxonomy.facets for one in facet.labels}
        for number, entry in enumerate(entries):
            labels = (names.get((facet, label), "") for facet, label in entry.labels.pairs)
            self._add(number, 1, " ".join((*entry.authors, entry.venue, *labels)))
            self._add(number, 2, entry.title)
            self._postings.setdefault(entry.id.partition(":")[2].lower(), {}).setdefault(number, 1)
        self._vocabulary = sorted(self._postings)

    def find(self, query: str) -> list[int]:
        """The positions of the entries that have all words of the query, the best first."""
        parts = query.lower().split()
        asked = [word for part in parts for word in ([part] if part in self._postings else words(part))]
        total: dict[int, int] | None = None
        for word in asked:
            scores = self._scores(word)
            total = scores if total is None else {one: total[one] + scores[one] for one in total if one in scores}
        ranked = total or {}
        return sorted(ranked, key=lambda one: (-ranked[one], one))

    def _add(self, number: int, weight: int, text: str) -> None:
        for word in words(text):
            held = self._postings.setdefault(word, {})
            held[number] = max(weight, held.get(number, 0))

    def _scores(self, word: str) -> dict[int, int]:
        found: dict[int, int] = {}
        for other, worth in self._meant(word):
            for number, weight in self._postings[other].items():
                found[number] = max(found.get(number, 0), weight * worth)
        return found

    def _meant(self, word: str) -> list[tuple[str, int]]:
        """The words of the entries that a word of a query may mean, and what each is worth."""
        start = bisect_left(self._vocabulary, word)
        meant = []
        for other in self._vocabulary[start:]:
            if not other.startswith(word):
                break
            meant.append((other, _EXACT if other == word else _PREFIX))
        if word not in self._postings:
            near = (other for other in self._vocabulary if max(len(other), len(word)) >= FORGIVING)
            meant += [(other, _FORGIVEN) for other in near if nearly_same(word, other)]
        return meant
