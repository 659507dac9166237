"""What the classifier predicts for a text."""

from collections.abc import Mapping
from dataclasses import dataclass

from harvester.domain.labels import Labels


@dataclass(frozen=True, slots=True)
class Prediction:
    """One model version's probability of being in scope, assigned labels, and probability of every label.

    `unsure` holds ``facet:label`` names; `probabilities` maps facet -> label -> probability.
    """

    scope: float
    in_scope: bool
    labels: Labels
    unsure: tuple[str, ...]
    probabilities: Mapping[str, Mapping[str, float]]
    model: str
