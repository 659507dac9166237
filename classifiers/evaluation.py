"""How good a model is: on papers it has not seen, and compared with keyword rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers.errors import InputError
from classifiers.features import Embedded
from classifiers.keywords import SynonymMatcher
from classifiers.metrics import (
    average_precision,
    calibration_error,
    label_f1,
    macro_f1,
    micro_f1,
    precision_at_recall,
    reliability,
)
from classifiers.model import LabelModel, Parameters, Scores, label_matrix
from classifiers.records import Labelled, year_of
from classifiers.taxonomy import Taxonomy
from classifiers.training_index import TrainingIndex, fair_scores

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Doubles, Floats

Figures = dict[str, Any]
_MODEL, _RULES = "this model", "keyword rules"
# A word in the title says more about the subject than one mentioned in passing in the abstract.
_TITLE_WEIGHT = 3.0
_DRAWS = 500  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Doubts:
    """How sure a method is: its probabilities and unsure labels by facet, each (papers in scope, labels)."""

    probabilities: Mapping[str, Doubles]
    unsure: Mapping[str, Bools]


@dataclass(frozen=True, slots=True)
class EvaluationOutcome:
    """What a method predicted on a set: scope of all papers, facets of those in scope. Rules have no probabilities."""

    scope: Doubles
    passed: Bools
    said: Mapping[str, Bools]
    doubts: Doubts | None = None


def measure(papers: Sequence[Labelled], taxonomy: Taxonomy, outcome: EvaluationOutcome) -> Figures:
    """All figures of one method on one set; facets count on papers that are in scope by their labels."""
    inside = np.array([paper.in_scope for paper in papers], dtype=bool)
    truth = label_matrix([paper for paper in papers if paper.in_scope], taxonomy)
    figures: Figures = {
        "papers": len(papers),
        "in_scope": int(inside.sum()),
        "scope": _scope_figures(outcome, inside),
        "facets": {
            facet.id: _facet_figures(facet.label_ids, outcome.said[facet.id], truth[facet.id], facet.exclusive)
            for facet in taxonomy.facets
        },
    }
    open_facets = [facet.id for facet in taxonomy.facets if not facet.exclusive]
    if outcome.doubts is not None and open_facets:
        figures |= _confidence_figures(outcome.said, outcome.doubts, truth, open_facets)
    return figures


def outcome_of(model: LabelModel, scores: Scores, inside: Bools) -> EvaluationOutcome:
    """The outcome of a model's scores; `inside` picks the papers in scope from the facets' rows."""
    inner = Scores(scores.scope[inside], {key: values[inside] for key, values in scores.facets.items()})
    passed = scores.scope >= model.scope_threshold_
    return EvaluationOutcome(scores.scope, passed, model.decide(inner), Doubts(inner.facets, model.unsure(inner)))


def cross_validated(model: LabelModel, papers: Sequence[Labelled]) -> Figures:
    """Figures on the training papers by heads that had not seen them.

    Thresholds and calibration were chosen on the same out-of-fold scores, so this flatters a little; the split by time
    does not.
    """
    scores = model.out_of_fold()
    passed = scores.scope >= model.scope_threshold_
    outcome = EvaluationOutcome(scores.scope, passed, model.decide(scores), Doubts(scores.facets, model.unsure(scores)))
    return measure(papers, model.taxonomy, outcome)


def keyword_rules(papers: Sequence[Labelled], taxonomy: Taxonomy) -> Figures:
    """Figures of the rules a maintainer would write: a label is assigned if one of its synonyms occurs."""
    matcher = SynonymMatcher(taxonomy)
    titles = matcher.counts([paper.text.title for paper in papers])
    abstracts = matcher.counts([paper.text.abstract for paper in papers])
    counts = _TITLE_WEIGHT * titles + abstracts
    inside = np.array([paper.in_scope for paper in papers], dtype=bool)
    said: dict[str, Bools] = {}
    for facet in taxonomy.facets:
        columns = [n for n, (facet_id, _) in enumerate(matcher.columns) if facet_id == facet.id]
        found = counts[inside][:, columns]
        said[facet.id] = _first_best(found) if facet.exclusive else found > 0
    scope = counts[:, -1].astype(np.float64)
    return measure(papers, taxonomy, EvaluationOutcome(scope, scope > 0, said))


def split_by_year(papers: Sequence[Labelled], year: int) -> Bools:
    """Which papers (papers,) are of `year` or later by their arXiv id; those without one count as earlier."""
    return np.array([(year_of(paper.text.id) or 0) >= year for paper in papers], dtype=bool)


def evaluate_split(
    papers: Sequence[Labelled], embedded: Embedded, taxonomy: Taxonomy, year: int, parameters: Parameters | None = None
) -> dict[str, Figures]:
    """Train on papers before `year`, test on later ones, and compare with keyword rules. Raises `InputError`.

    Only these figures have confidence intervals: the five hundred draws take two seconds.
    """
    later = split_by_year(papers, year)
    early = [paper for paper, is_late in zip(papers, later, strict=True) if not is_late]
    late = [paper for paper, is_late in zip(papers, later, strict=True) if is_late]
    for side, when in ((early, "before"), (late, "from")):
        if not any(paper.in_scope for paper in side):
            raise InputError(f"no paper is in scope {when} {year}; choose a year that splits the labels in two.")
    model = LabelModel(taxonomy, parameters).fit(early, embedded.rows(~later))
    outcome = _outcome_on(model, late, embedded.rows(later))
    figures = measure(late, taxonomy, outcome) | {"intervals": _intervals(late, taxonomy, outcome)}
    return {_MODEL: figures, _RULES: keyword_rules(late, taxonomy)}


def evaluate_model(
    model: LabelModel, papers: Sequence[Labelled], embedded: Embedded, training_index: TrainingIndex | None = None
) -> dict[str, Figures]:
    """Figures of a fitted model and of keyword rules, by method.

    With the model's `training_index`, papers that it was trained on are scored by heads that had not seen them.
    """
    return {
        _MODEL: measure(papers, model.taxonomy, _outcome_on(model, papers, embedded, training_index)),
        _RULES: keyword_rules(papers, model.taxonomy),
    }


def _outcome_on(
    model: LabelModel, papers: Sequence[Labelled], embedded: Embedded, training_index: TrainingIndex | None = None
) -> EvaluationOutcome:
    if training_index is None:
        scores = model.predict_proba([paper.text for paper in papers], embedded)
    else:
        scores = fair_scores(model, training_index, papers, embedded)
    return outcome_of(model, scores, np.array([paper.in_scope for paper in papers], dtype=bool))


def _scope_figures(outcome: EvaluationOutcome, inside: Bools) -> Figures:
    both = int((outcome.passed & inside).sum())
    return {
        "average_precision": average_precision(outcome.scope, inside),
        "precision_at_recall_98": precision_at_recall(outcome.scope, inside),
        "gate_precision": both / max(int(outcome.passed.sum()), 1),
        "gate_recall": both / max(int(inside.sum()), 1),
    }


def _facet_figures(label_ids: Sequence[str], said: Bools, truth: Bools, exclusive: bool) -> Figures:
    figures: Figures = {"micro_f1": micro_f1(said, truth), "macro_f1": macro_f1(said, truth)}
    if exclusive and len(truth):
        figures["accuracy"] = float((said == truth).all(axis=1).mean())
    each = zip(label_ids, label_f1(said, truth), truth.sum(axis=0), strict=True)
    figures["labels"] = {label: {"f1": float(score), "true": int(true)} for label, score, true in each}
    return figures


def _confidence_figures(
    said: Mapping[str, Bools], doubts: Doubts, truth: Mapping[str, Bools], facets: Sequence[str]
) -> Figures:
    """Calibration and doubt over the facets that take several labels."""
    probabilities = np.hstack([doubts.probabilities[facet] for facet in facets])
    assigned = np.hstack([said[facet] for facet in facets])
    true = np.hstack([truth[facet] for facet in facets])
    sure = ~np.hstack([doubts.unsure[facet] for facet in facets])
    return {
        "calibration_error": calibration_error(probabilities, true),
        "reliability": reliability(probabilities, true),
        "sure_share": float(sure.all(axis=1).mean()) if len(sure) else None,
        "sure_micro_f1": micro_f1(assigned & sure, true & sure),
    }


def _intervals(
    papers: Sequence[Labelled], taxonomy: Taxonomy, outcome: EvaluationOutcome
) -> dict[str, tuple[float, float]]:
    """95 % confidence intervals by resampling the papers with replacement (percentile bootstrap)."""
    inside = np.array([paper.in_scope for paper in papers], dtype=bool)
    truth = label_matrix([paper for paper in papers if paper.in_scope], taxonomy)
    facets = [facet.id for facet in taxonomy.facets if not facet.exclusive]
    rng = np.random.default_rng(0)
    drawn: dict[str, list[float | None]] = {name: [] for name in ("average_precision", *facets)}
    for _ in range(_DRAWS):
        rows = rng.integers(len(inside), size=len(inside))
        drawn["average_precision"].append(average_precision(outcome.scope[rows], inside[rows]))
        inner = rng.integers(max(int(inside.sum()), 1), size=int(inside.sum()))
        for facet in facets:
            drawn[facet].append(micro_f1(outcome.said[facet][inner], truth[facet][inner]))
    return {name: _middle([value for value in values if value is not None]) for name, values in drawn.items()}


def _middle(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 0.0
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _first_best(found: Floats) -> Bools:
    """One label per row: the one with the most matches, or the facet's first on a tie or without any match."""
    chosen: Bools = np.arange(found.shape[1]) == np.argmax(found, axis=1)[:, None]
    return chosen
