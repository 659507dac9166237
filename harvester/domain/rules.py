"""What a log of decisions says of its paper, and in which order the papers that wait are read.

The log is append-only, so all that it says is derived from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from classifiers.reading_order import Waiting, reading_order, usefulness
from harvester.paper import Paper
from harvester.store.predictions import Prediction
from harvester.store.queue import Candidate, Decision

STATES = ("pending", "accepted", "rejected", "deferred")
LEADS_TO = {"accept": "accepted", "reject": "rejected", "defer": "deferred", "withdraw": "rejected"}
"""The state each action leads to; ``withdraw`` is an accepted entry whose file was removed in git."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A paper's state, the decision that says so, and the one that first brought it into the catalogue."""

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


def _first_of_run(stack: Sequence[Decision]) -> Decision:
    """The first of the accepts at the top: those after it only corrected labels."""
    first = stack[-1]
    for decision in reversed(stack):
        if decision.action != "accept":
            break
        first = decision
    return first


def queue_order(
    found: Sequence[Candidate], papers: Mapping[int, Paper], predicted: Mapping[int, Prediction]
) -> list[Candidate]:
    """Candidates, most useful first: likely in scope, then uncertain, near-duplicates not in a row.

    Their score then says how useful each is where it stands: one that was put off is no better than the one before.
    """
    waiting = []
    for one in found:
        paper, prediction = papers[one.paper], predicted.get(one.paper)
        doubts = len(prediction.unsure) if prediction else 0
        waiting.append(Waiting(one.score, doubts, f"{paper.title} {paper.abstract}"))
    order = reading_order(waiting)
    scores = accumulate((usefulness(waiting[place]) for place in order), min)
    return [replace(found[place], score=score) for place, score in zip(order, scores, strict=True)]
