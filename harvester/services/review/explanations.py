"""What helps to judge a paper: the sentences its labels rest on, and papers that are nearly the same."""

import logging
from difflib import SequenceMatcher

from harvester.base.errors import HarvesterError
from harvester.domain.explanations import Explanation, SimilarPaper
from harvester.domain.identity import title_key
from harvester.services.learning.classify import explain
from harvester.services.review.queries import PaperDetail, like_titled
from harvester.services.workspace import Workspace

log = logging.getLogger(__name__)
SAME_TITLE = 0.85  # ratio of equal characters in the titles' keys
TITLE_BEGINNING = 12  # letters used to look up papers of nearly the same title


def explain_if_possible(ws: Workspace, detail: PaperDetail) -> Explanation | None:
    """The sentences that a paper's labels in force rest on: the stored ones if they name these labels.

    Otherwise the classifier is loaded, which takes about five seconds. None if there is nothing to read or the model
    cannot be loaded.
    """
    if not detail.prediction or not detail.paper.abstract:
        return None
    if stored := _of_labels(detail):
        return stored
    try:
        return Explanation(*explain(ws, detail.paper, detail.labels.facets))
    except HarvesterError as error:
        log.warning("No explanation: %s", error)
        return None


def _of_labels(detail: PaperDetail) -> Explanation | None:
    """The stored explanation, of the labels in force alone; None if it lacks one of them."""
    if detail.explanation is None or not set(detail.labels.names) <= detail.explanation.reasons.keys():
        return None
    reasons = {name: detail.explanation.reasons[name] for name in detail.labels.names}
    return Explanation(reasons, detail.explanation.nearest)


def doubles(ws: Workspace, detail: PaperDetail) -> list[SimilarPaper]:
    """Papers of nearly the same title that the store treats as different works: possible duplicates."""
    key = title_key(detail.paper.title)
    if len(key) < TITLE_BEGINNING:
        return []
    found = []
    for paper, candidate in like_titled(ws, detail, key[:TITLE_BEGINNING]):
        if SequenceMatcher(None, key, title_key(paper.title), autojunk=False).ratio() >= SAME_TITLE:
            found.append(SimilarPaper(paper, candidate.state if candidate else "not queued", 1.0))
    return found
