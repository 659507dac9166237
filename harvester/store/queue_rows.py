"""What a line of the queue shows of a paper: not its text, and of the model's word only the labels."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, func, select

from harvester.domain.candidates import QueueRow
from harvester.domain.identity import best
from harvester.domain.labels import Labels
from harvester.store.papers import chunks, names_by_number
from harvester.store.tables import candidates, decisions, papers, predictions

_OTHER = predictions.alias("other")
_NEWEST = select(func.max(_OTHER.c.id)).where(_OTHER.c.paper == papers.c.number).correlate(papers).scalar_subquery()
_SHOWN = (
    select(
        papers.c.number,
        papers.c.title,
        papers.c.venue,
        papers.c.published,
        papers.c.withdrawn,
        predictions.c.labels,
        predictions.c.unsure,
        decisions.c.by,
        decisions.c.labels.label("decided"),
    )
    .join(candidates, candidates.c.paper == papers.c.number)
    .outerjoin(predictions, and_(predictions.c.paper == papers.c.number, predictions.c.id == _NEWEST))
    .outerjoin(decisions, decisions.c.id == candidates.c.decision)
)


def queue_rows(db: Connection, numbers: Iterable[int]) -> dict[int, QueueRow]:
    """Candidates by the number of their paper; what never joined the queue is left out."""
    found: dict[int, QueueRow] = {}
    for chunk in chunks(list(dict.fromkeys(numbers))):
        names = names_by_number(db, chunk)
        rows = db.execute(_SHOWN.where(papers.c.number.in_(chunk)))
        found.update((row.number, _line(row, best(names[row.number]))) for row in rows)
    return found


def _line(row: Any, name: str) -> QueueRow:
    unsure = len(row.unsure or ())
    return QueueRow(name, row.title, row.venue, row.published, row.withdrawn, _labels(row), unsure, row.by or "")


def _labels(row: Any) -> Labels | None:
    held = row.labels if row.decided is None else row.decided
    return None if held is None else Labels(held)
