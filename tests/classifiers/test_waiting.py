"""How many of the waiting records would be included: the interval must hold the truth as often as it says."""

import numpy as np
import pytest

from classifiers.waiting import Rated, included_among

# What the model's log odds mean to the readers of a simulated queue: (shift, slope).
WORLDS = {"calibrated": (0.0, 1.0), "stricter": (-1.0, 1.0), "milder": (0.7, 1.0), "overconfident": (0.0, 0.6)}


def one_by_one(chances: np.ndarray, included: np.ndarray) -> list[Rated]:
    return [Rated(float(chance), 1, int(hit)) for chance, hit in zip(chances, included, strict=True)]


def queue(rng: np.random.Generator, shift: float, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """The model's probabilities of a queue's papers, and whether each is included in fact; roughly best first."""
    papers = rng.integers(60, 250)
    chances = rng.beta(rng.uniform(1.0, 3.0), rng.uniform(0.4, 1.2), size=papers)
    odds = shift + slope * np.log(chances / (1 - chances))
    included = rng.random(papers) < 1 / (1 + np.exp(-odds))
    order = np.argsort(-chances + 0.2 * rng.normal(size=papers))
    return np.clip(chances[order], 0.001, 0.999), included[order]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("share", [0.15, 0.4, 0.75])
def test_the_interval_holds_the_truth_in_at_least_85_of_100_reviews(world: str, share: float) -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        chances, included = queue(rng, *WORLDS[world])
        read = int(share * len(chances))
        decided, waiting = one_by_one(chances[:read], included[:read]), one_by_one(chances[read:], included[read:])
        found = included_among(waiting, decided)
        held += found.low <= included[read:].sum() <= found.high
    assert held >= 85


def test_it_holds_before_the_first_decision_if_the_model_is_calibrated() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(100):
        chances, included = queue(rng, 0.0, 1.0)
        found = included_among(one_by_one(chances, included), [])
        held += found.low <= included.sum() <= found.high
    assert held >= 85


def test_decisions_narrow_it_and_move_it() -> None:
    waiting = [Rated(0.8, 50)]
    before = included_among(waiting, [])
    kept, refused = (included_among(waiting, [Rated(0.8, 100, included)]) for included in (80, 10))
    assert kept.high - kept.low < before.high - before.low
    assert refused.high < kept.low
    assert kept.expected == pytest.approx(40, abs=3)


def test_groups_count_as_their_records() -> None:
    single = included_among([Rated(0.3, 1)] * 40, [Rated(0.5, 1, 1)] * 10)
    grouped = included_among([Rated(0.3, 40)], [Rated(0.5, 10, 10)])
    assert single.expected == pytest.approx(grouped.expected)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_it_never_exceeds_what_waits_and_certainty_is_not_believed(chance: float) -> None:
    found = included_among([Rated(chance, 7)], [Rated(chance, 3, 2)])
    assert 0 <= found.low <= found.high <= 7
    assert 0 < found.expected < 7
    assert included_among([], []).high == 0
