"""The small parts: word features, heads, calibration, thresholds, metrics."""

from xml.etree import ElementTree

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from classifiers.calibration import SigmoidCalibrator, best_temperature, f1_thresholds, logit, recall_threshold
from classifiers.diagram import reliability_svg
from classifiers.features import JointFeatures, SynonymFeatures, WordFeatures
from classifiers.heads import LinearHeads, cross_fitted_scores
from classifiers.metrics import average_precision, calibration_error, macro_f1, micro_f1, precision_at_recall
from classifiers.model import FacetModel, LabelModel, Parameters, Scores
from classifiers.records import Labelled, Text
from classifiers.taxonomy import load_taxonomy
from classifiers.training import split_year
from classifiers.training_index import TrainingIndex

NONE = np.zeros((2, 0), dtype=np.intp)


def toy(papers: int = 200) -> tuple[sp.csr_matrix, np.ndarray]:
    """Two labels that depend on the first two of five columns."""
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(papers, 5))
    return sp.csr_matrix(dense), dense[:, :2] + 0.1 * rng.normal(size=(papers, 2)) > 0.5


def test_words_restore_to_the_same_numbers() -> None:
    papers = [Text("a", "", "the heart beats"), Text("b", "", "the heart rests"), Text("c", "", "the valve leaks")]
    learned = WordFeatures("abstract", min_df=1).fit(papers)
    restored = WordFeatures("abstract", min_df=1).restore(learned.terms_, learned.idf_)
    assert (learned.transform(papers) != restored.transform(papers)).nnz == 0
    assert "the heart" in learned.terms_


def test_no_words_give_no_columns() -> None:
    papers = [Text("a", "!", "?")]
    assert WordFeatures("title").fit(papers).transform(papers).shape == (1, 0)


def test_own_columns_are_those_of_the_label() -> None:
    features = SynonymFeatures(load_taxonomy())
    row = features.transform([Text("a", "Echocardiography of the heart", "Echocardiography.")])[0]
    echo = features.columns()["modality"][load_taxonomy().facet("modality").label_ids.index("echo")]
    assert (row[echo] > 0).all()
    assert sum((row[list(columns)] > 0).all() for columns in features.columns()["modality"]) == 1


def test_heads_learn_and_are_reproducible() -> None:
    X, Y = toy()  # noqa: N806
    first, second = (LinearHeads().fit(X, Y, NONE) for _ in range(2))
    assert np.array_equal(first.coef_, second.coef_)
    assert micro_f1(first.decision_function(X) > 0, Y) > 0.9
    assert np.array_equal(first.coef_, first.coef_.astype(np.float16).astype(np.float32))


def test_a_label_without_examples_scores_its_base_rate() -> None:
    X, Y = toy()  # noqa: N806
    Y[:, 1] = False
    Y[0, 1] = True
    heads = LinearHeads().fit(X, Y, NONE)
    assert not heads.coef_[1].any()
    assert heads.intercept_[1] < -4


def test_boosted_columns_are_regularised_less() -> None:
    X, Y = toy(30)  # noqa: N806
    plain = LinearHeads(C=0.01, boost=1).fit(X, Y, np.array([[0], [1]]))
    boosted = LinearHeads(C=0.01, boost=4).fit(X, Y, np.array([[0], [1]]))
    assert boosted.coef_[0, 0] > plain.coef_[0, 0]


def test_the_log_odds_of_a_label_count_more_than_a_regression_makes_of_them() -> None:
    X, Y = toy()  # noqa: N806
    plain = LinearHeads().fit(X, Y, NONE)
    trusting = LinearHeads(trust=3).fit(X, Y, NONE, trusted=np.array([4, -1]))
    added = trusting.decision_function(X) - plain.decision_function(X)
    assert added[:, 0] == pytest.approx(3 * X.toarray()[:, 4], abs=0.01)
    assert not added[:, 1].any()


def test_each_label_s_log_odds_stand_behind_the_synonyms() -> None:
    features = JointFeatures(load_taxonomy())
    first = features.own_columns()["task"].size  # one facet's columns; those of the others follow
    said = features.log_odds_columns(["scope", "task:segmentation"])
    assert said["scope"][0] > first
    assert said["task"].tolist() == [-1, said["scope"][0] + 1, *[-1] * (len(said["task"]) - 2)]
    own = features.own_columns(["scope", "task:segmentation"])["task"]
    assert own[:2, 4].tolist() == [own[0, 0], said["task"][1]]


def test_estimators_can_be_cloned() -> None:
    assert clone(LinearHeads(C=3.0, boost=1.5, trust=6)).get_params() == {"C": 3.0, "boost": 1.5, "trust": 6}
    assert clone(SigmoidCalibrator(7)).min_positives == 7


def test_scores_are_those_of_heads_that_have_not_seen_the_paper() -> None:
    rng = np.random.default_rng(0)
    X = sp.csr_matrix(rng.normal(size=(40, 60)))  # noqa: N806 - more columns than papers: anything can be learned by heart
    Y = rng.random((40, 1)) > 0.5  # noqa: N806
    by_heart = LinearHeads(C=100).fit(X, Y, NONE[:1]).decision_function(X)
    held_out = cross_fitted_scores(LinearHeads(C=100), X, Y, NONE[:1], 5, 0, np.ones(40))
    assert micro_f1(by_heart > 0, Y) == 1
    assert micro_f1(held_out > 0, Y) < 0.8


def test_calibrated_probabilities_match_frequencies() -> None:
    rng = np.random.default_rng(0)
    truth_odds = rng.normal(size=(20_000, 1)) * 2 - 1
    Y = rng.random(truth_odds.shape) < 1 / (1 + np.exp(-truth_odds))  # noqa: N806
    overconfident = 3 * truth_odds + 2
    probabilities = SigmoidCalibrator().fit(overconfident, Y).predict_proba(overconfident)
    error = calibration_error(probabilities, Y)
    assert error is not None
    assert error < 0.02


def test_rare_labels_borrow_the_common_calibration() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(500, 3))
    Y = scores + rng.normal(size=scores.shape) > 0  # noqa: N806
    Y[:, 2] = False
    Y[:3, 2] = True
    fitted = SigmoidCalibrator(min_positives=10).fit(scores, Y)
    pooled = SigmoidCalibrator(min_positives=10).fit(scores.reshape(-1, 1), Y.reshape(-1, 1))
    assert (fitted.slope_[2], fitted.offset_[2]) == (pooled.slope_[0], pooled.offset_[0])
    assert fitted.slope_[0] != pooled.slope_[0]


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=20))
def test_calibration_never_reorders(scores: list[float]) -> None:
    calibrator = SigmoidCalibrator()
    calibrator.slope_, calibrator.offset_ = np.array([0.7]), np.array([-1.0])
    ordered = np.sort(np.array(scores))[:, None]
    assert (np.diff(calibrator.predict_proba(ordered)[:, 0]) >= 0).all()


def test_a_label_with_few_papers_goes_half_the_way_to_its_own_threshold() -> None:
    probabilities = np.tile(np.linspace(0, 1, 101), (2, 1)).T
    Y = np.stack([probabilities[:, 0] > 0.3, probabilities[:, 1] > 0.805], axis=1)  # noqa: N806
    positives = float(Y[:, 1].sum())
    own, shared = f1_thresholds(probabilities, Y, 0), f1_thresholds(probabilities, Y, 1e9)
    assert shared[0] == pytest.approx(shared[1], abs=1e-3)
    assert own[1] > shared[1] + 0.3
    assert logit(f1_thresholds(probabilities, Y, positives)[1]) == pytest.approx(
        (logit(own) + logit(shared))[1] / 2, abs=1e-3
    )


def test_the_gate_keeps_the_recall_asked_for() -> None:
    probabilities, inside = np.linspace(0, 1, 1001), np.linspace(0, 1, 1001) > 0.2
    threshold = recall_threshold(probabilities, inside, 0.98)
    assert (probabilities[inside] >= threshold).mean() >= 0.98
    assert recall_threshold(probabilities, probabilities > 0.8, 0.98) == 0.5
    assert recall_threshold(probabilities, np.zeros(1001, dtype=bool), 0.98) == 0.5


def test_an_exclusive_facet_assigns_one_label() -> None:
    facet = FacetModel(True, 1.0, Parameters())
    facet.thresholds_ = np.array([0.5, 0.25, 0.25])
    probabilities = np.array([[0.6, 0.35, 0.05], [0.98, 0.01, 0.01]])
    assert facet.decide(probabilities).tolist() == [[False, True, False], [True, False, False]]


def test_a_paper_that_counts_for_many_is_learned_sooner() -> None:
    X = sp.csr_matrix(np.array([[1.0, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1]]))  # noqa: N806
    Y = np.array([[True], [False], [False], [False], [False], [True]])  # noqa: N806
    outweighs = np.array([9.0, 1, 1, 1, 1, 1])
    plain, weighed = (LinearHeads().fit(X, Y, NONE[:1], given) for given in (None, outweighs))
    assert plain.decision_function(X)[0, 0] < weighed.decision_function(X)[0, 0]


def test_doubtful_labels_are_marked_on_doubtful_papers_alone() -> None:
    model, facet = LabelModel(load_taxonomy()), FacetModel(False, 1.0, Parameters())
    facet.thresholds_ = np.array([0.5, 0.5, 0.3])
    model.facets_ = {"task": facet}
    model.doubt_ = 0.6
    scores = Scores(np.ones(2), {"task": np.array([[0.4, 0.97, 0.35], [0.03, 0.98, 0.5]])})
    assert model.unsure(scores)["task"].tolist() == [[True, False, True], [False, False, False]]


def test_labels_that_are_probably_right_make_up_for_some_doubt() -> None:
    model, facet = LabelModel(load_taxonomy()), FacetModel(False, 1.0, Parameters())
    facet.thresholds_ = np.full(3, 0.5)
    model.facets_, model.doubt_ = {"task": facet}, 0.1
    one, two = [0.98, 0.02, 0.28], [0.98, 0.98, 0.28]  # .32 expected to be wrong, .98 or 1.96 to be right
    assert model.unsure(Scores(np.ones(2), {"task": np.array([one, two])}))["task"].tolist() == [
        [False, False, True],
        [False, False, False],
    ]


def test_the_doubt_is_that_of_the_decision() -> None:
    """A label that is assigned at a probability of .35 is wrong in two cases of three."""
    model, facet = LabelModel(load_taxonomy()), FacetModel(False, 1.0, Parameters())
    facet.thresholds_ = np.array([0.3])
    model.facets_, model.doubt_ = {"task": facet}, 0.5
    assert model.unsure(Scores(np.ones(2), {"task": np.array([[0.35], [0.25]])}))["task"].tolist() == [[True], [False]]


def test_the_softening_makes_the_calibration_error_least() -> None:
    rng = np.random.default_rng(0)
    odds = rng.normal(size=(4000, 5)) * 2 - 2
    truth = rng.random(odds.shape) < 1 / (1 + np.exp(-odds))
    factor = best_temperature(odds * 1.4, truth)
    softened = 1 / (1 + np.exp(-odds * 1.4 * factor))
    assert factor < 0.8
    before, after = (calibration_error(p, truth) for p in (1 / (1 + np.exp(-odds * 1.4)), softened))
    assert before is not None
    assert after is not None
    assert after < before


def test_the_nearest_labelled_papers_leave_out_the_paper_itself() -> None:
    vectors = np.array([[127, 0], [120, 40], [0, 127], [90, 90]], dtype=np.int8)
    titles = ("Own title", "Close by", "Far away", "Between")
    index = TrainingIndex(("a", "b", "c", "d"), titles, vectors, np.zeros(4, dtype=np.float16), {})
    found = index.nearest(np.array([1, 0], dtype=np.float32), Text("other id", "Own Title!", ""), 2)
    assert [neighbor.id for neighbor in found] == ["b", "d"]
    assert found[0].similarity == pytest.approx(120 / 127)


def test_a_diagram_is_a_picture() -> None:
    drawing = ElementTree.fromstring(reliability_svg([(100, 0.07, 0.1), (400, 0.95, 0.93)]))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}circle")) == 2


def test_figures() -> None:
    said = np.array([[1, 0], [1, 1], [0, 0], [1, 0]], dtype=bool)
    truth = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=bool)
    assert micro_f1(said, truth) == pytest.approx(2 * 2 / 8)
    assert macro_f1(said, truth) == pytest.approx(2 * 2 / 6), "the second label has one true paper and is left out"
    scores, inside = np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False])
    assert average_precision(scores, inside) == pytest.approx((1 + 2 / 3) / 2)
    assert precision_at_recall(scores, inside) == pytest.approx(2 / 3)
    assert average_precision(scores, np.ones(4, dtype=bool)) is None
    assert calibration_error(np.array([[0.9, 0.01]]), np.array([[True, False]])) == pytest.approx(0.1)
    assert calibration_error(np.array([[0.01]]), np.array([[False]])) is None


@pytest.mark.parametrize(
    ("papers", "year"),
    [
        ({2024: 300, 2025: 60, 2026: 10}, 2025),
        ({2024: 300, 2025: 60, 2026: 70}, 2026),
        ({2023: 100, 2024: 900, 2025: 60, 2026: 30}, 2024),
        ({2024: 900, 2025: 60, 2026: 30}, None),
        ({2024: 20, 2025: 20}, None),
        ({}, None),
    ],
)
def test_the_newest_year_with_enough_papers_is_tested_on(papers: dict[int, int], year: int | None) -> None:
    """At least fifty, and a tenth of them all; a hundred must be left to learn from."""
    ids = [f"arxiv:{year - 2000}01.{n:05}" for year, count in papers.items() for n in range(count)]
    assert split_year([Labelled(Text(paper_id, "A title", ""), 2, {}) for paper_id in ids]) == year
