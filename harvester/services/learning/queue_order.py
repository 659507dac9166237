"""In which order the papers that wait are read."""

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
