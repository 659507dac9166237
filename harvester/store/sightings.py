"""Which papers one source has shown and another has not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from harvester.domain.papers import Stored
from harvester.store.papers import chunks, load
from harvester.store.tables import sightings


def shown_by_one_alone(
    db: Connection, one: str, other: str, since: datetime, announce_types: Collection[str]
) -> list[Stored]:
    """The papers that `one` has shown since then, announced as one of these types, and `other` never has."""
    by_other = select(sightings.c.paper).where(sightings.c.source == other)
    query = select(sightings.c.paper).where(
        sightings.c.source == one,
        sightings.c.seen >= since,
        sightings.c.announce_type.in_(announce_types),
        sightings.c.paper.not_in(by_other),
    )
    return list(load(db, db.scalars(query)).values())


def sources_shown(db: Connection) -> set[str]:
    """The sources that have ever shown a paper, those that were removed from the configuration included."""
    return set(db.scalars(select(sightings.c.source).distinct()))


def sources_of(db: Connection, numbers: Collection[int]) -> dict[int, set[str]]:
    """The sources that have shown each of these papers."""
    found: dict[int, set[str]] = {}
    for chunk in chunks(list(numbers)):
        shown = select(sightings.c.paper, sightings.c.source).where(sightings.c.paper.in_(chunk))
        for number, source in db.execute(shown):
            found.setdefault(number, set()).add(source)
    return found
