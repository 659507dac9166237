"""The JSON documents that ``queue``, ``show`` and ``suggestions`` promise, built from records. Pure."""

from collections.abc import Iterable
from typing import Any

from classifiers.taxonomy import Taxonomy
from harvester.base.clock import rfc3339
from harvester.domain.candidates import QueueRow
from harvester.domain.decisions import Decision
from harvester.domain.explanations import Explanation
from harvester.domain.labels import labels_json
from harvester.domain.papers import PastSighting
from harvester.domain.predictions import Prediction
from harvester.domain.proposals import Suggestion
from harvester.domain.resources import resources
from harvester.services.review.journal_updates import JournalUpdate
from harvester.services.review.queries import LoggedDecision, PaperDetail


def queue_document(rows: Iterable[QueueRow], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Rows of the queue; ``score`` is the usefulness, which orders them; null if no model has read the paper."""
    return [_row(row, taxonomy) for row in rows]


def updates_document(updates: Iterable[JournalUpdate], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Preprints as rows of the queue, each with what a journal says about it."""
    return [_row(update.row, taxonomy) | {"suggestion": _suggestion(update.suggestion)} for update in updates]


def paper_document(detail: PaperDetail, taxonomy: Taxonomy, explanation: Explanation | None = None) -> dict[str, Any]:
    """Everything known about one paper."""
    paper = detail.paper
    return {
        "id": paper.id,
        "identifiers": list(paper.identifiers),
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [author.name for author in paper.authors],
        "published": rfc3339(paper.published) if paper.published else None,
        "version": paper.version,
        "venue": paper.venue,
        "withdrawn": paper.withdrawn,
        "links": dict(paper.links),
        "resources": resources(paper),
        "upvotes": paper.upvotes,
        "sightings": [_sighting(sighting) for sighting in detail.sightings],
        "prediction": _prediction(detail.prediction, taxonomy) if detail.prediction else None,
        "explanation": _sentences(explanation) if explanation else None,
        "nearest": _nearest(explanation) if explanation else None,
        "decisions": [_decision(decision, taxonomy) for decision in detail.decisions],
        "state": detail.candidate.state if detail.candidate else None,
    }


def log_document(found: Iterable[LoggedDecision], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Decisions, each with its paper's id and title."""
    return [
        {"id": logged.paper.id, "title": logged.paper.title, **_decision(logged.decision, taxonomy)} for logged in found
    ]


def _row(row: QueueRow, taxonomy: Taxonomy) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "state": row.candidate.state,
        "score": None if row.usefulness is None else round(row.usefulness, 6),
        "scope": None if row.scope is None else round(row.scope, 6),
        **(labels_json(row.labels, taxonomy) if row.labels else {}),
        "unsure": list(row.unsure),
        "version": row.candidate.version,
        "withdrawn": row.withdrawn,
    }


def _suggestion(suggestion: Suggestion) -> dict[str, str | None]:
    day = suggestion.published.isoformat() if suggestion.published else None
    return {"source": suggestion.source, "venue": suggestion.venue, "published": day, "link": suggestion.link}


def _sighting(sighting: PastSighting) -> dict[str, Any]:
    return {
        "source": sighting.source,
        "version": sighting.version,
        "announced": sighting.announced.isoformat() if sighting.announced else None,
        "announce_type": sighting.announce_type or None,
        "seen": rfc3339(sighting.seen),
    }


def _prediction(prediction: Prediction, taxonomy: Taxonomy) -> dict[str, Any]:
    return {
        "scope": prediction.scope,
        "in_scope": prediction.in_scope,
        **labels_json(prediction.labels, taxonomy),
        "unsure": list(prediction.unsure),
        "probabilities": prediction.probabilities,
        "model": prediction.model,
    }


def _sentences(explanation: Explanation) -> dict[str, list[dict[str, Any]]]:
    return {
        label: [{"sentence": reason.sentence, "drop": round(reason.drop, 6)} for reason in reasons]
        for label, reasons in explanation.reasons.items()
    }


def _nearest(explanation: Explanation) -> list[dict[str, Any]]:
    return [
        {"id": neighbor.id, "title": neighbor.title, "similarity": round(neighbor.similarity, 6)}
        for neighbor in explanation.nearest
    ]


def _decision(decision: Decision, taxonomy: Taxonomy) -> dict[str, Any]:
    return {
        "action": decision.action,
        "via": decision.via,
        "by": decision.by,
        "at": rfc3339(decision.at),
        "reason": decision.reason,
        "labels": labels_json(decision.labels, taxonomy) if decision.labels else None,
    }
