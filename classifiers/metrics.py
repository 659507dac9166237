"""Figures that say how good predictions are. Pure functions on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Doubles

_FEWEST_TRUE = 3  # macro figures leave out labels with fewer true papers


def micro_f1(said: Bools, truth: Bools) -> float:
    """F1 over all (paper, label) pairs."""
    return float(2 * (said & truth).sum() / max(said.sum() + truth.sum(), 1))


def macro_f1(said: Bools, truth: Bools) -> float | None:
    """Mean F1 of the labels with at least three true papers; None if there is none."""
    scores = [
        score for score, true in zip(label_f1(said, truth), truth.sum(axis=0), strict=True) if true >= _FEWEST_TRUE
    ]
    return float(np.mean(scores)) if scores else None


def label_f1(said: Bools, truth: Bools) -> Doubles:
    """F1 of each label (labels,)."""
    both = (said & truth).sum(axis=0)
    return np.asarray(2 * both / np.maximum(said.sum(axis=0) + truth.sum(axis=0), 1), dtype=np.float64)


def average_precision(scores: Doubles, truth: Bools) -> float | None:
    """Area under the precision-recall curve; None if truth is all yes or all no."""
    return float(average_precision_score(truth, scores)) if 0 < truth.sum() < len(truth) else None


def precision_at_recall(scores: Doubles, truth: Bools, recall: float = 0.98) -> float | None:
    """The best precision of a threshold that finds at least `recall`; None if truth is all yes or all no."""
    if not 0 < truth.sum() < len(truth):
        return None
    precisions, recalls, _ = precision_recall_curve(truth, scores)
    return float(precisions[recalls >= recall].max())


def calibration_error(probabilities: Doubles, truth: Bools, bins: int = 10) -> float | None:
    """Expected calibration error over pairs with probability of at least .05 or a true label."""
    rows = reliability(probabilities, truth, bins)
    pairs = sum(count for count, _, _ in rows)
    return sum(count * abs(said - true) for count, said, true in rows) / pairs if pairs else None


def reliability(probabilities: Doubles, truth: Bools, bins: int = 10) -> list[tuple[int, float, float]]:
    """For each tenth of probability: the pairs in it, their mean probability, and the share that is true.

    Pairs with a probability of at least .05 or a true label count. Empty bins are left out.
    """
    chosen = (probabilities >= 0.05) | truth
    p, t = probabilities[chosen], truth[chosen]
    bin_of = np.minimum((p * bins).astype(int), bins - 1)
    rows = [(int((bin_of == n).sum()), p[bin_of == n], t[bin_of == n]) for n in range(bins)]
    return [(count, float(said.mean()), float(true.mean())) for count, said, true in rows if count]
