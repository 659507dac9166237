"""Similarity: the function behind the site's similar papers and the review page's nearest papers."""

import numpy as np

from harvester.catalog.likeness import WeightedWords, nearest
from harvester.catalog.site.nearby import similar


def test_the_nearest_first_without_itself_and_without_the_far_ones() -> None:
    cosines = np.array([0.5, 1.0, 0.9, 0.5, 0.05], dtype=np.float32)
    assert [position for position, _ in nearest(cosines, 3, 0.1, without=1)] == [2, 0, 3]
    assert [position for position, _ in nearest(cosines, 9, 0.1)] == [1, 2, 0, 3]
    assert nearest(cosines, 1, 0.1) == [(1, 1.0)]
    assert nearest(np.zeros(0, dtype=np.float32), 3, 0.1) == []


def test_the_sites_similar_papers_are_the_nearest_of_each() -> None:
    placed = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    placed /= np.linalg.norm(placed, axis=1, keepdims=True)
    found = similar(placed)
    for own, row in enumerate(placed @ placed.T):
        assert found[own] == [other for other, _ in nearest(row, 8, 0.1, without=own)]
        assert own not in found[own]


def test_texts_without_a_word_are_like_nothing() -> None:
    for texts in ([], ["", "?!"], ["the of", "and"]):
        assert WeightedWords(texts).cosines("hearts").tolist() == [0.0] * len(texts)
    assert WeightedWords(["hearts of mice", "roads"]).cosines("mice")[0] > 0.4
