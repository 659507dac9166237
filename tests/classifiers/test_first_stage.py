"""The first stage: fast, and harmless."""

import numpy as np
import pytest

from classifiers import Text
from classifiers.classifier import Classifier
from classifiers.first_stage import FirstStage
from classifiers.keywords import SCOPE, ScopeWords, SynonymMatcher
from classifiers.taxonomy import load_taxonomy
from tests.classifiers.test_classifier import ECG, FERRY, GERMAN

TAXONOMY = load_taxonomy()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "an ECG-based method",
            "three ECGs",
            "ecg in lower case",
            "Blood-flow in vessels",
            "cardiac",
            "brush strokes",
        ),
        *("at the core of attention", "", "$$ --- ##", "MIT-BIH", "mit bih", "embolisms", "the valves", "Herz"),
        *(
            "at the heart of attention",
            "cardinality",
            "cardinal or cardiac",
            "at its heart, an ECG",
            "by heart and all",
        ),
    ],
)
def test_it_asks_what_the_matcher_would_find(text: str) -> None:
    matcher = SynonymMatcher(TAXONOMY)
    found = any(matcher.columns[column] == (SCOPE, SCOPE) for column, _ in matcher.matches(text))
    assert ScopeWords(TAXONOMY).stand_in(text) == found


def test_a_subject_with_too_few_synonyms_is_read_whole() -> None:
    texts = [Text(str(n), "Echoes of the past" if n % 2 else "A cardiac study", "") for n in range(10)]
    stage = FirstStage(TAXONOMY).fit(texts, np.ones(10, dtype=bool))
    assert stage.open_
    assert stage.passes(texts).all()


@pytest.mark.parametrize("idiom", TAXONOMY.scope.exceptions)
def test_an_exception_alone_does_not_pass(idiom: str) -> None:
    words = ScopeWords(TAXONOMY)
    assert not words.stand_in(f"about {idiom.rstrip('*')} here")
    assert words.stand_in(f"about {idiom.rstrip('*')} and the heart here")


def test_what_it_turns_away_has_no_labels(shipped: Classifier) -> None:
    ecg, ferry = shipped.predict([ECG, FERRY])
    assert ecg.in_scope
    record = ferry.to_json()
    assert (record["in_scope"], record["task"], record["kind"], record["unsure"]) == (False, [], "", [])
    assert record["probabilities"] == {"task": {}, "modality": {}, "disease": {}, "kind": {}}
    assert 0 < record["scope"] < 0.05


def test_the_full_model_reads_it_on_request(shipped: Classifier) -> None:
    [ferry] = shipped.predict([FERRY], full=True)
    assert not ferry.in_scope
    assert set(ferry.probabilities["task"]) == set(TAXONOMY.facet("task").label_ids)


def test_a_guess_is_never_in_scope(shipped: Classifier) -> None:
    for prediction in shipped.predict([GERMAN, Text("short", "Deep learning", "")]):
        assert not prediction.in_scope
        assert prediction.unsure
