"""A larger encoder reads the labeled papers, and a smaller one learns from it, each fair to what it has not seen."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from classifiers.adaptation import adapt, papers_read
from classifiers.adapter import label_names
from classifiers.encoder import TextEncoder, load_encoder
from classifiers.errors import EncoderError, InputError
from classifiers.records import Labelled, Text
from classifiers.taught import Taught, read_taught, shortened
from classifiers.teaching import papers_taught, teach
from tests.classifiers.conftest import RECIPE, Garden


@pytest.fixture(scope="module")
def taught(
    garden_papers: list[Labelled],
    trained_garden: Garden,
    encoder: TextEncoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Taught:
    steps: list[int] = []
    kept = tmp_path_factory.mktemp("kept")
    found = teach(garden_papers, trained_garden.taxonomy, encoder, kept, RECIPE, steps.append)
    assert sum(steps) == papers_taught(garden_papers, RECIPE)
    return found


def test_each_teacher_reads_all_papers_and_has_not_seen_one_part(taught: Taught, garden_papers: list[Labelled]) -> None:
    assert taught.whole.shape == taught.shortened.shape == (2, len(garden_papers), len(taught.labels))
    assert np.bincount(taught.part).tolist() == [len(garden_papers) // 2] * 2
    assert not np.allclose(taught.whole, taught.shortened, atol=0.01)
    tomato = taught.labels.index("crop:tomato")
    has = np.array(["tomato" in paper.labels["crop"] for paper in garden_papers])
    unseen = taught.whole[taught.part, np.arange(len(garden_papers)), tomato]
    assert unseen[has].mean() > unseen[~has].mean() + 1


def test_a_pupil_learns_only_from_the_teacher_that_has_not_seen_its_part(
    taught: Taught, garden_papers: list[Labelled], trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    other = taught.whole.copy()
    other[1] = -other[1]
    contrary = replace(taught, whole=other, shortened=np.stack([taught.shortened[0], -taught.shortened[1]]))
    first, second = (
        adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE, taught=teachers)
        for teachers in (taught, contrary)
    )
    fair_to = [taught.part == number for number in (0, 1)]
    assert np.array_equal(first.unseen[fair_to[0]], second.unseen[fair_to[0]])
    assert not np.allclose(first.unseen[fair_to[1]], second.unseen[fair_to[1]], atol=0.1)


def test_papers_that_the_teachers_have_not_read_are_learned_from_their_labels(
    taught: Taught, garden_papers: list[Labelled], trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    fewer = replace(
        taught,
        papers=taught.papers[:40],
        part=taught.part[:40],
        whole=taught.whole[:, :40],
        shortened=taught.shortened[:, :40],
    )
    whole, short = fewer.about(garden_papers, None)
    assert np.isnan(whole[40:]).all()
    assert np.isnan(short[40:]).all()
    assert np.allclose(whole[:40], taught.whole[:, :40].astype(np.float32).mean(axis=0))
    steps: list[int] = []
    adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE, steps.append, taught=fewer)
    # Each of the 48 papers is read by the last pupil and one of two others; 40 of them shortened as well.
    assert sum(steps) == papers_read(garden_papers, RECIPE, taught=fewer) == 2 * 2 * (48 + 40)


def test_what_they_said_is_kept_in_a_file(taught: Taught, tmp_path: Path) -> None:
    file = tmp_path / "taught.safetensors"
    file.write_bytes(taught.to_bytes())
    found = read_taught(file, taught.labels)
    assert found.sha256 == taught.sha256
    assert found.papers == taught.papers


def test_a_file_that_does_not_fit_is_refused(taught: Taught, tmp_path: Path) -> None:
    file = tmp_path / "taught.safetensors"
    with pytest.raises(InputError, match=r"taught.safetensors: cannot read .*make teacher"):
        read_taught(file, taught.labels)
    file.write_bytes(b"no arrays")
    with pytest.raises(InputError, match=r"taught.safetensors: cannot read .*make teacher"):
        read_taught(file, taught.labels)
    file.write_bytes(taught.to_bytes())
    with pytest.raises(InputError, match="the teachers knew other labels than the taxonomy"):
        read_taught(file, taught.labels[:-1])
    for part in (taught.part[:5], taught.part + np.uint8(1)):
        file.write_bytes(replace(taught, part=part).to_bytes())
        with pytest.raises(InputError, match="its arrays do not fit together"):
            read_taught(file, taught.labels)


def test_a_shortened_text_has_the_title_and_some_sentences() -> None:
    every = [f"Sentence {n} stands here." for n in range(40)]
    text = Text("a", "A title", " ".join(every))
    found = shortened(text)
    assert found.startswith("A title. ")
    assert 15 < sum(sentence in found for sentence in every) < 33
    assert found == shortened(text)
    assert shortened(replace(text, abstract="")) == "A title"


def test_only_known_families_can_teach(garden_papers: list[Labelled], trained_garden: Garden, tmp_path: Path) -> None:
    encoder = load_encoder()
    encoder.transformer = lambda: SimpleNamespace(config=SimpleNamespace(model_type="xlnet"))
    with pytest.raises(EncoderError, match="families BERT and MPNet can teach"):
        teach(garden_papers, trained_garden.taxonomy, encoder, tmp_path)


def test_the_shipped_model_s_teachers_know_its_labels_and_papers() -> None:
    root = Path(__file__).parents[2] / "data"
    facets = json.loads((root / "model" / "model.json").read_bytes())["labels"]
    taught = read_taught(root / "taught.safetensors", label_names(facets))
    known = {paper for names in json.loads((root / "model" / "encoder.json").read_bytes())["papers"] for paper in names}
    assert set(taught.papers) <= known
    assert len(taught.papers) > 4000
