"""The queue as shown: filtered, searched, counted and divided into pages, each in one statement."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Text,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
)

from harvester.base.errors import UsageError
from harvester.domain.candidates import ORDERS, Candidate, QueueFilter, QueueRow
from harvester.domain.decisions import labels_in_force
from harvester.domain.identity import best, parse_identifier
from harvester.domain.labels import Labels
from harvester.store.papers import chunks, names_by_number
from harvester.store.predictions import current_prediction
from harvester.store.queue import BEST_FIRST, candidate_of
from harvester.store.tables import candidates, decisions, identifiers, papers, predictions, sightings

MOST_WORDS = 12  # words of a search; more do not narrow it further
_ACCEPTS = decisions.alias("accepts")
_DATE = select(papers.c.published).where(papers.c.number == candidates.c.paper).correlate(candidates).scalar_subquery()
_SORTED: dict[str, Sequence[ColumnElement[Any]]] = {
    "usefulness": BEST_FIRST,
    "scope": (candidates.c.scope.desc(), candidates.c.paper),
    "date": (_DATE.desc().nulls_last(), candidates.c.paper.desc()),
}
_INDEX = table("papers_text", column("rowid", Integer), column("papers_text", Text))
# Exactly as in the index of migration 0003, so that PostgreSQL uses it.
_DOCUMENT = "to_tsvector('english', papers.title || ' ' || papers.abstract || ' ' || (papers.authors::jsonb)::text)"


def page(
    db: Connection, wanted: QueueFilter, model: str, limit: int | None, offset: int = 0, order: str = ORDERS[0]
) -> tuple[list[Candidate], int | None]:
    """A page of the wanted candidates, in one of the `ORDERS`, and their total.

    The total is None if only the state is filtered, for which `counts` has it, or if the page is empty.

    Args:
        model: the version in use, whose predictions are the current ones.
    """
    narrowed = wanted != QueueFilter(wanted.state)
    # The database counts while it filters: filtering twice would take twice the time.
    number = func.count().over() if narrowed else null()
    query = _narrowed(db, wanted, model, select(candidates, number.label("number"))).order_by(*_SORTED[order])
    rows = db.execute(query.limit(limit).offset(offset)).all()
    return [candidate_of(row) for row in rows], rows[0].number if rows else None


def queue_rows(db: Connection, shown: Sequence[Candidate], model: str) -> list[QueueRow]:
    """These candidates as rows of the queue, in their order."""
    found: dict[int, tuple[Any, str]] = {}
    for chunk in chunks([candidate.paper for candidate in shown]):
        names = names_by_number(db, chunk)
        rows = db.execute(_brief(model).where(papers.c.number.in_(chunk)))
        found.update((row.number, (row, best(names[row.number]))) for row in rows)
    return [_queue_row(candidate, *found[candidate.paper]) for candidate in shown]


def counts(db: Connection) -> dict[str, int]:
    """How many candidates there are in each state that any is in."""
    query = select(candidates.c.state, func.count()).group_by(candidates.c.state)
    return {row[0]: row[1] for row in db.execute(query)}


def alike_titles(db: Connection, beginning: str, limit: int) -> list[int]:
    """Papers whose title key begins like this: a range of the identifiers' index."""
    low, high = f"title:{beginning}", f"title:{beginning}\U0010ffff"
    query = select(identifiers.c.paper).where(identifiers.c.name >= low, identifiers.c.name < high).limit(limit)
    return list(db.execute(query).scalars())


def _narrowed(db: Connection, wanted: QueueFilter, model: str, query: Select[Any]) -> Select[Any]:
    query = query.where(candidates.c.state == wanted.state)
    if wanted.source:
        shown = select(sightings.c.id).where(sightings.c.paper == candidates.c.paper)
        query = query.where(shown.where(sightings.c.source == wanted.source).exists())
    predicted = _wants_prediction(wanted)
    if predicted or wanted.since or wanted.until or (wanted.words.strip() and db.dialect.name != "sqlite"):
        query = query.join_from(candidates, papers, papers.c.number == candidates.c.paper)
    for condition in (*_published(wanted), *_found(db, wanted)):
        query = query.where(condition)
    if predicted:
        query = query.join_from(papers, predictions, predictions.c.id == current_prediction(model))
    return _labelled(query, wanted)


def _wants_prediction(wanted: QueueFilter) -> bool:
    by_label = wanted.labels and wanted.state != "accepted"
    return bool(by_label or wanted.unsure or wanted.sure or wanted.least > 0)


def _published(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since:
        conditions.append(papers.c.published >= datetime.combine(wanted.since, time(), UTC))
    if wanted.until and wanted.until < date.max:
        conditions.append(papers.c.published < datetime.combine(wanted.until + timedelta(days=1), time(), UTC))
    return conditions


def _labelled(query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    """Only rows with all the labels, with or without labels the model is unsure of, and with at least this scope."""
    decided, unsure = wanted.state == "accepted", cast(predictions.c.unsure, Text)
    query = query.where(unsure != "[]") if wanted.unsure else query
    query = query.where(unsure == "[]") if wanted.sure else query
    query = query.where(predictions.c.scope >= wanted.least) if wanted.least > 0 else query
    if wanted.labels and decided:
        query = query.join_from(candidates, decisions, decisions.c.id == candidates.c.decision)
    shown = decisions if decided else predictions
    for facet, label in wanted.labels:
        query = query.where(_has(shown.c.labels, facet, label))
    return query


def _has(labels: Column[Any], facet: str, label: str) -> ColumnElement[bool]:
    """Whether a list of labels, stored as JSON, contains one: ids contain no quotation marks."""
    return cast(labels[facet].as_string(), String).contains(f'"{label}"', autoescape=True)


def _found(db: Connection, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """The condition that a paper's text has all the words, or that they are its identifier."""
    tokens = re.findall(r"\w+", wanted.words.lower())[:MOST_WORDS]
    if not tokens:
        return [literal(False)] if wanted.words.strip() else []
    condition = _matches(wanted.state, tokens) if db.dialect.name == "sqlite" else _matches_document(tokens)
    if name := _identifier(wanted.words):
        named = select(identifiers.c.paper).where(identifiers.c.name == name)
        condition = or_(condition, candidates.c.paper.in_(named))
    return [condition]


def _matches(state: str, tokens: list[str]) -> ColumnElement[bool]:
    """SQLite's index (https://www.sqlite.org/fts5.html), queried only for the state's range of numbers.

    Pending papers are among the newest, and a common word is in most of the others.
    """
    span = select(func.min(candidates.c.paper), func.max(candidates.c.paper)).where(candidates.c.state == state)
    low, high = (span.with_only_columns(column).scalar_subquery() for column in span.selected_columns)
    match = _INDEX.c.papers_text.op("MATCH")(" ".join(f'"{token}"*' for token in tokens))
    return candidates.c.paper.in_(select(_INDEX.c.rowid).where(match, _INDEX.c.rowid.between(low, high)))


def _matches_document(tokens: list[str]) -> ColumnElement[bool]:
    """PostgreSQL's index (https://www.postgresql.org/docs/current/textsearch.html)."""
    query = " & ".join(f"'{token}':*" for token in tokens)
    return literal_column(_DOCUMENT, Text).op("@@")(func.to_tsquery(literal_column("'english'"), query))


def _identifier(words: str) -> str:
    """The identifier in a search, or "" if the search is words or some other web address."""
    try:
        return parse_identifier(words) or ""
    except UsageError:
        return ""


@lru_cache(maxsize=8)
def _brief(model: str) -> Select[Any]:
    """A query for every paper that ever joined the queue, without its text and the prediction's probabilities."""
    newest = select(func.max(_ACCEPTS.c.id)).where(_ACCEPTS.c.paper == papers.c.number, _ACCEPTS.c.action == "accept")
    return select(
        papers.c.number,
        papers.c.title,
        papers.c.venue,
        papers.c.published,
        papers.c.withdrawn,
        predictions.c.scope,
        predictions.c.labels,
        predictions.c.unsure,
        decisions.c.by,
        decisions.c.labels.label("decided"),
        _ACCEPTS.c.labels.label("accepted"),
    ).select_from(
        papers.join(candidates)
        .outerjoin(predictions, predictions.c.id == current_prediction(model))
        .outerjoin(decisions, decisions.c.id == candidates.c.decision)
        .outerjoin(_ACCEPTS, _ACCEPTS.c.id == newest.correlate(papers).scalar_subquery())
    )


def _queue_row(candidate: Candidate, row: Any, name: str) -> QueueRow:
    labels = labels_in_force(_labels(row.decided), _labels(row.labels), _labels(row.accepted))
    return QueueRow(
        candidate,
        name,
        row.title,
        row.venue,
        row.published,
        row.withdrawn,
        labels,
        row.scope,
        tuple(row.unsure or ()),
        row.by or "",
    )


def _labels(facets: Any) -> Labels | None:
    return None if facets is None else Labels(facets)
