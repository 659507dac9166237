"""The sentences of an abstract in a mail: those that matter most to the classifier, extracted once."""

from collections.abc import Callable

from classifiers.records import Reason
from harvester.services.digest.sending import send_digests
from harvester.services.learning.key_sentences import most_telling
from harvester.store.engine import read
from harvester.store.tables import extracts
from tests.conftest import both_databases
from tests.room import Room, Sink, text_of

PARTS = [
    "Deep learning has changed many fields of science.",
    "We thank the reviewers of an earlier version for their patience.",
    "We segment the left ventricle in cine cardiac MRI of 1,200 patients with a U-Net.",
    "All figures were drawn with open tools.",
    "The Dice score of the myocardium reaches 0.93 on short-axis cardiac MR images.",
    "Funding came from several sources.",
]
ABSTRACT = " ".join(PARTS)


def test_what_all_labels_together_rest_on_in_the_abstracts_order() -> None:
    reasons = {
        "task:segmentation": (Reason("A title", 0.9), Reason(PARTS[4], 0.2)),
        "modality:cmr": (Reason(PARTS[2], 0.3), Reason(PARTS[4], 0.2)),
    }
    assert most_telling(ABSTRACT, reasons) == f"… {PARTS[2]} … {PARTS[4]}"


def test_too_few_reasons_are_made_up_for_from_the_beginning() -> None:
    assert most_telling(ABSTRACT, {}) == f"{PARTS[0]} {PARTS[1]}"
    assert most_telling(ABSTRACT, {"a:b": (Reason(PARTS[1], 0.1),)}) == f"{PARTS[0]} {PARTS[1]}"
    assert most_telling("", {}) == ""


def test_a_reason_speaks_for_its_own_sentence_alone() -> None:
    parts = ["We study hearts.", "On data from elsewhere too, AUC was 0.91.", "Figures are ours.", "AUC was 0.91."]
    assert most_telling(" ".join(parts), {"a:b": (Reason(parts[3], 0.1),)}) == f"{parts[0]} … {parts[3]}"


@both_databases
def test_the_model_chooses_once_and_the_store_keeps_it(room: Room, smtp: Sink) -> None:
    room.subscribe("jo@example.org")
    room.accept("A title", modality="cmr", task="segmentation", known={"abstract": ABSTRACT})
    assert send_digests(room.ws).sent == 1
    words = " ".join(text_of(smtp.messages[0]).split())
    assert PARTS[2] in words
    assert PARTS[1] not in words
    with read(room.ws.store) as db:
        (row,) = db.execute(extracts.select()).all()
    assert row.words in words


def test_without_a_model_the_beginning_is_shown(make_room: Callable[..., Room], smtp: Sink) -> None:
    room = make_room()
    classifier = room.ws.settings.classifier.model_copy(update={"model": room.config.parent / "nowhere"})
    object.__setattr__(room.ws, "settings", room.ws.settings.model_copy(update={"classifier": classifier}))
    room.subscribe("jo@example.org")
    room.accept("A title", modality="cmr", known={"abstract": ABSTRACT})
    assert send_digests(room.ws).sent == 1
    words = " ".join(text_of(smtp.messages[0]).split())
    assert f"{PARTS[0]} {PARTS[1]}" in words
    assert PARTS[2] not in words
    room.ws.store.dispose()
