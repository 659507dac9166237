"""Which sentences support a label: those without which its probability drops most.

Honest by construction: each drop is the model's own answer to the text without that sentence, nothing is inferred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classifiers.features import embed
from classifiers.records import Reason, Text
from classifiers.sentences import sentences

if TYPE_CHECKING:
    from classifiers.arrays import Doubles
    from classifiers.encoder import Encoder
    from classifiers.model import LabelModel

_REASONS = 2
_LEAST = 0.1  # of the largest drop: any other sentence moves a probability a little, too
# The encoder reads no further than about ten sentences; more would only cost time.
_MOST_SENTENCES = 40


def parts_of(text: Text) -> list[str]:
    """The title and the abstract's sentences, in order."""
    return [part for part in (text.title, *sentences(text.abstract)) if part][:_MOST_SENTENCES]


def explain(
    model: LabelModel, encoder: Encoder, text: Text, labels: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Reason, ...]]:
    """For each label (by facet) up to two sentences, keyed `facet:label`, the larger drop first."""
    parts = parts_of(text)
    variants = [text, *(without(text, [part]) for part in parts)]
    scores = model.predict_proba(variants, embed(encoder, variants))
    return {
        f"{facet_id}:{label}": _reasons(parts, scores.facets[facet_id][:, _column(model, facet_id, label)])
        for facet_id, ids in labels.items()
        for label in ids
    }


def without(text: Text, parts: Sequence[str]) -> Text:
    """A text without some of its `parts_of`."""
    title = "" if text.title in parts else text.title
    abstract = text.abstract
    for part in parts:
        if part != text.title:
            abstract = abstract.replace(part, "", 1)
    return Text(text.id, title, abstract.strip())


def _reasons(parts: Sequence[str], probabilities: Doubles) -> tuple[Reason, ...]:
    """Reasons from probabilities (1 + parts,): of the whole text, then without each part."""
    drops = probabilities[0] - probabilities[1:]
    largest = np.argsort(-drops, kind="stable")[:_REASONS]
    enough = max(float(drops.max(initial=0.0)) * _LEAST, np.finfo(float).tiny)
    return tuple(Reason(parts[n], float(drops[n])) for n in largest if drops[n] >= enough)


def _column(model: LabelModel, facet_id: str, label: str) -> int:
    return model.taxonomy.facet(facet_id).label_ids.index(label)
