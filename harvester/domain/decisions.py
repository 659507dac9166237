"""Decisions of reviewers. The log is append-only, so all that it says of a paper is derived from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harvester.base.errors import UsageError
from harvester.domain.labels import Labels
from harvester.domain.text import clean

LEADS_TO = {"accept": "accepted", "reject": "rejected", "defer": "deferred", "withdraw": "rejected"}
"""The state each action leads to; ``withdraw`` is an accepted entry whose file was removed in git."""
LONGEST_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody did to a candidate; `via` is ``review`` for a person here, ``files`` for an entry file's word."""

    paper: int
    action: str
    via: str
    labels: Labels | None
    reason: str
    by: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A paper's state, the decision that says so, and the one that first brought it into the catalog."""

    state: str = "pending"
    decision: Decision | None = None
    accepted_by: Decision | None = None


def standing(log: Sequence[Decision]) -> Standing:
    """Fold a log, oldest first: every undo takes back the newest decision that still stands."""
    stack: list[Decision] = []
    for decision in log:
        if decision.action != "undo":
            stack.append(decision)
        elif stack:
            stack.pop()
    if not stack:
        return Standing()
    top = stack[-1]
    return Standing(LEADS_TO[top.action], top, _first_of_run(stack) if top.action == "accept" else None)


def labels_in_force(decided: Labels | None, predicted: Labels | None, before: Labels | None) -> Labels | None:
    """What a paper counts as being about.

    Args:
        decided: the labels of the decision that stands, if it gave any.
        predicted: those of the current prediction.
        before: those that somebody last gave it, whatever became of that: nobody knows more of an entry that people
            wrote than they said.
    """
    return next((labels for labels in (decided, predicted, before) if labels is not None), None)


def _first_of_run(stack: Sequence[Decision]) -> Decision:
    """The first of the accepts at the top: those after it only corrected labels."""
    first = stack[-1]
    for decision in reversed(stack):
        if decision.action != "accept":
            break
        first = decision
    return first


@dataclass(frozen=True, slots=True)
class DecisionBatch:
    """Decisions that one reviewer made together."""

    id: int
    action: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """One rendering of the list: `decision` was the newest one then, `commit` what git made of it ("" for nothing)."""

    id: int
    at: datetime
    by: str
    decision: int
    commit: str


def parse_reason(text: str) -> str:
    """A reason as it is kept: on one line.

    Raises:
        UsageError: it is too long.
    """
    reason = clean(text)
    if len(reason) > LONGEST_REASON:
        raise UsageError(f"A note may have at most {LONGEST_REASON} characters; this one has {len(reason)}.")
    return reason
