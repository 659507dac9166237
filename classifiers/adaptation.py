"""Fine-tunes the upper layers of an encoder on labeled papers: the long part of making a model.

The encoder is tuned on all papers, and as often again on all but a part of them, so that every paper also has log-odds
from an encoder that had not seen it. Each finished pass over the papers is kept in a folder, from which an interrupted
run goes on. It takes up to two hours on two cores, half of that if they multiply bfloat16 numbers (AMX, AVX-512). An
encoder that was tuned before goes on with new papers in a fraction of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import KFold

from classifiers.adapter import Adapter, label_names
from classifiers.encoder import Progress, TextEncoder
from classifiers.errors import EncoderError, ModelError
from classifiers.lesson import Recipe, prepare
from classifiers.passes import learned, passes_name, require_writable
from classifiers.pupil import Pupil
from classifiers.records import Labelled, title_key
from classifiers.taught import Taught, shortened
from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Columns, Floats

FURTHER = Recipe(epochs=2, rate=5e-5, attention_rate=5e-4)
"""For an encoder that goes on: gentler than in the beginning."""


def adapt(
    papers: Sequence[Labelled],
    taxonomy: Taxonomy,
    encoder: TextEncoder,
    kept: Path,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
    earlier: Adapter | None = None,
    taught: Taught | None = None,
) -> Adapter:
    """Tune `encoder` on the papers; the folder `kept` holds what an interrupted run has reached.

    With `earlier`, go on from that adapter with the papers that are new to it; it reads some of the others again, lest
    it forget them, and they keep their log-odds. With `taught`, learn from larger encoders, whole and shortened texts.
    `progress` is told how many texts each step has learned from.

    Raises `EncoderError` if the encoder is no BERT, and `ModelError` if nothing can be kept or `earlier` does not fit.
    """
    recipe = recipe or recipe_for(earlier)
    require_writable(kept)
    labels = label_names({facet.id: facet.label_ids for facet in taxonomy.facets})
    transformer = _transformer(encoder, labels, earlier)
    plan = _plan(papers, recipe, earlier, taught)
    if earlier is not None and not plan.pupils:
        return earlier
    read = [papers[n] for n in plan.read]
    lesson = prepare(read, taxonomy, encoder, recipe, [shortened(paper.text) for paper in read] if taught else ())
    beginning = [part.sha256 for part in (earlier, taught) if part is not None]
    name = passes_name(read, labels, encoder, recipe, *beginning)

    def pupil_of(part: _Part) -> Pupil:
        own = lesson if taught is None else lesson.taught(*taught.about(read, part.number))
        pupil = Pupil(transformer, own, part.learned, recipe)
        if earlier is not None:
            pupil.go_on_from(earlier)
        kept_as = kept / f"{name}-{'all' if part.number is None else part.number}"
        return learned(pupil, part.learned, kept_as, progress)

    unseen = np.zeros((len(papers), len(labels)), dtype=np.float32)
    for part in plan.pupils[:-1]:
        unseen[plan.read[part.held]] = pupil_of(part).read(part.held)
    adapter = _adapter(pupil_of(plan.pupils[-1]), papers, labels, encoder, unseen, earlier)
    return adapter if taught is None else replace(adapter, teacher=taught.base)


def recipe_for(earlier: Adapter | None = None) -> Recipe:
    """How an encoder is tuned that begins, or goes on."""
    return Recipe() if earlier is None else FURTHER


def papers_read(
    papers: Sequence[Labelled], recipe: Recipe, earlier: Adapter | None = None, taught: Taught | None = None
) -> int:
    """How many texts `adapt` learns from in all its passes, for a progress bar."""
    return recipe.epochs * sum(len(part.learned) for part in _plan(papers, recipe, earlier, taught).pupils)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Which texts a pupil learns from, and which papers it must not have seen; the last pupil, None, learns all."""

    number: int | None
    learned: Columns
    held: Columns


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Which papers are read, and what each pupil learns of them, by row of `read`."""

    read: Columns
    pupils: Sequence[_Part]


def _plan(papers: Sequence[Labelled], recipe: Recipe, earlier: Adapter | None, taught: Taught | None) -> _Plan:
    if taught is not None:
        return _Plan(np.arange(len(papers)), _taught_parts(papers, taught))
    new, again = _rows(papers, recipe, earlier)
    if earlier is not None and len(new) < recipe.folds:
        return _Plan(new, ())
    known = np.arange(len(new), len(new) + len(again))
    folds = KFold(recipe.folds, shuffle=True, random_state=recipe.seed).split(new)
    parts = [_Part(number, np.concatenate([rest, known]), held) for number, (rest, held) in enumerate(folds)]
    every = np.arange(len(new) + len(again))
    return _Plan(np.concatenate([new, again]), (*parts, _Part(None, every, every[:0])))


def _taught_parts(papers: Sequence[Labelled], taught: Taught) -> tuple[_Part, ...]:
    """The papers that a teacher had not seen are those that its pupil does not see; shortened texts come last."""
    parts = taught.parts(papers)
    is_known = np.array([row is not None for row in taught.rows(papers)], dtype=bool)

    def texts(chosen: Bools) -> Columns:
        return np.concatenate([np.flatnonzero(chosen), len(papers) + np.flatnonzero(chosen & is_known)])

    fair = [_Part(n, texts(parts != n), np.flatnonzero(parts == n)) for n in range(len(taught.whole))]
    return (*fair, _Part(None, texts(parts >= 0), np.arange(0)))


def _transformer(encoder: TextEncoder, labels: tuple[str, ...], earlier: Adapter | None) -> Any:
    """The encoder's own model, if it can be tuned, and as the earlier adapter was."""
    transformer = encoder.transformer()
    if transformer.config.model_type != "bert":
        raise EncoderError(f"{encoder.name}: only encoders of the BERT family can be adapted; train without --adapt.")
    if earlier is not None and (earlier.base, earlier.labels) != (encoder.sha256, labels):
        raise ModelError("the adapted encoder belongs to another taxonomy or encoder; train without --from.")
    return transformer


def _rows(papers: Sequence[Labelled], recipe: Recipe, earlier: Adapter | None) -> tuple[Columns, Columns]:
    """The papers that are new to the earlier adapter, and those of the others that it reads again."""
    if earlier is None:
        return np.arange(len(papers)), np.arange(0)
    is_known = np.array([row is not None for row in earlier.rows(papers)], dtype=bool)
    new, known = np.flatnonzero(~is_known), np.flatnonzero(is_known)
    again = np.random.default_rng(recipe.seed).permutation(known)[: recipe.again * len(new)]
    return new, np.sort(again)


def _adapter(
    pupil: Pupil,
    papers: Sequence[Labelled],
    labels: tuple[str, ...],
    encoder: TextEncoder,
    unseen: Floats,
    earlier: Adapter | None,
) -> Adapter:
    """What the pupil has learned, with the log-odds of all papers that it or the earlier adapter has ever read."""
    names = [(paper.text.id, title_key(paper.text.title)) for paper in papers]
    if earlier is not None:
        unseen = earlier.unseen_by(papers, unseen)
        here = set(earlier.rows(papers))
        elsewhere = [row for row in range(len(earlier.papers)) if row not in here]
        names += [earlier.papers[row] for row in elsewhere]
        unseen = np.vstack([unseen, earlier.unseen[elsewhere]])
    teacher = None if earlier is None else earlier.teacher
    return Adapter(encoder.sha256, labels, pupil.arrays(), tuple(names), unseen.astype(np.float16), teacher)
