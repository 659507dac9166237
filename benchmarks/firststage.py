"""What the first stage saves and what it costs.

On a mixed stream of the corpus: papers per second of `predict` and of encoding every paper with MiniLM. On all labeled
papers in scope: how many in-scope decisions of the full model are kept. On random AI papers without any cardiac word:
how many are predicted to be in scope anyway.
"""

import argparse
import gzip
import json
import os
import re
import time
from pathlib import Path

import numpy as np

from classifiers.classifier import Classifier, load
from classifiers.records import Text, clean
from classifiers.taxonomy import load_taxonomy
from classifiers.training import read_labels

SHARED = Path(os.environ.get("HARVESTER_SHARED", Path(__file__).parent.parent.parent / "shared"))
# Deliberately wider than the taxonomy's synonyms: what matches none of these is certainly about something else.
CARDIAC = re.compile(
    r"cardi|heart|coronar|arter|aort|vascul|vessel|ventric|atri(?:al|um)|ecg|ekg|ppg|pleth|stroke|infarct|isch|angio|"
    r"thromb|embol|blood|hemo|haemo|pulse|echo|valv|stent|aneurysm|venous|vein|hypertens|arrhythm|fibrillat",
    re.IGNORECASE,
)


def main() -> None:
    """Print the three figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--encoded", type=int, default=1_000, help="papers that the encoder's speed is measured on")
    arguments = parser.parse_args()
    classifier = load()
    stream = mixture(arguments.papers)
    classifier.predict(stream[:64], full=True)  # start-up does not count
    begun = time.perf_counter()
    found = classifier.predict(stream)
    staged = len(stream) / (time.perf_counter() - begun)
    some = stream[:: max(1, len(stream) // arguments.encoded)]
    begun = time.perf_counter()
    classifier.encoder.encode([text.joined for text in some])
    plain = len(some) / (time.perf_counter() - begun)
    inside = sum(prediction.in_scope for prediction in found)
    print(f"{len(stream)} papers, {inside} predicted to be in scope")
    print(f"{staged:,.0f} papers/s, against {plain:,.1f} when encoding all: {staged / plain:.1f} x")
    print(kept(classifier))
    plainly_out = [
        prediction for text, prediction in zip(stream, found, strict=True) if not CARDIAC.search(text.joined)
    ]
    alarms = sum(prediction.in_scope for prediction in plainly_out)
    print(f"false alarms: {alarms} of {len(plainly_out)} papers without a cardiac word")


def mixture(count: int) -> list[Text]:
    """A random sample of the corpus' papers of 2025, with enough labeled ones that 1.5 % are in scope."""
    taxonomy = load_taxonomy()
    labelled = read_labels([SHARED / "labels" / "train.jsonl"], taxonomy)
    known = {paper.text.id for paper in labelled}
    with gzip.open(SHARED / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = [Text(f"arxiv:{row['id']}", clean(row["title"]), clean(row["abstract"])) for row in rows]
    others = [text for text in texts if text.id not in known]
    inside = [paper.text for paper in labelled if paper.in_scope]
    rng = np.random.default_rng(0)
    some = round(0.015 * count)
    drawn = [inside[n] for n in rng.choice(len(inside), some, replace=False)]
    drawn += [others[n] for n in rng.choice(len(others), count - some, replace=False)]
    return [drawn[n] for n in rng.permutation(count)]


def kept(classifier: Classifier) -> str:
    """How many in-scope decisions of the full model, by heads that had not seen the paper, pass the first stage."""
    papers = [p for p in read_labels([SHARED / "labels" / "train.jsonl"], classifier.taxonomy) if p.in_scope]
    model, index = classifier.model, classifier.training_index
    rows = index.rows()  # a paper that is in the set under two ids is indexed under one
    held = [p for p in papers if p.text.id in rows and index.scope[rows[p.text.id]] >= model.scope_threshold_]
    passed = int(model.first_stage_.passes([paper.text for paper in held]).sum())
    return f"in-scope decisions kept: {passed} of {len(held)} ({passed / len(held):.2%})"


if __name__ == "__main__":
    main()
