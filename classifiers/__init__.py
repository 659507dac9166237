"""Text in, calibrated labels out; learned from a labeled set of papers.

Usable on its own (`python -m classifiers`); imports nothing of `harvester` and uses no network, unless the
encoder has to be fetched from the Hugging Face hub because this machine has no copy. Importing this package is
cheap: torch, scikit-learn and numpy are only loaded by the first call that needs them.

    classifier = classifiers.load()
    [prediction] = classifier.predict([classifiers.Text("arxiv:2501.00001", "A title", "An abstract.")])

That is what a program needs that labels papers; training, taxonomy and model files are imported from their modules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.errors import ClassifierError
from classifiers.records import Prediction, Text

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

__all__ = ["ClassifierError", "Prediction", "Text", "load"]


def load(model_dir: Path | None = None, taxonomy: Path | None = None, encoder: str | None = None) -> Classifier:
    """A classifier ready to predict; see `classifiers.classifier.load`, which this defers importing."""
    from classifiers.classifier import load as load_classifier

    return load_classifier(model_dir, taxonomy, encoder)
