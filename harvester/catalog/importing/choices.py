"""What the caller says about headings: ``--map HEADING=LABELS``, or the rows of a map file."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from classifiers.taxonomy import Taxonomy, normalise_heading
from harvester.base.errors import UsageError

_NUMBER = re.compile(r"\s*(?:\d+(?:\.\d+)+\.?|\d+[.):、]|[IVX]+\.)\s+(?=\S)")
_COUNT = re.compile(r"\s*[(\[（【]\s*\d+\s*(?:papers?|篇)?\s*[)\]）】]\s*\Z", re.IGNORECASE)
SKIP = "skip"
BELOW = " > "
"""Between two headings of a path: ``Tasks > Methods``."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading means: a whole facet, labels, a derived section, or nothing (all fields empty).

    `claims` are labels that claim the heading for themselves, so that a person has to choose.
    """

    facet: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    known: bool = False
    derived: bool = False
    skipped: bool = False
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The caller's meanings of headings, by `heading_key`.

    `places` says where a map file has each, also those that are not decided yet.
    """

    by_heading: Mapping[str, Meaning] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def joined(self, other: "Choices") -> "Choices":
        """Both; where they differ, the other's."""
        places = {key: place for key, place in self.places.items() if key not in other.by_heading}
        return Choices({**self.by_heading, **other.by_heading}, {**places, **other.places})

    def require(self, met: Collection[str]) -> None:
        """Require that a list has every heading that is given a meaning.

        Raises:
            UsageError: it has not; the message names the heading, and a similar one if there is one.
        """
        for key in self.by_heading:
            if key not in met:
                place = f"{self.places[key]}: " if key in self.places else ""
                raise UsageError(
                    f"{place}The list has no heading {key!r}{did_you_mean(key, met)}; --map takes a heading exactly as "
                    "the list has it."
                )


def heading_key(heading: str) -> str:
    """A heading, or a path of several, without case, marks and emoji; "" if nothing is left."""
    return BELOW.join(filter(None, map(normalise_heading, heading.split(">"))))


def name_key(name: str) -> str:
    """Equal for names that differ in case, marks, emoji and a plural s."""
    return normalise_heading(name).removesuffix("s")


def bare_heading(heading: str) -> str:
    """A heading without its number and the count of its papers: ``2.1 Segmentation (17)`` is ``Segmentation``."""
    bare = _COUNT.sub("", _NUMBER.sub("", heading, count=1) if _NUMBER.match(heading) else heading)
    return bare if heading_key(bare) else heading


def parse_choices(given: Iterable[str], taxonomy: Taxonomy) -> Choices:
    """``Methods=skip`` leaves a section out; ``Beats=task:diagnosis,modality:ecg`` gives its papers labels.

    Raises:
        UsageError: any other form, or a label that is not in the taxonomy.
    """
    chosen = {}
    for text in given:
        heading, equals, target = text.rpartition("=")
        if not equals or not heading_key(heading) or not target.strip():
            raise UsageError(
                f"--map {text!r} is not understood; write HEADING=skip, HEADING=task:diagnosis,modality:ecg or the "
                "name of a map file ending in .toml."
            )
        chosen[heading_key(heading)] = meaning_of(target.split(","), taxonomy, "--map")
    return Choices(chosen)


def meaning_of(names: Sequence[str], taxonomy: Taxonomy, where: str) -> Meaning:
    """What ``["skip"]`` or ``["task:diagnosis", "ecg"]`` means; `where` begins the message of an error.

    Raises:
        UsageError: a label is not in the taxonomy.
    """
    wanted = [name.strip() for name in names]
    if wanted == [SKIP]:
        return Meaning(skipped=True)
    if SKIP in wanted:
        raise UsageError(f"{where} has labels beside {SKIP!r}; write either.")
    return Meaning(labels=tuple(_chosen(name, taxonomy, where) for name in wanted), known=True)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """`` (did you mean 'Methods'?)``, or "" if nothing is similar."""
    close = get_close_matches(text, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _chosen(text: str, taxonomy: Taxonomy, where: str) -> tuple[str, str]:
    """One label as ``facet:label``, or the label alone if only one facet has it."""
    facet, colon, label = text.rpartition(":")
    owners = [owner.id for owner in taxonomy.facets if label in owner.label_ids and (not colon or owner.id == facet)]
    if len(owners) != 1:
        known = [f"{owner.id}:{name}" for owner in taxonomy.facets for name in owner.label_ids]
        if len(owners) > 1:
            why = "which several facets have"
        else:
            spellings = {} if colon else {name.partition(":")[2]: name for name in known}
            why = f"which is not in the taxonomy{did_you_mean(text, [*known, *spellings, SKIP])}"
        raise UsageError(f"{where} names the label {text!r}, {why}; choose from: {SKIP}, {', '.join(known)}.")
    return owners[0], label
