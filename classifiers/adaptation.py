"""Fine-tunes the upper layers of an encoder on labeled papers: the long part of making a model.

The encoder is tuned on all papers, and as often again on all but a part of them, so that every paper also has log-odds
from an encoder that had not seen it. Each finished pass over the papers is kept in a folder, from which an interrupted
run goes on. It takes an hour on two cores, less on a processor that multiplies bfloat16 matrices (AMX). An encoder that
was tuned before goes on with new papers in a fraction of that.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.model_selection import KFold

from classifiers.adapter import Adapter, label_names
from classifiers.encoder import Progress, TextEncoder
from classifiers.errors import EncoderError, ModelError
from classifiers.pupil import FURTHER, Pupil, Recipe, prepare
from classifiers.records import Labelled, title_key
from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Columns, Floats


def adapt(
    papers: Sequence[Labelled],
    taxonomy: Taxonomy,
    encoder: TextEncoder,
    kept: Path,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
    earlier: Adapter | None = None,
) -> Adapter:
    """Tune `encoder` on the papers; the folder `kept` holds what an interrupted run has reached.

    With `earlier`, go on from that adapter with the papers that are new to it; it reads some of the others again, lest
    it forget them, and they keep their log-odds. `progress` is told how many papers each step has learned from.

    Raises `EncoderError` if the encoder is no BERT, and `ModelError` if nothing can be kept or `earlier` does not fit.
    """
    recipe = recipe or (FURTHER if earlier else Recipe())
    _require_writable(kept)
    labels = label_names({facet.id: facet.label_ids for facet in taxonomy.facets})
    transformer = _transformer(encoder, labels, earlier)
    new, again = _rows(papers, recipe, earlier)
    if earlier is not None and len(new) < recipe.folds:
        return earlier
    read = [papers[n] for n in (*new, *again)]
    lesson = prepare(read, taxonomy, encoder, recipe)
    name = _name(read, labels, encoder, recipe, earlier)

    def taught(rows: Columns, part: str) -> Pupil:
        pupil = Pupil(transformer, lesson, rows, recipe)
        if earlier is not None:
            pupil.go_on_from(earlier)
        return _taught(pupil, rows, kept / f"{name}-{part}", progress)

    known, unseen = np.arange(len(new), len(read)), np.zeros((len(papers), len(labels)), dtype=np.float32)
    for number, (rest, held) in enumerate(KFold(recipe.folds, shuffle=True, random_state=recipe.seed).split(new)):
        unseen[new[held]] = taught(np.concatenate([rest, known]), str(number)).read(held)
    pupil = taught(np.arange(len(read)), "all")
    return _adapter(pupil, papers, labels, encoder, unseen, earlier)


def _transformer(encoder: TextEncoder, labels: tuple[str, ...], earlier: Adapter | None) -> Any:
    """The encoder's own model, if it can be tuned, and as the earlier adapter was."""
    transformer = encoder.transformer()
    if transformer.config.model_type != "bert":
        raise EncoderError(f"{encoder.name}: only encoders of the BERT family can be adapted; train without --adapt.")
    if earlier is not None and (earlier.base, earlier.labels) != (encoder.sha256, labels):
        raise ModelError("the adapted encoder belongs to another taxonomy or encoder; train without --from.")
    return transformer


def papers_read(papers: Sequence[Labelled], recipe: Recipe | None = None, earlier: Adapter | None = None) -> int:
    """How many papers `adapt` learns from in all its passes, for a progress bar."""
    recipe = recipe or (FURTHER if earlier else Recipe())
    new, again = map(len, _rows(papers, recipe, earlier))
    if earlier is not None and new < recipe.folds:
        return 0
    # All but a part of the new ones in each of the folds, and once all of them; the known ones each time.
    return recipe.epochs * (new * recipe.folds + again * (recipe.folds + 1))


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
    return Adapter(encoder.sha256, labels, pupil.arrays(), tuple(names), unseen.astype(np.float16))


def _taught(pupil: Pupil, rows: Columns, kept: Path, progress: Progress | None) -> Pupil:
    """The pupil after all passes, those that an earlier run has finished left out. Raises `ModelError`."""
    file = kept.with_suffix(".pt")
    found = _kept(file)
    done = found["passes"] if found else 0
    if found:
        pupil.restore(found["state"])
    if progress is not None:
        progress(done * len(rows))
    for epoch in range(done, pupil.recipe.epochs):
        pupil.learn(rows, epoch, progress)
        _keep(file, {"passes": epoch + 1, "state": pupil.state()})
    return pupil


def _kept(file: Path) -> dict[str, Any] | None:
    """What an earlier run has kept; None if that is nothing, or half a file: learning then begins anew."""
    try:
        found: dict[str, Any] = torch.load(file, weights_only=True)  # tensors and numbers: no code is run
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError):
        return None
    return found


def _require_writable(kept: Path) -> None:
    """Said before the first pass, which takes minutes."""
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=kept):
            pass
    except OSError as err:
        raise ModelError(f"{kept}: nothing can be kept here ({err}); choose another folder with --kept.") from err


def _keep(file: Path, reached: dict[str, Any]) -> None:
    part = file.with_suffix(".part")
    try:
        torch.save(reached, part)
        part.replace(file)
    except (OSError, RuntimeError) as err:  # torch says "RuntimeError" to a folder that is missing or full
        raise ModelError(f"{file}: cannot keep what was learned ({err}); choose another folder with --kept.") from err


def _name(
    papers: Sequence[Labelled], labels: Sequence[str], encoder: TextEncoder, recipe: Recipe, earlier: Adapter | None
) -> str:
    """What the kept passes belong to: the same papers, labels, encoder, recipe and beginning."""
    rows = [[p.text.id, p.text.title, p.text.abstract, p.scope, dict(p.labels), p.weight] for p in papers]
    said = json.dumps([rows, labels, encoder.sha256, asdict(recipe), earlier and earlier.sha256])
    return hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]
