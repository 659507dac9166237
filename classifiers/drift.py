"""Whether incoming papers still look like what the model was trained on, and what to label more of.

This compares the papers lately predicted to be in scope with the newest year of the training set: the share of each
label, how many papers have an unsure one, and how often reviewers correct each label. To count, a share must differ by
half and beyond chance: with forty-odd labels, one in twenty would otherwise "differ" on any night.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifiers.records import Labelled, month_of

if TYPE_CHECKING:
    from classifiers.model import LabelModel

_FEWEST_BEFORE, _FEWEST_NOW, _FEWEST_DECIDED = 100, 30, 10
_MONTHS = 12
_RATIO = 1.5
_LEVEL = 0.02  # chance of any false alarm among all labels together


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One thing that drifted: its share before and now, how surprising that is, and what to do."""

    what: str
    before: float
    now: float
    p_value: float
    advice: str

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Observed:
    """What is needed of one paper predicted to be in scope: its labels as `facet:label`, and whether any is unsure.

    `corrected` names the labels that a reviewer changed; None if nobody has decided.
    """

    labels: frozenset[str]
    unsure: bool
    corrected: frozenset[str] | None = None


def baseline(model: LabelModel, papers: Sequence[Labelled]) -> dict[str, Any]:
    """What the newest twelve months of the training set look like; all of it if those are too few.

    For each label: its share as given by people, its share as found by heads that had not seen the paper, and the
    share of papers where the two differ.
    """
    inside = [paper for paper in papers if paper.in_scope]
    rows = _newest(inside)
    scores = model.out_of_fold()
    said, unsure = model.decide(scores), model.unsure(scores)
    labels: dict[str, dict[str, float]] = {}
    for facet in model.taxonomy.facets:
        for column, label in enumerate(facet.label_ids):
            given = np.array([label in inside[n].labels[facet.id] for n in rows], dtype=bool)
            found = said[facet.id][rows, column]
            shares = {"given": given.mean(), "found": found.mean(), "wrong": (given != found).mean()}
            labels[f"{facet.id}:{label}"] = {key: float(value) for key, value in shares.items()}
    doubted = np.any([values[rows].any(axis=1) for values in unsure.values()], axis=0)
    return {"papers": len(rows), "unsure": float(doubted.mean()), "labels": labels}


def drifted(before: Mapping[str, Any], seen: Sequence[Observed]) -> list[DriftFinding]:
    """What differs between a `baseline` and the latest papers, most surprising first; none if papers are too few."""
    if len(seen) < _FEWEST_NOW or before["papers"] < _FEWEST_BEFORE:
        return []
    found = [*_shares(before, seen), *_doubt(before, seen), *_corrections(before, seen)]
    return sorted(found, key=lambda finding: finding.p_value)


def _shares(before: Mapping[str, Any], seen: Sequence[Observed]) -> Iterator[DriftFinding]:
    for name, shares in before["labels"].items():
        count = sum(name in paper.labels for paper in seen)
        low, high = sorted((shares["given"], shares["found"]))
        if low * len(seen) <= count <= high * len(seen):
            continue
        rising = count > high * len(seen)
        advice = f"label more papers of {name}" if rising else f"check that papers of {name} are still found"
        yield from _finding(f"share of {name}", high if rising else low, count, len(seen), before, advice)


def _doubt(before: Mapping[str, Any], seen: Sequence[Observed]) -> Iterator[DriftFinding]:
    count = sum(paper.unsure for paper in seen)
    if count > before["unsure"] * len(seen):
        advice = "label some of the papers that the model is unsure about"
        yield from _finding("papers with an unsure label", before["unsure"], count, len(seen), before, advice)


def _corrections(before: Mapping[str, Any], seen: Sequence[Observed]) -> Iterator[DriftFinding]:
    decided = [paper.corrected for paper in seen if paper.corrected is not None]
    for name, shares in before["labels"].items():
        count = sum(name in corrected for corrected in decided)
        if len(decided) >= _FEWEST_DECIDED and count > shares["wrong"] * len(decided):
            advice = f"train with these corrections, and label more papers around {name}"
            yield from _finding(f"corrections of {name}", shares["wrong"], count, len(decided), before, advice)


def _finding(
    what: str, share: float, count: int, papers: int, before: Mapping[str, Any], advice: str
) -> Iterator[DriftFinding]:
    """The finding, if `count` of `papers` is far from `share` and beyond chance (exact binomial test)."""
    from scipy.stats import binomtest

    # A label that never occurred may still turn up once in as many papers again.
    p_value = float(binomtest(count, papers, max(share, 1 / (before["papers"] + 1))).pvalue)
    now = count / papers
    far = now > _RATIO * share or now * _RATIO < share
    if far and p_value < _LEVEL / (2 * len(before["labels"]) + 1):
        yield DriftFinding(what, share, now, p_value, advice)


def _newest(papers: Sequence[Labelled]) -> list[int]:
    """The rows of the papers of the newest twelve months, or of all if those are fewer than a comparison needs."""
    months = [month_of(paper.text.id) for paper in papers]
    dated = [12 * month[0] + month[1] for month in months if month is not None]
    if not dated:
        return list(range(len(papers)))
    first = max(dated) - _MONTHS + 1
    rows = [n for n, month in enumerate(months) if month is not None and 12 * month[0] + month[1] >= first]
    return rows if len(rows) >= _FEWEST_BEFORE else list(range(len(papers)))
