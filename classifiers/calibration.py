"""Turns scores into probabilities that mean what they say, and probabilities into yes, no and unsure.

Everything here is fitted on cross-fitted scores, from heads that had not seen the paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from classifiers.metrics import calibration_error

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Doubles

_GRID = np.linspace(0.05, 0.9, 86)
_TEMPERATURES = np.linspace(0.6, 1.1, 26)
_EDGE = 1e-6


class SigmoidCalibrator(BaseEstimator):  # type: ignore[misc]
    """Platt scaling, one sigmoid per label.

    A label with fewer than `min_positives` positives borrows the sigmoid of all labels together: fitted alone it
    would only repeat the accidents of a handful of papers. Learned: `slope_`, `offset_` (labels,).
    """

    def __init__(self, min_positives: int = 10) -> None:
        self.min_positives = min_positives

    def fit(self, scores: Doubles, Y: Bools) -> SigmoidCalibrator:  # noqa: N803
        """Fit on scores and truth, both (papers, labels)."""
        pooled = _sigmoid(scores.ravel(), Y.ravel(), 1, (1.0, 0.0))
        pairs = [_sigmoid(scores[:, n], Y[:, n], self.min_positives, pooled) for n in range(Y.shape[1])]
        self.slope_ = np.array([slope for slope, _ in pairs], dtype=np.float32)
        self.offset_ = np.array([offset for _, offset in pairs], dtype=np.float32)
        return self

    def predict_proba(self, scores: Doubles) -> Doubles:
        """float64 array (papers, labels)."""
        return _squash(scores * self.slope_ + self.offset_)

    def soften(self, factor: float) -> SigmoidCalibrator:
        """Multiply the log-odds by `factor`; below 1 every probability moves toward one half."""
        self.slope_ = (self.slope_ * factor).astype(np.float32)
        self.offset_ = (self.offset_ * factor).astype(np.float32)
        return self


def best_temperature(scores: Doubles, Y: Bools) -> float:  # noqa: N803
    """The factor on calibrated log-odds (papers, labels) that minimizes the calibration error.

    That error counts every true label that got next to no probability, but not the many that rightly got none. So it
    asks for more modesty than Platt's likelihood does, and so do next year's papers:
    .8 halves the error on papers of the year after the training set's (docs/classifier.md).
    """
    errors = [calibration_error(_squash(scores * factor), Y) or 0.0 for factor in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(errors))])


def f1_thresholds(probabilities: Doubles, Y: Bools, shrinkage: float) -> Doubles:  # noqa: N803
    """The probability (labels,) per label from which saying yes gives the best F1.

    The fewer positives a label has, the closer it stays to the threshold that is best for all labels together:
    a label with `shrinkage` positives goes halfway.
    """
    shared = logit(_best_threshold(probabilities.ravel(), Y.ravel()))
    own = logit(np.array([_best_threshold(probabilities[:, n], Y[:, n]) for n in range(Y.shape[1])]))
    weight = Y.sum(axis=0) / np.maximum(Y.sum(axis=0) + shrinkage, 1)
    thresholds: Doubles = 1 / (1 + np.exp(-(weight * own + (1 - weight) * shared)))
    return thresholds


def recall_threshold(probabilities: Doubles, y: Bools, recall: float) -> float:
    """The highest threshold, at most one half, that keeps `recall` of the papers that belong."""
    if not y.any():
        return 0.5
    return min(0.5, float(np.quantile(probabilities[y], 1 - recall)))


def logit(probabilities: Doubles | float) -> Doubles:
    """Log-odds, finite at 0 and 1."""
    clipped = np.clip(probabilities, _EDGE, 1 - _EDGE)
    odds: Doubles = np.log(clipped / (1 - clipped))
    return odds


def _squash(log_odds: Doubles) -> Doubles:
    probabilities: Doubles = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return probabilities


def _sigmoid(scores: Doubles, y: Bools, fewest: int, otherwise: tuple[float, float]) -> tuple[float, float]:
    """Slope and offset, or `otherwise` if there is too little to fit on or the scores say nothing."""
    if min(y.sum(), (~y).sum()) < fewest or np.ptp(scores) == 0:
        return otherwise
    model = LogisticRegression(C=1e4, max_iter=1000).fit(scores[:, None], y)
    slope = float(model.coef_[0, 0])
    return (slope, float(model.intercept_[0])) if slope > 0 else otherwise


def _best_threshold(probabilities: Doubles, y: Bools) -> float:
    said = probabilities[None, :] >= _GRID[:, None]
    f1 = 2 * (said & y).sum(axis=1) / np.maximum(said.sum(axis=1) + y.sum(), 1)
    return float(_GRID[int(np.argmax(f1))])
