"""Drift is reported where data has changed, and only there."""

import random

import numpy as np
import pytest

from classifiers.drift import Observed, drifted
from classifiers.model import Scores
from classifiers.records import month_of
from classifiers.storage import load_model, load_training_index, read_info

LABELS = [f"modality:m{n}" for n in range(20)] + [f"task:t{n}" for n in range(15)]
SHARES = {name: 0.02 + 0.01 * n for n, name in enumerate(LABELS)}
BEFORE = {
    "papers": 800,
    "unsure": 0.4,
    "labels": {name: {"given": share, "found": share * 1.05, "wrong": 0.05} for name, share in SHARES.items()},
}


def stream(seed: int, papers: int = 200, tripled: str = "", corrected: str = "") -> list[Observed]:
    rng = random.Random(seed)
    return [
        Observed(
            frozenset(name for name in LABELS if rng.random() < SHARES[name] * (3 if name == tripled else 1)),
            rng.random() < 0.4,
            frozenset({corrected} if rng.random() < 0.5 else ()) if corrected else None,
        )
        for _ in range(papers)
    ]


def test_silent_on_a_resample_of_the_training_year() -> None:
    alarms = [seed for seed in range(40) if drifted(BEFORE, stream(seed))]
    assert len(alarms) <= 1


def test_fires_where_a_modality_tripled() -> None:
    for seed in range(5):
        [first, *_] = drifted(BEFORE, stream(seed, tripled="modality:m9"))
        assert first.what == "share of modality:m9"
        assert "label more papers of modality:m9" in first.advice


def test_fires_where_reviewers_correct_one_label() -> None:
    findings = drifted(BEFORE, stream(1, corrected="task:t3"))
    assert [finding.what for finding in findings] == ["corrections of task:t3"]


def test_a_few_papers_say_nothing() -> None:
    assert drifted(BEFORE, stream(1, papers=20, tripled="modality:m9")) == []


@pytest.fixture(scope="module")
def year() -> list[Observed]:
    """The newest year of the training set, each paper as seen by heads that were not trained on it."""
    model, info = load_model(None)
    index = load_training_index()
    rows = [
        n
        for n, name in enumerate(index.ids)
        if (month_of(name) or (0, 0)) > (2025, 3) and index.facets["task"][n].any()
    ]
    scores = Scores(np.ones(len(rows)), {facet: values[rows].astype(float) for facet, values in index.facets.items()})
    said, unsure = model.decide(scores), model.unsure(scores)
    names = {facet: [f"{facet}:{label}" for label in labels] for facet, labels in info.labels.items()}
    return [
        Observed(
            frozenset(name for facet in names for name, yes in zip(names[facet], said[facet][n], strict=True) if yes),
            any(values[n].any() for values in unsure.values()),
        )
        for n in range(len(rows))
    ]


def test_the_shipped_model_is_silent_on_its_own_year(year: list[Observed]) -> None:
    before = read_info().document["baseline"]
    assert before["papers"] == len(year) > 500
    rng = random.Random(1)
    alarms = [drifted(before, rng.choices(year, k=size)) for size in (60, 150, 300, 800) for _ in range(10)]
    assert sum(map(bool, alarms)) <= 1


@pytest.mark.parametrize("label", ["ppg", "cmr", "xray", "echo", "wearable"])
def test_the_shipped_model_notices_a_tripled_modality(year: list[Observed], label: str) -> None:
    before = read_info().document["baseline"]
    name = f"modality:{label}"
    weights = [3 if name in observed.labels else 1 for observed in year]
    rng = random.Random(2)
    found = drifted(before, rng.choices(year, weights, k=400))
    assert name in {finding.what.removeprefix("share of ") for finding in found}
