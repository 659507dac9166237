"""Tunes teachers: larger encoders, whose probabilities the adapted encoder learns (see `taught`).

They learn from the labeled papers as an adapted encoder does, each from all but a part of them. On two cores that
multiply bfloat16 matrices (AMX) it takes an hour and a half, on others many, on a GPU less; each finished pass is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import KFold

from classifiers.adapter import label_names
from classifiers.encoder import Progress, TextEncoder
from classifiers.errors import EncoderError
from classifiers.layers import FAMILIES
from classifiers.lesson import Recipe, prepare
from classifiers.passes import learned, passes_name, require_writable
from classifiers.pupil import Pupil
from classifiers.records import Labelled
from classifiers.taught import Taught, shortened
from classifiers.taxonomy import Taxonomy

TEACHER = Recipe(layers=6, epochs=3, rate=1e-4, query=4.5)


def teach(
    papers: Sequence[Labelled],
    taxonomy: Taxonomy,
    encoder: TextEncoder,
    kept: Path,
    recipe: Recipe = TEACHER,
    progress: Progress | None = None,
) -> Taught:
    """What teachers tuned from `encoder` say about the papers; `kept` holds what an interrupted run has reached.

    `progress` is told how many papers each step has learned from.

    Raises `EncoderError` if the encoder's layers are of no known family, and `ModelError` if nothing can be kept.
    """
    require_writable(kept)
    transformer = encoder.transformer()
    if transformer.config.model_type not in FAMILIES:
        raise EncoderError(f"{encoder.name}: only encoders of the families BERT and MPNet can teach; name another one.")
    labels = label_names({facet.id: facet.label_ids for facet in taxonomy.facets})
    lesson = prepare(papers, taxonomy, encoder, recipe, [shortened(paper.text) for paper in papers])
    name, every = passes_name(papers, labels, encoder, recipe), np.arange(len(papers))
    part = np.zeros(len(papers), dtype=np.uint8)
    whole, short = [], []
    for number, (rest, held) in enumerate(KFold(recipe.folds, shuffle=True, random_state=recipe.seed).split(papers)):
        teacher = learned(Pupil(transformer, lesson, rest, recipe), rest, kept / f"{name}-teacher-{number}", progress)
        part[held] = number
        whole.append(teacher.read(every).astype(np.float16))
        short.append(teacher.read(len(papers) + every).astype(np.float16))
    ids = tuple(paper.text.id for paper in papers)
    return Taught(encoder.sha256, labels, ids, part, np.stack(whole), np.stack(short))


def papers_taught(papers: Sequence[Labelled], recipe: Recipe = TEACHER) -> int:
    """How many papers all teachers learn from in all their passes, for a progress bar."""
    return recipe.epochs * (recipe.folds - 1) * len(papers)
