"""What a run computes ahead for the papers of the queue: why they have their labels, and what is similar."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.domain.candidates import QueueFilter
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.services.learning import explanations
from harvester.services.learning.explanations import labels_to_explain, prepare_queue, similar
from harvester.services.learning.models import model_version
from harvester.services.learning.rescore import rescore
from harvester.services.review.decisions import decide_all
from harvester.services.review.documents import paper_document
from harvester.services.review.explanations import explain_if_possible
from harvester.services.review.queries import paper_detail, queue_page
from harvester.store.engine import read, write
from harvester.store.explanations import save_explanations, save_similar, unexplained
from tests.conftest import both_databases
from tests.room import ENCODER, NO_ENCODER, Room
from tests.web.review.conftest import both, furnished

__all__ = ["both", "furnished"]
NAMES = ("2506.00001", "2506.00002", "2506.00003")
TEXT = "It rained in number {}. We classify arrhythmias from the electrocardiogram."


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room.make(tmp_path, classifier={"encoder": ENCODER}, review={"explanations": 2})
    for place, name in enumerate(NAMES):
        made.put(name, f"Rhythms {place}", 0.9 - place / 10, abstract=TEXT.format(place))
    yield made
    made.ws.store.dispose()


def explained(room: Room) -> list[bool]:
    """Of each paper, in the order of the queue, whether it is explained."""
    return [paper_detail(room.ws, row.id).explanation is not None for row in queue_page(room.ws, QueueFilter()).rows]


def test_the_first_of_the_queue_are_explained_and_the_next_run_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert explained(room) == [False, False, False]
    monkeypatch.setattr(explanations, "BATCH", 1)
    done = rescore(room.ws)  # predicts with the model in use first; a night does the same
    assert done.papers == 3
    assert explained(room) == [True, True, False], "as many as config.toml says, best first"
    first, _, last = (row.id for row in queue_page(room.ws, QueueFilter()).rows)
    found = paper_detail(room.ws, first)
    assert found.explanation is not None
    assert found.prediction is not None
    assert set(found.explanation.reasons) == {*found.prediction.labels.names, *found.prediction.unsure}
    assert "electrocardiogram" in found.explanation.reasons["modality:ecg"][0].sentence
    assert all(len(reasons) <= 2 for reasons in found.explanation.reasons.values())
    assert len(found.explanation.nearest) == 3
    assert found.similar == (), "compared, and nothing is in the catalog"
    assert prepare_queue(room.ws) == 1
    assert explained(room) == [True, True, True]
    monkeypatch.setattr(explanations, "load_classifier", None)
    assert prepare_queue(room.ws) == 0, "nothing is left to do, so no classifier is loaded"
    document = paper_document(found, room.ws.taxonomy, explain_if_possible(room.ws, found))
    assert set(document["explanation"]) == set(found.labels.names)
    assert len(document["nearest"]) == 3
    decide_all(room.ws, "accept", [last], "ann", "", {})
    prepare_queue(room.ws)
    near = paper_detail(room.ws, first).similar
    assert near is not None
    assert [one.paper.id for one in near] == [last]
    decide_all(room.ws, "undo", [last], "ann", "", {})
    assert paper_detail(room.ws, first).similar == (), "it has left the catalog"


@both_databases
def test_only_pending_papers_with_an_abstract_and_a_prediction_by_the_model_in_use_wait(both: Room) -> None:
    both.put(NAMES[0], "An electrocardiogram")
    both.put(NAMES[1], "No abstract", abstract="")
    both.put(NAMES[2], "Decided")
    decide_all(both.ws, "reject", [NAMES[2]], "ann", "", {})
    with read(both.ws.store) as db:
        assert [paper.id for _, paper, _ in unexplained(db, "2025-06-01-abc", 9)] == [f"arxiv:{NAMES[0]}"]
        assert unexplained(db, "2025-06-01-abc", 0) == []
        assert unexplained(db, model_version(both.ws), 9) == []
    both.explain(NAMES[0], {"modality:ecg": ["It works."]})
    with read(both.ws.store) as db:
        assert unexplained(db, "2025-06-01-abc", 9) == []
    found = paper_detail(both.ws, NAMES[0])
    assert found.explanation is not None
    assert found.explanation.reasons["modality:ecg"][0].sentence == "It works."
    assert found.similar == ()
    both.put_again(NAMES[0], "Another text")
    with write(both.ws.store) as db:  # of a prediction, or a paper, that was merged away meanwhile
        save_explanations(db, {999: found.explanation}, both.now)
        save_similar(db, {999: [(1, 0.5)]})


def test_without_a_limit_nothing_is_computed(tmp_path: Path) -> None:
    room = Room.make(tmp_path, classifier={"encoder": NO_ENCODER}, review={"explanations": 0})
    room.put(NAMES[0], "Hearts")
    assert prepare_queue(room.ws) == 0
    assert paper_detail(room.ws, NAMES[0]).similar is None
    room.ws.store.dispose()


def test_the_labels_that_are_explained_are_those_to_look_at() -> None:
    labels = Labels({"task": ("diagnosis",), "kind": ("research",)})
    made = Prediction(0.9, True, labels, ("modality:ecg", "task:diagnosis"), {}, "a model")
    assert labels_to_explain(made) == {"task": ["diagnosis"], "kind": ["research"], "modality": ["ecg"]}


def test_the_nearest_are_those_whose_words_are_most_alike() -> None:
    titles = (
        "Segmentation of the left ventricle in echocardiography",
        "Left ventricle segmentation from echocardiography with transformers",
        "Atrial fibrillation in wearable photoplethysmography",
    )
    catalog = {number: Paper((f"arxiv:{number}",), title, title) for number, title in enumerate(titles, 1)}
    wanted = Paper(("arxiv:9",), "Echocardiography of ventricles", "Segmentation of the left ventricle.")
    found = similar(catalog, {9: wanted})
    assert [number for number, _ in found[9]] == [1, 2]
    assert similar({}, {9: wanted}) == {9: ()}
    assert similar(catalog, {}) == {}
