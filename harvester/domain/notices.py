"""Notices: what a journal publishes about an article that it has retracted, corrected or doubts. They are no papers."""

from dataclasses import dataclass
from typing import Literal

NoticeKind = Literal["retraction", "concern", "correction"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about the paper with any of the identifiers `of`; `link` is the notice's own address."""

    kind: NoticeKind
    of: tuple[str, ...]
    link: str
