"""The two sentences of an abstract that matter most for a paper's labels, computed once per text."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from classifiers.errors import ClassifierError
from classifiers.records import Reason, Text
from classifiers.sentences import sentences
from harvester.base.errors import HarvesterError
from harvester.digest.content import SENTENCES, plain
from harvester.digest.rules import Item
from harvester.services.learning.classify import load_classifier
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import read, write
from harvester.store.key_sentences import save_extracts, stored_extracts

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

log = logging.getLogger(__name__)
BATCH = 16  # papers between two commits: each takes the classifier a few tenths of a second


def extracts_of(ws: Workspace, items: Iterable[Item], watch: Watch = unwatched) -> dict[int, str]:
    """The extract of every paper, by number; without a model, papers without a stored extract are left out."""
    papers = {item.number: item for item in items}
    with read(ws.store) as db:
        known = stored_extracts(db, {number: item.paper.text_hash for number, item in papers.items()})
    missing = [item for number, item in papers.items() if number not in known and _is_longer(item)]
    if not missing:
        return known
    try:
        classifier = load_classifier(ws)
        for start in range(0, len(missing), BATCH):
            known |= _make(ws, classifier, missing[start : start + BATCH])
            watch("extracts", min(start + BATCH, len(missing)), len(missing))
    except (HarvesterError, ClassifierError) as error:
        log.warning("The digest shows the beginning of abstracts instead of key sentences: %s", error)
    return known


def most_telling(abstract: str, reasons: Mapping[str, Sequence[Reason]]) -> str:
    """The sentences of an abstract that all labels together depend on most, in their order.

    `reasons` must refer to this text, so that each names one of its sentences, or the title. If they name too few
    sentences (all reasons are in the title, or there are none), the first sentences of the abstract are added.
    """
    parts = sentences(abstract)
    weight: defaultdict[str, float] = defaultdict(float)
    for reason in chain.from_iterable(reasons.values()):
        weight[reason.sentence] += reason.drop
    chosen = sorted(sorted(range(len(parts)), key=lambda n: (-weight[parts[n]], n))[:SENTENCES])
    gaps = ("… " if before + 1 < here else "" for before, here in zip([-1, *chosen], chosen, strict=False))
    return " ".join(gap + parts[n] for gap, n in zip(gaps, chosen, strict=True))


def _make(ws: Workspace, classifier: "Classifier", items: Sequence[Item]) -> dict[int, str]:
    made = {item.number: _extract(classifier, item) for item in items}
    with write(ws.store) as db:
        save_extracts(db, {item.number: (item.paper.text_hash, made[item.number]) for item in items})
    return made


def _extract(classifier: "Classifier", item: Item) -> str:
    paper = item.paper
    known = {
        facet.id: [label for label in item.labels.of(facet.id) if label in facet.label_ids]
        for facet in classifier.taxonomy.facets
    }
    text = Text(paper.id, paper.title, plain(paper.abstract))
    return most_telling(text.abstract, classifier.explain(text, known))


def _is_longer(item: Item) -> bool:
    """Whether the abstract has more sentences than an extract."""
    return len(sentences(plain(item.paper.abstract))) > SENTENCES
