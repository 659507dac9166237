"""Fixtures of the classifier's tests: the encoder, the shipped classifier, and a small model on another subject."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import classifiers
from classifiers.classifier import Classifier
from classifiers.encoder import TextEncoder, load_encoder
from classifiers.lesson import Recipe
from classifiers.records import Labelled
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training import read_labels, train_model
from tests.classifiers import garden

# Two passes over 48 short texts: enough to tell the crops apart.
RECIPE = Recipe(layers=1, folds=2, epochs=2, rate=1e-3, attention_rate=1e-2, batch=4)


@dataclass(frozen=True)
class Garden:
    """A trained model of the invented subject, and its inputs."""

    taxonomy_file: Path
    labels: Path
    model: Path

    @property
    def taxonomy(self) -> Taxonomy:
        return load_taxonomy(self.taxonomy_file)


@pytest.fixture(scope="session")
def encoder() -> TextEncoder:
    return load_encoder()


@pytest.fixture(scope="session")
def shipped() -> Classifier:
    return classifiers.load()


@pytest.fixture(scope="session")
def trained_garden(tmp_path_factory: pytest.TempPathFactory, encoder: TextEncoder) -> Garden:
    folder = tmp_path_factory.mktemp("garden")
    made = Garden(*garden.write(folder), folder / "model")
    train_model(read_labels([made.labels], made.taxonomy), made.taxonomy, encoder, made.model)
    return made


@pytest.fixture(scope="session")
def garden_papers(trained_garden: Garden) -> list[Labelled]:
    return read_labels([trained_garden.labels], trained_garden.taxonomy)
