"""The store in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by state, and moments.

    `backlog` is how many of the pending came from a backfill, `oldest` when the paper joined the queue that has waited
    there longest, `reached` how far each source (and each feed of one) is complete.
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
        """How many papers wait for a decision."""
        return self.queue.get("pending", 0)

    @property
    def nightly(self) -> int:
        """How many of them the nights brought."""
        return self.pending - self.backlog
