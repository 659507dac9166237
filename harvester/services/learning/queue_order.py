"""The reading order of pending papers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from classifiers.reading_order import Waiting, reading_order, usefulness
from harvester.domain.candidates import Candidate
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction


def queue_order(
    found: Sequence[Candidate], papers: Mapping[int, Paper], predicted: Mapping[int, Prediction]
) -> list[Candidate]:
    """Candidates, most useful first: likely in scope, then uncertain; near-duplicates are kept apart.

    `usefulness` applies to reading each paper at its position: a postponed paper is never above its predecessor.
    """
    waiting = []
    for candidate in found:
        paper, prediction = papers[candidate.paper], predicted.get(candidate.paper)
        doubts = len(prediction.unsure) if prediction else 0
        waiting.append(Waiting(candidate.scope, doubts, f"{paper.title} {paper.abstract}"))
    order = reading_order(waiting)
    useful = accumulate((usefulness(waiting[index]) for index in order), min)
    return [replace(found[index], usefulness=how) for index, how in zip(order, useful, strict=True)]
