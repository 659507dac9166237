"""A sitting: what one reviewer has decided without a long break. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harvester.domain.decisions import Decision, standing

BREAK = timedelta(minutes=30)  # without a decision for that long, a sitting is over
FEWEST = 5  # papers from which a pace can be told


@dataclass(frozen=True, slots=True)
class Sitting:
    """How many papers were decided and how many of them accepted, and the papers per minute (None: too few to tell)."""

    decided: int = 0
    accepted: int = 0
    pace: float | None = None


def sitting(log: Sequence[Decision], now: datetime) -> Sitting:
    """The present sitting of a reviewer; what they took back does not count.

    Args:
        log: the reviewer's decisions, newest first.
    """
    mine: list[Decision] = []
    before = now
    for decision in log:
        if before - decision.at > BREAK:
            break
        mine.append(decision)
        before = decision.at
    papers: dict[int, list[Decision]] = {}
    for decision in reversed(mine):
        papers.setdefault(decision.paper, []).append(decision)
    kept = [made for made in (standing(on_it).decision for on_it in papers.values()) if made]
    return Sitting(len(kept), sum(decision.action == "accept" for decision in kept), _pace(kept))


def _pace(made: Sequence[Decision]) -> float | None:
    moments = sorted(decision.at for decision in made)
    minutes = (moments[-1] - moments[0]) / timedelta(minutes=1) if len(moments) >= FEWEST else 0.0
    return (len(moments) - 1) / minutes if minutes > 0 else None
