"""Linear heads: one logistic regression per label over the joint features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Columns, Doubles

# A label with fewer positives than this teaches nothing; its score is its base rate.
_FEWEST_POSITIVES = 2


class LinearHeads(BaseEstimator):  # type: ignore[misc]
    """One-vs-rest logistic regressions with balanced classes.

    A label's own synonyms are known to be evidence for it, so a head may rely on those columns more: they weigh
    `boost` times as much during fitting. That helps labels with few papers most (disease macro-F1 +.03).

    What an encoder has learned about a label from all papers is worth more than a regression makes of it beside
    thousands of words: the coefficient of the label's log-odds is raised by `trust` after fitting.

    Learned: `coef_` (labels, features) and `intercept_` (labels,). Coefficients are rounded to half precision, as
    they are stored, so a model in memory and the same one read back agree to the last bit.
    """

    def __init__(self, C: float = 1.0, boost: float = 2.0, trust: float = 0.0) -> None:  # noqa: N803 - scikit-learn's name
        self.C = C
        self.boost = boost
        self.trust = trust

    def fit(
        self,
        X: sp.csr_matrix,  # noqa: N803
        Y: Bools,  # noqa: N803
        own: Columns,
        weights: Doubles | None = None,
        trusted: Columns | None = None,
    ) -> LinearHeads:
        """Fit one head per column of Y (papers, labels); `own` (labels, k) are the columns of X boosted for each.

        `weights` (papers,) says how much each paper counts; None means one each. `trusted` (labels,) is the column of
        each label's log-odds, -1 where there is none.
        """
        # liblinear's primal solver draws no random numbers and releases the GIL: threads change only the time.
        fitted = Parallel(n_jobs=-1, prefer="threads")(
            delayed(_fit_one)(X, y, columns, weights, self) for y, columns in zip(Y.T, own, strict=True)
        )
        coef = np.stack([coef for coef, _ in fitted])
        if trusted is not None:
            said = np.flatnonzero((trusted >= 0) & coef.any(axis=1))
            coef[said, trusted[said]] += self.trust
        self.coef_ = coef.astype(np.float16).astype(np.float32)
        self.intercept_ = np.array([intercept for _, intercept in fitted], dtype=np.float32)
        return self

    def decision_function(self, X: sp.csr_matrix) -> Doubles:  # noqa: N803
        """float64 array (papers, labels): log-odds, not yet calibrated."""
        scores: Doubles = np.asarray(X @ self.coef_.T, dtype=np.float64) + self.intercept_
        return scores


def cross_fitted_scores(
    heads: LinearHeads,
    X: sp.csr_matrix,  # noqa: N803
    Y: Bools,  # noqa: N803
    own: Columns,
    folds: int,
    seed: int,
    weights: Doubles,
    trusted: Columns | None = None,
) -> Doubles:
    """Scores (papers, labels) of heads that have not seen the paper; calibration and thresholds are fitted on them.

    A set too small to be split in two is scored by heads that have seen it.
    """
    folds = min(folds, len(Y) // 2)
    if folds < 2:
        whole: LinearHeads = clone(heads)
        return whole.fit(X, Y, own, weights, trusted).decision_function(X)
    scores = np.zeros(Y.shape)
    for rest, held in KFold(folds, shuffle=True, random_state=seed).split(X):
        fresh: LinearHeads = clone(heads)
        scores[held] = fresh.fit(X[rest], Y[rest], own, weights[rest], trusted).decision_function(X[held])
    return scores


def _fit_one(
    X: sp.csr_matrix,  # noqa: N803
    y: Bools,
    own: Columns,
    weights: Doubles | None,
    heads: LinearHeads,
) -> tuple[Doubles, float]:
    positives = int(y.sum())
    if min(positives, len(y) - positives) < _FEWEST_POSITIVES:
        return np.zeros(X.shape[1]), float(np.log((positives + 0.5) / (len(y) - positives + 0.5)))
    weight = np.ones(X.shape[1])
    weight[own] = heads.boost
    model = LogisticRegression(C=heads.C, class_weight="balanced", solver="liblinear", tol=1e-3, max_iter=1000)
    model.fit((X @ sp.diags(weight)).tocsr(), y, sample_weight=weights)
    return model.coef_[0] * weight, float(model.intercept_[0])
