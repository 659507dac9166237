"""What a model is trained and judged on: the texts of the labeled set, the decisions, the stream of predictions."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from harvester.domain.labels import LabelText
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.store.papers import chunks, load
from harvester.store.predictions import by_model, prediction_of, without_word_of
from harvester.store.tables import candidates, decisions, label_texts, papers, predictions


def known_texts(db: Connection, names: Iterable[str]) -> dict[str, LabelText]:
    """The fetched texts among these identifiers."""
    found: dict[str, LabelText] = {}
    for chunk in chunks(list(dict.fromkeys(names))):
        for row in db.execute(select(label_texts).where(label_texts.c.name.in_(chunk))):
            found[row.name] = LabelText(row.name, row.title, row.abstract)
    return found


def keep_texts(db: Connection, texts: Iterable[LabelText], now: datetime) -> None:
    """Store texts that are not stored yet."""
    new = {text.name: text for text in texts}
    for name in known_texts(db, new):
        del new[name]
    rows = [{"name": t.name, "title": t.title, "abstract": t.abstract, "fetched": now} for t in new.values()]
    if rows:
        db.execute(insert(label_texts), rows)


def decided_papers(db: Connection) -> dict[int, Paper]:
    """Every paper that has a decision, by number."""
    numbers = db.execute(select(decisions.c.paper).distinct().order_by(decisions.c.paper)).scalars()
    return {number: stored.paper for number, stored in load(db, list(numbers)).items()}


def waiting_papers(db: Connection, model: str, limit: int | None = None) -> list[tuple[int, Paper]]:
    """The pending candidates whose present text this model version has not seen, in the order they came."""
    query = select(papers.c.number).join(candidates, candidates.c.paper == papers.c.number)
    query = without_word_of(query, model).where(candidates.c.state == "pending").order_by(papers.c.number)
    found = load(db, list(db.execute(query.limit(limit)).scalars()))
    return [(number, stored.paper) for number, stored in sorted(found.items())]


def recent_predictions(db: Connection, model: str, since: datetime) -> Mapping[int, Prediction]:
    """This model's predictions for papers that were added since then, by paper."""
    query = select(predictions).join(papers, by_model(model)).where(papers.c.added >= since)
    return {row.paper: prediction_of(row) for row in db.execute(query)}
