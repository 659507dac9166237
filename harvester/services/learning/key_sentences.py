"""The two sentences of an abstract that the classifier found most telling for a paper's labels; made once a text."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from classifiers.errors import ClassifierError
from classifiers.records import Reason, Text
from harvester.base.errors import HarvesterError
from harvester.digest.content import SENTENCES, plain, sentences
from harvester.digest.rules import Item
from harvester.services.learning.classify import load_classifier
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store.engine import read, write
from harvester.store.key_sentences import save_extracts, stored_extracts

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

log = logging.getLogger(__name__)
BATCH = 16  # papers between two commits: each takes the classifier some tenths of a second


def extracts_of(ws: Workspace, items: Iterable[Item], watch: Watch = unwatched) -> dict[int, str]:
    """The extract of every paper, by its number; where there is no model, papers without a stored one are left out."""
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
        log.warning("The digest shows the beginning of abstracts instead of telling sentences: %s", error)
    return known


def most_telling(abstract: str, reasons: Mapping[str, Sequence[Reason]]) -> str:
    """Of an abstract's sentences those that all labels together rest on most, in their order.

    Too few reasons (all of them in the title, or none) are made up for with the first sentences.
    """
    parts = sentences(plain(abstract))
    weight = dict.fromkeys(parts, 0.0)
    for reason in (one for found in reasons.values() for one in found):
        inside = [part for part in parts if part in plain(reason.sentence) or plain(reason.sentence) in part]
        for part in inside:
            weight[part] += reason.drop
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
    reasons = classifier.explain(Text(paper.id, paper.title, paper.abstract), known)
    return most_telling(paper.abstract, reasons)


def _is_longer(item: Item) -> bool:
    """Whether there is anything to choose from."""
    return len(sentences(plain(item.paper.abstract))) > SENTENCES
