"""The order in which papers are read: first what likely belongs, then what is uncertain, with near-duplicates apart.

The review queue and the screening simulation (`classifiers.screening`) read in this order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w{3,}")
# Two versions of one study share most of their words; two studies of one subject seldom share a third.
_NEAR = 0.5
# How far to look ahead for a paper that is not a near-duplicate of the previous one.
_AHEAD = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A paper to be read: how likely it belongs, how much about it is uncertain, and its text."""

    score: float
    doubts: int
    text: str


def usefulness(paper: Waiting) -> float:
    """How useful it is to read a paper now, 0 to 1.

    Among papers that are about equally likely to belong (within a tenth), the most doubtful come first: a reviewer's
    decision teaches most there.
    """
    tenth = min(int(paper.score * 10), 9)
    within = paper.doubts + paper.score
    return (tenth + within / (1 + within)) / 10


def reading_order(papers: Sequence[Waiting]) -> list[int]:
    """Positions in `papers` in the order in which to read them, most useful first.

    Of two near-duplicates in a row, the second is postponed until after another paper.
    """
    ranked = sorted(range(len(papers)), key=lambda n: (-usefulness(papers[n]), n))
    return _apart(ranked, [paper.text for paper in papers])


def _apart(ranked: Sequence[int], texts: Sequence[str]) -> list[int]:
    waiting, order = list(ranked), list[int]()
    before: frozenset[str] = frozenset()
    while waiting:
        ahead = waiting[:_AHEAD]
        chosen = next((n for n in ahead if not _near(before, _words(texts[n]))), ahead[0])
        waiting.remove(chosen)
        order.append(chosen)
        before = _words(texts[chosen])
    return order


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _near(left: frozenset[str], right: frozenset[str]) -> bool:
    return len(left & right) > _NEAR * len(left | right)
