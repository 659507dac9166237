"""Statistics of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by state, and points in time.

    `backlog` counts the pending papers from backfills; `oldest` is when the longest-waiting pending paper was queued;
    `reached` says up to when each source (and each of its feeds) is complete.
    """

    papers: int
    queue: Mapping[str, int]
    backlog: int
    oldest: datetime | None
    subscribers: Mapping[str, int]
    deliveries: Mapping[str, int]
    reached: Mapping[str, datetime]

    @property
    def pending(self) -> int:
        """How many papers are waiting for a decision."""
        return self.queue.get("pending", 0)

    @property
    def nightly(self) -> int:
        """How many of the pending papers came from nightly runs."""
        return self.pending - self.backlog
