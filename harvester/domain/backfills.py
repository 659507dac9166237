"""The progress of a backfill."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backfill:
    """The results of one model for the lines of a file up to `line`.

    `judged` counts only the `records` in the requested categories; `problems` holds the first of the `errors`, each
    with its line.
    """

    line: int = 0
    records: int = 0
    judged: int = 0
    in_scope: int = 0
    queued: int = 0
    errors: int = 0
    problems: Sequence[tuple[int, str]] = ()
