"""The span of time a source is asked for, and the batches it answers with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from harvester.domain.notices import Notice
from harvester.domain.papers import OddRecord, Sighting

NAMED = 5  # titles in a note
MANY = 10  # records


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open, UTC: ``[since, until)``."""

    since: datetime
    until: datetime


def is_another_format(odd: int, records: int) -> bool:
    """Whether records of which none can be read are too many for odd ones: the service has changed its format."""
    return odd == records >= MANY


def left_out(titles: Sequence[str]) -> str:
    """A note on what services list besides papers: tables of contents, covers, peer reviews."""
    named = list(dict.fromkeys(title.rstrip(".") for title in titles))
    more = ", ..." if len(named) > NAMED else ""
    are = "1 item is no paper and was" if len(titles) == 1 else f"{len(titles)} items are no papers and were"
    return f"{are} left out: {', '.join(named[:NAMED])}{more}."


@dataclass(frozen=True, slots=True)
class Batch:
    """One answer's worth of sightings.

    `received` counts raw records, before any are merged; `expected` is the upstream's own total, or None.
    `known_only` sightings update papers that the store has and add none. `reached` is the moment before which the
    window is complete with this batch, if the source can tell; `again` of the records lie at or after it and are sent
    again when the window is resumed there. `groups` names the identifiers of each feed that the source reads, so that
    one stale feed shows beside fresh ones. A `backlog` makes up for an earlier night and is not news of this one.
    `notices` concern papers that the store may have. `odd` records were left out, and are named in `notes`.
    """

    sightings: Sequence[Sighting]
    received: int
    expected: int | None = None
    known_only: Sequence[Sighting] = ()
    reached: datetime | None = None
    again: int = 0
    notes: Sequence[str] = ()
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    backlog: bool = False
    notices: Sequence[Notice] = ()
    odd: Sequence[OddRecord] = ()
