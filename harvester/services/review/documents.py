"""What the store says, as the JSON documents that ``queue`` and ``show`` promise. Nothing is changed here."""

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from classifiers.records import neighbour_record
from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.candidates import STATES, Candidate
from harvester.domain.decisions import Decision, standing
from harvester.domain.identity import parse_identifier
from harvester.domain.labels import Labels, completed, labels_json
from harvester.domain.papers import Paper, Stored
from harvester.domain.predictions import Prediction
from harvester.domain.proposals import Suggestion
from harvester.services.workspace import Workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import read
from harvester.store.journal_updates import open_suggestions
from harvester.store.papers import find, history, load
from harvester.store.predictions import latest
from harvester.store.queue import candidate, in_state

log = logging.getLogger(__name__)


def candidates(ws: Workspace, state: str, limit: int | None) -> list[dict[str, Any]]:
    """The candidates in one state, best first; those that wait in the order in which it is best to read them.

    Raises:
        UsageError: there is no such state.
    """
    if state not in STATES:
        raise UsageError(f"There is no state {state!r}; there are: {', '.join(STATES)}.")
    with read(ws.store) as db:
        return _rows(ws, db, in_state(db, state, limit))


def suggested(ws: Workspace) -> list[dict[str, Any]]:
    """The accepted preprints that have appeared in a journal, as candidates with what the journal says of them."""
    with read(ws.store) as db:
        found = {one.paper: one for one in open_suggestions(db)}
        places = (candidate(db, number) for number in found)
        rows = _rows(ws, db, [place for place in places if place])
    return [row | {"suggestion": _suggestion(one)} for row, one in zip(rows, found.values(), strict=True)]


def whole(ws: Workspace, name: str, *, explained: bool = False) -> dict[str, Any]:
    """Everything known of one paper.

    Args:
        explained: whether to say which sentences each label rests on; that loads the classifier, some five seconds.

    Raises:
        UsageError: a web address that names no paper.
        HarvesterError: the store does not know it.
    """
    with read(ws.store) as db:
        stored = require_paper(db, name)
        prediction = latest(db, [stored.number]).get(stored.number)
        decisions = decisions_on(db, [stored.number]).get(stored.number, [])
        place = candidate(db, stored.number)
        seen = history(db, stored.number)
    paper, explanation, nearest = stored.paper, None, None
    if explained and prediction and paper.abstract:
        explanation, nearest = _explanation(ws, paper, labels_now(ws, decisions, prediction))
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
        "sightings": [
            {
                "source": one.source,
                "version": one.version,
                "announced": one.announced.isoformat() if one.announced else None,
                "announce_type": one.announce_type or None,
                "seen": rfc3339(one.seen),
            }
            for one in seen
        ],
        "prediction": _prediction(ws, prediction),
        "explanation": explanation,
        "nearest": nearest,
        "decisions": [_decision(ws, one) for one in decisions],
        "state": place.state if place else None,
    }


def require_paper(db: Connection, name: str) -> Stored:
    """The stored paper that a person names.

    Raises:
        UsageError: a web address that names no paper.
        HarvesterError: the store does not know it.
    """
    identifier = parse_identifier(name)
    found = find(db, identifier) if identifier else None
    if found is None:
        raise HarvesterError(
            f"The store knows no paper {name!r}; give an arXiv id, DOI or title: name that `queue` shows."
        )
    return found


def labels_now(ws: Workspace, log: list[Decision], prediction: Prediction | None) -> Labels:
    """The labels of the decision that stands, else the predicted ones, else those last decided, else none."""
    decision = standing(log).decision
    if decision and decision.labels:
        return decision.labels
    if prediction is None:  # an entry that people wrote: nobody knows more of it than they said
        return next((one.labels for one in reversed(log) if one.labels), no_labels(ws))
    # The first stage gives the papers that it turns away no labels, so no kind either.
    return completed(prediction.labels, ws.taxonomy)


def no_labels(ws: Workspace) -> Labels:
    """Nothing but the usual label in each exclusive facet."""
    return completed(Labels({}), ws.taxonomy)


def _rows(ws: Workspace, db: Connection, found: Sequence[Candidate]) -> list[dict[str, Any]]:
    numbers = [one.paper for one in found]
    stored, predicted, logs = load(db, numbers), latest(db, numbers), decisions_on(db, numbers)
    return [_row(ws, one, stored[one.paper].paper, predicted.get(one.paper), logs.get(one.paper, [])) for one in found]


def _suggestion(one: Suggestion) -> dict[str, str | None]:
    day = one.published.isoformat() if one.published else None
    return {"source": one.source, "venue": one.venue, "published": day, "link": one.link}


def _row(
    ws: Workspace, one: Candidate, paper: Paper, predicted: Prediction | None, log: list[Decision]
) -> dict[str, Any]:
    return {
        "id": paper.id,
        "title": paper.title,
        "state": one.state,
        "score": round(one.useful if one.state == "pending" and one.place else one.score, 6),
        "scope": round(predicted.scope, 6) if predicted else None,
        **labels_json(labels_now(ws, log, predicted), ws.taxonomy),
        "unsure": list(predicted.unsure) if predicted else [],
        "version": one.version,
        "withdrawn": paper.withdrawn,
    }


def _prediction(ws: Workspace, found: Prediction | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "scope": found.scope,
        "in_scope": found.in_scope,
        **labels_json(found.labels, ws.taxonomy),
        "unsure": list(found.unsure),
        "probabilities": found.probabilities,
        "model": found.model,
    }


def _explanation(
    ws: Workspace, paper: Paper, labels: Labels
) -> tuple[dict[str, list[dict[str, Any]]] | None, list[dict[str, Any]] | None]:
    """The sentences each label rests on, by ``facet:label``, and the nearest labelled papers.

    Both are None where the model cannot be loaded.
    """
    from harvester.services.learning.classify import explain

    try:
        found, nearest = explain(ws, paper, labels.facets)
    except HarvesterError as error:
        log.warning("No explanation: %s", error)
        return None, None
    sentences = {
        label: [{"sentence": one.sentence, "drop": round(one.drop, 6)} for one in reasons]
        for label, reasons in found.items()
    }
    return sentences, [neighbour_record(one) for one in nearest]


def _decision(ws: Workspace, one: Decision) -> dict[str, Any]:
    labels = labels_json(one.labels, ws.taxonomy) if one.labels else None
    return {
        "action": one.action,
        "via": one.via,
        "by": one.by,
        "at": rfc3339(one.at),
        "reason": one.reason,
        "labels": labels,
    }
