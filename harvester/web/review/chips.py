"""The labels of a paper as the page shows them: what holds, what the model says, which key and color each has. Pure."""

from dataclasses import dataclass, replace

from classifiers.taxonomy import Facet, Label, Taxonomy
from harvester.domain.explanations import Explanation
from harvester.domain.labels import Labels
from harvester.domain.predictions import Prediction

OFF, FAINT = "off", 0.1
CERTAIN = 0.995  # probabilities from here on are shown as 99+
NUMBERS = "123456789"  # keys that toggle the labels the model is unsure of, in their order
HUES = 8  # colors that tell the labels of a paper apart (review.css)


@dataclass(frozen=True, slots=True)
class Chip:
    """One label of a paper; `level` is the model's word (assigned, unsure or off), `on` whether it holds now.

    `faint` means that the model gives it so little probability that it need not be looked at; `key` is the number that
    toggles it, if the model is unsure, and `hue` the number of the color that marks the sentences it rests on, or "".
    """

    id: str
    name: str
    meaning: str
    percent: str
    level: str
    on: bool
    faint: bool
    key: str = ""
    hue: str = ""


@dataclass(frozen=True, slots=True)
class FacetLabels:
    """A facet's labels; exactly one of them if it is `exclusive`."""

    id: str
    name: str
    exclusive: bool
    chips: tuple[Chip, ...]

    @property
    def due(self) -> bool:
        """Whether any of them needs a look: it holds, or the model is unsure of it."""
        return any(chip.on or chip.level == "unsure" for chip in self.chips)


def groups(
    labels: Labels, prediction: Prediction | None, taxonomy: Taxonomy, why: Explanation | None = None
) -> tuple[FacetLabels, ...]:
    """All labels by facet, with what the model says about each and what holds now; what needs a look comes first."""
    found = [
        FacetLabels(facet.id, facet.name, facet.exclusive, _chips(labels, prediction, facet))
        for facet in taxonomy.facets
    ]
    due = [f"{group.id}:{chip.id}" for group in found for chip in group.chips if chip.level == "unsure"]
    keys = dict(zip(due, NUMBERS, strict=False))
    explained = [name for name, reasons in why.reasons.items() if reasons] if why else []
    hues = {name: str(place % HUES) for place, name in enumerate(explained)}
    return tuple(
        replace(
            group,
            chips=tuple(
                replace(chip, key=keys.get(f"{group.id}:{chip.id}", ""), hue=hues.get(f"{group.id}:{chip.id}", ""))
                for chip in group.chips
            ),
        )
        for group in found
    )


def _chips(labels: Labels, prediction: Prediction | None, facet: Facet) -> tuple[Chip, ...]:
    chips = [_chip(labels, prediction, facet, label) for label in facet.labels]
    return tuple(sorted(chips, key=lambda chip: not (chip.on or chip.level == "unsure")))


def finder_words(taxonomy: Taxonomy) -> dict[str, list[str]]:
    """What finds each label (``facet:label``) by typing: name, id, abbreviations and synonyms, in small letters."""
    return {
        f"{facet.id}:{label.id}": list(
            dict.fromkeys(
                word.rstrip("*").lower() for word in (label.name, label.id, *label.abbreviations, *label.synonyms)
            )
        )
        for facet in taxonomy.facets
        for label in facet.labels
    }


def percent(probability: float) -> str:
    """A percentage such as ``93``, or ``99+`` instead of 100: no model is ever certain."""
    return "99+" if probability >= CERTAIN else f"{100 * probability:.0f}"


def _chip(labels: Labels, prediction: Prediction | None, facet: Facet, label: Label) -> Chip:
    chance = (prediction.probabilities.get(facet.id, {}) if prediction else {}).get(label.id)
    level = _level(prediction, facet.id, label.id)
    return Chip(
        label.id,
        label.name,
        label.definition,
        "" if chance is None else percent(chance),
        level,
        labels.has(facet.id, label.id),
        level == OFF and chance is not None and chance < FAINT,
    )


def _level(prediction: Prediction | None, facet: str, label: str) -> str:
    if prediction is None:
        return OFF
    if f"{facet}:{label}" in prediction.unsure:
        return "unsure"
    return "assigned" if prediction.labels.has(facet, label) else OFF
