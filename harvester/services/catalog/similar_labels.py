"""Which labels a heading names, and which are similar to it in meaning."""

import logging
from collections.abc import Iterator, Mapping, Sequence

from classifiers.encoder import Encoder, load_encoder
from classifiers.errors import ClassifierError
from classifiers.keywords import SCOPE, SynonymMatcher
from classifiers.taxonomy import Taxonomy
from harvester.catalog.importing.proposals import Label
from harvester.services.learning.classify import EMBEDDINGS
from harvester.services.workspace import Workspace

log = logging.getLogger(__name__)


def named(matcher: SynonymMatcher, text: str) -> Iterator[tuple[Label, str]]:
    """The labels whose names or synonyms are in a text, each with the words found."""
    found = ((matcher.columns[column], words) for column, words in matcher.matches(text))
    return ((label, words) for label, words in found if label[0] != SCOPE)


def similarities(ws: Workspace, texts: Sequence[str], *, cached: bool) -> list[Mapping[Label, float]]:
    """How similar each text is to each label: the mean of the cosines with its definition and with its best phrase.

    Empty if there is no encoder, which a warning says. Without `cached`, no file is written.
    """
    phrases = list(_phrases(ws.taxonomy))
    definitions = {
        (facet.id, label.id): f"{label.name}: {label.definition}"
        for facet in ws.taxonomy.facets
        for label in facet.labels
    }
    try:
        encoder = _encoder(ws, cached=cached)
        vectors = encoder.encode([*texts, *definitions.values(), *(phrase for _, phrase in phrases)])
    except ClassifierError as error:
        log.warning("Labels are proposed by names and synonyms alone: %s", error)
        return []
    cosines = (vectors[: len(texts)] @ vectors[len(texts) :].T).tolist()
    return [_scores(row, list(definitions), [label for label, _ in phrases]) for row in cosines]


def _scores(cosines: Sequence[float], labels: Sequence[Label], of_phrases: Sequence[Label]) -> dict[Label, float]:
    """From the cosines of one text with all definitions, then with all phrases."""
    best = dict.fromkeys(labels, -1.0)
    for label, cosine in zip(of_phrases, cosines[len(labels) :], strict=True):
        best[label] = max(best[label], cosine)
    return {label: (whole + best[label]) / 2 for label, whole in zip(labels, cosines, strict=False)}


def _phrases(taxonomy: Taxonomy) -> Iterator[tuple[Label, str]]:
    for facet in taxonomy.facets:
        for label in facet.labels:
            for phrase in (label.name, *label.phrases):
                yield (facet.id, label.id), phrase.removesuffix("*")


def _encoder(ws: Workspace, *, cached: bool) -> Encoder:
    """With a cache, because the phrases take seconds, and the next import of the list needs them again."""
    encoder = load_encoder(ws.settings.classifier.encoder)
    if not cached:
        return encoder
    from classifiers.cache import CachedEncoder  # loads numpy, which most imports need not

    return CachedEncoder(encoder, ws.settings.path(EMBEDDINGS))
