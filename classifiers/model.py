"""The estimator: a cheap first stage, joint features, calibrated heads per facet, a scope head, and its doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.calibration import SigmoidCalibrator, best_temperature, f1_thresholds, recall_threshold
from classifiers.features import Embedded, JointFeatures
from classifiers.first_stage import FirstStage
from classifiers.heads import LinearHeads, cross_fitted_scores
from classifiers.keywords import SCOPE
from classifiers.records import Labelled, Text
from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Columns, Doubles


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything that can be chosen before training; kept in `model.json`."""

    seed: int = 0
    folds: int = 5
    min_df: int = 3  # words in fewer texts are dropped
    presence: float = 0.6  # weight of "a synonym occurs" relative to words and embeddings
    count: float = 0.3  # weight of how often it occurs
    log_odds: float = 0.03  # weight of an adapted encoder's log-odds
    boost: float = 2.0  # how much more a label's own synonyms weigh for it
    trust: float = 0.6  # share of the encoder's log-odds of a label that is added to the head's
    facet_c: float = 1.0  # inverse regularization of the heads
    exclusive_c: float = 4.0
    scope_c: float = 2.0
    min_positives: int = 10  # labels with fewer share one calibration
    shrinkage: float = 20.0  # labels with this many positives go halfway to their own threshold
    scope_recall: float = 0.975  # the threshold lets this share of the papers in scope pass
    stage_recall: float = 0.998  # the first stage lets at least this share of them pass
    sure_share: float = 0.61  # this share of papers in scope has no unsure label
    right: float = 0.2  # how much a label expected to be right makes up for one expected to be wrong
    doubtful: float = 0.04  # a label of the others is unsure if the decision on it is at least this likely to be wrong

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities: `scope` (papers,), `facets` by id, each (papers, labels)."""

    scope: Doubles
    facets: dict[str, Doubles]


class FacetModel(BaseEstimator):  # type: ignore[misc]
    """The heads of one facet, calibrated, with one threshold per label.

    Learned: `heads_`, `calibrator_`, `thresholds_` (labels,), and after `fit` only `out_of_fold_`, the calibrated
    probabilities (papers, labels) that thresholds and doubt were chosen on.
    """

    def __init__(self, exclusive: bool, C: float, parameters: Parameters) -> None:  # noqa: N803
        self.exclusive = exclusive
        self.C = C
        self.parameters = parameters

    def fit(
        self,
        X: sp.csr_matrix,  # noqa: N803
        Y: Bools,  # noqa: N803
        own: Columns,
        weights: Doubles,
        trusted: Columns,
    ) -> FacetModel:
        """Fit on features (papers, features) and truth (papers, labels); the rest as in `LinearHeads.fit`."""
        given = self.parameters
        heads = LinearHeads(self.C, given.boost, given.trust / given.log_odds)
        scores = cross_fitted_scores(heads, X, Y, own, given.folds, given.seed, weights, trusted)
        self.calibrator_ = SigmoidCalibrator(given.min_positives).fit(scores, Y)
        if not self.exclusive and Y.shape[1] > 1:
            log_odds = scores * self.calibrator_.slope_ + self.calibrator_.offset_
            self.calibrator_.soften(best_temperature(log_odds, Y))
        self.out_of_fold_ = self._probabilities(scores)
        # Labels that exclude each other have no common threshold to shrink to.
        shrinkage = 0.0 if self.exclusive else given.shrinkage
        self.thresholds_ = f1_thresholds(self.out_of_fold_, Y, shrinkage).astype(np.float32)
        self.heads_ = heads.fit(X, Y, own, weights, trusted)
        return self

    def predict_proba(self, X: sp.csr_matrix) -> Doubles:  # noqa: N803
        """float64 array (papers, labels); rows of an exclusive facet sum to one."""
        return self._probabilities(self.heads_.decision_function(X))

    def decide(self, probabilities: Doubles) -> Bools:
        """Which labels are assigned (papers, labels); exactly one of an exclusive facet.

        There it is the one furthest above its threshold: by the highest probability alone, a common label would never
        leave room for a rare one.
        """
        if not self.exclusive:
            said: Bools = probabilities >= self.thresholds_
            return said
        best = np.argmax(probabilities / self.thresholds_, axis=1)
        chosen: Bools = np.arange(probabilities.shape[1]) == best[:, None]
        return chosen

    def _probabilities(self, scores: Doubles) -> Doubles:
        probabilities = self.calibrator_.predict_proba(scores)
        return probabilities / probabilities.sum(axis=1, keepdims=True) if self.exclusive else probabilities


class LabelModel(BaseEstimator):  # type: ignore[misc]
    """Scope and all facets of a taxonomy, from texts and what an encoder says about them.

    Facets are learned from papers in scope only. Learned: `first_stage_`, `features_`, `scope_`, `scope_threshold_`,
    `facets_` (by id) and `doubt_`, the total doubt about a paper from which its doubtful labels are called unsure.
    """

    def __init__(self, taxonomy: Taxonomy, parameters: Parameters | None = None) -> None:
        self.taxonomy = taxonomy
        self.parameters = parameters

    def fit(self, papers: Sequence[Labelled], embedded: Embedded) -> LabelModel:
        """Fit on labeled papers, read by `embed_labelled`."""
        # Heads are fitted in parallel; BLAS and OpenMP threads below them made it four times slower.
        with threadpool_limits(1):
            return self._fit(papers, embedded)

    def _fit(self, papers: Sequence[Labelled], embedded: Embedded) -> LabelModel:
        given = self.parameters or Parameters()
        texts = [paper.text for paper in papers]
        inside = np.array([paper.in_scope for paper in papers])
        weights = np.array([paper.weight for paper in papers])
        self.first_stage_ = FirstStage(self.taxonomy, given.stage_recall).fit(texts, inside)
        self.features_ = joint_features(self.taxonomy, given).fit(texts)
        X = self.features_.transform(texts, embedded)  # noqa: N806
        own, said = self.features_.own_columns(embedded.labels), self.features_.log_odds_columns(embedded.labels)
        scope = FacetModel(False, given.scope_c, given)
        self.scope_ = scope.fit(X, inside[:, None], own[SCOPE], weights, said[SCOPE])
        self.scope_threshold_ = recall_threshold(self.scope_.out_of_fold_[:, 0], inside, given.scope_recall)
        truth = label_matrix([paper for paper in papers if paper.in_scope], self.taxonomy)
        self.facets_ = {
            facet.id: facet_model(facet.exclusive, given).fit(
                X[inside], truth[facet.id], own[facet.id], weights[inside], said[facet.id]
            )
            for facet in self.taxonomy.facets
        }
        unseen = self.out_of_fold()
        totals = self._total_doubt(unseen, self._doubts(unseen))
        self.doubt_ = float(np.quantile(totals, given.sure_share)) if len(totals) else 0.0
        return self

    def predict_proba(self, texts: Sequence[Text], embedded: Embedded) -> Scores:
        """Calibrated probabilities of scope and of every label."""
        X = self.features_.transform(texts, embedded)  # noqa: N806
        facets = {facet_id: facet.predict_proba(X) for facet_id, facet in self.facets_.items()}
        return Scores(self.scope_.predict_proba(X)[:, 0], facets)

    def decide(self, scores: Scores) -> dict[str, Bools]:
        """Assigned labels by facet, each (papers, labels), whatever the scope says."""
        return {facet_id: self.facets_[facet_id].decide(values) for facet_id, values in scores.facets.items()}

    def unsure(self, scores: Scores) -> dict[str, Bools]:
        """Labels to look at, by facet, each (papers, labels): all doubtful ones of the papers with most doubt.

        A reviewer who has to look at a paper anyway loses nothing by seeing all its doubtful labels, and the labels
        left unmarked are more certain (docs/classifier.md).
        """
        given, doubts = self.parameters or Parameters(), self._doubts(scores)
        looked_at = (self._total_doubt(scores, doubts) > self.doubt_)[:, None]
        return {facet_id: looked_at & (values >= given.doubtful) for facet_id, values in doubts.items()}

    def _doubts(self, scores: Scores) -> dict[str, Doubles]:
        """The probability that what is decided about a label is wrong, by facet, each (papers, labels)."""
        said = self.decide(scores)
        return {facet_id: np.where(said[facet_id], 1 - values, values) for facet_id, values in scores.facets.items()}

    def _total_doubt(self, scores: Scores, doubts: Mapping[str, Doubles]) -> Doubles:
        """How doubtful papers are (papers,): the errors expected in their labels, less a part of the right labels.

        Without that part, the papers that have few labels would be the sure ones; an F1 of .9 is best kept by about
        a fifth.
        """
        given, said = self.parameters or Parameters(), self.decide(scores)
        wrong = [values.sum(axis=1) for values in doubts.values()]
        right = [(values * said[facet_id]).sum(axis=1) for facet_id, values in scores.facets.items()]
        total: Doubles = np.sum(wrong, axis=0) - given.right * np.sum(right, axis=0)
        return total

    @property
    def evidence_width(self) -> int:
        """How many columns the heads read of what the encoder says."""
        return int(self.scope_.heads_.coef_.shape[1]) - self.features_.width_without_evidence()

    def out_of_fold(self) -> Scores:
        """Probabilities of the training papers by heads that had not seen them; facets of papers in scope only."""
        facets = {facet_id: facet.out_of_fold_ for facet_id, facet in self.facets_.items()}
        return Scores(self.scope_.out_of_fold_[:, 0], facets)


def facet_model(exclusive: bool, parameters: Parameters) -> FacetModel:
    """The heads of a facet with the chosen parameters, not yet fitted."""
    return FacetModel(exclusive, parameters.exclusive_c if exclusive else parameters.facet_c, parameters)


def joint_features(taxonomy: Taxonomy, parameters: Parameters) -> JointFeatures:
    """The features with the chosen parameters, not yet fitted."""
    return JointFeatures(taxonomy, parameters.min_df, parameters.presence, parameters.count, parameters.log_odds)


def label_matrix(papers: Sequence[Labelled], taxonomy: Taxonomy) -> dict[str, Bools]:
    """The truth by facet, each a bool array (papers, labels)."""
    return {
        facet.id: np.array(
            [[label in paper.labels[facet.id] for label in facet.label_ids] for paper in papers]
        ).reshape(len(papers), len(facet.labels))
        for facet in taxonomy.facets
    }
