"""Text in, calibrated labels out; learned from a labeled set of papers.

Usable on its own (`python -m classifiers`); imports nothing of `harvester` and uses no network, unless the
encoder has to be fetched from the Hugging Face hub because this machine has no copy. Importing this package is
cheap: torch, scikit-learn and numpy are only loaded by the first call that needs them.

    classifier = classifiers.load()
    [prediction] = classifier.predict([classifiers.Text("arxiv:2501.00001", "A title", "An abstract.")])
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.errors import ClassifierError, EncoderError, InputError, ModelError, TaxonomyError
from classifiers.records import Labelled, ModelInfo, Prediction, Reason, Text
from classifiers.storage import read_info as model_info
from classifiers.taxonomy import Derived, Facet, Label, Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

__all__ = [
    "ClassifierError",
    "Derived",
    "EncoderError",
    "Facet",
    "InputError",
    "Label",
    "Labelled",
    "ModelError",
    "ModelInfo",
    "Prediction",
    "Reason",
    "Taxonomy",
    "TaxonomyError",
    "Text",
    "load",
    "load_taxonomy",
    "model_info",
    "model_version",
]


def load(model_dir: Path | None = None, taxonomy: Path | None = None, encoder: str | None = None) -> Classifier:
    """A classifier ready to predict; see `classifiers.classifier.load`, which this defers importing."""
    from classifiers.classifier import load as load_classifier

    return load_classifier(model_dir, taxonomy, encoder)


def model_version(model_dir: Path | None = None) -> str:
    """The version of a model (None: the packaged one), without loading it. Raises `ModelError`."""
    return model_info(model_dir).version
