"""The quality of the model in use, and whether incoming papers still resemble its training set."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.storage import read_info
from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError
from harvester.domain.decisions import Decision, standing
from harvester.domain.predictions import Prediction
from harvester.services.learning.classify import counted, load_classifier
from harvester.services.learning.models import model_in_use, named_errors
from harvester.services.learning.train import corrected_labels, training_set
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.decisions import decisions_on
from harvester.store.engine import read
from harvester.store.queue import probe_states
from harvester.store.training import recent_predictions

if TYPE_CHECKING:
    from classifiers.drift import Observed

WEEKS = 4  # the span of a drift check: one or two hundred papers, enough to see a label's share double


def evaluate(ws: Workspace, labels: Path | None, watch: Watch = unwatched) -> dict[str, Any]:
    """The figures of the model in use and of keyword rules, on labeled papers that the model has not seen.

    Papers that it was trained on are scored by heads that have not seen them.

    Args:
        labels: a file of labeled papers; without it, the labeled set and all decisions are used.

    Raises:
        HarvesterError: the file is unusable, or there is nothing to evaluate on.
    """
    from classifiers.evaluation import evaluate_model
    from classifiers.features import embed_labelled
    from classifiers.training import overlap, read_labels

    with named_errors():
        papers = read_labels([labels], ws.taxonomy) if labels else list(training_set(ws).papers)
    if not any(paper.in_scope for paper in papers):
        where = labels or "the store (run `harvester labels fetch` or decide on some papers)"
        raise HarvesterError(f"No labeled papers in scope in {where}.")
    classifier = load_classifier(ws)
    with named_errors():
        embedded = embed_labelled(classifier.encoder, papers, counted(watch, "encoded", len(papers)))
        results = evaluate_model(classifier.model, papers, embedded, classifier.training_index)
    with read(ws.store) as db:
        probes = probe_states(db)
    return {
        "model": classifier.version,
        "papers": len(papers),
        "overlap": overlap(papers, frozenset(classifier.training_index.rows())),
        "results": results,
        "probes": probes,
    }


def drift(ws: Workspace) -> dict[str, Any]:
    """How the papers in scope of the last weeks differ from the newest year of the training set, and what to do.

    Raises:
        HarvesterError: the model in use cannot be read, or was not trained.
    """
    from classifiers.drift import drifted

    with named_errors():
        info = read_info(model_in_use(ws))
    before: Mapping[str, Any] | None = info.document.get("baseline")
    if before is None:
        raise HarvesterError(
            f"The model {info.version} was made from the taxonomy alone, so there is no training set to compare with",
            remedy="decide on papers of the queue, then run `harvester train`",
        )
    since = ws.clock() - timedelta(weeks=WEEKS)
    with read(ws.store) as db:
        predictions = recent_predictions(db, info.version, since)
        recent = {number: prediction for number, prediction in predictions.items() if prediction.in_scope}
        logs = decisions_on(db, recent)
    seen = [_seen(prediction, logs.get(number, [])) for number, prediction in recent.items()]
    found = drifted(before, seen)
    return {
        "model": info.version,
        "since": rfc3339(since),
        "papers": len(seen),
        "decided": sum(observed.corrected is not None for observed in seen),
        "baseline": before["papers"],
        "drift": bool(found),
        "findings": [finding.to_json() for finding in found],
    }


def _seen(prediction: Prediction, log: list[Decision]) -> "Observed":
    from classifiers.drift import Observed

    decision = standing(log).decision
    corrected = None
    if decision and decision.action == "accept" and decision.labels:
        corrected = corrected_labels(decision.labels, prediction)
    return Observed(frozenset(prediction.labels.names), bool(prediction.unsure), corrected)
