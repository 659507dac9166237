"""How many of the records that wait would be included, judged by their calibrated probabilities.

Probabilities that are calibrated on the training set may be off for one queue and its readers. The records decided so
far say by how much: the log odds of inclusion are taken for a line over the model's log odds (Platt 1999), a priori
near the identity. Rather than choosing one line, those of a grid are weighed by how well they explain the decisions;
given a line, each record is included by a chance of its own. The interval covers both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifiers.remaining import Remaining

if TYPE_CHECKING:
    from classifiers.arrays import Doubles

_DRAWS = 1000
_LEVEL = 0.9
_EDGE = 1e-4  # no model is more certain than that
_SHIFT, _STRETCH = 0.7, 0.4  # prior standard deviations of the line's height and of its slope's logarithm
_SHIFTS = np.linspace(-4, 4, 25) * _SHIFT
_SLOPES = np.exp(np.linspace(-3, 3, 9) * _STRETCH)


@dataclass(frozen=True, slots=True)
class Rated:
    """Records to which the model gives about the same probability: how many, and how many of them were included."""

    chance: float
    records: int
    included: int = 0


def included_among(waiting: Sequence[Rated], decided: Sequence[Rated], seed: int = 0) -> Remaining:
    """The included ones among the waiting records, learning from the decided ones what the probabilities mean here.

    The same records and seed give the same estimate.
    """
    shifts, slopes = (grid.ravel() for grid in np.meshgrid(_SHIFTS, _SLOPES))
    weight = _weight(shifts, slopes, decided)
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(weight), size=_DRAWS, p=weight)
    chances = _chances(shifts, slopes, waiting)  # (lines, groups)
    records = np.array([group.records for group in waiting], dtype=np.int64)
    included = rng.binomial(records, chances[drawn]).sum(axis=1)
    low, high = np.quantile(included, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Remaining(float((weight @ chances) @ records), int(np.floor(low)), int(np.ceil(high)))


def _weight(shifts: Doubles, slopes: Doubles, decided: Sequence[Rated]) -> Doubles:
    """The probability of each line: the prior times the likelihood of the decisions."""
    prior = -((shifts / _SHIFT) ** 2) / 2 - (np.log(slopes) / _STRETCH) ** 2 / 2
    chances = _chances(shifts, slopes, decided)
    hits = np.array([group.included for group in decided], dtype=np.float64)
    misses = np.array([group.records - group.included for group in decided], dtype=np.float64)
    logs = prior + np.log(chances) @ hits + np.log1p(-chances) @ misses
    likely = np.exp(logs - logs.max())
    weight: Doubles = likely / likely.sum()
    return weight


def _chances(shifts: Doubles, slopes: Doubles, groups: Sequence[Rated]) -> Doubles:
    """By line and group, (lines, groups), the probability of inclusion."""
    given = np.clip(np.array([group.chance for group in groups], dtype=np.float64), _EDGE, 1 - _EDGE)
    odds = shifts[:, None] + slopes[:, None] * np.log(given / (1 - given))
    chances: Doubles = np.clip(1 / (1 + np.exp(-odds)), _EDGE / 10, 1 - _EDGE / 10)
    return chances
