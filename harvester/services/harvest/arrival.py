"""Whether arXiv's announcement feeds show that a batch has arrived which brought a query nothing.

A narrow query has days without a paper, which by its answer alone look like a stale copy. The feeds show all papers of
their categories: if none that the query could find is missing from its answers, the answers are sound. A paper that it
could find and that its source has never shown is the mark of a stale copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.arxiv.calendar import last_announcement
from harvester.sources.source import Source
from harvester.sources.window import Window
from harvester.store.cursors import cursor
from harvester.store.sightings import shown_by_one_alone

ADDED = ("new", "cross")  # announced as such, a paper may be one that the query has not found before


@dataclass(frozen=True, slots=True)
class Arrival:
    """The newest batch that the feeds have shown, and the papers of it that a query's answers lack."""

    batch: datetime | None
    lacking: Sequence[str] = ()

    @property
    def proven(self) -> datetime | None:
        """The batch, if no paper of it is missing."""
        return None if self.lacking else self.batch


def arrival(db: Connection, source: Source, window: Window) -> Arrival:
    """What the feeds show of the batch that was due at the end of the window."""
    batch, due = cursor(db, arxiv_rss.PROVENANCE.name).batch, last_announcement(window.until)
    if batch is None or batch < due or source.may_match is None:
        return Arrival(batch if source.may_match else None)
    alone = shown_by_one_alone(db, arxiv_rss.PROVENANCE.name, source.name, due, ADDED)
    # A paper cross-listed months later is announced again, but was submitted before the window.
    recent = (
        held.paper
        for held in alone
        if held.paper.published is None or window.since <= held.paper.published < window.until
    )
    return Arrival(batch, sorted(paper.id for paper in recent if source.may_match(paper)))
