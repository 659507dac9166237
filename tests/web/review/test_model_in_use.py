"""Every view or copy of a prediction has that of the model in use, even after a rollback."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from classifiers.packaged import packaged
from classifiers.storage import CARD, _version
from harvester.domain.candidates import QueueFilter
from harvester.domain.labels import Labels
from harvester.domain.papers import Sighting
from harvester.domain.predictions import Prediction
from harvester.services.learning.classify import classify_waiting
from harvester.services.learning.models import model_version, models_folder, promote
from harvester.services.learning.train import roll_back, training_set
from harvester.services.operations import statistics
from harvester.services.review.documents import paper_document, queue_document
from harvester.services.review.queries import paper_detail, queue_page
from harvester.services.workspace import Workspace
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.papers import find
from harvester.store.predictions import save
from harvester.store.recording import record
from tests.conftest import both_databases
from tests.room import Browser, Room

NAME = "2506.00001"


def another_model(ws: Workspace, date: str) -> str:
    """A model that calls itself newer than the packaged one, in the folder of promoted models; its version."""
    document = json.loads((packaged("model") / CARD).read_text(encoding="utf-8")) | {"date": date}
    document["version"] = _version(date, document)
    folder = models_folder(ws) / document["version"]
    shutil.copytree(packaged("model"), folder)
    (folder / CARD).write_text(json.dumps(document), encoding="utf-8")
    return str(document["version"])


def say(ws: Workspace, model: str, modality: str, scope: float, *, unsure: tuple[str, ...] = ()) -> None:
    """Store a model's prediction for the paper's current text."""
    labels = Labels({"task": ("diagnosis",), "modality": (modality,), "kind": ("research",)})
    with write(ws.store) as db:
        stored = find(db, f"arxiv:{NAME}")
        assert stored
        save(db, [(stored.number, stored.paper, Prediction(scope, True, labels, unsure, {}, model))], ws.clock())


@pytest.fixture
def said(both: Room) -> tuple[Room, str]:
    """A queued paper, ECG for the shipped model and PPG for a newer one not in use yet, whose version is returned."""
    both.put(NAME, "A study of the heart", 0.9)
    newer = another_model(both.ws, "2099-01-01")
    say(both.ws, model_version(both.ws), "ecg", 0.9)
    say(both.ws, newer, "ppg", 0.6, unsure=("task:prognosis",))
    return both, newer


def shown(room: Room, browser: Browser) -> dict[str, object]:
    """The modality and scope that each view shows."""
    (row,) = queue_document(queue_page(room.ws, QueueFilter()).rows, room.ws.taxonomy)
    whole = paper_document(paper_detail(room.ws, NAME), room.ws.taxonomy)
    page = browser.page("/review")
    ticked = page.xpath("//input[@name='modality'][@checked]/@value")
    (found,) = page.xpath("//ol[@class='rows']/li")
    labels = " ".join(found.xpath(".//span[@class='labels']")[0].text_content().split())
    scope = found.xpath(".//*[@class='scope']")[0].text_content().split()
    by_label = [
        len(page.xpath("//ol[@class='rows']/li[@data-id]"))
        for page in (browser.page(f"/review?label=modality:{label}") for label in ("ecg", "ppg"))
    ]
    return {
        "queue": (row["modality"], row["scope"], len(row["unsure"])),
        "show": (whole["prediction"]["modality"], whole["prediction"]["scope"]),
        "page": (ticked, labels, scope),
        "filter": by_label,
    }


OLD = {
    "queue": (["ecg"], 0.9, 0),
    "show": (["ecg"], 0.9),
    "page": (["ecg"], "Diagnosis ECG Research", ["scope", "90", "%"]),
    "filter": [1, 0],
}
NEW = {
    "queue": (["ppg"], 0.6, 1),
    "show": (["ppg"], 0.6),
    "page": (["ppg"], "Diagnosis PPG Research 1 unsure", ["scope", "60", "%"]),
    "filter": [0, 1],
}


@both_databases
def test_queue_page_show_and_accept_have_the_labels_of_the_model_in_use(said: tuple[Room, str]) -> None:
    room, newer = said
    browser = room.browser("ann")
    assert shown(room, browser) == OLD, "a challenger that was not promoted says nothing"
    promote(room.ws, newer)
    assert classify_waiting(room.ws) == 1
    assert shown(room, browser) == NEW
    assert roll_back(room.ws)["rescored"] == 1, "what it had said before counts again"
    assert shown(room, browser) == OLD
    assert decided(room) == '"ecg"'


def test_accept_takes_the_labels_of_a_promoted_model(said: tuple[Room, str]) -> None:
    room, newer = said
    promote(room.ws, newer)
    assert decided(room) == '"ppg"'


def decided(room: Room) -> str:
    """The modality that an accept without labels writes."""
    from harvester.services.review.decisions import decide_all

    (done,) = decide_all(room.ws, "accept", [NAME], "ann", "", {})
    assert not done.error
    (line,) = [text for text in Path(str(done.entry)).read_text().splitlines() if text.startswith("modality")]
    return line.removeprefix("modality = [").removesuffix("]")


@both_databases
def test_training_and_figures_compare_with_the_model_in_use(said: tuple[Room, str]) -> None:
    room, newer = said
    decided(room)
    assert training_set(room.ws).corrected == frozenset()
    assert kept(room) == {"ECG"}
    promote(room.ws, newer)
    assert training_set(room.ws).corrected == {f"arxiv:{NAME}"}
    assert kept(room) == set()


def kept(room: Room) -> set[str]:
    """The modalities that the model gave and reviewers kept."""
    found = statistics.classifier(room.ws)
    return {label.name for label in found.labels if label.facet == "Data" and label.both}


@both_databases
def test_a_text_that_changed_has_the_newest_word_on_it_then_the_newest_on_any(said: tuple[Room, str]) -> None:
    """The model in use has not read the new text yet: another model's prediction for it outranks an old one."""
    room, newer = said
    room.put_again(NAME, "Another study of the heart")
    assert modality(room) == ("ppg",), "nobody has read the new text: the newest word"
    say(room.ws, "2024-01-01-older", "echo", 0.7)
    say(room.ws, "2023-01-01-oldest", "cmr", 0.7)
    assert modality(room) == ("cmr",), "the newest on the present text"
    say(room.ws, model_version(room.ws), "ecg", 0.7)
    say(room.ws, newer, "pcg", 0.7)
    assert modality(room) == ("ecg",), "the model in use has read it"


@both_databases
def test_of_other_models_those_count_that_read_the_present_text(both: Room) -> None:
    echo = Labels({"modality": ("echo",), "kind": ("research",)})
    both.put(NAME, "A study of the heart", labels=echo)
    first = paper_detail(both.ws, NAME).paper
    both.put_again(NAME, "Another study of the heart")
    say(both.ws, "2024-01-01-older", "cmr", 0.7)
    assert modality(both) == ("cmr",)
    with write(both.ws.store) as db:
        record(db, [Sighting(ARXIV, replace(first, version=3))], both.now)
    assert modality(both) == ("echo",), "its first text is the present one again"


def modality(room: Room) -> tuple[str, ...]:
    found = paper_detail(room.ws, NAME).prediction
    assert found
    return found.labels.facets["modality"]


def test_a_model_that_cannot_be_read_stops_no_reviewer(said: tuple[Room, str]) -> None:
    room, newer = said
    promote(room.ws, newer)
    (models_folder(room.ws) / newer / CARD).unlink()
    assert modality(room) == ("ppg",), "the newest on the present text"
    assert decided(room) == '"ppg"'
