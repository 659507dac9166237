"""The cheap first stage: which papers are worth the encoder's time.

One or two in a hundred of a day's announcements are about the subject, and the encoder costs hundreds of times as much
as a look at the words. Almost every paper in scope names the subject, so a paper without any of the scope's synonyms is
rejected. (An additional linear model over words let through as many at the same recall: docs/classifier.md.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator

from classifiers.keywords import ScopeWords
from classifiers.records import Text
from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Bools


class FirstStage(BaseEstimator):  # type: ignore[misc]
    """Lets a paper pass if a synonym of the scope occurs in its title or abstract.

    If the taxonomy's synonyms would lose more than `1 - recall` of the papers in scope (a subject with a short list),
    the stage stays open. Learned: `open_`, and `turned_scope_`, the share of papers in scope among those it rejects:
    their scope probability.
    """

    def __init__(self, taxonomy: Taxonomy, recall: float = 0.998) -> None:
        self.taxonomy = taxonomy
        self.recall = recall

    def fit(self, texts: Sequence[Text], inside: Bools) -> FirstStage:
        """Learn from texts and whether each is in scope."""
        named = self._named(texts)
        lost = int((inside & ~named).sum())
        self.open_ = bool(lost > (1 - self.recall) * inside.sum())
        self.turned_scope_ = float((lost + 0.5) / ((~named).sum() + 1))
        return self

    def restore(self, is_open: bool, turned_scope: float) -> FirstStage:
        """Set the learned state, as read from a model folder."""
        self.open_, self.turned_scope_ = is_open, turned_scope
        return self

    def passes(self, texts: Sequence[Text]) -> Bools:
        """Which papers (papers,) go on to the encoder."""
        return np.ones(len(texts), dtype=bool) if self.open_ else self._named(texts)

    def _named(self, texts: Sequence[Text]) -> Bools:
        words = ScopeWords(self.taxonomy)
        return np.array([words.stand_in(text.joined) for text in texts], dtype=bool)
