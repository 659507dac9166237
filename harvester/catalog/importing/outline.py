"""Which labels a section gives to its papers: headings of any level, mapped by the taxonomy's names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from classifiers.taxonomy import Facet, Taxonomy, normalise_heading
from harvester.base.errors import UsageError
from harvester.catalog.sections import OTHER

SKIP = "skip"
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
class _Meaning:
    """What a heading means: a whole facet, labels, a derived section, or nothing (all fields empty)."""

    facet: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    known: bool = False
    derived: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """The caller's meanings of headings, by the heading without case, marks and emoji."""

    by_heading: Mapping[str, _Meaning] = field(default_factory=dict)


def parse_choices(given: Iterable[str], taxonomy: Taxonomy) -> Choices:
    """``Methods=skip`` leaves a section out; ``Beats=task:diagnosis,modality:ecg`` gives its papers labels.

    Raises:
        UsageError: any other form, or a label that is not in the taxonomy.
    """
    chosen = {}
    for text in given:
        heading, equals, target = text.rpartition("=")
        if not equals or not normalise_heading(heading) or not target.strip():
            raise UsageError(
                f"--map {text!r} is not understood; write HEADING=skip or HEADING=task:diagnosis,modality:ecg."
            )
        labels = () if target.strip() == SKIP else tuple(_chosen(name.strip(), taxonomy) for name in target.split(","))
        chosen[normalise_heading(heading)] = _Meaning(labels=labels, known=bool(labels), skipped=not labels)
    return Choices(chosen)


def _chosen(text: str, taxonomy: Taxonomy) -> tuple[str, str]:
    """One label as ``facet:label``, or the label alone if only one facet has it."""
    facet, colon, label = text.rpartition(":")
    owners = [owner.id for owner in taxonomy.facets if label in owner.label_ids and (not colon or owner.id == facet)]
    if len(owners) != 1:
        known = ", ".join(f"{owner.id}:{name}" for owner in taxonomy.facets for name in owner.label_ids)
        raise UsageError(f"--map names the label {text!r}, which is not in the taxonomy; choose from: {SKIP}, {known}.")
    return owners[0], label


class Outline:
    """The headings above the current line; `met` contains all headings so far."""

    def __init__(self, taxonomy: Taxonomy, choices: Choices) -> None:
        self._taxonomy, self._choices = taxonomy, choices
        self._above: list[tuple[int, _Meaning]] = []
        self.met: set[str] = set()

    def enter(self, level: int, heading: str) -> None:
        """Enter a heading; it ends all headings of its level and below."""
        self._above = [(above, meaning) for above, meaning in self._above if above < level]
        self._above.append((level, self._meaning(heading)))
        self.met.add(normalise_heading(heading))

    @property
    def place(self) -> Place:
        """What all headings above mean together: ``ECG > Segmentation`` gives both labels."""
        meanings = [meaning for _, meaning in self._above]
        return Place(
            labels=tuple(dict.fromkeys(label for meaning in meanings for label in meaning.labels)),
            known=any(meaning.known for meaning in meanings),
            derived=any(meaning.derived for meaning in meanings),
            inside=any(meaning != _Meaning() for meaning in meanings),
            skipped=any(meaning.skipped for meaning in meanings),
        )

    def _meaning(self, heading: str) -> _Meaning:
        """Inside a facet its own names take precedence: "Simulation" is a task here and data there."""
        if chosen := self._choices.by_heading.get(normalise_heading(heading)):
            return chosen
        around = next((meaning.facet for _, meaning in reversed(self._above) if meaning.facet), None)
        if around and (found := self._within(self._taxonomy.facet(around), heading)):
            return found
        for facet in self._taxonomy.facets:
            if _is_name(heading, facet.id) or _is_name(heading, facet.name):
                return _Meaning(facet.id)
        if not around and _is_name(heading, OTHER):
            return _Meaning(known=True)
        whole, pieces = self._anywhere(heading), self._in_pieces(heading)
        if whole and (len(pieces.labels) < 2 or self._is_called(heading)):
            return whole
        return pieces

    def _anywhere(self, heading: str) -> _Meaning | None:
        return next(filter(None, (self._within(facet, heading) for facet in self._taxonomy.facets)), None)

    def _is_called(self, heading: str) -> bool:
        """Whether a label has exactly this name, so that "Registration & Motion" is not split."""
        names = (
            name
            for facet in self._taxonomy.facets
            for label in facet.labels
            for name in (label.name, *label.synonyms, *label.headings)
        )
        return any(_is_name(heading, name) for name in names)

    def _in_pieces(self, heading: str) -> _Meaning:
        """The combined meaning of a heading's parts: "Segmentation in CMR" is a task and a modality."""
        pieces = [piece for piece in _PIECES.split(heading) if piece.strip()]
        found = (
            [meaning for piece in pieces if (meaning := self._anywhere(piece))]
            if 1 < len(pieces) <= _MOST_PIECES
            else []
        )
        labels = tuple(dict.fromkeys(label for meaning in found for label in meaning.labels))
        return _Meaning(labels=labels, known=True) if labels else _Meaning()

    def _within(self, facet: Facet, heading: str) -> _Meaning | None:
        if any(section.matches(heading) for section in self._taxonomy.derived_of(facet.id)):
            return _Meaning(facet.id, derived=True)
        label = facet.find(heading)
        if label is None:
            return None
        if facet.exclusive and label == facet.labels[0]:
            return _Meaning(known=True)  # "Papers": what every paper is by default
        return _Meaning(facet.id, ((facet.id, label.id),), known=True)


def _is_name(heading: str, name: str) -> bool:
    """A key that ignores case, marks, emoji and a plural s."""
    return normalise_heading(heading).removesuffix("s") == normalise_heading(name).removesuffix("s")
