"""Turns papers into numbers: word features, synonym features and embeddings, side by side in one sparse matrix.

Frozen embeddings alone are weak where one word decides (modality, disease); words alone miss paraphrases.
One linear model over both beats either (figures: the model card).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer

from classifiers.keywords import SCOPE, SynonymMatcher
from classifiers.records import Labelled, Text
from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Columns, Floats
    from classifiers.encoder import Encoder, Progress

Part = Literal["title", "abstract"]
# Presence says most; counts beyond this many mentions only say that the text is long.
_MOST_MENTIONS = 8.0
_BLOCKS = 4  # presence and count, in title and abstract


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """What the encoder says about papers, by row.

    `vectors` (papers, dimension) are unit vectors of title with abstract, by which similar papers are found. `evidence`
    (papers, k) is for the heads: an adapted encoder's log-odds, named by `labels`; otherwise the vectors and those of
    the titles.
    """

    vectors: Floats
    evidence: Floats
    labels: tuple[str, ...] = ()

    def rows(self, chosen: Bools | Columns | Sequence[int]) -> Embedded:
        """The same of some papers."""
        return Embedded(self.vectors[chosen], self.evidence[chosen], self.labels)


def embed(encoder: Encoder, papers: Sequence[Text], progress: Progress | None = None) -> Embedded:
    """Read papers whose labels are not known."""
    joined = encoder.encode([paper.joined for paper in papers], progress)
    if encoder.adapter is None:
        return Embedded(joined, np.hstack([joined, encoder.encode([paper.title for paper in papers])]))
    size = joined.shape[1] - len(encoder.adapter.labels)
    return Embedded(joined[:, :size], joined[:, size:], encoder.adapter.labels)


def embed_labelled(encoder: Encoder, papers: Sequence[Labelled], progress: Progress | None = None) -> Embedded:
    """Read labeled papers; those that the encoder was tuned on have the evidence of one that had not seen them."""
    found = embed(encoder, [paper.text for paper in papers], progress)
    if encoder.adapter is None:
        return found
    return replace(found, evidence=encoder.adapter.unseen_by(papers, found.evidence))


class WordFeatures(BaseEstimator):  # type: ignore[misc]
    """TF-IDF of the words and word pairs of one part of a paper.

    Learned: `terms_`, the words and pairs in column order, and `idf_`, their weights.
    """

    def __init__(self, part: Part = "abstract", min_df: int = 3) -> None:
        self.part = part
        self.min_df = min_df

    def fit(self, papers: Sequence[Text]) -> WordFeatures:
        """Learn the vocabulary; a small set keeps rarer words; a set without words gives no columns."""
        min_df = max(1, min(self.min_df, len(papers) // 50))
        vectorizer = _tfidf(min_df=min_df)
        try:
            vectorizer.fit(self._texts(papers))
        except ValueError:  # how scikit-learn says that no word is left
            return self.restore([], np.zeros(0, dtype=np.float32))
        return self.restore(list(vectorizer.get_feature_names_out()), vectorizer.idf_)

    def restore(self, terms: list[str], idf: Floats) -> WordFeatures:
        """Set the learned state, as read from a model folder."""
        self.terms_ = terms
        self.idf_ = np.asarray(idf, dtype=np.float32)
        return self

    def transform(self, papers: Sequence[Text]) -> sp.csr_matrix:
        """float32 sparse matrix (papers, terms), rows of unit length."""
        if not self.terms_:
            return sp.csr_matrix((len(papers), 0), dtype=np.float32)
        return self._vectorizer().transform(self._texts(papers))

    def _vectorizer(self) -> Any:
        if getattr(self, "_ready", None) is None:
            self._ready = _tfidf(vocabulary={term: n for n, term in enumerate(self.terms_)})
            self._ready.idf_ = self.idf_
        return self._ready

    def _texts(self, papers: Sequence[Text]) -> list[str]:
        return [getattr(paper, self.part) for paper in papers]


class SynonymFeatures(BaseEstimator):  # type: ignore[misc]
    """Whether and how often each label's synonyms occur in the title and in the abstract. Nothing is learned."""

    def __init__(self, taxonomy: Taxonomy, presence: float = 0.6, count: float = 0.3) -> None:
        self.taxonomy = taxonomy
        self.presence = presence
        self.count = count

    def transform(self, papers: Sequence[Text]) -> Floats:
        """float32 array (papers, 4 x labels): presence and log count in the title, then in the abstract."""
        matcher = SynonymMatcher(self.taxonomy)
        columns = []
        for part in ("title", "abstract"):
            counts = matcher.counts([getattr(paper, part) for paper in papers])
            columns += [self.presence * (counts > 0), self.count * np.log1p(np.minimum(counts, _MOST_MENTIONS))]
        return np.hstack(columns).astype(np.float32)

    def columns(self) -> dict[str, Columns]:
        """By facet (and `scope`), the columns (labels, 4) of each label's own synonyms."""
        labels = SynonymMatcher(self.taxonomy).columns
        places: dict[str, list[list[int]]] = {}
        for n, (facet_id, _) in enumerate(labels):
            places.setdefault(facet_id, []).append([block * len(labels) + n for block in range(_BLOCKS)])
        return {facet_id: np.array(rows, dtype=np.intp) for facet_id, rows in places.items()}


class JointFeatures(BaseEstimator):  # type: ignore[misc]
    """Synonyms, what the encoder says, and words of abstract and title, joined."""

    def __init__(
        self, taxonomy: Taxonomy, min_df: int = 3, presence: float = 0.6, count: float = 0.3, log_odds: float = 0.03
    ) -> None:
        self.taxonomy = taxonomy
        self.min_df = min_df
        self.presence = presence
        self.count = count
        self.log_odds = log_odds

    def fit(self, papers: Sequence[Text]) -> JointFeatures:
        """Learn both vocabularies."""
        self.words_ = {part: WordFeatures(part, self.min_df).fit(papers) for part in _PARTS}
        return self

    def restore(self, words: dict[Part, WordFeatures]) -> JointFeatures:
        """Set the learned state, as read from a model folder."""
        self.words_ = words
        return self

    def transform(self, papers: Sequence[Text], embedded: Embedded) -> sp.csr_matrix:
        """float32 sparse matrix (papers, features); `embedded` comes from `embed`."""
        synonyms = SynonymFeatures(self.taxonomy, self.presence, self.count).transform(papers)
        evidence = embedded.evidence * np.float32(self.log_odds if embedded.labels else 1.0)
        words = [self.words_[part].transform(papers) for part in _PARTS]
        joined = sp.hstack([sp.csr_matrix(synonyms), sp.csr_matrix(evidence), *words], format="csr")
        joined.sort_indices()
        return joined

    def width_without_evidence(self) -> int:
        """How many columns synonyms and words have."""
        synonyms = sum(columns.size for columns in SynonymFeatures(self.taxonomy).columns().values())
        return synonyms + sum(len(words.terms_) for words in self.words_.values())

    def own_columns(self, labels: Sequence[str] = ()) -> dict[str, Columns]:
        """By facet (and `scope`), the columns (labels, 4 or 5) that are about each label itself.

        They are its synonyms' and, if the encoder's log-odds are named by `labels`, its own log-odds.
        """
        synonyms = SynonymFeatures(self.taxonomy).columns()
        if not labels:
            return synonyms
        # A label that the encoder was not tuned for has its first synonym twice, which changes nothing.
        return {
            facet: np.column_stack([synonyms[facet], np.where(said < 0, synonyms[facet][:, 0], said)])
            for facet, said in self.log_odds_columns(labels).items()
        }

    def log_odds_columns(self, labels: Sequence[str]) -> dict[str, Columns]:
        """By facet (and `scope`), the column (labels,) of each label's own log-odds; -1 if `labels` lacks it."""
        first = sum(columns.size for columns in SynonymFeatures(self.taxonomy).columns().values())
        places = {name: first + n for n, name in enumerate(labels)}
        names = {SCOPE: [SCOPE], **{f.id: [f"{f.id}:{label}" for label in f.label_ids] for f in self.taxonomy.facets}}
        return {
            facet: np.array([places.get(name, -1) for name in of_facet], dtype=np.intp)
            for facet, of_facet in names.items()
        }


_PARTS: tuple[Part, Part] = ("abstract", "title")


def _tfidf(**options: Any) -> Any:
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, **options)
