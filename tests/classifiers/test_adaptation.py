"""An encoder tuned on labeled papers: it learns, goes on where it was stopped, and remembers nothing unfairly."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from classifiers.adaptation import adapt, papers_read
from classifiers.adapter import DESCRIPTION, WEIGHTS, Adapter, read_adapter
from classifiers.cache import CachedEncoder
from classifiers.classifier import load, shipped_encoder
from classifiers.encoder import TextEncoder, load_encoder
from classifiers.errors import EncoderError, ModelError
from classifiers.features import embed, embed_labelled
from classifiers.records import Labelled, Text
from classifiers.storage import load_adapter, read_info
from classifiers.training import train_model
from tests.classifiers.conftest import RECIPE, Garden
from tests.classifiers.test_encoder import tampered_copy


@pytest.fixture(scope="module")
def adapter(
    garden_papers: list[Labelled],
    trained_garden: Garden,
    encoder: TextEncoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Adapter:
    return adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path_factory.mktemp("kept"), RECIPE)


@pytest.fixture(scope="module")
def model(
    garden_papers: list[Labelled],
    adapter: Adapter,
    trained_garden: Garden,
    encoder: TextEncoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("adapted") / "model"
    train_model(garden_papers, trained_garden.taxonomy, encoder.adapted(adapter), folder)
    return folder


@pytest.fixture
def copied(model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(model, tmp_path / "copied")


def test_it_learns_labels_that_no_synonym_gives_away(adapter: Adapter, encoder: TextEncoder) -> None:
    texts = [Text("a", "Sowing rows deep in sand", ""), Text("b", "Vines along strings in a greenhouse", "")]
    evidence = embed(encoder.adapted(adapter), texts).evidence
    carrot, tomato = adapter.labels.index("crop:carrot"), adapter.labels.index("crop:tomato")
    assert evidence[0, carrot] > evidence[0, tomato]
    assert evidence[1, tomato] > evidence[1, carrot]


def test_progress_adds_up_and_an_interrupted_run_goes_on(
    garden_papers: list[Labelled], adapter: Adapter, trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    steps: list[int] = []

    class Stopped(Exception):
        pass

    def stop(count: int) -> None:
        steps.append(count)
        if sum(steps) > 100:  # in the third of six passes
            raise Stopped

    with pytest.raises(Stopped):
        adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE, stop)
    again: list[int] = []
    resumed = adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE, again.append)
    assert sum(again) == papers_read(garden_papers, RECIPE) == 192
    assert max(again) == 48, "finished passes are reported at once"
    assert resumed.files() == adapter.files()


@pytest.fixture(scope="module")
def begun(
    garden_papers: list[Labelled],
    trained_garden: Garden,
    encoder: TextEncoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Adapter:
    return adapt(garden_papers[:32], trained_garden.taxonomy, encoder, tmp_path_factory.mktemp("kept"), RECIPE)


def test_it_goes_on_with_the_papers_that_are_new_to_it(
    garden_papers: list[Labelled], begun: Adapter, trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    given, steps = garden_papers[8:], list[int]()
    recipe = replace(RECIPE, again=1)
    further = adapt(given, trained_garden.taxonomy, encoder, tmp_path, recipe, steps.append, begun)
    assert sum(steps) == papers_read(given, recipe, begun) == 2 * (16 * 2 + 16 * 3)
    assert len(further.papers) == len(garden_papers), "what it has read stays known, also if it is not given again"
    nothing = np.zeros((len(garden_papers), len(begun.labels)))
    before, after = begun.unseen_by(garden_papers, nothing), further.unseen_by(garden_papers, nothing)
    assert np.array_equal(before[:32], after[:32])
    plain = embed(encoder.adapted(begun), [paper.text for paper in garden_papers[32:]]).evidence
    assert not np.allclose(after[32:], plain, atol=0.01)


def test_it_goes_on_from_where_it_was(
    garden_papers: list[Labelled], begun: Adapter, trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    still = replace(RECIPE, rate=0.0, attention_rate=0.0)
    further = adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, still, earlier=begun)
    assert all(np.array_equal(array, further.weights[name]) for name, array in begun.weights.items())
    texts = [paper.text for paper in garden_papers[32:]]
    assert np.allclose(further.unseen[32:], embed(encoder.adapted(begun), texts).evidence, atol=0.05)


def test_without_new_papers_it_stays_as_it_is(
    garden_papers: list[Labelled], adapter: Adapter, trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    assert papers_read(garden_papers, RECIPE, adapter) == 0
    assert adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE, earlier=adapter) is adapter


def test_an_adapter_that_does_not_fit_is_not_gone_on_from(
    garden_papers: list[Labelled], adapter: Adapter, trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    for other in (replace(adapter, base="0" * 64), replace(adapter, labels=adapter.labels[:-1])):
        with pytest.raises(ModelError, match=r"another taxonomy or encoder; train without --from"):
            adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE, earlier=other)
    fewer = replace(adapter, papers=adapter.papers[:8], unseen=adapter.unseen[:8])
    with pytest.raises(ModelError, match=r"other layers than these; train without --from"):
        adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, replace(RECIPE, layers=2), earlier=fewer)


def test_half_a_kept_file_is_not_gone_on_from(
    garden_papers: list[Labelled], adapter: Adapter, trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE)
    for file in tmp_path.glob("*.pt"):
        file.write_bytes(file.read_bytes()[:5000])
    assert adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path, RECIPE).files() == adapter.files()


def test_a_folder_that_cannot_be_written_is_named(
    garden_papers: list[Labelled], trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match=r"nothing can be kept here .*--kept"):
        adapt(garden_papers[::6], trained_garden.taxonomy, encoder, tmp_path / "file", replace(RECIPE, epochs=1))


def test_papers_it_was_tuned_on_are_read_unseen(
    garden_papers: list[Labelled], adapter: Adapter, encoder: TextEncoder
) -> None:
    adapted = encoder.adapted(adapter)
    new = replace(garden_papers[0], text=Text("new", "A garden of tomatoes", "Tomatoes grew."))
    renamed = replace(garden_papers[1], text=replace(garden_papers[1].text, id="another id of the same title"))
    given = [new, *garden_papers[:1], renamed]
    seen, fair = embed(adapted, [paper.text for paper in given]), embed_labelled(adapted, given)
    assert np.array_equal(fair.evidence[0], seen.evidence[0])
    assert np.allclose(fair.evidence[1:], adapter.unseen[:2])
    assert not np.allclose(fair.evidence[1:], seen.evidence[1:], atol=0.01)


def test_the_cache_tells_an_adapted_encoder_from_the_plain_one(
    adapter: Adapter, encoder: TextEncoder, tmp_path: Path
) -> None:
    plain = CachedEncoder(encoder, tmp_path / "e.db")
    adapted = CachedEncoder(encoder.adapted(adapter), tmp_path / "e.db")
    for _ in range(2):
        assert plain.encode(["a garden"]).shape == (1, 384)
        assert adapted.encode(["a garden"]).shape == (1, 384 + len(adapter.labels))


def test_a_model_read_back_reads_with_its_adapted_encoder(model: Path, adapter: Adapter) -> None:
    classifier = load(model)
    assert classifier.encoder.adapter is not None
    assert classifier.encoder.adapter.files() == adapter.files()
    found = classifier.predict([Text("x", "Tomatoes in the garden", "A trial of tomatoes.")], explained=True)[0]
    assert found.labels["crop"] == ("tomato",)
    assert found.nearest
    assert found.explanation
    assert sum(file.stat().st_size for file in model.iterdir()) < 40_000_000


def test_heads_are_fitted_on_the_adapted_encoder_only_for_its_own_facets(trained_garden: Garden) -> None:
    shipped = load_adapter(read_info())
    assert shipped is not None
    assert shipped_encoder(load().taxonomy).adapter is not None
    assert shipped_encoder(trained_garden.taxonomy).adapter is None


@pytest.mark.parametrize("name", [WEIGHTS, DESCRIPTION])
def test_a_changed_part_is_refused_by_its_hash(copied: Path, name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes() + b" ")
    with pytest.raises(ModelError, match=rf"{name}: changed after training: sha256 \w{{64}}, expected \w{{64}}"):
        load(copied)
    (copied / name).unlink()
    with pytest.raises(ModelError, match=rf"{name}: cannot read it"):
        load(copied)


def fewer_labels(described: dict[str, object]) -> None:
    described["labels"] = described["labels"][:-1]  # type: ignore[index]


def no_labels(described: dict[str, object]) -> None:
    del described["labels"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (fewer_labels, "the adapted encoder does not have the labels that it names; retrain"),
        (no_labels, "not a usable adapted encoder .*retrain"),
    ],
)
def test_a_part_that_contradicts_itself_is_refused(
    adapter: Adapter, change: Callable[[dict[str, object]], None], message: str
) -> None:
    files = adapter.files()
    described = json.loads(files[DESCRIPTION])
    change(described)
    with pytest.raises(ModelError, match=f"here: {message}"):
        read_adapter({**files, DESCRIPTION: json.dumps(described).encode()}, "here")


def test_an_adapter_for_other_weights_or_another_encoder_is_refused(
    adapter: Adapter, encoder: TextEncoder, tmp_path: Path
) -> None:
    other = load_encoder(str(tampered_copy(encoder.folder, tmp_path / "our-encoder")))
    with pytest.raises(ModelError, match=f"made from weights with sha256 {encoder.sha256}.*name that encoder"):
        other.adapted(adapter)
    narrow = replace(adapter, weights={name: array[..., :8] for name, array in adapter.weights.items()})
    with pytest.raises(ModelError, match="the adapted layers do not fit the encoder"):
        encoder.adapted(narrow).encode(["text"])


def test_only_bert_can_be_adapted(garden_papers: list[Labelled], trained_garden: Garden, tmp_path: Path) -> None:
    encoder = load_encoder()
    encoder.transformer = lambda: SimpleNamespace(config=SimpleNamespace(model_type="xlnet"))
    with pytest.raises(EncoderError, match="only encoders of the BERT family can be adapted"):
        adapt(garden_papers, trained_garden.taxonomy, encoder, tmp_path)
