"""Why the classifier predicts what it does, and which papers of the catalog are similar, as a run computed them."""

from collections.abc import Mapping
from dataclasses import dataclass

from harvester.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence that supports a label, and by how much the label's probability drops without it."""

    sentence: str
    drop: float


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A paper of the labeled set; `similarity` is the cosine of the embeddings."""

    id: str
    title: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sentences each label rests on, by ``facet:label``, and the nearest papers of the labeled set."""

    reasons: Mapping[str, tuple[Reason, ...]]
    nearest: tuple[Neighbor, ...]


@dataclass(frozen=True, slots=True)
class SimilarPaper:
    """A paper similar to another one, and how similar: the cosine of their words, or 1 for nearly the same title."""

    paper: Paper
    state: str
    likeness: float
