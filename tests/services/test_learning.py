"""Learning from reviewers: fetching texts, promoting and rolling back models, probing the gate, reporting drift."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from classifiers.packaged import packaged
from classifiers.promotion import common, rows_of
from classifiers.records import Labelled
from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.candidates import QueueFilter
from harvester.domain.decisions import Decision
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper, Sighting
from harvester.domain.predictions import Prediction
from harvester.services.learning.classify import PROBES, Joined, classify, join_queue, load_classifier
from harvester.services.learning.evaluate import drift
from harvester.services.learning.labels import fetch_labels
from harvester.services.learning.models import model_in_use, model_version, promote, rollback
from harvester.services.learning.train import CORRECTION, DECISION, roll_back, train, training_set
from harvester.services.review.decisions import record_decision
from harvester.services.review.documents import queue_document
from harvester.services.review.queries import queue_page
from harvester.services.workspace import Workspace, open_workspace, taxonomy_of
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import read, write
from harvester.store.papers import load
from harvester.store.predictions import current, save
from harvester.store.queue import enqueue
from harvester.store.recording import record
from harvester.store.schema import upgrade
from tests.conftest import Upstream, both_databases, serving
from tests.room import Room

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path, store_url: str) -> Workspace:
    from harvester.store.engine import connect

    upgrade(connect(store_url))
    room = Room.make(tmp_path / "room", "http://127.0.0.1:1", store_url)
    return replace(open_workspace(room.config), clock=lambda: NOW)


def paper(number: int, words: str = "") -> Paper:
    base = f"2512.{number:05d}"
    return Paper((f"arxiv:{base}",), f"Study {number} {words}", f"An abstract of study {number}. {words}", version=1)


def predicted(
    ws: Workspace, scope: float, model: str | None = None, modality: tuple[str, ...] = ("ecg",)
) -> Prediction:
    labels = Labels({"task": ("diagnosis",), "modality": modality, "disease": (), "kind": ("research",)})
    return Prediction(scope, scope >= 0.5, labels, (), {}, model or model_version(ws))


def queue(ws: Workspace) -> list[dict[str, Any]]:
    """What ``queue --json`` shows."""
    return queue_document(queue_page(ws, QueueFilter()).rows, ws.taxonomy)


def store(ws: Workspace, papers: list[Paper]) -> list[int]:
    with write(ws.store) as db:
        return [merged.number for merged in record(db, [Sighting(ARXIV, work) for work in papers], ws.clock())]


def predict_all(ws: Workspace, numbers: list[int], scopes: list[float]) -> None:
    with write(ws.store) as db:
        stored = load(db, numbers)
        made = [(n, stored[n].paper, predicted(ws, scope)) for n, scope in zip(numbers, scopes, strict=True)]
        save(db, made, ws.clock())


def decide(ws: Workspace, number: int, action: str, labels: Labels | None = None) -> None:
    with write(ws.store) as db:
        record_decision(ws, db, Decision(number, action, "review", labels, "", "ann", ws.clock()), filed=True)


@both_databases
def test_ten_papers_a_week_are_queued_from_below_the_gate(ws: Workspace) -> None:
    numbers = store(ws, [paper(n) for n in range(20)])
    predict_all(ws, numbers, [0.9, 0.8] + [0.4 - n / 100 for n in range(16)] + [0.01, 0.01])
    assert join_queue(ws) == Joined(2, 0), "the queue has only begun"
    ws = replace(ws, clock=lambda: NOW + timedelta(days=7))
    assert join_queue(ws) == Joined(0, PROBES)
    assert join_queue(ws).total == 0, "once a week"
    with read(ws.store) as db:
        lowest = db.execute(sql("SELECT min(score) FROM candidates")).scalar_one()
    assert lowest == pytest.approx(0.31)
    assert join_queue(replace(ws, clock=lambda: NOW + timedelta(days=14))) == Joined(0, 6), (
        "the two far below are not worth a look"
    )


@both_databases
def test_the_queue_is_read_likeliest_first_and_twins_apart(ws: Workspace) -> None:
    twin = "segmenting the left ventricle in cine magnetic resonance images of many patients"
    numbers = store(ws, [paper(1, twin), paper(2, twin), paper(3, "detecting rhythm disorders from patches"), paper(4)])
    predict_all(ws, numbers, [0.99, 0.98, 0.97, 0.6])
    join_queue(ws)
    shown = queue(ws)
    assert [row["score"] for row in shown] == sorted((row["score"] for row in shown), reverse=True)
    found = [row["id"][-1] for row in shown]
    assert found == ["1", "3", "2", "4"]
    assert [row["id"][-1] for row in queue(ws)[:2]] == ["1", "3"]


def test_decisions_are_learned_from_and_corrections_outweigh(ws: Workspace) -> None:
    agreed, corrected, wrong, thrown_out, waiting = store(ws, [paper(n) for n in range(5)])
    predict_all(ws, [agreed, corrected, wrong, thrown_out, waiting], [0.9, 0.9, 0.9, 0.1, 0.9])
    as_predicted = predicted(ws, 0.9).labels
    decide(ws, agreed, "accept", as_predicted)
    decide(ws, corrected, "accept", replace(as_predicted, facets={**as_predicted.facets, "modality": ("ppg",)}))
    decide(ws, wrong, "reject")
    decide(ws, thrown_out, "reject")
    decide(ws, waiting, "defer")
    given = training_set(ws)
    by_id: dict[str, Labelled] = {labeled.text.id: labeled for labeled in given.papers}
    assert [by_id[f"arxiv:2512.0000{n}"].weight for n in range(4)] == [DECISION, CORRECTION, CORRECTION, DECISION]
    assert by_id["arxiv:2512.00001"].labels["modality"] == ("ppg",)
    assert [by_id[f"arxiv:2512.0000{n}"].scope for n in range(4)] == [2, 2, 0, 0]
    assert "arxiv:2512.00004" not in by_id
    assert len(given.decided) == 4
    assert len(given.corrected) == 2


def test_promoted_models_stay_and_can_be_taken_back(ws: Workspace) -> None:
    assert model_in_use(ws) is None
    promote(ws, "2026-01-05-aaaaaa")
    promote(ws, "2026-01-06-bbbbbb")
    assert str(model_in_use(ws)).endswith("data/models/2026-01-06-bbbbbb")
    assert rollback(ws) == "2026-01-06-bbbbbb"
    assert str(model_in_use(ws)).endswith("2026-01-05-aaaaaa")
    assert rollback(ws) == "2026-01-05-aaaaaa"
    assert model_in_use(ws) is None
    with pytest.raises(HarvesterError, match="no model to roll back to"):
        rollback(ws)


@pytest.mark.parametrize("spoil", ["missing", "another taxonomy"])
def test_a_model_that_cannot_classify_is_not_returned_to(ws: Workspace, spoil: str) -> None:
    if spoil == "missing":
        promote(ws, "2026-01-05-aaaaaa")
    else:
        ws = changed(ws, 'id = "hf"', 'id = "failing"')
    promote(ws, "2026-01-06-bbbbbb")
    with pytest.raises(HarvesterError, match="Nothing was rolled back"):
        roll_back(ws)
    assert str(model_in_use(ws)).endswith("2026-01-06-bbbbbb")


def test_a_broken_model_can_be_left(ws: Workspace) -> None:
    promote(ws, "2026-01-05-aaaaaa")
    assert roll_back(ws)["rolled_back"] == "2026-01-05-aaaaaa"
    assert model_in_use(ws) is None


def test_too_little_to_train_on_is_said(ws: Workspace) -> None:
    with pytest.raises(HarvesterError, match="labels fetch"):
        train(ws)


def test_a_model_named_in_the_configuration_is_not_overruled(ws: Workspace) -> None:
    chosen = ws.settings.classifier.model_copy(update={"model": Path("mine")})
    fixed = replace(ws, settings=ws.settings.model_copy(update={"classifier": chosen}))
    with pytest.raises(UsageError, match=r"classifier\.model"):
        train(fixed)


LESSONS = {
    "zorble": ("diagnosis", "ecg", "zorble"),
    "quibble": ("segmentation", "cmr", "hf"),
    "drindle": ("prognosis", "ehr", "cad"),
}


def teach(
    ws: Workspace, accepted: Iterable[tuple[int, tuple[str, str, str]]], rejected: Iterable[int], waiting: int
) -> None:
    """Decisions, those accepted with task, modality and disease; and a paper that waits for the next model."""
    for number, (task, modality, disease) in accepted:
        labels = {"task": (task,), "modality": (modality,), "disease": (disease,)}
        decide(ws, number, "accept", Labels({**labels, "kind": ("research",)}))
    for number in rejected:
        decide(ws, number, "reject")
    with write(ws.store) as db:
        enqueue(db, [(waiting, 0.9)], ws.clock())


def changed(ws: Workspace, old: str, new: str) -> Workspace:
    """The workspace with a taxonomy of its own, which differs from the shipped one in these words."""
    text = packaged("taxonomy.toml").read_text(encoding="utf-8")
    assert old in text
    file = ws.settings.path(Path("data/taxonomy.toml"))
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    chosen = ws.settings.classifier.model_copy(update={"taxonomy": file})
    settings = ws.settings.model_copy(update={"classifier": chosen})
    return replace(ws, settings=settings, taxonomy=taxonomy_of(settings))


ZORBLE = """[[facets.labels]]
id = "zorble"
name = "Zorbles"
definition = "Zorbles of the heart, of whatever size."
synonyms = ["zorble"]

"""


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_model_learns_words_and_a_label_is_promoted_and_taken_back(tmp_path: Path) -> None:
    """Reviewers use words, and a label, that the shipped model cannot know; the new model knows them."""
    ws = replace(open_workspace(Room.make(tmp_path / "room", "http://127.0.0.1:1").config), clock=lambda: NOW)
    place = """[[facets.labels]]\nid = "mi"\n"""
    ws = changed(ws, place, ZORBLE + place)
    words = [word for _ in range(40) for word in LESSONS]
    taught = store(ws, [paper(n, f"A cardiac {word} was tried on {word}s again.") for n, word in enumerate(words)])
    refused = store(ws, [paper(500 + n, "A cardiac figure of speech about bridges.") for n in range(40)])
    [waiting] = store(ws, [paper(900, "A cardiac zorble was tried.")])
    assert classify(ws) == 161, "a model that lacks a label still does the nights"
    teach(ws, [(number, LESSONS[word]) for number, word in zip(taught, words, strict=True)], refused, waiting)
    shipped = model_version(ws)

    done = train(ws)
    assert done["promoted"], done["figures"]
    assert (done["training"]["decided"], done["rescored"], done["not_compared"]) == (160, 1, ["disease:zorble"])
    assert done["in_use"] == done["model"] == model_version(ws) != shipped
    assert {row["figure"] for row in done["figures"]} >= {"scope: average_precision", "decided papers: task: micro_f1"}
    with read(ws.store) as db:
        [now] = current(db, [waiting], done["model"]).values()
    assert (now.labels.of("modality"), now.labels.of("disease")) == (("ecg",), ("zorble",))

    assert roll_back(ws)["in_use"] == shipped
    assert len([folder for folder in (tmp_path / "room/data/models").iterdir() if folder.is_dir()]) == 1, "it stays"
    promote(ws, done["model"])
    gone = changed(ws, 'id = "hf"', 'id = "failing"')
    with pytest.raises(HarvesterError, match=r"lacks: disease:hf, disease:zorble; run `harvester train`, or put"):
        load_classifier(gone)
    assert train(gone)["not_compared"] == ["disease:failing", "disease:hf", "disease:zorble"]
    assert load_classifier(gone).taxonomy.names == gone.taxonomy.names, "the new one is in use"


def test_a_challenger_that_is_worse_is_refused() -> None:
    """Worse in any figure by more than another seed would change; for the calibration error, lower is better."""

    def figures(precision: float, f1: float, error: float) -> dict[str, Any]:
        scope = {"average_precision": precision, "precision_at_recall_98": 0.9}
        return {"scope": scope, "facets": {"task": {"micro_f1": f1}}, "calibration_error": error}

    def verdict(old: dict[str, Any], new: dict[str, Any]) -> bool:
        return all(row.holds for row in rows_of("", old, new))

    usual = figures(0.98, 0.8, 0.05)
    assert verdict(usual, figures(0.979, 0.798, 0.055))
    assert verdict(usual, figures(0.99, 0.9, 0.01))
    assert not verdict(usual, figures(0.97, 0.9, 0.01))
    assert not verdict(usual, figures(0.99, 0.78, 0.01))
    assert not verdict(usual, figures(0.99, 0.9, 0.08))


def test_models_are_compared_on_the_labels_that_both_know(ws: Workspace) -> None:
    other = changed(ws, 'id = "hf"', 'id = "failing"').taxonomy
    both = common(other, ws.taxonomy)
    assert ws.taxonomy.names - both.names == {"disease:hf"}
    assert other.names - both.names == {"disease:failing"}
    assert both.facet("disease").label_ids == common(ws.taxonomy, other).facet("disease").label_ids


@both_databases
def test_drift_counts_the_last_weeks_in_scope(ws: Workspace) -> None:
    numbers = store(ws, [paper(n) for n in range(60)])
    predict_all(ws, numbers, [0.9] * 40 + [0.1] * 20)
    found = drift(ws)
    assert found["papers"] == 40
    assert found["drift"], "all of them are about ecg, and nothing else"
    assert any(finding["what"] == "share of modality:ecg" for finding in found["findings"])
    assert drift(replace(ws, clock=lambda: NOW + timedelta(days=60)))["papers"] == 0


@pytest.fixture
def with_labelled(shared: Path, tmp_path: Path) -> Iterator[Upstream]:
    """A stand-in that has all labelled papers, and no other."""
    with packaged("labels").joinpath("labels.jsonl").open(encoding="utf-8") as lines:
        wanted = {json.loads(line)["id"] for line in lines}
    texts: dict[str, str] = {}
    for name in ("papers-2025", "labels-2"):
        with gzip.open(shared / "corpus" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            found = ((f"arxiv:{json.loads(line)['id']}", line) for line in lines)
            texts |= {paper_id: line for paper_id, line in found if paper_id in wanted}
    corpus = tmp_path / "labelled.jsonl.gz"
    with gzip.open(corpus, "wt", encoding="utf-8") as lines:
        lines.writelines(texts.values())
    with serving(shared, corpus) as url:
        yield Upstream(url)


def test_the_labelled_set_is_fetched_once(tmp_path: Path, with_labelled: Upstream) -> None:
    upstream = with_labelled
    upstream.control(today="2026-04-06", clear_log=True)
    ws = open_workspace(Room.make(tmp_path / "room", upstream.url).config)
    found = fetch_labels(ws)
    assert found["wanted"] == found["fetched"] > 3000
    assert found["missing"] == []
    assert found["untraceable"] > 700
    requests = len(upstream.log())
    assert requests <= found["wanted"] / 100 + 2
    again = fetch_labels(ws)
    assert (again["fetched"], again["present"]) == (0, found["wanted"])
    assert len(upstream.log()) == requests
    assert len(training_set(ws).papers) > 3000
    assert queue(ws) == [], "labelled long ago: nothing to review"
