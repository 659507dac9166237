"""Predictions by the current model for texts that it has not seen."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from classifiers.records import Text
from classifiers.taxonomy import Taxonomy, load_taxonomy
from harvester.base.errors import HarvesterError
from harvester.domain.explanations import Neighbor, Reason
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.services.learning.models import model_in_use, model_version, named_errors, require_fit
from harvester.services.learning.queue_order import queue_order
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import read, write
from harvester.store.papers import load
from harvester.store.predictions import current, save, unclassified
from harvester.store.queue import (
    add_probes,
    below_gate,
    count_judged,
    enqueue,
    first_queued,
    in_state,
    probed,
    rescore,
    set_reading_order,
    unqueued,
)
from harvester.store.training import waiting_papers

if TYPE_CHECKING:
    from classifiers.classifier import Classifier
    from classifiers.records import Prediction as Predicted

log = logging.getLogger(__name__)
BATCH = 256  # texts between two commits: at most this many are classified again after a killed run
EMBEDDINGS = Path("data/embeddings.db")  # a cache; it may be deleted at any time
WEEK = timedelta(days=7)
PROBES = 10  # papers below the gate that join the queue once a week
PROBE_FLOOR = 0.05  # a paper less likely than this is not worth a reviewer's time


def classify(ws: Workspace, classifier: "Classifier | None" = None, watch: Watch = unwatched) -> int:
    """Predict for all papers that have no prediction by the current model; returns how many there were.

    Args:
        classifier: an already loaded classifier; without it, one is loaded once there is a paper to classify.

    Raises:
        HarvesterError: the model or the encoder is missing, tampered with, or made for another taxonomy.
    """
    model, done = model_version(ws), 0
    while waiting := waiting_for(ws, model, BATCH):
        classifier = classifier or load_classifier(ws)
        classify_some(ws, classifier, waiting)
        done += len(waiting)
        watch("classified", done, None)
    return done


def waiting_for(ws: Workspace, model: str, limit: int) -> list[tuple[int, Paper]]:
    """The next papers that have no prediction by a model: those that wait for a reviewer first."""
    with read(ws.store) as db:
        return waiting_papers(db, model, limit) or unclassified(db, model, limit)


def classify_some(ws: Workspace, classifier: "Classifier", waiting: Sequence[tuple[int, Paper]]) -> None:
    """Predict for these papers, and store the predictions."""
    made = list(predict(classifier, waiting))
    with write(ws.store) as db:
        save(db, made, ws.clock())


def classify_waiting(ws: Workspace, watch: Watch = unwatched) -> int:
    """Rank the pending candidates by the model in use after it was changed; the next run covers the other papers.

    What the model said of them before, as after a rollback, is not asked for again.

    Returns:
        How many candidates are ranked by it.

    Raises:
        HarvesterError: the model or the encoder is missing or tampered with.
    """
    model = model_version(ws)
    with read(ws.store) as db:
        waiting = waiting_papers(db, model)
    made = list(predict(load_classifier(ws), waiting)) if waiting else []
    watch("classified", len(made), len(made))
    with write(ws.store) as db:
        save(db, made, ws.clock())
        rescore(db, model)
        _arrange(db, model)
        return count_judged(db, model)


@dataclass(frozen=True, slots=True)
class Joined:
    """How many papers joined the queue: those predicted in scope, and the week's probes from below the gate."""

    in_scope: int
    probes: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_scope + self.probes


def join_queue(ws: Workspace) -> Joined:
    """Queue papers that the current model predicts in scope, and rescore pending ones.

    Once a week, from the queue's second week on, the likeliest papers below the gate join as well: nothing else shows
    which papers the gate loses.
    """
    model, now = model_version(ws), ws.clock()
    year, week, _ = now.isocalendar()
    name = f"{year}-W{week:02d}"
    with write(ws.store) as db:
        rescore(db, model)
        joining = unqueued(db, model)
        enqueue(db, joining, now)
        begun = first_queued(db)
        due = begun is not None and begun <= now - WEEK and not probed(db, name)
        lost = below_gate(db, model, PROBE_FLOOR, PROBES) if due else []
        enqueue(db, lost, now)
        add_probes(db, name, model, lost)
        _arrange(db, model)
    return Joined(len(joining), len(lost))


def _arrange(db: Connection, model: str) -> None:
    """Put all pending papers, except those from backfills, into reading order."""
    waiting = [candidate for candidate in in_state(db, "pending") if not candidate.backlog]
    found = sorted(waiting, key=lambda candidate: candidate.paper)
    numbers = [candidate.paper for candidate in found]
    papers = {number: stored.paper for number, stored in load(db, numbers).items()}
    arranged = queue_order(found, papers, current(db, numbers, model))
    set_reading_order(db, [(candidate.paper, candidate.usefulness) for candidate in arranged])


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """The model, taxonomy and encoder that the settings name, and the folder of embeddings; can be sent to a worker."""

    version: str
    model: Path | None
    taxonomy: Path | None
    encoder: str
    embeddings: Path

    def load(self) -> "Classifier":
        """The classifier with all its weights.

        Raises:
            HarvesterError: a part is missing or tampered with, the model here is another version, or it assigns
                labels that the taxonomy lacks.
        """
        from classifiers.cache import CachedEncoder
        from classifiers.classifier import load

        with named_errors():
            classifier = load(self.model, encoder=self.encoder)
            if self.taxonomy:
                require_fit(classifier.taxonomy, load_taxonomy(self.taxonomy), self.version)
        if classifier.version != self.version:
            raise HarvesterError(
                f"This machine has the model {classifier.version}, not {self.version}; "
                "install the same version everywhere."
            )
        classifier.encoder = CachedEncoder(classifier.encoder, self.embeddings)
        return classifier


def chosen_model(ws: Workspace) -> ChosenModel:
    """The model that the settings name; cheap, because it loads no weights."""
    chosen = ws.settings.classifier
    taxonomy = ws.settings.path(chosen.taxonomy) if chosen.taxonomy else None
    return ChosenModel(model_version(ws), model_in_use(ws), taxonomy, encoder_name(ws), ws.settings.path(EMBEDDINGS))


def load_classifier(ws: Workspace) -> "Classifier":
    """The classifier with all its weights."""
    return chosen_model(ws).load()


def load_old_classifier(ws: Workspace) -> "Classifier":
    """The classifier with all its weights, even if the taxonomy has changed since it was trained."""
    return replace(chosen_model(ws), taxonomy=None).load()


def predict(classifier: "Classifier", waiting: Iterable[tuple[int, Paper]]) -> Iterator[tuple[int, Paper, Prediction]]:
    """Predictions for numbered papers, in the same order."""
    numbered = list(waiting)
    found = predictions_of(classifier, [text_of(paper) for _, paper in numbered])
    for (number, paper), prediction in zip(numbered, found, strict=True):
        yield number, paper, _declared(prediction, paper.kind, classifier.taxonomy) if paper.kind else prediction


def _declared(made: Prediction, kind: str, taxonomy: Taxonomy) -> Prediction:
    """The prediction with the kind that the paper's source declares; PubMed's publication types are set by people."""
    for facet in taxonomy.facets:
        if facet.exclusive and kind in facet.label_ids:
            labels = Labels({**made.labels.facets, facet.id: (kind,)})
            unsure = tuple(name for name in made.unsure if not name.startswith(f"{facet.id}:"))
            return replace(made, labels=labels, unsure=unsure)
    return made


def text_of(paper: Paper) -> Text:
    """The text of a paper that the classifier reads."""
    return Text(paper.id, paper.title, paper.abstract)


def predictions_of(classifier: "Classifier", texts: Sequence[Text]) -> list[Prediction]:
    """Predictions as the store keeps them, in order."""
    with named_errors():
        return [_own(found) for found in classifier.predict(texts)]


def explain(
    ws: Workspace, paper: Paper, labels: Mapping[str, Sequence[str]], classifier: "Classifier | None" = None
) -> tuple[dict[str, tuple[Reason, ...]], tuple[Neighbor, ...]]:
    """The sentences that each of `labels` (by facet) depends on, by ``facet:label``, and the nearest labeled papers.

    Labels that the model lacks are left out.

    Args:
        classifier: an already loaded classifier; without it, one is loaded, which takes about five seconds.

    Raises:
        HarvesterError: the model or the encoder is missing or tampered with.
    """
    classifier = classifier or load_classifier(ws)
    known = {
        facet.id: [label for label in labels.get(facet.id, ()) if label in facet.label_ids]
        for facet in classifier.taxonomy.facets
    }
    with named_errors():
        found, near = classifier.explain(text_of(paper), known), classifier.nearest(text_of(paper))
    reasons = {label: tuple(Reason(one.sentence, one.drop) for one in some) for label, some in found.items()}
    return reasons, tuple(Neighbor(one.id, one.title, one.similarity) for one in near)


def in_scope_among(ws: Workspace, numbers: Collection[int]) -> int:
    """How many of these papers are in scope by their current predictions."""
    with read(ws.store) as db:
        return sum(prediction.in_scope for prediction in current(db, numbers, model_version(ws)).values())


def _own(found: "Predicted") -> Prediction:
    return Prediction(found.scope, found.in_scope, Labels(found.labels), found.unsure, found.probabilities, found.model)


def encoder_name(ws: Workspace) -> str:
    """The encoder's name, or its folder beside config.toml."""
    folder = ws.settings.path(Path(ws.settings.classifier.encoder))
    return str(folder) if folder.is_dir() else ws.settings.classifier.encoder


def counted(watch: Watch, stage: str, total: int) -> Callable[[int], None]:
    """A function that adds up the steps that the encoder reports and passes the total to `watch`."""
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        watch(stage, done, total)

    return step
