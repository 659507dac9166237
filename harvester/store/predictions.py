"""The classifier's predictions: one row per paper, text and model version.

A paper may have several; only `current_prediction` says which one counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, ScalarSelect, Select, and_, func, insert, select

from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.domain.provenance import Rank
from harvester.store.papers import chunks, load
from harvester.store.tables import papers, predictions

_OTHER = predictions.alias("other")


@lru_cache(maxsize=8)  # it takes longer to put together than to answer, and every page needs it
def current_prediction(model: str) -> ColumnElement[int]:
    """The number of the prediction that counts, for a row of `papers` in the enclosing statement; else null.

    It is the one by `model` (the version in use) for the paper's present text. Until there is one, it is the newest
    prediction for the present text, by any model, and failing that the newest for any of its texts.
    """
    newest = select(func.max(_OTHER.c.id))
    return func.coalesce(
        _of_the_paper(select(_OTHER.c.id).where(by_model(model, _OTHER))),
        _of_the_paper(newest.where(_of_present_text(_OTHER))),
        _of_the_paper(newest.where(_OTHER.c.paper == papers.c.number)),
    )


def by_model(model: str, table: FromClause = predictions) -> ColumnElement[bool]:
    """The condition that a prediction is this model's for the present text of the joined row of `papers`."""
    return and_(_of_present_text(table), table.c.model == model)


def _of_present_text(table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.paper == papers.c.number, table.c.text_hash == papers.c.text_hash)


def _of_the_paper(query: Select[Any]) -> ScalarSelect[Any]:
    return query.correlate(papers).scalar_subquery()


def current(db: Connection, numbers: Iterable[int], model: str) -> dict[int, Prediction]:
    """The current prediction of each paper that has any."""
    found: dict[int, Prediction] = {}
    both = select(predictions).select_from(papers.join(predictions, predictions.c.id == current_prediction(model)))
    for chunk in chunks(list(dict.fromkeys(numbers))):
        found.update((row.paper, prediction_of(row)) for row in db.execute(both.where(papers.c.number.in_(chunk))))
    return found


def without_word_of(query: Select[Any], model: str) -> Select[Any]:
    """A query on `papers`, of those whose present text this model version has not seen."""
    return query.outerjoin(predictions, by_model(model)).where(predictions.c.id.is_(None))


def unclassified(db: Connection, model: str, limit: int, after: int = 0) -> list[tuple[int, Paper]]:
    """Papers whose present text this model version has not seen, in the order they came, beyond number `after`.

    Entries known only from the catalog's files are not among them: they have no abstract and are already decided.
    """
    query = _unseen(select(papers.c.number), model).where(papers.c.number > after).order_by(papers.c.number)
    numbers = [row.number for row in db.execute(query.limit(limit))]
    return [(number, stored.paper) for number, stored in sorted(load(db, numbers).items())]


def count_unclassified(db: Connection, model: str) -> int:
    """How many papers `unclassified` would return."""
    return int(db.execute(_unseen(select(func.count(papers.c.number)), model)).scalar_one())


def _unseen(query: Select[Any], model: str) -> Select[Any]:
    return without_word_of(query, model).where(papers.c.authority > Rank.IMPORTED)


def save(db: Connection, made: Iterable[tuple[int, Paper, Prediction]], now: datetime) -> None:
    """Store predictions for the texts they were made from.

    Late ones are left out: the paper may have been classified, changed or merged meanwhile.
    """
    given = list(made)
    numbers = [number for number, _, _ in given]
    texts, known = _texts(db, numbers), _known(db, numbers)
    rows = [
        {
            "paper": number,
            "text_hash": paper.text_hash,
            "model": found.model,
            "scope": found.scope,
            "in_scope": found.in_scope,
            "labels": dict(found.labels.facets),
            "unsure": list(found.unsure),
            "probabilities": {facet: dict(values) for facet, values in found.probabilities.items()},
            "made": now,
        }
        for number, paper, found in given
        if texts.get(number) == paper.text_hash and (number, paper.text_hash, found.model) not in known
    ]
    if rows:
        db.execute(insert(predictions), rows)


def _texts(db: Connection, numbers: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(numbers):
        query = select(papers.c.number, papers.c.text_hash).where(papers.c.number.in_(chunk))
        found.update((row.number, row.text_hash) for row in db.execute(query))
    return found


def _known(db: Connection, numbers: Sequence[int]) -> set[tuple[int, str, str]]:
    found: set[tuple[int, str, str]] = set()
    for chunk in chunks(numbers):
        query = select(predictions.c.paper, predictions.c.text_hash, predictions.c.model)
        found.update(tuple(row) for row in db.execute(query.where(predictions.c.paper.in_(chunk))))
    return found


def prediction_of(row: Row[Any]) -> Prediction:
    """The prediction that a row of the table holds."""
    return Prediction(row.scope, row.in_scope, Labels(row.labels), tuple(row.unsure), row.probabilities, row.model)
