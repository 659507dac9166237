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
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial

from classifiers.taxonomy import Label, Taxonomy
from harvester.catalog.entry import Entry

LETTERS = str.maketrans(
    {"ß": "ss", "ς": "σ", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[-‐–−][^\W_]+)*")  # NFKD maps other hyphens to these
_HYPHENATED = re.compile(r"[^\W_]+(?:[-‐–−][^\W_]+)+")
_LEFT_OUT = ("Mn", "Mc", "Me", "Cf")
FORGIVING = 5
_EXACT, _PREFIX, _FORGIVEN = 4, 3, 2
_IN_ABSTRACT, _ELSEWHERE, _IN_TITLE = 1, 2, 4  # times these
_STALE = 1.25  # papers in an index, of which some are gone or have another text, for each that there is

_Places = defaultdict[str, "array[int]"]  # of a word, the positions of the entries that have it

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
    plain = folded(text)
    return [*_WORD.findall(plain), *("".join(_WORD.findall(compound)) for compound in _HYPHENATED.findall(plain))]


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


class Words:
    """All words of the entries, to be looked up by their beginnings and by what is nearly the same."""

    def __init__(self, known: Iterable[str]) -> None:
        self._forwards = sorted(known)
        self._backwards = sorted(word[::-1] for word in self._forwards)

    def starting(self, beginning: str) -> Iterator[str]:
        """The words with a beginning."""
        return _from(self._forwards, beginning)

    def nearly(self, word: str) -> set[str]:
        """The words that have one letter wrong, missing, too many, or swapped; short words are not forgiven.

        One error leaves what is before the middle letter as it was, or what is behind it: few words are compared.
        """
        if len(word) < FORGIVING - 1:  # too short, even with a letter more
            return set()
        middle = len(word) // 2
        alike = set(_from(self._forwards, word[:middle]))
        alike.update(other[::-1] for other in _from(self._backwards, word[:middle:-1]))
        return {other for other in alike if max(len(other), len(word)) >= FORGIVING and nearly_same(word, other)}


def _from(ordered: Sequence[str], beginning: str) -> Iterator[str]:
    for place in range(bisect_left(ordered, beginning), len(ordered)):
        if not ordered[place].startswith(beginning):
            return
        yield ordered[place]


class _Index:
    """The words of papers, numbered as they come. It only grows, so that searches may read it meanwhile."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.papers: list[tuple[Entry, str]] = []
        self.places = {weight: _Places(partial(array, "I")) for weight in (_IN_ABSTRACT, _ELSEWHERE, _IN_TITLE)}
        self._names = {
            (facet.id, label.id): words(label_text(label)) for facet in taxonomy.facets for label in facet.labels
        }

    def add(self, entry: Entry, abstract: str) -> int:
        """Index a paper and return its number."""
        number = len(self.papers)
        labels = (word for pair in entry.labels.pairs for word in self._names.get(pair, ()))
        around = words(" ".join((*entry.authors, entry.venue)))
        self._add(number, _ELSEWHERE, (*labels, *around, *_ways_to_name(entry.id)[1:]))
        self._add(number, _IN_TITLE, words(entry.title))
        self._add(number, _IN_ABSTRACT, words(abstract))
        self.papers.append((entry, abstract))
        return number

    def _add(self, number: int, weight: int, found: Iterable[str]) -> None:
        places = self.places[weight]
        for word in set(found):
            places[word].append(number)

    def words(self, papers: Container[int]) -> Iterator[str]:
        """The words that some of the papers have."""
        for word in set().union(*self.places.values()):
            if any(number in papers for places in self.places.values() for number in places.get(word, ())):
                yield word


def _ways_to_name(identifier: str) -> tuple[str, str]:
    """An id, and the id without its kind, which is a word as well."""
    whole = folded(identifier)
    return whole, whole.partition(":")[2]


class Finder:
    """An index of the words in entries."""

    def __init__(
        self, entries: Sequence[Entry], taxonomy: Taxonomy, abstracts: Mapping[str, str], last: "Finder | None" = None
    ) -> None:
        """Index the entries.

        Args:
            abstracts: those that may be shown, by entry id.
            last: a finder of mostly the same entries and the same taxonomy: only what it does not know is indexed.
        """
        known = last._index if last else None
        self._index: _Index = known if known and len(known.papers) < _STALE * len(entries) else _Index(taxonomy)
        numbers = {entry.id: number for number, (entry, _) in enumerate(self._index.papers)}  # of each one's last text
        self._places: dict[int, int] = {}  # in the entries, by number in the index
        for place, entry in enumerate(entries):
            paper, number = (entry, abstracts.get(entry.id, "")), numbers.get(entry.id, -1)
            if number < 0 or self._index.papers[number] != paper:
                number = self._index.add(*paper)
            self._places[number] = place
        ids = [_ways_to_name(entry.id) for entry in entries]
        self._ids = {way: name for whole, name in ids for way in (whole, name)}
        self._words = Words(self._index.words(self._places))

    def find(self, query: str) -> list[int]:
        """The positions of the entries that match the query, best first."""
        asked, scores_of = self._asked(query), cache(self._term_scores)
        if not asked:
            return list(range(len(self._places)))
        total = scores_of(asked[0])
        for term in asked[1:]:
            total = {number: total[number] + score for number, score in scores_of(term).items() if number in total}
        found = {self._places[number]: score for number, score in total.items() if number in self._places}
        return sorted(sorted(found), key=found.__getitem__, reverse=True)  # which keeps the order of ties

    def _asked(self, query: str) -> list[Term]:
        parts = folded(query).split()
        return [term for part in parts for term in ([((self._ids[part],),)] if part in self._ids else _terms(part))]

    def _term_scores(self, term: Term) -> Mapping[int, int]:
        ways = [self._way_scores(alternative) for alternative in term]
        if len(ways) == 1:
            return ways[0]
        return {number: max(way.get(number, 0) for way in ways) for number in set().union(*ways)}

    def _way_scores(self, alternative: tuple[str, ...]) -> Mapping[int, int]:
        found = [self._scores(word) for word in dict.fromkeys(alternative)]
        if len(found) == 1:
            return found[0]
        return {number: min(scores[number] for scores in found) for number in set(found[0]).intersection(*found[1:])}

    def _scores(self, word: str) -> Mapping[int, int]:
        """The best score of each entry that has a word: the lower ones are overwritten."""
        places: dict[int, list[array[int]]] = defaultdict(list)
        for other, worth in self._meant(word):
            for weight, held in self._index.places.items():
                if other in held:
                    places[weight * worth].append(held[other])
        found: dict[int, int] = {}
        for score in sorted(places):
            found.update(dict.fromkeys(set().union(*places[score]), score))
        return found

    def _meant(self, word: str) -> list[tuple[str, int]]:
        """The words in entries that a query's word may match, and the score of each."""
        meant = [(other, _EXACT if other == word else _PREFIX) for other in self._words.starting(word)]
        if (word, _EXACT) not in meant[:1]:
            meant += [(other, _FORGIVEN) for other in self._words.nearly(word)]
        return meant
