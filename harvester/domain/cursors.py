"""How far each source has been harvested."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """An interrupted window: complete from `since` to `reached`, with `received` records, as of `saved`.

    `question` identifies the query, so that an edited query starts over. `news` says whether the stored part contains
    papers that the source had not shown before, `newest` when the newest of these was submitted.
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
    """A source is harvested completely up to `until`; `batch` is the newest announcement that a response reached."""

    until: datetime | None = None
    batch: datetime | None = None
    validators: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None
