"""The labels in force for a paper, complete for this list's taxonomy."""

from collections.abc import Sequence

from harvester.domain.decisions import Decision, labels_in_force, standing
from harvester.domain.labels import Labels, completed
from harvester.domain.predictions import Prediction
from harvester.services.workspace import Workspace


def labels_now(ws: Workspace, log: Sequence[Decision], prediction: Prediction | None) -> Labels:
    """The labels of the standing decision, else the predicted ones, else those last decided, else none."""
    decision = standing(log).decision
    before = next((past.labels for past in reversed(log) if past.labels), None)
    predicted = prediction.labels if prediction else None
    return completed(labels_in_force(decision.labels if decision else None, predicted, before), ws.taxonomy)
