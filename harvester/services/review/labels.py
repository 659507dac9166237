"""The labels that a paper counts as having, complete for this list's taxonomy."""

from collections.abc import Sequence
from dataclasses import replace

from harvester.domain.decisions import Decision, labels_in_force, standing
from harvester.domain.labels import Labels
from harvester.domain.predictions import Prediction
from harvester.services.workspace import Workspace


def labels_now(ws: Workspace, log: Sequence[Decision], prediction: Prediction | None) -> Labels:
    """The labels of the decision that stands, else the predicted ones, else those last decided, else none."""
    decision = standing(log).decision
    before = next((past.labels for past in reversed(log) if past.labels), None)
    predicted = prediction.labels if prediction else None
    return completed(ws, labels_in_force(decision.labels if decision else None, predicted, before))


def completed(ws: Workspace, labels: Labels | None) -> Labels:
    """The labels with a kind; the first stage gives the papers that it turns away none."""
    if labels is None:
        return no_labels(ws)
    return labels if labels.kind else replace(labels, kind=no_labels(ws).kind)


def no_labels(ws: Workspace) -> Labels:
    """Nothing in any facet, and the first kind of the taxonomy."""
    facets = ws.taxonomy.facets
    kinds = next(facet.label_ids for facet in facets if facet.exclusive)
    return Labels({facet.id: () for facet in facets if not facet.exclusive}, kinds[0])
