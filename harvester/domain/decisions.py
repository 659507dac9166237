"""Reviewers' decisions. The log is append-only, so a paper's state is always derived from it."""

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
    """An action on a candidate; `via` is ``review`` if a reviewer took it, ``files`` if an entry file implies it.

    `links` says whether a new entry gets the code and data that the paper names.
    """

    paper: int
    action: str
    via: str
    labels: Labels | None
    reason: str
    by: str
    at: datetime
    id: int = 0
    links: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """A paper's state, the decision that set it, and the decision that first brought the paper into the catalog."""

    state: str = "pending"
    decision: Decision | None = None
    accepted_by: Decision | None = None


def standing(log: Sequence[Decision]) -> Standing:
    """Fold a log, oldest first: every undo takes back the newest decision still in force."""
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


def changed_since(log: Sequence[Decision], decision: int) -> bool:
    """Whether the list would show a paper otherwise than right after this decision: new, gone, or with other labels."""
    before = [made for made in log if made.id <= decision]
    return _listed(standing(before)) != _listed(standing(log))


def _listed(now: Standing) -> frozenset[tuple[str, str]] | None:
    """The labels under which the list shows the paper; None if it does not."""
    labels = now.decision.labels if now.decision and now.state == "accepted" else None
    return frozenset(labels.pairs) if labels else frozenset() if now.state == "accepted" else None


def labels_in_force(decided: Labels | None, predicted: Labels | None, before: Labels | None) -> Labels | None:
    """The labels that a paper counts under.

    Args:
        decided: the labels of the decision in force, if it gave any.
        predicted: the labels of the current prediction.
        before: the labels that a person last gave the paper, even if that decision no longer stands: for an entry that
            people wrote, nothing better is known.
    """
    return next((labels for labels in (decided, predicted, before) if labels is not None), None)


def _first_of_run(stack: Sequence[Decision]) -> Decision:
    """The first of the consecutive accepts at the top: the later ones only corrected labels."""
    first = stack[-1]
    for decision in reversed(stack):
        if decision.action != "accept":
            break
        first = decision
    return first


@dataclass(frozen=True, slots=True)
class DecisionBatch:
    """Decisions that a reviewer made in one step."""

    id: int
    action: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """A rendering of the list: `decision` was the newest one then, `commit` is the git commit ("" if none)."""

    id: int
    at: datetime
    by: str
    decision: int
    commit: str


def parse_reason(text: str) -> str:
    """A reason in the form that is stored: on one line.

    Raises:
        UsageError: it is too long.
    """
    reason = clean(text)
    if len(reason) > LONGEST_REASON:
        raise UsageError(f"A note may have at most {LONGEST_REASON} characters; this one has {len(reason)}.")
    return reason
