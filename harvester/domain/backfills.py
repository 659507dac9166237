"""How far a backfill has come."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backfill:
    """What one model found in the lines of a file up to `line`.

    Of the `records`, those of other categories than were asked for are not `judged`; `problems` holds the first of the
    `errors`, each with its line.
    """

    line: int = 0
    records: int = 0
    judged: int = 0
    in_scope: int = 0
    queued: int = 0
    errors: int = 0
    problems: Sequence[tuple[int, str]] = ()
