"""Text search over entries: the rules of the web interface and, in ``search.js``, of the site.

Both must pass ``tests/catalog/search_vectors.json``; to change a rule, begin there.

- Case, accents and invisible characters are ignored: NFKD without marks and format characters, in lower case. Letters
  that NFKD does not decompose are in `LETTERS`. This holds for every script.
- A word is a run of letters and digits. Everything else, quotes included, separates words and has no other meaning.
- All words of a query must be found, each as the beginning of a word in title, authors, venue, abstract, or the names
  and synonyms of labels.
- Words joined by hyphens count as one word or as several, whichever finds more: ``multi-modal`` finds "multi-modal",
  "multimodal" and "multi modal"; ``multimodal`` finds "multi-modal" too.
- A word that occurs nowhere may have one letter wrong, missing, too many, or swapped with its neighbor, if the word or
  the one it matches has five letters or more.
- An id, with or without its kind (``arxiv:``), finds its paper.
- A query without words finds everything.
- A word scores 4 as a whole word, 3 as a beginning, 2 with a letter forgiven; twice that in authors, venue and labels,
  and four times in a title. A hyphenated
  word scores as its joined form or as the worst of its parts, whichever is better. Ties keep the entries' order.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache

from classifiers.taxonomy import Label, Taxonomy
from harvester.catalog.entry import Entry

LETTERS = str.maketrans(
    {"ß": "ss", "ς": "σ", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[-‐–−][^\W_]+)*")  # NFKD maps other hyphens to these
_LEFT_OUT = ("Mn", "Mc", "Me", "Cf")
FORGIVING = 5
_EXACT, _PREFIX, _FORGIVEN = 4, 3, 2
_IN_ABSTRACT, _ELSEWHERE, _IN_TITLE = 1, 2, 4  # times these

Term = tuple[tuple[str, ...], ...]
"""A word of a query: alternative ways to match it, each a tuple of words that must all be found."""


def folded(text: str) -> str:
    """The text without case, accents and invisible characters."""
    if text.isascii():
        return text.lower()
    seen = (char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) not in _LEFT_OUT)
    return "".join(seen).lower().translate(LETTERS)


def label_text(label: Label) -> str:
    """What a label is found by: its name, its id, and the synonyms that texts use."""
    return " ".join((label.name, label.id, *label.phrases)).replace("*", "")


def words(text: str) -> list[str]:
    """The words of a text, folded; "multi-modal" is also "multimodal"."""
    return [word for term in _terms(folded(text)) for alternative in term for word in alternative]


def _terms(plain: str) -> list[Term]:
    return [_term(_WORD.findall(compound)) for compound in _COMPOUND.findall(plain)]


def _term(parts: Sequence[str]) -> Term:
    return (tuple(parts), ("".join(parts),)) if len(parts) > 1 else (tuple(parts),)


def nearly_same(left: str, right: str) -> bool:
    """Whether two words differ by one wrong, missing or extra letter, or by two swapped neighbors."""
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
    """An index of the words in entries."""

    def __init__(self, entries: Sequence[Entry], taxonomy: Taxonomy, abstracts: Mapping[str, str]) -> None:
        """Index the entries.

        Args:
            abstracts: those that may be shown, by entry id.
        """
        self._size = len(entries)
        self._postings: dict[str, dict[int, int]] = {}
        self._ids: dict[str, str] = {}
        names = {(facet.id, label.id): words(label_text(label)) for facet in taxonomy.facets for label in facet.labels}
        for number, entry in enumerate(entries):
            for pair in entry.labels.pairs:
                self._add(number, _ELSEWHERE, names.get(pair, ()))
            self._add(number, _ELSEWHERE, words(" ".join((*entry.authors, entry.venue))))
            self._add(number, _IN_TITLE, words(entry.title))
            self._add(number, _IN_ABSTRACT, words(abstracts.get(entry.id, "")))
            self._add_id(number, entry.id)
        self._vocabulary = sorted(self._postings)

    def find(self, query: str) -> list[int]:
        """The positions of the entries that match the query, best first."""
        total = dict.fromkeys(range(self._size), 0)
        scores_of = cache(self._term_scores)
        for term in self._asked(query):
            scores = scores_of(term)
            total = {number: total[number] + scores[number] for number in total if number in scores}
            if not total:
                break
        return sorted(total, key=lambda number: (-total[number], number))

    def _asked(self, query: str) -> list[Term]:
        parts = folded(query).split()
        return [term for part in parts for term in ([((self._ids[part],),)] if part in self._ids else _terms(part))]

    def _add(self, number: int, weight: int, found: Sequence[str]) -> None:
        for word in found:
            held = self._postings.setdefault(word, {})
            held[number] = max(weight, held.get(number, 0))

    def _add_id(self, number: int, identifier: str) -> None:
        whole = folded(identifier)
        name = whole.partition(":")[2]
        self._ids |= {whole: name, name: name}
        self._add(number, _ELSEWHERE, [name])

    def _term_scores(self, term: Term) -> dict[int, int]:
        best: dict[int, int] = {}
        for alternative in term:
            found = [self._scores(word) for word in dict.fromkeys(alternative)]
            for number in set(found[0]).intersection(*found[1:]):
                best[number] = max(best.get(number, 0), min(scores[number] for scores in found))
        return best

    def _scores(self, word: str) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for other, worth in self._meant(word):
            for number, weight in self._postings[other].items():
                found[number] = max(found.get(number, 0), weight * worth)
        return found

    def _meant(self, word: str) -> list[tuple[str, int]]:
        """The words in entries that a query's word may match, and the score of each."""
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
