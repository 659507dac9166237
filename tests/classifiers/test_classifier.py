"""The shipped classifier on invented papers: the contract of a prediction, plain cases, and bad input."""

import json

import pytest

import classifiers
from classifiers import Text
from classifiers.classifier import Classifier
from classifiers.storage import read_info
from tests.classifiers.conftest import Garden

ECG = Text(
    "arxiv:2601.00001",
    "Spotting atrial fibrillation in single-lead ECG with a small convolutional network",
    "We train a compact neural network to detect atrial fibrillation in single-lead electrocardiograms from a "
    "wearable patch. On a held-out cohort the classifier reaches high sensitivity for arrhythmia at a low false alarm "
    "rate. Ablations show which parts of the beat matter.",
)
CMR = Text(
    "arxiv:2601.00002",
    "Segmenting the left ventricle in cine cardiac MRI of patients with hypertrophic cardiomyopathy",
    "A U-Net variant delineates the myocardium in cine cardiac magnetic resonance images. Segmentation masks are "
    "evaluated by Dice overlap in hypertrophic cardiomyopathy.",
)
REVIEW = Text(
    "arxiv:2601.00003",
    "A survey of deep learning for echocardiography",
    "This review summarises deep learning methods for echocardiography, discusses open problems and gives an outlook.",
)
FERRY = Text(
    "arxiv:2601.00004",
    "Integer programs for island ferry timetables",
    "We schedule ferries between islands with a branch-and-price method and report shorter waits for passengers.",
)
GERMAN = Text(
    "doi:10.1000/de",
    "Über die Zucht von Rüben in kalten Wintern",
    "Wir berichten über den Anbau von Rüben auf sandigen Böden und den Einfluss des Frostes auf den Ertrag der Ernte.",
)


def test_predictions_keep_the_contract(shipped: Classifier) -> None:
    taxonomy = shipped.taxonomy
    for prediction in shipped.predict([ECG, FERRY], full=True):
        record = json.loads(json.dumps(prediction.to_json()))
        assert set(record) == {
            *("id", "scope", "in_scope", "kind", "task", "modality", "disease", "unsure", "probabilities", "model")
        }
        assert record["model"] == shipped.version == read_info().version
        assert record["kind"] in taxonomy.facet("kind").label_ids
        assert 0 <= record["scope"] <= 1
        assert {facet: set(values) for facet, values in record["probabilities"].items()} == {
            facet.id: set(facet.label_ids) for facet in taxonomy.facets
        }
        assert all(0 <= value <= 1 for values in record["probabilities"].values() for value in values.values())
        assert sum(record["probabilities"]["kind"].values()) == pytest.approx(1, abs=1e-4)
        for facet in ("task", "modality", "disease"):
            assert set(record[facet]) <= set(taxonomy.facet(facet).label_ids)
        known = {f"{facet.id}:{label}" for facet in taxonomy.facets for label in facet.label_ids}
        assert set(record["unsure"]) <= known


def test_plain_cases_are_labelled_right(shipped: Classifier) -> None:
    ecg, cmr, review, ferry = shipped.predict([ECG, CMR, REVIEW, FERRY])
    assert ecg.in_scope
    assert (ecg.labels["task"], ecg.labels["disease"], ecg.kind) == (("diagnosis",), ("arrhythmia",), "research")
    assert "ecg" in ecg.labels["modality"]
    assert cmr.in_scope
    assert (cmr.labels["task"], cmr.labels["modality"]) == (("segmentation",), ("cmr",))
    assert cmr.labels["disease"] == ("cardiomyopathy",)
    assert (review.in_scope, review.kind, review.labels["modality"]) == (True, "review", ("echo",))
    assert not ferry.in_scope
    assert ferry.scope < 0.1


def test_the_batch_makes_no_difference(shipped: Classifier) -> None:
    together = shipped.predict([ECG, CMR, REVIEW, FERRY, ECG])
    [alone] = shipped.predict([REVIEW])
    assert together[2].scope == pytest.approx(alone.scope, abs=1e-4)
    assert together[2].labels == alone.labels
    assert together[0].probabilities == together[4].probabilities
    assert [prediction.id for prediction in together] == [paper.id for paper in (ECG, CMR, REVIEW, FERRY, ECG)]


def test_nothing_gives_nothing(shipped: Classifier) -> None:
    assert shipped.predict([]) == []


@pytest.mark.parametrize(
    "odd",
    [
        Text("short", "Heart", ""),
        Text("word", "ECG", "classification"),
        Text("empty", "", ""),
        Text("signs", "!?", "$$$ --- ###"),
        GERMAN,
        Text("chinese", "心电图分类", "我们提出一种用于心律失常检测的神经网络。" * 5),
    ],
    ids=lambda paper: paper.id,
)
def test_texts_that_say_too_little_are_marked_unsure(shipped: Classifier, odd: Text) -> None:
    [prediction] = shipped.predict([odd])
    assigned = {f"{facet}:{label}" for facet, labels in prediction.labels.items() for label in labels}
    assert assigned
    assert assigned <= set(prediction.unsure)


@pytest.mark.parametrize(
    "odd",
    [
        Text("long", ECG.title, ECG.abstract * 150),
        Text("one word", ECG.title, "heart" * 10_000),
        Text("latex", ECG.title, r"We use $\mathcal{L}_{\text{ECG}} = \sum_i \|x_i - \hat{x}_i\|_2^2$ \cite{a}. " * 20),
        Text("html", f"<b>{ECG.title}</b>", f"<p>{ECG.abstract}</p><script>alert('x')</script>"),
        Text("broken", ECG.title + "\ud800", "\x00\x07" + ECG.abstract),
    ],
    ids=lambda paper: paper.id,
)
def test_odd_texts_about_hearts_stay_in_scope(shipped: Classifier, odd: Text) -> None:
    assert len(odd.abstract) < 60_000
    [prediction] = shipped.predict([odd])
    assert prediction.in_scope
    assert "ecg" in prediction.labels["modality"]


def test_explanations_name_the_sentences_a_label_rests_on(shipped: Classifier) -> None:
    [prediction] = shipped.predict([ECG], explained=True)
    assert prediction.explanation is not None
    assert {key.split(":")[0] for key in prediction.explanation} == {"task", "modality", "disease", "kind"}
    [first, *_] = prediction.explanation["disease:arrhythmia"]
    assert first.sentence in (ECG.title, *ECG.abstract.split(". "))
    assert "arrhythmia" in first.sentence or "fibrillation" in first.sentence
    assert first.drop > 0
    assert prediction.nearest is not None
    assert len(prediction.nearest) == 3
    assert all(near.id and near.title and 0.3 < near.similarity <= 1.01 for near in prediction.nearest)
    without = Text("x", "", ECG.abstract) if first.sentence == ECG.title else None
    if without is not None:
        [again] = shipped.predict([without])
        drop = prediction.probabilities["disease"]["arrhythmia"] - again.probabilities["disease"]["arrhythmia"]
        assert first.drop == pytest.approx(drop, abs=1e-3)


def test_another_subject_needs_no_code(trained_garden: Garden) -> None:
    garden = classifiers.load(trained_garden.model)
    tomato, ferry = garden.predict(
        [
            Text("a", "Garden notes on the tomato", "We ran a trial with tomato plants trained along strings."),
            Text("b", "A ferry timetable", "A ferry timetable optimised for harbours with integer programming."),
        ]
    )
    assert tomato.in_scope
    assert (tomato.labels["crop"], tomato.kind) == (("tomato",), "study")
    assert not ferry.in_scope
    assert set(tomato.to_json()) == {"id", "scope", "in_scope", "crop", "kind", "unsure", "probabilities", "model"}
