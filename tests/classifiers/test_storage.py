"""A model folder: reproducible to the byte, and refused if anything in it was changed or does not fit."""

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import classifiers
from classifiers.encoder import TextEncoder
from classifiers.errors import InputError, ModelError
from classifiers.records import Text
from classifiers.storage import load_model, read_info, seen_names
from classifiers.taxonomy import load_taxonomy
from classifiers.training import overlap, read_labels, train_model
from tests.classifiers import garden
from tests.classifiers.conftest import Garden
from tests.classifiers.test_encoder import tampered_copy

FILES = ["heads.safetensors", "vocabulary.json", "taxonomy.toml", "training.json"]


@pytest.fixture
def copied(trained_garden: Garden, tmp_path: Path) -> Path:
    return shutil.copytree(trained_garden.model, tmp_path / "copied")


def test_same_input_gives_the_same_bytes(trained_garden: Garden, encoder: TextEncoder, tmp_path: Path) -> None:
    taxonomy = trained_garden.taxonomy
    train_model(read_labels([trained_garden.labels], taxonomy), taxonomy, encoder, tmp_path / "again")
    for name in [*FILES, "model.json", "README.md"]:
        assert (tmp_path / "again" / name).read_bytes() == (trained_garden.model / name).read_bytes(), name


def test_version_is_a_date_and_a_hash_of_the_content(
    trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    version = read_info(trained_garden.model).version
    assert version.startswith("2024-06-30-")
    taxonomy = trained_garden.taxonomy
    papers = read_labels([trained_garden.labels], taxonomy)
    dated = train_model(papers, taxonomy, encoder, tmp_path / "dated", date="2026-11-20").version
    fewer = train_model(papers[1:], taxonomy, encoder, tmp_path / "fewer").version
    assert dated.startswith("2026-11-20-")
    assert len({version[-6:], dated[-6:], fewer[-6:]}) == 3


def test_a_model_read_back_says_the_same(trained_garden: Garden) -> None:
    model, info = load_model(trained_garden.model)
    assert info.labels == {"crop": ("tomato", "carrot", "apple"), "kind": ("study", "guide")}
    assert model.taxonomy == trained_garden.taxonomy


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_named_with_both_hashes(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"{name}: changed after training: sha256 \w{{64}}, expected \w{{64}}"):
        classifiers.load(copied)


@pytest.mark.parametrize("name", [*FILES, "model.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ModelError, match=name):
        classifiers.load(copied)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda card: card.replace('"scope_recall": 0.975', '"scope_recall": 0.5'), "changed after training"),
        (lambda card: card.replace('"schema": 3', '"schema": 1'), "schema 1 is not supported"),
        (lambda card: card[: len(card) // 2], "not valid JSON"),
        (lambda _: "[]", "not a model description"),
        (lambda _: '{"schema": 3}', "not a complete model description"),
    ],
)
def test_a_changed_card_is_refused(copied: Path, change: Callable[[str], str], message: str) -> None:
    card = copied / "model.json"
    card.write_text(change(card.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        read_info(copied)


def test_the_taxonomy_may_be_reworded_but_not_relabelled(trained_garden: Garden, tmp_path: Path) -> None:
    reworded, relabelled = tmp_path / "reworded.toml", tmp_path / "relabelled.toml"
    reworded.write_text(garden.TAXONOMY.replace('"Tomatoes"', '"Love apples"'), encoding="utf-8")
    relabelled.write_text(garden.TAXONOMY.replace('id = "tomato"', 'id = "potato"'), encoding="utf-8")
    assert classifiers.load(trained_garden.model, reworded).version == read_info(trained_garden.model).version
    with pytest.raises(ModelError, match=r"a taxonomy other than .*crop:potato, crop:tomato.*retrain"):
        classifiers.load(trained_garden.model, relabelled)


def test_another_encoder_is_refused(trained_garden: Garden, encoder: TextEncoder, tmp_path: Path) -> None:
    other = tampered_copy(encoder.folder, tmp_path / "other-encoder")
    with pytest.raises(
        ModelError, match=r"trained with the encoder all-MiniLM-L6-v2 .*; name that encoder, or retrain"
    ):
        classifiers.load(trained_garden.model, encoder=str(other))


def test_labels_nobody_can_learn_from_are_refused(trained_garden: Garden, encoder: TextEncoder, tmp_path: Path) -> None:
    outside = [paper for paper in read_labels([trained_garden.labels], trained_garden.taxonomy) if not paper.in_scope]
    with pytest.raises(InputError, match="no labeled paper is in scope"):
        train_model(outside, trained_garden.taxonomy, encoder, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_handful_of_labels_is_enough_to_train(trained_garden: Garden, encoder: TextEncoder, tmp_path: Path) -> None:
    papers = read_labels([trained_garden.labels], trained_garden.taxonomy)[:3]
    train_model(papers, trained_garden.taxonomy, encoder, tmp_path / "model")
    [prediction] = classifiers.load(tmp_path / "model").predict([Text("x", "Garden notes", "Tomato plants.")])
    assert prediction.in_scope, "nothing out of scope was ever shown"


def test_earlier_papers_without_arxiv_ids_leave_out_what_anyone_can_retrain(
    trained_garden: Garden, encoder: TextEncoder, tmp_path: Path
) -> None:
    inside = [paper for paper in read_labels([trained_garden.labels], trained_garden.taxonomy) if paper.in_scope]
    papers = [
        replace(paper, text=replace(paper.text, id=name.format(number, place), title=f"{paper.text.title}, {number}"))
        for number, name in enumerate(["doi:10.1000/{}.{}"] * 3 + ["arxiv:2501.{}{:04d}"] * 2)
        for place, paper in enumerate(inside)
    ]
    info = train_model(papers, trained_garden.taxonomy, encoder, tmp_path / "model")
    assert info.metrics["time_split"]["year"] == 2025
    assert set(info.metrics["time_split"]["results"]) == {"this model", "keyword rules"}


def test_a_bad_label_is_named_with_file_and_line(trained_garden: Garden, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(trained_garden.labels.read_text(encoding="utf-8") + '{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.jsonl:49: title and abstract are both empty"):
        read_labels([broken], trained_garden.taxonomy)


def test_labels_without_text_correct_those_with_it(trained_garden: Garden, tmp_path: Path) -> None:
    before = read_labels([trained_garden.labels], trained_garden.taxonomy)
    inside = next(paper for paper in before if paper.in_scope)
    corrections = tmp_path / "corrections.jsonl"
    corrections.write_text(json.dumps({"id": inside.text.id, "scope": 0}) + "\n", encoding="utf-8")
    after = read_labels([trained_garden.labels, corrections], trained_garden.taxonomy)
    assert {paper.text: paper.in_scope for paper in after} == {
        paper.text: paper.in_scope and paper != inside for paper in before
    }
    with pytest.raises(InputError, match=r"corrections\.jsonl:1: title and abstract are both empty"):
        read_labels([corrections, trained_garden.labels], trained_garden.taxonomy)


@pytest.mark.parametrize("name", ["texts.jsonl", "texts.jsonl.gz"])
def test_labels_find_their_texts_in_a_file_apart(trained_garden: Garden, tmp_path: Path, name: str) -> None:
    labels, texts = tmp_path / "labels.jsonl", tmp_path / name
    labels.write_text('{"id": "arxiv:2501.00001", "scope": 0}\n', encoding="utf-8")
    lines = b'{"id": "2501.00001", "title": "Beds", "abstract": "On compost."}\nnot JSON\n{"id": "other"}\n'
    texts.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    [paper] = read_labels([labels], trained_garden.taxonomy, [texts])
    assert paper.text == Text("arxiv:2501.00001", "Beds", "On compost.")


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b'{"id": "x"}')[:-9]], ids=["not gzip", "cut off"])
def test_texts_that_cannot_be_read_are_named(trained_garden: Garden, tmp_path: Path, content: bytes) -> None:
    texts = tmp_path / "texts.jsonl.gz"
    texts.write_bytes(content)
    with pytest.raises(InputError, match=r"texts\.jsonl\.gz: cannot read the texts"):
        read_labels([trained_garden.labels], trained_garden.taxonomy, [texts])


def test_the_folder_keeps_names_of_its_papers_and_none_of_their_text(trained_garden: Garden) -> None:
    papers = read_labels([trained_garden.labels], trained_garden.taxonomy)
    assert overlap(papers, seen_names(trained_garden.model)) == len(papers)
    assert overlap(papers, frozenset()) == 0
    kept = b"".join(file.read_bytes() for file in trained_garden.model.iterdir())
    assert not any(paper.text.abstract.encode() in kept for paper in papers)


def test_the_shipped_model_fits_the_shipped_taxonomy() -> None:
    info = read_info()
    assert info.labels == {facet.id: facet.label_ids for facet in load_taxonomy().facets}
    assert json.loads(json.dumps(info.document["training"]))["papers"] > 2000
