"""Quality and speed of the classifier and of what others use, on papers of a later year, in one table.

Trained on the shared labels before 2025, tested on later ones: keyword rules (the taxonomy's synonyms),
TF-IDF + linear SVM (what arxiv-sanity-lite does), the MiniLM embedding + logistic regression, the labels of the nearest
MiniLM neighbours, the adapted encoder's log-odds alone, and this model. The encoder that ships was tuned on all papers,
so its log-odds are here those of encoders that had not seen the paper, though other later ones; the model card has the
figures of one tuned on the earlier papers alone. Speed is papers per second for 2,000 papers of the corpus (a day's
mixture: 1-2 % in scope), without training and loading; it also compares the first stage with encoding everything.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import LinearSVC

from classifiers.classifier import Classifier, load
from classifiers.encoder import load_encoder
from classifiers.evaluation import evaluate_split, keyword_rules, split_by_year
from classifiers.features import Embedded, embed_labelled
from classifiers.keywords import SynonymMatcher
from classifiers.metrics import average_precision, macro_f1, micro_f1
from classifiers.model import label_matrix
from classifiers.packaged import packaged
from classifiers.records import Labelled, Text, clean
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training import read_labels

SHARED = Path(os.environ.get("HARVESTER_SHARED", Path(__file__).parent.parent.parent / "shared"))
YEAR, NEIGHBOURS = 2025, 5
FACETS = ("task", "modality", "disease")


@dataclass(frozen=True)
class Line:
    """One method: scope average precision, micro- and macro-F1 by facet, and papers per second."""

    method: str
    scope: float
    scores: dict[str, tuple[float, float]]
    speed: float


@dataclass(frozen=True)
class Trial:
    """Papers before and after the split with their embeddings, and the stream whose reading is timed."""

    taxonomy: Taxonomy
    early: Sequence[Labelled]
    late: Sequence[Labelled]
    early_vectors: np.ndarray  # MiniLM as published
    late_vectors: np.ndarray
    embedded: Embedded  # by the adapted encoder: the earlier papers, then the later ones
    stream: Sequence[Text]


def main() -> None:
    """Run all methods and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", type=int, default=2000, help="papers whose reading is timed")
    arguments = parser.parse_args()
    classifier = load()
    trial, encoded = prepare(classifier, arguments.stream)
    lines = [
        rules(trial),
        svm(trial),
        *from_vectors(trial, encoded),
        adapted_alone(trial, classifier),
        ours(trial, classifier),
    ]
    print(f"{len(trial.early)} papers before {YEAR}, {len(trial.late)} from then on; {len(trial.stream)} timed\n")
    print("| method | scope AP | task | modality | disease | papers/s | x encoding all |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for line in lines:
        scores = " | ".join("{:.3f} / {:.3f}".format(*line.scores[facet]) for facet in FACETS)
        print(f"| {line.method} | {line.scope:.3f} | {scores} | {line.speed:,.0f} | {line.speed / encoded:.1f} |")


def prepare(classifier: Classifier, count: int) -> tuple[Trial, float]:
    """Everything read and embedded, and how many papers per second of the stream the encoder reads."""
    taxonomy = load_taxonomy()
    texts = sorted((SHARED / "labels").glob("train*.jsonl"))
    apart = sorted((SHARED / "corpus").glob("*.jsonl.gz"))
    papers = read_labels([*texts, packaged("labels") / "labels.jsonl"], taxonomy, apart)
    late = split_by_year(papers, YEAR)
    plain = load_encoder()
    vectors = plain.encode([paper.text.joined for paper in papers])
    embedded = embed_labelled(classifier.encoder, papers)
    stream = read_stream(count)
    _, speed = timed(lambda: plain.encode([text.joined for text in stream]), count)
    early = [paper for paper, is_late in zip(papers, late, strict=True) if not is_late]
    later = [paper for paper, is_late in zip(papers, late, strict=True) if is_late]
    in_order = embedded.rows(np.concatenate([np.flatnonzero(~late), np.flatnonzero(late)]))
    return Trial(taxonomy, early, later, vectors[~late], vectors[late], in_order, stream), speed


def read_stream(count: int) -> list[Text]:
    """A random sample of the corpus' papers of 2025, in and out of scope as they come."""
    import gzip
    import json

    with gzip.open(SHARED / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chosen = np.random.default_rng(0).permutation([n for n, row in enumerate(rows) if row["id"].startswith("25")])
    return [Text(rows[n]["id"], clean(rows[n]["title"]), clean(rows[n]["abstract"])) for n in chosen[:count]]


def timed(work: Callable[[], object], count: int) -> tuple[object, float]:
    """What the work returned, and papers per second."""
    begun = time.perf_counter()
    found = work()
    return found, count / (time.perf_counter() - begun)


def rules(trial: Trial) -> Line:
    """A label is assigned if one of its synonyms occurs."""
    figures = keyword_rules(trial.late, trial.taxonomy)
    matcher = SynonymMatcher(trial.taxonomy)
    _, speed = timed(lambda: matcher.counts([text.joined for text in trial.stream]), len(trial.stream))
    return from_figures("keyword rules", figures, speed)


def svm(trial: Trial) -> Line:
    """Words and word pairs, one linear SVM per label."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    train = words.fit_transform([paper.text.joined for paper in trial.early])
    test = words.transform([paper.text.joined for paper in trial.late])
    scope, said = one_vs_rest(
        trial, train, test, lambda: LinearSVC(class_weight="balanced"), lambda m, x: m.decision_function(x) > 0
    )
    _, speed = timed(lambda: words.transform([text.joined for text in trial.stream]), len(trial.stream))
    return Line("TF-IDF + linear SVM", scope, said, speed)


def from_vectors(trial: Trial, speed: float) -> list[Line]:
    """What the frozen embedding of title and abstract alone gives."""
    train, test = trial.early_vectors, trial.late_vectors
    logistic = one_vs_rest(
        trial,
        train,
        test,
        lambda: LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
        lambda m, x: m.predict_proba(x) >= 0.5,
    )
    return [
        Line("MiniLM + logistic regression", *logistic, speed),
        Line("MiniLM nearest neighbours", *neighbours(trial, train, test), speed),
    ]


def adapted_alone(trial: Trial, classifier: Classifier) -> Line:
    """The adapted encoder without words: a label is assigned if its log-odds are positive."""
    encoder, late = classifier.encoder, trial.embedded.evidence[len(trial.early) :]
    inside = np.array([paper.in_scope for paper in trial.late])
    truth, names, scores = facets_of(trial.late, trial.taxonomy), trial.embedded.labels, {}
    for facet in FACETS:
        columns = [names.index(f"{facet}:{label}") for label in trial.taxonomy.facet(facet).label_ids]
        said = late[inside][:, columns] > 0
        scores[facet] = (micro_f1(said, truth[facet]), macro_f1(said, truth[facet]) or 0.0)
    _, speed = timed(lambda: encoder.encode([text.joined for text in trial.stream]), len(trial.stream))
    return Line("adapted encoder alone", average_precision(late[:, 0].astype(np.float64), inside) or 0.0, scores, speed)


def ours(trial: Trial, classifier: Classifier) -> Line:
    """This model, retrained on the earlier papers; the shipped one is timed."""
    papers = [*trial.early, *trial.late]
    figures = evaluate_split(papers, trial.embedded, trial.taxonomy, YEAR)["this model"]
    _, speed = timed(lambda: classifier.predict(trial.stream), len(trial.stream))
    return from_figures("this model", figures, speed)


def one_vs_rest(trial: Trial, train, test, made, decide) -> tuple[float, dict[str, tuple[float, float]]]:  # type: ignore[no-untyped-def]
    """Scope and facet scores of a linear method on these features."""
    inside = np.array([paper.in_scope for paper in trial.early])
    later = np.array([paper.in_scope for paper in trial.late])
    scope = made().fit(train, inside).decision_function(test)
    truth, wanted = facets_of(trial.early, trial.taxonomy), facets_of(trial.late, trial.taxonomy)
    scores = {}
    for facet in FACETS:
        model = OneVsRestClassifier(made()).fit(train[inside], truth[facet].astype(int))
        said = decide(model, test[later])
        scores[facet] = (micro_f1(said, wanted[facet]), macro_f1(said, wanted[facet]) or 0.0)
    return average_precision(scope, later) or 0.0, scores


def neighbours(trial: Trial, train: np.ndarray, test: np.ndarray) -> tuple[float, dict[str, tuple[float, float]]]:
    """A label is assigned if at least two of the five nearest papers in scope have it."""
    inside = np.array([paper.in_scope for paper in trial.early])
    later = np.array([paper.in_scope for paper in trial.late])
    near = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(train).kneighbors(test, return_distance=False)
    scope = inside[near].mean(axis=1)
    near = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(train[inside]).kneighbors(test[later], return_distance=False)
    truth, wanted = facets_of(trial.early, trial.taxonomy), facets_of(trial.late, trial.taxonomy)
    said = {facet: truth[facet][near].sum(axis=1) >= 2 for facet in FACETS}
    scores = {
        facet: (micro_f1(said[facet], wanted[facet]), macro_f1(said[facet], wanted[facet]) or 0.0) for facet in FACETS
    }
    return average_precision(scope, later) or 0.0, scores


def facets_of(papers: Sequence[Labelled], taxonomy: Taxonomy) -> dict[str, np.ndarray]:
    """The truth of those in scope."""
    return label_matrix([paper for paper in papers if paper.in_scope], taxonomy)


def from_figures(method: str, figures: dict, speed: float) -> Line:  # type: ignore[type-arg]
    """A line from `evaluation.measure`'s figures."""
    scores = {facet: (figures["facets"][facet]["micro_f1"], figures["facets"][facet]["macro_f1"]) for facet in FACETS}
    return Line(method, figures["scope"]["average_precision"], scores, speed)


if __name__ == "__main__":
    main()
