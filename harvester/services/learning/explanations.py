"""Explains the papers of the queue ahead of their review, so that the review page only has to read what is stored.

Every batch is committed by itself, and the store says which papers lack an explanation: the next run completes one that
was cut off.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harvester.catalog.likeness import WeightedWords, nearest
from harvester.domain.explanations import Explanation
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.services.learning.classify import explain, load_classifier
from harvester.services.learning.models import model_version
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import read, write
from harvester.store.explanations import save_explanations, save_similar, unexplained
from harvester.store.papers import load
from harvester.store.queue import in_state

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

BATCH = 16  # papers between two commits: each takes the classifier a few tenths of a second
NEAREST = 5
FAR = 0.08  # cosine below which two texts are unrelated


def prepare_queue(ws: Workspace, classifier: "Classifier | None" = None, watch: Watch = unwatched) -> int:
    """Explain the first pending papers that lack an explanation, and compare the first with the catalog.

    How many of each is the key `review.explanations`.

    Args:
        classifier: an already loaded classifier; without it, one is loaded once there is a paper to explain.

    Returns:
        How many papers were explained.

    Raises:
        HarvesterError: the model or the encoder is missing or tampered with.
    """
    most = ws.settings.review.explanations
    if most:
        _compare(ws, most)
    return _explain(ws, most, classifier, watch)


def labels_to_explain(made: Prediction) -> dict[str, list[str]]:
    """The labels that a reviewer has to look at, by facet: the assigned ones, and those the model is unsure of."""
    assigned = [f"{facet}:{label}" for facet, labels in made.labels.facets.items() for label in labels]
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys((*assigned, *made.unsure)):
        facet, _, label = name.partition(":")
        found.setdefault(facet, []).append(label)
    return found


def _explain(ws: Workspace, most: int, classifier: "Classifier | None", watch: Watch) -> int:
    model, done = model_version(ws), 0
    while waiting := _waiting(ws, model, min(BATCH, most - done)):
        classifier = classifier or load_classifier(ws)
        made = {
            number: Explanation(*explain(ws, paper, labels_to_explain(by), classifier)) for number, paper, by in waiting
        }
        with write(ws.store) as db:
            save_explanations(db, made, ws.clock())
        done += len(waiting)
        watch("explained", done, None)
    return done


def _waiting(ws: Workspace, model: str, limit: int) -> list[tuple[int, Paper, Prediction]]:
    with read(ws.store) as db:
        return unexplained(db, model, limit) if limit > 0 else []


def _compare(ws: Workspace, most: int) -> None:
    """Find the nearest accepted papers of the first pending ones; the catalog grows, so every run does it again."""
    with read(ws.store) as db:
        accepted = load(db, [candidate.paper for candidate in in_state(db, "accepted")])
        pending = load(db, [candidate.paper for candidate in in_state(db, "pending", most)])
    found = similar(
        {number: stored.paper for number, stored in accepted.items()},
        {number: stored.paper for number, stored in pending.items()},
    )
    with write(ws.store) as db:
        save_similar(db, found)


def similar(catalog: Mapping[int, Paper], papers: Mapping[int, Paper]) -> dict[int, Sequence[tuple[int, float]]]:
    """For each paper, the numbers of those of the catalog whose words are most like its own, and the cosines."""
    if not (catalog and papers):
        return dict.fromkeys(papers, ())
    words = WeightedWords([_text(paper) for paper in catalog.values()], ngram_range=(1, 2))
    numbers = list(catalog)
    return {
        number: [(numbers[place], cosine) for place, cosine in nearest(words.cosines(_text(paper)), NEAREST, FAR)]
        for number, paper in papers.items()
    }


def _text(paper: Paper) -> str:
    """Title and abstract; the title twice, because it says most."""
    return f"{paper.title}\n{paper.title}\n{paper.abstract}"
