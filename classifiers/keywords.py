"""The taxonomy's synonyms looked up in text: features for the heads, and the keyword rules they are measured against.

One pass over the words of a text with one dictionary lookup per word. (One regular expression of all 600 synonyms
was 40 times slower.) The rules of matching are written at the top of `taxonomy.toml`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Floats

SCOPE = "scope"
_WORD = re.compile(r"[^\W_]+")
_NOWHERE = -1  # the column of exceptions: they take words from synonyms, and count for nothing


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One synonym split into words; `column` is the label's place in the counts, `facet` the facet's number."""

    words: tuple[str, ...]
    acronym: bool
    starred: bool
    facet: int
    column: int

    @property
    def any_ending(self) -> bool:
        """Whether it is one word with any ending, to be looked up by its beginning."""
        return self.starred and len(self.words) == 1

    def fits(self, raw: Sequence[str], low: Sequence[str], at: int) -> bool:
        """Whether the phrase occurs in the text at word `at`."""
        end = at + len(self.words)
        if end > len(raw):
            return False
        seen = raw if self.acronym else low
        head, last = self.words[:-1], self.words[-1]
        return all(seen[at + n] == word for n, word in enumerate(head)) and self._ends(seen[end - 1], last)

    def _ends(self, word: str, last: str) -> bool:
        return word.startswith(last) if self.starred else word in (last, f"{last}s", f"{last}es")


class _Lookup:
    """Finds phrases in texts by their first words."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self._by_word: dict[str, list[_Phrase]] = defaultdict(list)
        self._by_start: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in phrases:
            (self._by_start if phrase.any_ending else self._by_word)[phrase.words[0].lower()].append(phrase)
        self._starts = sorted({len(start) for start in self._by_start})

    def matches(self, text: str) -> Iterator[tuple[int, str]]:
        """As `SynonymMatcher.matches`."""
        raw = _WORD.findall(text)
        low = [word.lower() for word in raw]
        free: dict[int, int] = defaultdict(int)
        for at, word in enumerate(low):
            found = [phrase for phrase in self._candidates(word) if phrase.fits(raw, low, at)]
            for phrase in sorted(found, key=lambda phrase: (-len(phrase.words), -len(phrase.words[-1]), phrase.column)):
                if free[phrase.facet] <= at:
                    free[phrase.facet] = at + len(phrase.words)
                    if phrase.column != _NOWHERE:
                        yield phrase.column, " ".join(raw[at : at + len(phrase.words)])

    def _candidates(self, word: str) -> list[_Phrase]:
        """The phrases whose first word may be `word`."""
        found: list[_Phrase] = []
        # The first word of a longer phrase has no plural, but `fits` decides that.
        for stem in {word, word.removesuffix("s"), word.removesuffix("es")}:
            found += self._by_word.get(stem, ())
        for length in self._starts:
            if length > len(word):
                break
            found += self._by_start.get(word[:length], ())
        return found


class SynonymMatcher:
    """Counts how often each label's synonyms occur in a text; columns are all labels in file order, then scope."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.columns = [(facet.id, label.id) for facet in taxonomy.facets for label in facet.labels] + [(SCOPE, SCOPE)]
        self._lookup = _Lookup([*_label_phrases(taxonomy), *_scope_phrases(taxonomy)])

    def matches(self, text: str) -> Iterator[tuple[int, str]]:
        """(column, matched words) of every synonym found; within a facet the longest at each word, without overlaps."""
        return self._lookup.matches(text)

    def counts(self, texts: Sequence[str]) -> Floats:
        """float32 array (texts, columns)."""
        import numpy as np

        out = np.zeros((len(texts), len(self.columns)), dtype=np.float32)
        for row, text in enumerate(texts):
            for column, _ in self.matches(text):
                out[row, column] += 1
        return out


class ScopeWords:
    """Whether any of the scope's synonyms occurs in a text: the same rules for this one question, so much faster."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        phrases = list(_scope_phrases(taxonomy))
        synonyms = [phrase for phrase in phrases if phrase.column != _NOWHERE]
        firsts = [phrase.words[0].lower() for phrase in synonyms if not phrase.any_ending]
        self._words = frozenset(word + ending for word in firsts for ending in ("", "s", "es"))
        self._starts = tuple(phrase.words[0].lower() for phrase in synonyms if phrase.any_ending)
        self._lookup = _Lookup(phrases)

    def stand_in(self, text: str) -> bool:
        """Whether the text names the subject."""
        words = set(_WORD.findall(text.lower()))
        if words.isdisjoint(self._words) and not any(word.startswith(self._starts) for word in words):
            return False
        return any(True for _ in self._lookup.matches(text))


def _label_phrases(taxonomy: Taxonomy) -> Iterator[_Phrase]:
    column = 0
    for number, facet in enumerate(taxonomy.facets):
        for label in facet.labels:
            for synonym in label.phrases:
                yield _phrase(synonym, number, column)
            column += 1


def _scope_phrases(taxonomy: Taxonomy) -> Iterator[_Phrase]:
    number, column = len(taxonomy.facets), sum(len(facet.labels) for facet in taxonomy.facets)
    for synonym in taxonomy.scope.synonyms:
        yield _phrase(synonym, number, column)
    for exception in taxonomy.scope.exceptions:
        yield _phrase(exception, number, _NOWHERE)


def _phrase(synonym: str, facet: int, column: int) -> _Phrase:
    acronym = synonym.upper() == synonym and any(letter.isalpha() for letter in synonym)
    words = _WORD.findall(synonym if acronym else synonym.lower())
    return _Phrase(tuple(words), acronym, synonym.endswith("*"), facet, column)
