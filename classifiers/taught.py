"""What a larger encoder, the teacher, says about labeled papers, for a smaller one to learn.

A teacher reads better than an encoder that is fast enough to read everything, and some of what it knows can be learned
from its probabilities (distillation: Hinton et al. 2015, arXiv:1503.02531). It is needed once: what it said is kept in
a file.

There are several teachers, each of which has not seen one part of the papers. An encoder that has to be fair to a part
learns only from the teacher that had not seen it either.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers.errors import InputError
from classifiers.records import Labelled, Text
from classifiers.sentences import sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifiers.arrays import Columns, Floats

_DESCRIPTION = "description"
_REMEDY = "make it anew with `make teacher`, or train without --taught"
_SHORTENED = 0.6  # share of the sentences that stay


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """The log-odds of teachers.

    `base` is the sha256 of the weights they were tuned from; `labels` names the log-odds; `papers` are ids. Row n of
    `part` (papers,) is the number of the teacher that had not seen the paper. `whole` and `shortened` (teachers,
    papers, labels) are about the paper and about the paper without some of its sentences.
    """

    base: str
    labels: tuple[str, ...]
    papers: tuple[str, ...]
    part: NDArray[np.uint8]
    whole: NDArray[np.float16]
    shortened: NDArray[np.float16]

    def rows(self, papers: Sequence[Labelled]) -> list[int | None]:
        """For each paper, its row; None for one that the teachers have not read."""
        rows = {paper_id: n for n, paper_id in enumerate(self.papers)}
        return [rows.get(paper.text.id) for paper in papers]

    def parts(self, papers: Sequence[Labelled]) -> Columns:
        """For each paper, which teacher had not seen it; papers that none has read are dealt out."""
        teachers = len(self.whole)
        dealt = (n % teachers if row is None else int(self.part[row]) for n, row in enumerate(self.rows(papers)))
        return np.fromiter(dealt, dtype=np.int64, count=len(papers))

    def about(self, papers: Sequence[Labelled], teacher: int | None) -> tuple[Floats, Floats]:
        """The log-odds (papers, labels) of the papers, whole and shortened, by one teacher or by the mean of all.

        NaN stands for a paper that they have not read.
        """
        rows = self.rows(papers)
        known = [n for n, row in enumerate(rows) if row is not None]
        chosen = [row for row in rows if row is not None]
        teachers = slice(None) if teacher is None else slice(teacher, teacher + 1)
        found = []
        for log_odds in (self.whole, self.shortened):
            out = np.full((len(papers), len(self.labels)), np.nan, dtype=np.float32)
            out[known] = log_odds[teachers][:, chosen].astype(np.float32).mean(axis=0)
            found.append(out)
        return found[0], found[1]

    @property
    def sha256(self) -> str:
        """Of everything in it, by which what was learned from it is told apart."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """The content of its file, in the format safetensors."""
        from safetensors.numpy import save

        described = {"base": self.base, "labels": self.labels, "papers": self.papers}
        arrays: dict[str, NDArray[Any]] = {"part": self.part, "whole": self.whole, "shortened": self.shortened}
        return save(arrays, {_DESCRIPTION: json.dumps(described, ensure_ascii=False)})


def shortened(text: Text) -> str:
    """The title and some three in five of the abstract's sentences, always the same ones."""
    rng = np.random.default_rng(zlib.crc32(text.id.encode()))
    every = sentences(text.abstract)
    some = [sentence for sentence, drawn in zip(every, rng.random(len(every)), strict=True) if drawn < _SHORTENED]
    return Text(text.id, text.title, " ".join(some)).joined


def read_taught(path: Path, labels: Sequence[str]) -> Taught:
    """What teachers have said about these labels. Raises `InputError` that names the file and the remedy."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            described = json.loads(file.metadata()[_DESCRIPTION])
            part, whole, short = (file.get_tensor(name) for name in ("part", "whole", "shortened"))
        found = Taught(described["base"], tuple(described["labels"]), tuple(described["papers"]), part, whole, short)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as err:
        raise InputError(f"{path}: cannot read what teachers said ({err}); {_REMEDY}.") from err
    sizes = (len(found.papers), len(found.labels))
    fits = part.shape == sizes[:1] and whole.shape == short.shape and whole.shape[1:] == sizes
    if not fits or (part >= len(whole)).any():
        raise InputError(f"{path}: its arrays do not fit together; {_REMEDY}.")
    if found.labels != tuple(labels):
        raise InputError(f"{path}: the teachers knew other labels than the taxonomy; {_REMEDY}.")
    return found
