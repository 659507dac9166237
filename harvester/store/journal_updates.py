"""Suggestions to update an accepted entry because its paper has appeared in a journal."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from harvester.base.clock import utc_date
from harvester.domain.merging import Merged
from harvester.domain.papers import Sighting
from harvester.domain.proposals import Suggestion
from harvester.domain.same_work import is_preprint
from harvester.store.papers import load
from harvester.store.queue import find_candidate
from harvester.store.tables import suggestions


def suggest(db: Connection, sighting: Sighting, merged: Merged, now: datetime) -> bool:
    """Suggest a journal's venue, date and link if the paper is an accepted preprint.

    A source suggests once for each paper; no other does so while that suggestion is open, or with the same link.
    """
    candidate = find_candidate(db, merged.number)
    if not merged.first or candidate is None or candidate.state != "accepted" or not _is_preprint(db, merged.number):
        return False
    shown = sighting.paper
    values = {
        "paper": merged.number,
        "source": sighting.source.name,
        "venue": shown.venue,
        "published": utc_date(shown.published) if shown.published else None,
        "link": shown.links.get("paper", ""),
        "made": now,
        "state": "open",
        "by": "",
    }
    same = or_(
        suggestions.c.source == sighting.source.name,
        suggestions.c.state == "open",
        and_(suggestions.c.link == values["link"], suggestions.c.link != ""),
    )
    known = select(suggestions.c.id).where(suggestions.c.paper == merged.number, same)
    if db.execute(known).first() is None:
        db.execute(insert(suggestions).values(values))
        return True
    return False


def open_suggestions(db: Connection) -> list[Suggestion]:
    """Suggestions nobody has taken or dismissed, oldest first."""
    query = select(suggestions).where(suggestions.c.state == "open").order_by(suggestions.c.id)
    return [_suggestion(row) for row in db.execute(query)]


def close_suggestion(db: Connection, suggestion: Suggestion, state: str, by: str) -> None:
    """Record that somebody took or dismissed it."""
    db.execute(update(suggestions).where(suggestions.c.id == suggestion.id).values(state=state, by=by))


def _is_preprint(db: Connection, number: int) -> bool:
    return is_preprint(load(db, [number])[number].paper)


def _suggestion(row: Row[Any]) -> Suggestion:
    return Suggestion(**row._mapping)
