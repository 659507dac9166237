"""Which labels a section gives to its papers: headings of any level, mapped by the taxonomy's names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from classifiers.taxonomy import Facet, Taxonomy
from harvester.base.escape import one_line
from harvester.catalog.importing.choices import BELOW, Choices, Meaning, bare_heading, heading_key, name_key
from harvester.catalog.importing.unknown import MetHeading, Unknown, is_grouping, unknown_headings
from harvester.catalog.sections import OTHER

_MOST_PIECES = 8  # a heading with more is not a list of labels
_PIECES = re.compile(r"\s*(?:[/,&:|()]|\s[–—-]\s|\b(?:and|for|of|in|with|on|from|using|based)\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper is: the labels that its headings give, and whether they are enough to place it.

    `derived` marks a section that nobody assigns; `inside` says that some heading above has a meaning; `skipped` that
    the caller wants nothing from it.
    """

    labels: tuple[tuple[str, str], ...]
    known: bool
    derived: bool
    inside: bool
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class _Above:
    """A heading above the current line."""

    level: int
    text: str
    meaning: Meaning


class Outline:
    """The headings above the current line; `met` contains all headings so far, alone and after those above them."""

    def __init__(self, taxonomy: Taxonomy, choices: Choices) -> None:
        self._taxonomy, self._choices = taxonomy, choices
        self._names = _names(taxonomy)
        self._above: list[_Above] = []
        self._headings: list[MetHeading] = []
        self.met: set[str] = set()

    def enter(self, level: int, heading: str, line: int = 0) -> None:
        """Enter a heading; it ends all headings of its level and below."""
        heading = one_line(heading)  # on a long run of spaces the patterns take quadratic time
        self.leave(level)
        keys = self._keys(heading)
        chosen = next((self._choices.by_heading[key] for key in keys if key in self._choices.by_heading), None)
        named = heading if self._names.claims(heading) else bare_heading(heading)
        self._above.append(_Above(level, heading, chosen or self._meaning(named)))
        self.met.update(keys)
        self._headings.append(self._met(line))

    def leave(self, level: int) -> None:
        """End all headings of this level and below."""
        self._above = [above for above in self._above if above.level < level]

    def knows(self, heading: str) -> bool:
        """Whether the whole of a heading is the name of a section, or the caller says what it means."""
        heading = bare_heading(one_line(heading))
        if any(key in self._choices.by_heading for key in self._keys(heading)) or self._names.claims(heading):
            return True
        names = (OTHER, *(name for facet in self._taxonomy.facets for name in (facet.id, facet.name)))
        return self._anywhere(heading) is not None or any(_is_name(heading, name) for name in names)

    @property
    def place(self) -> Place:
        """What all headings above mean together: ``ECG > Segmentation`` gives both labels."""
        meanings = [above.meaning for above in self._above]
        return Place(
            labels=tuple(dict.fromkeys(label for meaning in meanings for label in meaning.labels)),
            known=any(meaning.known for meaning in meanings),
            derived=any(meaning.derived for meaning in meanings),
            inside=any(meaning != Meaning() for meaning in meanings),
            skipped=any(meaning.skipped for meaning in meanings),
        )

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above the current line, from the top down."""
        return tuple(above.text for above in self._above)

    @property
    def headings(self) -> tuple[MetHeading, ...]:
        """All headings so far."""
        return tuple(self._headings)

    def unknown(self, unplaced: Mapping[int, str], file: str = "") -> tuple[Unknown, ...]:
        """The headings without a meaning, given the texts that could not be placed, by line.

        Args:
            file: the list's name, if there are several.
        """
        return unknown_headings(self._headings, unplaced, file)

    def _met(self, line: int) -> MetHeading:
        place, meaning = self.place, self._above[-1].meaning
        return MetHeading(
            line=line,
            path=tuple(above.text for above in self._above),
            placed=place.known or place.derived or place.skipped,
            facet=self._around(),
            claims=() if place.skipped else meaning.claims,
        )

    def _keys(self, heading: str) -> list[str]:
        """What a choice may call a heading: with those above it (unless they only sort), or alone; longest first."""
        own = heading_key(heading)
        above = [key for name in self._above if (key := heading_key(name.text)) and not is_grouping(name.text)]
        return [BELOW.join([*above[start:], own]) for start in range(len(above) + 1)]

    def _around(self) -> str:
        return next((above.meaning.facet for above in reversed(self._above) if above.meaning.facet), "")

    def _meaning(self, heading: str) -> Meaning:
        """Inside a facet its own names take precedence: "Simulation" is a task here and data there."""
        around = self._around()
        if around and (found := self._within(self._taxonomy.facet(around), heading)):
            return found
        for facet in self._taxonomy.facets:
            if _is_name(heading, facet.id) or _is_name(heading, facet.name):
                claims = self._names.claims(heading)
                own = tuple(label for label in claims if label[0] == facet.id) or claims
                return Meaning(facet.id, own, known=True) if len(own) == 1 else Meaning(facet.id, claims=own)
        if is_other(heading):
            return Meaning(known=True)
        claims = self._names.claims(heading)
        whole, pieces = self._anywhere(heading), self._in_pieces(heading)
        if whole and whole.derived:
            return whole
        if len(claims) > 1:
            return Meaning(claims=claims)
        if whole and (claims or len(pieces.labels) + len(pieces.claims) < 2):
            return whole
        return pieces

    def _anywhere(self, heading: str) -> Meaning | None:
        """What the first facet that knows a heading takes it for; a label with exactly this name takes precedence."""
        claims = self._names.claims(heading)
        facets = [self._taxonomy.facet(claims[0][0])] if len(claims) == 1 else self._taxonomy.facets
        return next(filter(None, (self._within(facet, heading) for facet in facets)), None)

    def _in_pieces(self, heading: str) -> Meaning:
        """The combined meaning of a heading's parts: "Segmentation in CMR" is a task and a modality."""
        pieces = pieces_of(heading)
        if not 1 < len(pieces) <= _MOST_PIECES:
            return Meaning()
        several = [claims for piece in pieces if len(claims := self._names.claims(piece)) > 1]
        single = [piece for piece in pieces if len(self._names.claims(piece)) < 2]
        found = [meaning for piece in single if (meaning := self._anywhere(piece))]
        labels = tuple(dict.fromkeys(label for meaning in found for label in meaning.labels))
        return Meaning(labels=labels, known=bool(labels), claims=tuple(label for claims in several for label in claims))

    def _within(self, facet: Facet, heading: str) -> Meaning | None:
        if any(section.matches(heading) for section in self._taxonomy.derived_of(facet.id)):
            return Meaning(facet.id, derived=True)
        label = facet.find(heading)
        if label is None:
            return None
        if facet.exclusive and label == facet.labels[0]:
            return Meaning(known=True)  # "Papers": what every paper is by default
        return Meaning(facet.id, ((facet.id, label.id),), known=True)


class _Names:
    """The labels by their exact names, so that "Registration & Motion" is not split."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._by_name: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        self._by_synonym: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for facet in taxonomy.facets:
            for label in facet.labels:
                for name in (label.id, label.name):
                    self._by_name[name_key(name)][facet.id, label.id] = None
                for name in _unstarred((*label.synonyms, *label.headings)):
                    self._by_synonym[name_key(name)][facet.id, label.id] = None

    def claims(self, heading: str) -> tuple[tuple[str, str], ...]:
        """The labels that have this name; if there are none, those that have it as a synonym."""
        key = name_key(heading)
        return tuple(self._by_name.get(key) or self._by_synonym.get(key) or ())


def is_other(heading: str) -> bool:
    """Whether it is the section of papers without labels."""
    return _is_name(heading, OTHER)


@lru_cache(maxsize=4)
def _names(taxonomy: Taxonomy) -> _Names:
    return _Names(taxonomy)


def pieces_of(heading: str) -> list[str]:
    """The parts of a heading that may each name a label: ``["Segmentation", "CMR"]`` of ``Segmentation in CMR``."""
    return [piece for piece in _PIECES.split(heading) if piece.strip()]


def _unstarred(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not name.endswith("*"))


def _is_name(heading: str, name: str) -> bool:
    return name_key(heading) == name_key(name)
