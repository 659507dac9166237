"""The promotion rule: a new model replaces an old one only if it is not worse on the same papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers.evaluation import Doubts, EvaluationOutcome, Figures, measure, outcome_of
from classifiers.features import Embedded
from classifiers.records import Labelled
from classifiers.taxonomy import Taxonomy
from classifiers.training_index import fair_scores

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

# How far a figure may fall by chance alone: another seed for the folds moves them by about as much.
_SLACK = {"average_precision": 0.002, "precision_at_recall_98": 0.01, "micro_f1": 0.005, "calibration_error": 0.01}
_FEWEST_DECIDED = 20
_SCOPE = ("average_precision", "precision_at_recall_98")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both models, and whether the new one is good enough by it."""

    figure: str
    old: float
    new: float
    holds: bool

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def compare(
    old: Classifier,
    new: Classifier,
    papers: Sequence[Labelled],
    read: tuple[Embedded, Embedded],
    decided: frozenset[str],
) -> list[Row]:
    """Both models on the same papers (`read` by the encoder of each), each scored by heads not trained on it.

    If their taxonomies differ, they are compared on the labels that both know.
    `decided` names the papers that reviewers decided on; if there are enough, they are also judged separately, so that
    a large label set cannot hide that the model got worse at what people correct.
    """
    both = common(new.taxonomy, old.taxonomy)
    pairs = list(zip((old, new), read, strict=True))
    rows = rows_of("", *(_figures(classifier, papers, embedded, both) for classifier, embedded in pairs))
    chosen = [n for n, paper in enumerate(papers) if paper.text.id in decided]
    if len(chosen) >= _FEWEST_DECIDED:
        some = [papers[n] for n in chosen]
        rows += rows_of(
            "decided papers: ", *(_figures(classifier, some, found.rows(chosen), both) for classifier, found in pairs)
        )
    return rows


def common(taxonomy: Taxonomy, other: Taxonomy) -> Taxonomy:
    """The first taxonomy, with only the labels that the other one also has."""
    facets = [
        replace(facet, labels=tuple(label for label in facet.labels if f"{facet.id}:{label.id}" in other.names))
        for facet in taxonomy.facets
    ]
    return replace(taxonomy, facets=tuple(facet for facet in facets if facet.labels))


def _figures(classifier: Classifier, papers: Sequence[Labelled], embedded: Embedded, both: Taxonomy) -> Figures:
    model = classifier.model
    scores = fair_scores(model, classifier.training_index, papers, embedded)
    inside = np.array([paper.in_scope for paper in papers], dtype=bool)
    return measure(papers, both, _restricted(outcome_of(model, scores, inside), model.taxonomy, both))


def _restricted(outcome: EvaluationOutcome, whole: Taxonomy, part: Taxonomy) -> EvaluationOutcome:
    """What a model of the whole taxonomy predicted for the labels of a part of it."""
    columns = {
        facet.id: [whole.facet(facet.id).label_ids.index(label) for label in facet.label_ids] for facet in part.facets
    }

    def cut(by_facet: Mapping[str, Any]) -> dict[str, Any]:
        return {facet: by_facet[facet][:, chosen] for facet, chosen in columns.items()}

    doubts = outcome.doubts and Doubts(cut(outcome.doubts.probabilities), cut(outcome.doubts.unsure))
    return replace(outcome, said=cut(outcome.said), doubts=doubts)


def rows_of(prefix: str, old: Figures, new: Figures) -> list[Row]:
    """The figures of two models on the same papers, row by row, with the verdict on each."""
    scope = [(f"scope: {key}", key, old["scope"][key], new["scope"][key]) for key in _SCOPE]
    facets = [
        (f"{facet}: micro_f1", "micro_f1", old["facets"][facet]["micro_f1"], figures["micro_f1"])
        for facet, figures in new["facets"].items()
        if facet in old["facets"]
    ]
    # A few dozen decided papers say nothing about calibration.
    confidence = [] if prefix else [(key, key, old.get(key), new.get(key)) for key in ("calibration_error",)]
    return [
        Row(f"{prefix}{name}", before, after, _holds(key, before, after))
        for name, key, before, after in (*scope, *facets, *confidence)
        if before is not None and after is not None
    ]


def _holds(key: str, old: float, new: float) -> bool:
    """Not worse by more than chance; for the calibration error, less is better."""
    return new <= old + _SLACK[key] if key == "calibration_error" else new >= old - _SLACK[key]
