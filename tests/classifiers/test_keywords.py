"""Synonyms in text: the rules written at the top of taxonomy.toml."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.keywords import SCOPE, SynonymMatcher
from classifiers.taxonomy import load_taxonomy

MATCHER = SynonymMatcher(load_taxonomy())


def found(text: str, facet: str) -> list[str]:
    return [MATCHER.columns[column][1] for column, _ in MATCHER.matches(text) if MATCHER.columns[column][0] == facet]


@pytest.mark.parametrize(
    ("text", "facet", "labels"),
    [
        ("a CT of the chest", "modality", ["ct"]),
        ("we act on contact", "modality", []),
        ("ct in lower case is not the acronym", "modality", []),
        ("three ECGs", "modality", ["ecg"]),
        ("an ECG-based method", "modality", ["ecg"]),
        ("pulmonary hypertension", "disease", ["pulmonary"]),
        ("systemic hypertension", "disease", ["hypertension"]),
        ("Pulmonary-Hypertension", "disease", ["pulmonary"]),
        ("arrhythmias", "disease", ["arrhythmia"]),
        ("brain MRI of patients", "modality", ["brainmri"]),
        ("coronary CT angiography", "modality", ["ccta"]),
        ("heart failure and heart failures", "disease", ["hf", "hf"]),
        ("in the MIdst of things", "disease", []),
        ("a general method, and general practice", "disease", []),
        ("multiple diseases", "disease", ["general"]),
        ("motion blur and motion sensors", "task", []),
        ("tracks heart motion by motion estimation", "task", ["registration"]),
        ("perfusion MRI of the myocardium", "modality", ["cmr"]),
        ("", "disease", []),
    ],
)
def test_rules(text: str, facet: str, labels: list[str]) -> None:
    assert found(text, facet) == labels


@pytest.mark.parametrize("facet", load_taxonomy().facets, ids=lambda facet: facet.id)
def test_every_synonym_is_found_where_it_stands(facet) -> None:
    for label in facet.labels:
        for synonym in (label.name, *label.synonyms):
            assert label.id in found(f"about {synonym.rstrip('*')} here", facet.id), (label.id, synonym)


@pytest.mark.parametrize(
    ("text", "found_words"),
    [
        ("the cardinality of a cardiac set", ["cardiac"]),
        ("Cardinal numbers, cardioid microphones, and Cardiff", []),
        ("Trust is at the heart of heart surgery", ["heart"]),
        ("Attention lies at the heart of it", []),
        ("a patient at the heart clinic", ["heart"]),
        ("Brush-strokes after a stroke", ["stroke"]),
        ("arterials and arterial roads, not arterial walls", ["arterial"]),
        ("vessel trajectories", []),
    ],
)
def test_exceptions_take_words_from_the_scope_s_synonyms(text: str, found_words: list[str]) -> None:
    words = [word for column, word in MATCHER.matches(text) if MATCHER.columns[column] == (SCOPE, SCOPE)]
    assert words == found_words


def test_an_exception_of_the_scope_is_no_exception_of_a_label() -> None:
    assert found("brush strokes", "disease") == ["stroke"]


@given(st.text(max_size=300))
def test_any_text_can_be_counted(text: str) -> None:
    [row] = MATCHER.counts([text])
    assert row.sum() == sum(1 for _ in MATCHER.matches(text))


@given(st.lists(st.sampled_from(["heart", "failure", "MI", "CT", "of", "stroke", "pulmonary", "hypertension"])))
def test_matches_of_a_facet_never_overlap(words: list[str]) -> None:
    text = " ".join(words)
    diseases = [word for column, word in MATCHER.matches(text) if MATCHER.columns[column][0] == "disease"]
    assert sum(len(match.split()) for match in diseases) <= len(words)
