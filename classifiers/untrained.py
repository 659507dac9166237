"""A model without any labeled paper: the taxonomy's definitions and synonyms rank papers until there are labels.

It has the form of a trained model, so everything works with it. A label's head adds up how close the text is to the
label's definition (cosine of their embeddings) and how often its synonyms occur. The weights are the same for
every label of every subject: rounded from those that a logistic regression finds on the cardiovascular set, all
labels taken as one. Nothing here is calibrated on papers of the subject, so the model calls every label unsure.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from classifiers.calibration import SigmoidCalibrator
from classifiers.encoder import Encoder
from classifiers.features import Part, WordFeatures
from classifiers.first_stage import FirstStage
from classifiers.heads import LinearHeads
from classifiers.keywords import SCOPE
from classifiers.model import FacetModel, LabelModel, Parameters, facet_model, joint_features
from classifiers.records import ModelInfo
from classifiers.storage import save_model
from classifiers.taxonomy import Taxonomy
from classifiers.training_index import TrainingIndex

if TYPE_CHECKING:
    from classifiers.arrays import Columns, Floats

DATE = "untrained"
"""The part of a version that replaces the training papers' date."""
_NEAR, _NEAR_TITLE = 9.0, 2.0  # weights of the cosine with title and abstract together, and with the title alone
_TITLE, _TITLE_COUNT, _ABSTRACT, _ABSTRACT_COUNT = 0.5, 1.0, 2.0, 1.2  # of synonyms: one is there, log of how many
_OFFSET = -5.5
_DEFAULT = 4.0  # the lead of an exclusive facet's first label, so that the others need evidence
_SCOPE_THRESHOLD = 0.2  # a lenient threshold: a missed paper is worse than one to reject
_PARAMETERS = Parameters(sure_share=0.0, right=0.0, doubtful=0.0)  # every label of every paper is in doubt


def untrained_model(taxonomy: Taxonomy, encoder: Encoder) -> LabelModel:
    """A model of a taxonomy alone."""
    given = _PARAMETERS
    model = LabelModel(taxonomy, given)
    nothing = np.zeros(0, dtype=np.float32)
    words: dict[Part, WordFeatures] = {part: WordFeatures(part).restore([], nothing) for part in get_args(Part)}
    model.features_ = joint_features(taxonomy, given).restore(words)
    own = model.features_.own_columns()
    before = sum(columns.size for columns in own.values())
    about = encoder.encode([f"{taxonomy.title}: {taxonomy.scope.definition}"])
    model.scope_ = _spoken_for(FacetModel(False, given.scope_c, given), about, own[SCOPE], before)
    model.scope_threshold_ = _SCOPE_THRESHOLD
    model.facets_ = {}
    for facet in taxonomy.facets:
        vectors = encoder.encode([f"{label.name}: {label.definition}" for label in facet.labels])
        empty = facet_model(facet.exclusive, given)
        model.facets_[facet.id] = _spoken_for(empty, vectors, own[facet.id], before)
    model.first_stage_ = FirstStage(taxonomy, given.stage_recall).restore(True, 0.0)
    model.doubt_ = -1.0
    return model


def write_untrained_model(folder: Path, taxonomy: Taxonomy, encoder: Encoder) -> ModelInfo:
    """Write the model of a taxonomy alone to a folder, as `train_model` writes a trained one."""
    card = {
        "date": DATE,
        "title": taxonomy.title,
        "encoder": {"name": encoder.name, "sha256": encoder.sha256},
        "labels": {facet.id: list(facet.label_ids) for facet in taxonomy.facets},
        "parameters": _PARAMETERS.to_json(),
        "training": {"papers": 0, "in_scope": 0},
        "metrics": {},
    }
    nothing = np.zeros((0, encoder.encode([]).shape[1]))
    facets = {facet.id: np.zeros((0, len(facet.labels)), np.float16) for facet in taxonomy.facets}
    training_index = TrainingIndex((), (), nothing.astype(np.int8), np.zeros(0, np.float16), facets)
    return save_model(folder, untrained_model(taxonomy, encoder), card, training_index)


def _spoken_for(facet: FacetModel, about: Floats, own: Columns, before: int) -> FacetModel:
    """A facet's heads from its labels' vectors (labels, dimension); `before` columns of synonyms come first."""
    labels, size = about.shape
    coef = np.zeros((labels, before + 2 * size), dtype=np.float32)
    presence, count = facet.parameters.presence, facet.parameters.count
    weights = (_TITLE / presence, _TITLE_COUNT / count, _ABSTRACT / presence, _ABSTRACT_COUNT / count)
    for n, columns in enumerate(own):
        coef[n, columns] = weights
    if not facet.exclusive:
        coef[:, before : before + size] = _NEAR * about
        coef[:, before + size :] = _NEAR_TITLE * about
    offsets = np.full(labels, _OFFSET, dtype=np.float32)
    offsets[: facet.exclusive] += _DEFAULT
    facet.heads_ = LinearHeads(facet.C)
    facet.heads_.coef_, facet.heads_.intercept_ = coef.astype(np.float16).astype(np.float32), offsets
    facet.calibrator_ = SigmoidCalibrator()
    facet.calibrator_.slope_, facet.calibrator_.offset_ = np.ones(labels, np.float32), np.zeros(labels, np.float32)
    facet.thresholds_ = np.full(labels, 0.5, dtype=np.float32)
    return facet
