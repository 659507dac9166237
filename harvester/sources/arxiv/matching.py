"""Whether a query of arXiv's API could find a paper: "no" is certain, "yes" is not.

This reads the query language as arXiv does (https://info.arxiv.org/help/api/user-manual.html#query_details) and takes
every doubt for a yes: word forms that arXiv may reduce to one stem, fields that it has and we do not, and all that it
may exclude.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from harvester.domain.papers import Paper

_TOKEN = re.compile(r'\(|\)|\bANDNOT\b|\bAND\b|\bOR\b|\w+:\[[^\]]*\]|(?:\w+:)?"[^"]*"|[^\s()]+')
_FIELD = re.compile(r"(\w+):(.*)", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (
    "s", "es", "ies", "y", "e", "ed", "ing", "ings", "al", "ial", "ical", "ic", "ics", "ion", "ions", "ation",
    "ations", "ate", "ated", "ating", "ive", "ly", "ment", "ments", "er", "ers", "or", "ors", "ity", "ities",
)  # fmt: skip
_SHORTEST_STEM = 3


def may_match(query: str, paper: Paper) -> bool:
    """Whether arXiv's API could find this paper by the query."""
    return _Reader(query, paper).reads()


class _Reader:
    """One pass through a query, by recursive descent."""

    def __init__(self, query: str, paper: Paper) -> None:
        self._tokens: list[str] = _TOKEN.findall(query)
        self._at = 0
        self._texts = _texts(paper)
        self._categories = paper.categories

    def reads(self) -> bool:
        found = self._either()
        return found or self._next is not None  # what cannot be read to its end may match

    @property
    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> bool:
        found = self._both()
        while self._next == "OR":
            self._take()
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._one()
        while self._next not in (None, ")", "OR"):
            if self._next == "ANDNOT":
                self._take()
                self._one()  # it can only exclude papers
            elif self._next == "AND":
                self._take()
                found = self._one() and found
            else:  # no operator between two words: arXiv does not say which it takes
                found = self._one() or found
        return found

    def _one(self) -> bool:
        if self._next is None:
            return True
        taken = self._take()
        if taken != "(":
            return self._term(taken)
        found = self._either()
        if self._next == ")":
            self._take()
            return found
        return True

    def _term(self, token: str) -> bool:
        named = _FIELD.fullmatch(token)
        name, value = (named[1], named[2]) if named else ("all", token)
        if name == "cat":
            start, star, _ = value.strip('"').partition("*")
            return any(found.startswith(start) if star else found == start for found in self._categories)
        if name not in self._texts:
            return True
        text, words = self._texts[name], _words(value)
        return text is None or not words or text.contains(words, prefix="*" in value or "?" in value)


def _texts(paper: Paper) -> "dict[str, _Text | None]":
    """Each field that arXiv searches; None where only arXiv's API knows it."""
    words = {"ti": _words(paper.title), "abs": _words(paper.abstract)}
    if not paper.authors:  # as a feed gives it: without authors and comment
        unknown: dict[str, _Text | None] = dict.fromkeys(("au", "co", "jr", "all"))
        return unknown | {name: _Text.of(found) for name, found in words.items()}
    words |= {
        "au": _words(" | ".join(author.name for author in paper.authors)),
        "co": _words(paper.comment),
        "jr": _words(paper.venue),
    }
    names = _words(" ".join((*paper.categories, *paper.identifiers)))
    words["all"] = [word for field in (*words.values(), names) for word in (*field, "")]  # no phrase spans two fields
    return {name: _Text.of(found) for name, found in words.items()}


def _words(text: str) -> list[str]:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _WORD.findall(plain.casefold())


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a field, and all that they may be reduced to."""

    words: Sequence[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        return cls(words, frozenset().union(*map(_stems, words)))

    def contains(self, phrase: Sequence[str], *, prefix: bool) -> bool:
        """Whether the words stand in the text in this order; with `prefix`, each may go on."""
        if not prefix and any(self.stems.isdisjoint(_stems(word)) for word in phrase):
            return False
        starts = range(len(self.words) - len(phrase) + 1)
        return any(
            all(
                not _stems(word).isdisjoint(_stems(found)) or (prefix and found.startswith(word))
                for word, found in zip(phrase, self.words[start:], strict=False)
            )
            for start in starts
        )


@lru_cache(maxsize=50_000)
def _stems(word: str) -> frozenset[str]:
    """What arXiv may reduce a word to: it finds "arteries" by "artery"."""
    cut = {word.removesuffix(end) for end in _ENDINGS}
    return frozenset({word, *(stem for stem in cut if len(stem) >= _SHORTEST_STEM)})
