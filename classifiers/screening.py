"""The queue's order tested as a screening tool: how soon it finds what a systematic review included.

The protocol is that of ASReview's simulations (van de Schoot et al. 2021, doi:10.1038/s42256-020-00287-7): begin with
one included and one excluded record, rank the others, read the first, learn from the answer, and so on. It measures
the share of included records found in the first tenth read, and WSS@95 (Cohen 2006, doi:10.1197/jamia.M1929): the
share of the reading that is saved, against reading in random order, when 95 % of the included records are found.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifiers.errors import InputError
from classifiers.reading_order import Waiting, reading_order
from classifiers.remaining import remaining

if TYPE_CHECKING:
    from classifiers.arrays import Bools, Columns, Doubles

_COLUMNS = ("title", "abstract", "included")
_EARLY, _WANTED = 0.1, 0.95
# Refit after (answers so far / this) new answers: after each one at first, after every tenth from five hundred on.
_REFIT = 50
_LONGEST_FIELD = 10_000_000
_WORD = r"\w+"  # single letters and digits too: a beta 1 blocker is not a beta 2 agonist


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a systematic review, and which of them it included."""

    texts: tuple[str, ...]
    included: Bools


class ScreeningRanker(BaseEstimator):  # type: ignore[misc]
    """Relevance from few answers: one logistic regression over TF-IDF of words and word pairs.

    Included records are so rare that together they weigh `balance` times as much as the excluded ones.
    Learned: `features_`, the records' TF-IDF; after `fit` `model_`.
    """

    def __init__(self, C: float = 0.3, balance: float = 20.0) -> None:  # noqa: N803 - scikit-learn's name for it
        self.C = C
        self.balance = balance

    def read(self, texts: Sequence[str]) -> ScreeningRanker:
        """Read all records; nothing is known about any of them yet."""
        vectorizer = TfidfVectorizer(
            ngram_range=(1, 2), token_pattern=_WORD, max_df=0.9, sublinear_tf=True, dtype=np.float32
        )
        self.features_ = vectorizer.fit_transform(texts)
        return self

    def fit(self, rows: Columns, y: Bools) -> ScreeningRanker:
        """Learn from the answers `y` on `rows`; both answers must occur."""
        weights = np.where(y, self.balance / y.sum(), 1 / (~y).sum())
        model = LogisticRegression(C=self.C, solver="liblinear", tol=1e-2)
        self.model_ = model.fit(self.features_[rows], y, sample_weight=weights * len(y) / weights.sum())
        return self

    def predict_proba(self) -> Doubles:
        """Relevance of every record (records,)."""
        probabilities: Doubles = self.model_.predict_proba(self.features_)[:, 1]
        return probabilities


def read_records(path: Path) -> Records:
    """The records of a CSV file with the columns title, abstract and included (0 or 1). Raises `InputError`."""
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := [name for name in _COLUMNS if name not in (rows.fieldnames or ())]:
                raise InputError(f"{path}: has no column {missing[0]!r}; it needs {', '.join(_COLUMNS)}.")
            records = [_record(path, number, row) for number, row in enumerate(rows, 2)]
    except OSError as err:
        raise InputError(f"{path}: cannot read the records ({err.strerror}).") from err
    except (UnicodeDecodeError, csv.Error) as err:
        raise InputError(f"{path}: not a CSV file in UTF-8 ({err}).") from err
    included = np.array([answer for _, answer in records], dtype=bool)
    if included.all() or not included.any():
        raise InputError(f"{path}: needs both included and excluded records; otherwise there is nothing to find.")
    return Records(tuple(text for text, _ in records), included)


def simulate(records: Records, seed: int = 1) -> dict[str, Any]:
    """Read a whole review in the queue's order, from one included and one excluded record chosen by `seed`.

    Returns ``{"recall_at_10pct", "wss_95", "seconds", "left"}``; `left` tells after a tenth read and at the 95 % how
    many included records there still were, and what a reader who cannot know that would have estimated.
    """
    begun = time.monotonic()
    papers, wanted = len(records.included), int(records.included.sum())
    tenth = max(1, round(_EARLY * papers))
    answers = records.included[_reading(records, seed, tenth)]
    found = np.cumsum(answers)
    needed = int(np.argmax(found >= _WANTED * wanted)) + 1
    return {
        "recall_at_10pct": int(found[min(tenth, papers) - 1]) / wanted,
        "wss_95": _WANTED - needed / papers,
        "seconds": round(time.monotonic() - begun, 1),
        "left": [_left(answers[:read], papers, wanted, seed) for read in (tenth, needed)],
    }


def _left(answers: Bools, papers: int, wanted: int, seed: int) -> dict[str, Any]:
    estimate = remaining(answers, papers - len(answers), seed)
    return {"read": len(answers), "left": wanted - int(answers.sum()), **asdict(estimate)}


def _reading(records: Records, seed: int, fewest: int) -> list[int]:
    """Records in reading order, until `fewest` are read and 95 % of the included ones are found."""
    rng = np.random.default_rng(seed)
    read = [int(rng.choice(np.flatnonzero(records.included == answer))) for answer in (True, False)]
    ranker = ScreeningRanker().read(records.texts)
    waiting = set(range(len(records.included))) - set(read)
    enough = _WANTED * records.included.sum()
    while len(read) < fewest or records.included[read].sum() < enough:
        rows = np.array(read, dtype=np.intp)
        scores = ranker.fit(rows, records.included[rows]).predict_proba()
        several = max(1, len(read) // _REFIT)
        best = sorted(waiting, key=lambda n: (-scores[n], n))[: 2 * several]
        order = reading_order([Waiting(float(scores[n]), 0, records.texts[n]) for n in best])
        chosen = [best[position] for position in order[:several]]
        read += chosen
        waiting -= set(chosen)
    return read


def _record(path: Path, number: int, row: dict[str, str]) -> tuple[str, bool]:
    answer = (row["included"] or "").strip()
    if answer not in ("0", "1"):
        raise InputError(f"{path}:{number}: the column included must be 0 or 1, not {answer!r}.")
    return f"{row['title'] or ''} {row['abstract'] or ''}".strip(), answer == "1"
