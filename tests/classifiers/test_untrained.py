"""A model based on definitions and synonyms alone, on this subject without its labels and on an invented subject."""

from pathlib import Path

import pytest

import classifiers
from classifiers.cache import CachedEncoder
from classifiers.encoder import TextEncoder
from classifiers.evaluation import evaluate_model
from classifiers.features import embed_labelled
from classifiers.records import Text
from classifiers.taxonomy import load_taxonomy
from classifiers.training import read_labels
from classifiers.untrained import untrained_model, write_untrained_model
from tests.classifiers import garden


@pytest.mark.parametrize("step", [40, pytest.param(1, marks=pytest.mark.soak)])
def test_it_ranks_this_subject_without_a_label(shared: Path, encoder: TextEncoder, tmp_path: Path, step: int) -> None:
    taxonomy = load_taxonomy()
    papers = read_labels([shared / "labels" / "train.jsonl"], taxonomy)[::step]
    vectors = embed_labelled(CachedEncoder(encoder, tmp_path / "e.db"), papers)
    figures = evaluate_model(untrained_model(taxonomy, encoder), papers, vectors)["this model"]
    assert figures["scope"]["average_precision"] >= 0.95
    assert figures["scope"]["gate_recall"] >= 0.95
    assert min(figures["facets"][facet]["micro_f1"] for facet in ("task", "modality", "disease")) >= 0.55
    assert figures["facets"]["kind"]["accuracy"] >= 0.85
    assert figures["sure_share"] == 0.0


def test_it_is_written_and_read_as_any_model(tmp_path: Path, encoder: TextEncoder) -> None:
    taxonomy_file, _ = garden.write(tmp_path)
    taxonomy = load_taxonomy(taxonomy_file)
    info = write_untrained_model(tmp_path / "model", taxonomy, encoder)
    assert info.version.startswith("untrained-")
    again = write_untrained_model(tmp_path / "again", taxonomy, encoder)
    assert again.version == info.version
    texts = [
        Text(
            "a", "A handbook of carrots in the garden", "This handbook is about carrots, sown in rows of an allotment."
        ),
        Text("b", "Muon decay", "Branching ratios at the collider."),
    ]
    inside, outside = classifiers.load(tmp_path / "model", taxonomy_file).predict(texts)
    assert inside.in_scope
    assert not outside.in_scope
    assert inside.scope > 0.5 > 0.2 > outside.scope
    assert inside.labels["crop"] == ("carrot",)
    assert inside.kind == "guide"
    assert outside.kind == "study", "where nothing speaks for another, the first one"
    every = {f"{facet.id}:{label}" for facet in taxonomy.facets for label in facet.label_ids}
    assert set(inside.unsure) == set(outside.unsure) == every
