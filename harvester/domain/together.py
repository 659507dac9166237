"""What several reviewers of one queue must know of each other."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A paper's state after a decision, and who made the one in force ("" if none is)."""

    paper: int
    state: str
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Presence:
    """A paper, and a reviewer who has it open."""

    paper: int
    by: str


@dataclass(frozen=True, slots=True)
class Happenings:
    """What happened after some decision: `newest` is the last one now, `counts` says how many papers are in each state.

    `counts` is empty if nothing has changed.
    """

    newest: int
    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    present: tuple[Presence, ...]
