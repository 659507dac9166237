"""The passes of a tuning: each finished one is kept in a file, from which an interrupted run goes on."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import torch

from classifiers.errors import ModelError

if TYPE_CHECKING:
    from classifiers.arrays import Columns
    from classifiers.encoder import Progress, TextEncoder
    from classifiers.lesson import Recipe
    from classifiers.pupil import Pupil
    from classifiers.records import Labelled


def passes_name(
    papers: Sequence[Labelled],
    labels: Sequence[str],
    encoder: TextEncoder,
    recipe: Recipe,
    *beginning: str,
) -> str:
    """What the kept passes belong to: the same papers, labels, encoder, recipe and beginning (hashes of it)."""
    rows = [[p.text.id, p.text.title, p.text.abstract, p.scope, dict(p.labels), p.weight] for p in papers]
    said = json.dumps([rows, labels, encoder.sha256, asdict(recipe), beginning])
    return hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]


def learned(pupil: Pupil, rows: Columns, kept: Path, progress: Progress | None) -> Pupil:
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


def require_writable(kept: Path) -> None:
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
