"""Explanations that are computed in the background for the review page."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from classifiers.storage import CARD, _version, model_dir
from harvester.base.errors import HarvesterError
from harvester.services.learning.classify import model_version
from harvester.services.learning.models import models_folder, promote, rollback
from harvester.services.review import explanations as rooms
from harvester.services.review.decisions import decide_all
from harvester.services.review.explanations import Background, Explanations
from harvester.services.review.queries import paper_detail
from harvester.services.workspace import Workspace
from tests.room import ENCODER, NO_ENCODER, Room

T = TypeVar("T")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room.make(tmp_path, classifier={"encoder": NO_ENCODER})
    yield made
    made.ws.store.dispose()


def when_there(ask: Callable[[], T | None]) -> T:
    """The answer, once it has been computed."""
    while (found := ask()) is None:
        time.sleep(0.02)
    return found


def test_the_nearest_of_the_catalogue_without_the_paper_itself(room: Room) -> None:
    texts = {
        "2506.00001": "Segmentation of the left ventricle in echocardiography",
        "2506.00002": "Left ventricle segmentation from echocardiography with transformers",
        "2506.00003": "Atrial fibrillation in wearable photoplethysmography",
    }
    for name, title in texts.items():
        room.put(name, title, abstract=title)
    room.put("2506.00004", "Echocardiography of ventricles", abstract="Segmentation of the left ventricle.")
    decide_all(room.ws, "accept", list(texts), "ann", "", {})
    insight = Explanations(room.ws)
    found = when_there(lambda: insight.nearest(paper_detail(room.ws, "2506.00004")))
    assert [neighbor.paper.id for neighbor in found][:2] == ["arxiv:2506.00001", "arxiv:2506.00002"]
    assert "arxiv:2506.00003" not in [neighbor.paper.id for neighbor in found]
    itself = when_there(lambda: insight.nearest(paper_detail(room.ws, "2506.00001")))
    assert itself[0].paper.id == "arxiv:2506.00002"


def test_an_empty_catalogue_has_nothing_near(room: Room) -> None:
    room.put("2506.00001", "Hearts")
    insight = Explanations(room.ws)
    assert when_there(lambda: insight.nearest(paper_detail(room.ws, "2506.00001"))) == []


@pytest.mark.parametrize(("error", "said"), [(HarvesterError("no model"), "no model"), (ValueError("x"), "ValueError")])
def test_what_cannot_be_made_is_said_to_whoever_asks(error: Exception, said: str) -> None:
    def make() -> int:
        raise error

    thing = Background(make)
    with pytest.raises(HarvesterError, match=said):
        when_there(thing.now)


def test_it_is_made_once() -> None:
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return "done"

    thing = Background(make)
    assert {when_there(thing.now) for _ in range(5)} == {"done"}
    assert made == [1]


def another_model(ws: Workspace) -> str:
    """The shipped model with another date, and so another version, in the folder of promoted models."""
    card = json.loads((model_dir(None) / CARD).read_text(encoding="utf-8"))
    card["date"] = "2020-01-01"
    card["version"] = _version(card["date"], card)
    folder = models_folder(ws) / card["version"]
    shutil.copytree(model_dir(None), folder)
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return str(card["version"])


def test_a_promoted_model_is_taken_up_and_given_up_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(ws: Workspace) -> object:
        found = really_load(ws)
        loaded.append(found.version)
        return found

    really_load = rooms.load_classifier
    monkeypatch.setattr(rooms, "load_classifier", load)
    room = Room.make(tmp_path, classifier={"encoder": ENCODER})
    room.put("2506.00001", "Rhythms", abstract="It rained. We classify arrhythmias from the electrocardiogram.")
    insight, shown = Explanations(room.ws), paper_detail(room.ws, "2506.00001")
    before = when_there(lambda: insight.why(shown))
    assert "modality:ecg" in before.reasons
    assert len(before.nearest) == 3
    other = another_model(room.ws)
    promote(room.ws, other)
    assert insight.why(shown) is None, "what the model before had said is not this one's"
    assert when_there(lambda: insight.why(shown)) == before
    rollback(room.ws)
    room.put("2506.00002", "Beats", abstract="It snowed. We read the electrocardiogram.")
    assert when_there(lambda: insight.why(paper_detail(room.ws, "2506.00002")))
    assert loaded == [model_version(room.ws), other, model_version(room.ws)]
    room.ws.store.dispose()
