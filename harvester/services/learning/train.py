"""Train on the labeled set and all decisions, and promote the new model only if it is no worse than the old one."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.packaged import packaged
from classifiers.records import Labelled, Text, labelled_of, without_repeats
from classifiers.storage import TAXONOMY, model_dir
from classifiers.taxonomy import Taxonomy, load_taxonomy
from harvester.base.clock import utc_date
from harvester.base.counts import count_of
from harvester.base.errors import HarvesterError
from harvester.domain.decisions import Standing, standing
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.predictions import Prediction
from harvester.services.learning.classify import (
    EMBEDDINGS,
    classify_waiting,
    counted,
    encoder_name,
    load_old_classifier,
)
from harvester.services.learning.models import (
    model_in_use,
    model_info,
    model_version,
    models_folder,
    move_model,
    named_errors,
    promote,
    require_free_choice,
    require_usable_before,
    rollback,
    version_in_use,
    write_untrained,
)
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.decisions import decisions_on
from harvester.store.engine import read
from harvester.store.locks import lock
from harvester.store.predictions import current
from harvester.store.training import decided_papers, known_texts

FEWEST = 100  # papers in scope; with fewer, a model only learns noise
_INVENTED = "invented:"  # how their identifiers begin
DECISION, CORRECTION = 1.0, 3.0  # weights relative to a labeled paper; corrections count for more


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The labeled papers, and the ids of those that reviewers decided on or corrected.

    `without_text` counts labeled papers that are left out because the store has no text of them.
    """

    papers: tuple[Labelled, ...]
    decided: frozenset[str]
    corrected: frozenset[str]
    without_text: int

    @property
    def inside(self) -> int:
        """How many real papers are in scope: invented ones only add to them."""
        return sum(paper.in_scope and not paper.text.id.startswith(_INVENTED) for paper in self.papers)


class TooFewLabels(HarvesterError):
    """There is too little to train on; a list grows by its reviewers' decisions."""


def train(ws: Workspace, watch: Watch = unwatched) -> dict[str, Any]:
    """Train a new model, promote it if it is no worse than the model in use, and rescore the pending papers.

    If the taxonomy has changed, only the labels that both models know are compared. If there is too little to train on,
    a model based on the taxonomy alone is rebuilt from the changed taxonomy.

    Raises:
        UsageError: config.toml names the model to use.
        TooFewLabels: there is too little to train on yet.
        HarvesterError: the model in use cannot be loaded.
        LockHeld: a run or another training is in progress.
    """
    require_free_choice(ws)
    with lock(ws.store, "run"):
        given = training_set(ws)
        inside = given.inside
        apart = sorted(_taxonomy_in_use(ws).names ^ ws.taxonomy.names)
        version, rows = _challenge(ws, given, watch) if inside >= FEWEST else _untrained_again(ws, inside)
        promoted = all(row["holds"] for row in rows)
        if promoted:
            promote(ws, version)
            rescored = classify_waiting(ws, watch)
        else:
            rescored = 0
    counts = {"papers": len(given.papers), "decided": len(given.decided), "corrected": len(given.corrected)}
    return {
        "model": version,
        "promoted": promoted,
        "in_use": model_version(ws),
        "training": {**counts, "without_text": given.without_text},
        "rescored": rescored,
        "figures": rows,
        "not_compared": apart,
    }


def _untrained_again(ws: Workspace, inside: int) -> tuple[str, list[dict[str, Any]]]:
    """Replace a model based on an earlier taxonomy alone by one for the current taxonomy, with nothing to compare.

    The same if a list on another subject, for which nothing can be fetched, has a model that cannot classify.
    """
    from classifiers.untrained import DATE

    known = _taxonomy_in_use(ws)
    changed = model_info(ws).document["date"] == DATE and known.sha256 != ws.taxonomy.sha256
    if changed or (not has_labelled_set(ws) and known.names - ws.taxonomy.names):
        return write_untrained(models_folder(ws), ws.taxonomy, encoder_name(ws)), []
    more = "run `harvester labels fetch` first" if has_labelled_set(ws) else "decide on more of the queue first"
    raise TooFewLabels(
        f"Only {count_of(inside, 'paper')} in scope with both labels and text, but {FEWEST} are needed; {more}."
    )


def _taxonomy_in_use(ws: Workspace) -> Taxonomy:
    """The taxonomy that the model in use was made with."""
    with named_errors():
        return load_taxonomy(model_dir(model_in_use(ws)) / TAXONOMY)


def roll_back(ws: Workspace, watch: Watch = unwatched) -> dict[str, Any]:
    """Return to the model that was in use before the last promotion, and rescore the pending papers.

    Raises:
        UsageError: config.toml names the model to use.
        HarvesterError: no model has been promoted, or the one before cannot be used; nothing has changed then.
    """
    require_free_choice(ws)
    with lock(ws.store, "run"):
        require_usable_before(ws)
        left = rollback(ws)
        rescored = classify_waiting(ws, watch)
    return {"rolled_back": left, "in_use": model_version(ws), "rescored": rescored}


def training_set(ws: Workspace) -> TrainingSet:
    """The shipped labels whose texts are in the store, the invented papers, then all decisions.

    Decisions take precedence by coming last.

    Labels that the taxonomy no longer has are left out.
    """
    records, invented = (shipped_labels(), invented_papers()) if has_labelled_set(ws) else ([], [])
    model = version_in_use(ws)
    with read(ws.store) as db:
        texts = known_texts(db, (record["id"] for record in records))
        papers = decided_papers(db)
        logs, predicted = decisions_on(db, papers), current(db, papers, model)
    with_text = [
        {**record, "title": text.title, "abstract": text.abstract}
        for record in records
        if (text := texts.get(record["id"]))
    ]
    with named_errors():
        labelled = [labelled_of({**record, **_present(ws, record)}, ws.taxonomy) for record in with_text + invented]
    decided = [
        found
        for number, paper in papers.items()
        if (found := _decided(ws, paper, standing(logs.get(number, [])), predicted.get(number)))
    ]
    return TrainingSet(
        papers=tuple(without_repeats([*labelled, *decided])),
        decided=frozenset(paper.text.id for paper in decided),
        corrected=frozenset(paper.text.id for paper in decided if paper.weight == CORRECTION),
        without_text=len(records) - len(with_text),
    )


def has_labelled_set(ws: Workspace) -> bool:
    """Whether the shipped labels fit this list's subject: the taxonomy has all of their facets."""
    return set(load_taxonomy().facet_ids) <= set(ws.taxonomy.facet_ids)


def _present(ws: Workspace, record: Mapping[str, Any]) -> dict[str, list[str]]:
    """The labels of a record that are in the taxonomy, by facet."""
    given = {facet: [found] if isinstance(found, str) else found for facet, found in record.items()}
    return {
        facet.id: [label for label in given.get(facet.id) or () if label in facet.label_ids]
        for facet in ws.taxonomy.facets
    }


def shipped_labels() -> list[dict[str, Any]]:
    """The shipped labels: records with identifiers and labels, but without texts."""
    return _records("labels.jsonl")


def invented_papers() -> list[dict[str, Any]]:
    """Labeled papers that were invented, such as figures of speech and near misses of labels."""
    return _records("invented.jsonl")


def _records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (packaged("labels") / name).read_text(encoding="utf-8").splitlines()]


def corrected_labels(labels: Labels, predicted: Prediction) -> frozenset[str]:
    """The labels that a reviewer added to a prediction or removed from it, as ``facet:label``."""
    return frozenset(labels.names) ^ frozenset(predicted.labels.names)


def _decided(ws: Workspace, paper: Paper, now: Standing, predicted: Prediction | None) -> Labelled | None:
    """A decision in force as a labeled paper: accepted means core, rejected means out of scope; None without a text.

    A file that was removed in git (``withdraw``) may have been removed for any reason, so nothing is learned from it.
    """
    decision = now.decision
    if decision is None or decision.action not in ("accept", "reject") or not paper.abstract:
        return None
    text = Text(paper.id, paper.title, paper.abstract)
    accepted = decision.action == "accept"
    labels: Mapping[str, tuple[str, ...]] = {facet.id: () for facet in ws.taxonomy.facets}
    if accepted and decision.labels:
        labels = {**labels, **decision.labels.facets}
    agreed = predicted is not None and predicted.in_scope == accepted
    if agreed and accepted and decision.labels and predicted:
        agreed = not corrected_labels(decision.labels, predicted)
    return Labelled(text, 2 if accepted else 0, labels, DECISION if agreed else CORRECTION)


def _challenge(ws: Workspace, given: TrainingSet, watch: Watch) -> tuple[str, list[dict[str, Any]]]:
    """Train a model into the models folder and compare it with the model in use.

    Returns:
        The new version, and the rows of the comparison.
    """
    from classifiers.cache import CachedEncoder
    from classifiers.classifier import load, shipped_encoder
    from classifiers.features import embed_labelled
    from classifiers.promotion import compare
    from classifiers.training import train_model

    old = load_old_classifier(ws)
    part = models_folder(ws) / ".training"
    papers = given.papers
    try:
        with named_errors():
            encoder = CachedEncoder(shipped_encoder(ws.taxonomy, encoder_name(ws)), ws.settings.path(EMBEDDINGS))
            embedded = embed_labelled(encoder, papers, counted(watch, "encoded", len(papers)))
            # From the cache, if both have the same encoder.
            by_old = embed_labelled(old.encoder, papers, counted(watch, "encoded for the model in use", len(papers)))
            day = utc_date(ws.clock()).isoformat()
            begin = _stages(watch)
            info = train_model(papers, ws.taxonomy, encoder, part, date=day, embedded=embedded, stage=begin)
            begin("comparing both models")
            rows = compare(old, load(part, encoder=encoder_name(ws)), papers, (by_old, embedded), given.decided)
            begin("")
        move_model(part, models_folder(ws) / info.version)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return info.version, [row.to_json() for row in rows]


def _stages(watch: Watch) -> Callable[[str], None]:
    """Begins a stage whose end is not known, and ends the one before; "" begins none."""
    running = ""

    def begin(name: str) -> None:
        nonlocal running
        if running:
            watch(running, 1, 1)
        running = name
        if running:
            watch(running, 0, None)

    return begin
