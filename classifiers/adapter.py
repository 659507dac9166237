"""What fine-tuning has changed about an encoder: its upper layers, and an attention for each label.

Kept as two files of the model folder: `encoder.safetensors` (arrays) and `encoder.json` (what they belong to). With
them comes how the papers that it learned from are scored by encoders that had not seen them: heads that are trained on
these papers later must not be shown what the encoder itself remembers of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers.errors import ModelError
from classifiers.records import Labelled, title_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifiers.arrays import Floats

WEIGHTS, DESCRIPTION = "encoder.safetensors", "encoder.json"
_UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """An encoder's fine-tuned part.

    `base` is the sha256 of the weights it was tuned from; `labels` names its log-odds (`scope`, `task:diagnosis`, ...);
    `weights` holds float16 arrays by name: those of the tuned layers, and of the labels' attention. Row n of `unseen`
    (papers, labels) has the log-odds of the paper with the id `papers[n][0]` and the title key `papers[n][1]`.
    `teacher` is the sha256 of the larger encoder that it learned from, if there was one.
    """

    base: str
    labels: tuple[str, ...]
    weights: Mapping[str, NDArray[np.float16]]
    papers: tuple[tuple[str, str], ...]
    unseen: NDArray[np.float16]
    teacher: str | None = None

    @property
    def facets(self) -> frozenset[str]:
        """The facets whose labels it knows."""
        return frozenset(facet for facet, colon, _ in (name.partition(":") for name in self.labels) if colon)

    @property
    def sha256(self) -> str:
        """Of the arrays, by which embeddings are told apart."""
        return hashlib.sha256(self.files()[WEIGHTS]).hexdigest()

    def files(self) -> dict[str, bytes]:
        """The adapter as files of a model folder, by name."""
        from safetensors.numpy import save

        described: dict[str, Any] = {"base": self.base, "labels": self.labels, "papers": self.papers}
        if self.teacher is not None:
            described["teacher"] = self.teacher
        return {
            WEIGHTS: save({**self.weights, _UNSEEN: self.unseen}),
            DESCRIPTION: (json.dumps(described, ensure_ascii=False) + "\n").encode("utf-8"),
        }

    def unseen_by(self, papers: Sequence[Labelled], log_odds: Floats) -> Floats:
        """`log_odds` (papers, labels), those of papers that the encoder was tuned on replaced by the unseen ones."""
        fair = log_odds.copy()
        for n, row in enumerate(self.rows(papers)):
            if row is not None:
                fair[n] = self.unseen[row]
        return fair

    def rows(self, papers: Sequence[Labelled]) -> list[int | None]:
        """For each paper, its row among those that the encoder was tuned on; None for a new one."""
        rows = {name: n for n, names in enumerate(self.papers) for name in names}
        return [rows.get(paper.text.id, rows.get(title_key(paper.text.title))) for paper in papers]


def read_adapter(files: Mapping[str, bytes], place: str) -> Adapter:
    """An adapter from the content of its files. Raises `ModelError`, which begins with the `place`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays, described = load(files[WEIGHTS]), json.loads(files[DESCRIPTION])
        unseen, labels = arrays.pop(_UNSEEN), tuple(described["labels"])
        papers = tuple((paper_id, key) for paper_id, key in described["papers"])
        adapter = Adapter(described["base"], labels, arrays, papers, unseen, described.get("teacher"))
    except (SafetensorError, ValueError, KeyError, TypeError) as err:
        raise ModelError(f"{place}: not a usable adapted encoder ({type(err).__name__}: {err}); retrain.") from err
    if unseen.shape != (len(papers), len(labels)) or any(
        array.shape[0] != len(labels) for name, array in arrays.items() if name.startswith(ATTENTION)
    ):
        raise ModelError(f"{place}: the adapted encoder does not have the labels that it names; retrain.")
    return adapter


ATTENTION = "attention."
"""How the names of the labels' arrays begin; those of the tuned layers begin with `layer.`."""


def label_names(facets: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names of an adapter's log-odds: the scope, then the labels of each facet (ids by facet) in order."""
    return ("scope", *(f"{facet}:{label}" for facet, ids in facets.items() for label in ids))


def named_arrays(state: Mapping[str, Any], prefix: str) -> dict[str, NDArray[np.float16]]:
    """A torch state dictionary as float16 arrays whose names begin with `prefix`."""
    return {f"{prefix}{name}": tensor.cpu().numpy().astype(np.float16) for name, tensor in state.items()}
