"""How many records that belong are left unread: the interval must hold the truth as often as it says."""

import numpy as np
import pytest

from classifiers.remaining import remaining


def reading(rng: np.random.Generator, records: int = 2000) -> np.ndarray:
    """Answers in the order of a ranking: scores of included and excluded records are normally distributed, apart."""
    included = np.arange(records) < rng.integers(15, 120)
    scores = rng.normal(size=records) + included * rng.uniform(1.8, 3.2)
    return included[np.argsort(-scores)]


@pytest.mark.parametrize("share", [0.1, 0.2, 0.4])
def test_the_interval_holds_the_truth_in_at_least_85_of_100_readings(share: float) -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(100):
        answers = reading(rng)
        read = int(share * len(answers))
        found = remaining(answers[:read], len(answers) - read)
        held.append(found.low <= answers[read:].sum() <= found.high)
    assert np.mean(held) >= 0.85


def test_it_narrows_as_nothing_more_is_found() -> None:
    answers = np.zeros(2000, dtype=bool)
    answers[[0, 1, 2, 4, 5, 9, 12, 20, 33, 60]] = True
    early, late = (remaining(answers[:read], 2000 - read) for read in (100, 1500))
    assert late.high - late.low < early.high - early.low
    assert late.expected < 1
    assert late.low == 0


@pytest.mark.parametrize(("answers", "unread"), [([True], 0), ([False], 5), ([True, False], 1), ([True] * 50, 3)])
def test_it_never_exceeds_what_is_unread(answers: list[bool], unread: int) -> None:
    found = remaining(np.array(answers), unread)
    assert 0 <= found.low <= found.high <= unread
    assert 0 <= found.expected <= unread


def test_the_same_reading_gives_the_same_estimate() -> None:
    answers = reading(np.random.default_rng(2))[:300]
    assert remaining(answers, 1700) == remaining(answers, 1700)
