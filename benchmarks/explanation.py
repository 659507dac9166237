"""How often the two sentences named for a label support it more than two others do.

For labels assigned to papers in scope (of texts with at least five sentences): the label's probability without the two
sentences named, against its probability without two others drawn at random.
"""

import argparse

import numpy as np
from firststage import SHARED

from classifiers.classifier import Classifier, load
from classifiers.explain import parts_of, without
from classifiers.features import embed
from classifiers.records import Text
from classifiers.taxonomy import load_taxonomy
from classifiers.training import read_labels

_FEWEST = 5


def main() -> None:
    """Run the cases and print the share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    classifier = load()
    papers = [p.text for p in read_labels([SHARED / "labels" / "train.jsonl"], load_taxonomy()) if p.in_scope]
    won, cases = 0, 0
    for row in rng.permutation(len(papers)):
        for better in compared(classifier, papers[row], rng):
            won, cases = won + better, cases + 1
        if cases >= arguments.cases:
            break
    print(f"{won} of {cases} cases: {won / cases:.1%}")


def compared(classifier: Classifier, text: Text, rng: np.random.Generator) -> list[bool]:
    """For each task, modality and disease label of a paper: whether its two sentences support it more than others."""
    parts = parts_of(text)
    [prediction] = classifier.predict([text], explained=True, full=True)
    found = []
    for name, reasons in (prediction.explanation or {}).items():
        facet, _, label = name.partition(":")
        named = [reason.sentence for reason in reasons]
        others = [part for part in parts if part not in named]
        if facet == "kind" or len(named) < 2 or len(parts) < _FEWEST:
            continue
        chosen = [others[n] for n in rng.choice(len(others), 2, replace=False)]
        variants = [without(text, named), without(text, chosen)]
        scores = classifier.model.predict_proba(variants, embed(classifier.encoder, variants)).facets[facet]
        column = classifier.taxonomy.facet(facet).label_ids.index(label)
        found.append(bool(scores[0, column] < scores[1, column]))
    return found


if __name__ == "__main__":
    main()
