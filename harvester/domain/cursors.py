"""How far a source has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """A window that was cut off: from `since` to `reached` it is complete, with `received` records, as of `saved`.

    `question` names what was asked, so that an edited query starts over. `news` says whether what was kept of it holds
    something that the source had not shown before, `newest` when the newest paper of that was submitted.
    """

    since: datetime
    reached: datetime
    received: int
    saved: datetime
    question: str = ""
    news: bool = False
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source has come: `until` is complete, `batch` the newest announcement that an answer reached."""

    until: datetime | None = None
    batch: datetime | None = None
    validators: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None
