"""What a model remembers about its training papers: how it scored each one unseen, and their embeddings.

The out-of-fold scores allow an honest comparison of a later model with this one on any labeled paper: papers that this
model was trained on are scored by heads that had not seen them. The embeddings find the labeled papers nearest to a new
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifiers.features import Embedded
from classifiers.model import LabelModel, Scores
from classifiers.records import Labelled, Neighbour, Text, title_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifiers.arrays import Bools, Floats

_STEPS = 127  # a unit vector has no component beyond one


@dataclass(frozen=True, slots=True, eq=False)
class TrainingIndex:
    """Training papers by row: ids, titles, int8 embeddings (papers, dimension), and out-of-fold probabilities.

    `facets` holds float16 (papers, labels) by facet; rows of papers out of scope are zero.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    vectors: NDArray[np.int8]
    scope: NDArray[np.float16]
    facets: Mapping[str, NDArray[np.float16]]

    def rows(self) -> dict[str, int]:
        """The row of each paper by id and by title key."""
        by_title = {title_key(title): row for row, title in enumerate(self.titles) if title}
        return by_title | {paper_id: row for row, paper_id in enumerate(self.ids)}

    def nearest(self, vector: Floats, text: Text, count: int = 3) -> tuple[Neighbour, ...]:
        """The `count` training papers nearest to an embedding (dimension,), the paper itself left out."""
        similarity = self.vectors.astype(np.float32) @ vector / _STEPS
        own = {text.id, title_key(text.title)}
        found: list[Neighbour] = []
        for row in np.argsort(-similarity, kind="stable"):
            if len(found) == count:
                break
            if self.ids[row] not in own and title_key(self.titles[row]) not in own:
                found.append(Neighbour(self.ids[row], self.titles[row], float(similarity[row])))
        return tuple(found)


def remember(model: LabelModel, papers: Sequence[Labelled], embedded: Embedded) -> TrainingIndex:
    """The training index of a model that was just fitted on `papers`, read by `embed_labelled`."""
    inside = np.array([paper.in_scope for paper in papers], dtype=bool)
    unseen = model.out_of_fold()
    return TrainingIndex(
        ids=tuple(paper.text.id for paper in papers),
        titles=tuple(paper.text.title for paper in papers),
        vectors=np.rint(embedded.vectors * _STEPS).astype(np.int8),
        scope=unseen.scope.astype(np.float16),
        facets={facet_id: _spread(values.astype(np.float16), inside) for facet_id, values in unseen.facets.items()},
    )


def fair_scores(model: LabelModel, index: TrainingIndex, papers: Sequence[Labelled], embedded: Embedded) -> Scores:
    """Probabilities for all `papers`, whatever their scope, none by heads that were trained on the paper."""
    scores = model.predict_proba([paper.text for paper in papers], embedded)
    rows = index.rows()
    for n, paper in enumerate(papers):
        row = rows.get(paper.text.id, rows.get(title_key(paper.text.title)))
        if row is None:
            continue
        scores.scope[n] = index.scope[row]
        for facet_id, values in index.facets.items():
            if values[row].any():
                scores.facets[facet_id][n] = values[row]
    return scores


def _spread(values: NDArray[np.float16], inside: Bools) -> NDArray[np.float16]:
    whole = np.zeros((len(inside), values.shape[1]), dtype=np.float16)
    whole[inside] = values
    return whole
