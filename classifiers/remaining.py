"""How many records that belong are left, judged by how the reading has found them so far.

Read in the order of their rank, included records come more and more rarely. Their number per record read is taken for
a Poisson process (Sneyd & Stevenson 2019, doi:10.18653/v1/D19-1351) whose rate falls as a power of the position times
an exponential; a small share of them is anywhere, for every ranking misses some. Rather than choosing one curve, those
of a grid are weighed by how well they explain what was found: the less that tells between them, the wider the interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Doubles

_DRAWS = 4000
_LEVEL = 0.9
# Rankings that are any good: after a tenth is read, half to nearly all is found.
_POWERS = (-0.8, -0.4, 0.0)
_DECAYS = np.geomspace(6, 100, 12)  # over all records
_ANYWHERE = (0.01, 0.03, 0.1, 0.3)  # the share that the ranking misses


@dataclass(frozen=True, slots=True)
class Remaining:
    """Included records that are probably left, and a 90 % interval."""

    expected: float
    low: int
    high: int


def remaining(found: Bools, unread: int, seed: int = 0) -> Remaining:
    """From the answers in reading order (records read,) and the number of records not yet read."""
    read, hits = len(found), int(found.sum())
    curves = _curves(read + unread)  # (curves, records), each sums to one
    done = curves[:, :read].sum(axis=1)
    likelihood = np.log(curves[:, :read][:, found]).sum(axis=1) - hits * np.log(done)
    weight = np.exp(likelihood - likelihood.max())
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(curves), size=_DRAWS, p=weight / weight.sum())
    # The curve's height is integrated out: a gamma distribution (Jeffreys' prior).
    rates = rng.gamma(hits + 0.5, size=_DRAWS) * np.maximum(1 - done[drawn], 0) / done[drawn]
    rates = np.minimum(rates, unread)
    left = np.minimum(rng.poisson(rates), unread)
    low, high = np.quantile(left, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Remaining(float(rates.mean()), int(np.floor(low)), int(np.ceil(high)))


def _curves(records: int) -> Doubles:
    """Where the included records may lie: by curve the share (curves, records) at each position."""
    at = np.arange(1, records + 1)
    shapes = np.array([at**power * np.exp(-decay * at / records) for power in _POWERS for decay in _DECAYS])
    shapes /= shapes.sum(axis=1, keepdims=True)
    curves: Doubles = np.vstack([(1 - share) * shapes + share / records for share in _ANYWHERE])
    return curves
