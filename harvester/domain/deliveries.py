"""Deliveries of digests to subscribers."""

from dataclasses import dataclass, field

MAY_HAVE_ARRIVED = ("sending", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest on its way to one subscriber: queued -> sending -> sent | failed | unknown."""

    subscriber: int
    papers: tuple[int, ...]
    message_id: str
    state: str = "queued"
    error: str = ""
    id: int = field(default=0, compare=False)
    digest: int = field(default=0, compare=False)
