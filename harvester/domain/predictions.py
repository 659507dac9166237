"""What the classifier says of a text."""

from collections.abc import Mapping
from dataclasses import dataclass

from harvester.domain.labels import Labels


@dataclass(frozen=True, slots=True)
class Prediction:
    """Probability of being in scope, assigned labels, and the probability of every label, by one model version.

    `unsure` holds ``facet:label`` names; `probabilities` maps facet -> label -> probability.
    """

    scope: float
    in_scope: bool
    labels: Labels
    unsure: tuple[str, ...]
    probabilities: Mapping[str, Mapping[str, float]]
    model: str
