"""Explanations of predictions, and the papers similar to pending ones, as runs computed them.

An explanation belongs to a prediction, so another model or another text has none until a run has made it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Column, Connection, delete, insert, select

from harvester.domain.explanations import Explanation, Neighbor, Reason
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.store.papers import chunks, load
from harvester.store.predictions import by_model, current_prediction, prediction_of
from harvester.store.queue import BEST_FIRST
from harvester.store.tables import candidates, explanations, papers, predictions, similar_papers


def unexplained(db: Connection, model: str, limit: int) -> list[tuple[int, Paper, Prediction]]:
    """Pending papers whose prediction by this model has no explanation: its id, the paper, the prediction; best first.

    A paper without an abstract has no sentences to choose from, and is left out.
    """
    query = (
        select(predictions)
        .select_from(candidates.join(papers).join(predictions, by_model(model)).outerjoin(explanations))
        .where(candidates.c.state == "pending", papers.c.abstract != "", explanations.c.prediction.is_(None))
    )
    rows = db.execute(query.order_by(*BEST_FIRST).limit(limit)).all()
    known = load(db, [row.paper for row in rows])
    return [(row.id, known[row.paper].paper, prediction_of(row)) for row in rows]


def save_explanations(db: Connection, made: Mapping[int, Explanation], now: datetime) -> None:
    """Store explanations by the prediction's id; those of predictions that are gone are left out."""
    rows = [
        {
            "prediction": number,
            "reasons": {label: [asdict(reason) for reason in found] for label, found in made[number].reasons.items()},
            "labeled": [asdict(neighbor) for neighbor in made[number].nearest],
            "made": now,
        }
        for number in _existing(db, predictions.c.id, made)
    ]
    if rows:
        db.execute(insert(explanations), rows)


def stored_explanation(db: Connection, number: int, model: str) -> Explanation | None:
    """Why a paper's current prediction says what it says; None if no run has computed that yet."""
    current = explanations.c.prediction == current_prediction(model)
    query = select(explanations).select_from(papers.join(explanations, current))
    row = db.execute(query.where(papers.c.number == number)).first()
    if row is None:
        return None
    reasons = {label: tuple(Reason(**reason) for reason in found) for label, found in row.reasons.items()}
    return Explanation(reasons, tuple(Neighbor(**neighbor) for neighbor in row.labeled))


def save_similar(db: Connection, found: Mapping[int, Sequence[tuple[int, float]]]) -> None:
    """Store which papers, with their cosines, are nearest to each paper; papers that are gone are left out."""
    for chunk in chunks(list(found)):
        db.execute(delete(similar_papers).where(similar_papers.c.paper.in_(chunk)))
    rows = [
        {"paper": number, "nearest": [list(pair) for pair in found[number]]}
        for number in _existing(db, papers.c.number, found)
    ]
    if rows:
        db.execute(insert(similar_papers), rows)


def stored_similar(db: Connection, number: int) -> list[tuple[int, float]] | None:
    """The numbers and cosines of the papers nearest to a paper; None if no run has compared it yet."""
    found = db.execute(select(similar_papers.c.nearest).where(similar_papers.c.paper == number)).scalar()
    return None if found is None else [(other, cosine) for other, cosine in found]


def _existing(db: Connection, column: Column[int], numbers: Iterable[int]) -> list[int]:
    return [
        found
        for chunk in chunks(list(numbers))
        for found in db.execute(select(column).where(column.in_(chunk))).scalars()
    ]
