"""How far a reviewer has come, and how many of the waiting papers probably belong."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from harvester.domain.sitting import Sitting, sitting
from harvester.services.workspace import Workspace
from harvester.store.decisions import decision_log
from harvester.store.engine import read
from harvester.store.scopes import decided_scopes, waiting_papers, waiting_scopes

if TYPE_CHECKING:
    from classifiers.remaining import Remaining

DAY = timedelta(hours=12)  # the longest sitting
MOST = 1_000  # decisions of a sitting
LEARNED = 500  # newest decisions that say what the probabilities mean here
FEW = 20  # one in so many is not worth reading on for


@dataclass(frozen=True, slots=True)
class Progress:
    """A reviewer's sitting, how many papers wait, and how many of these probably belong (a 90 % interval).

    Papers of a backfill count only if no others wait; `backlog` says whether they do.
    """

    sitting: Sitting
    waiting: int
    left: "Remaining"
    backlog: bool = False

    @property
    def total(self) -> int:
        """All papers of the sitting: the decided ones and those that wait."""
        return self.sitting.decided + self.waiting

    @property
    def minutes(self) -> float | None:
        """How long the waiting papers will take at this pace."""
        return self.waiting / self.sitting.pace if self.sitting.pace else None

    @property
    def enough(self) -> bool:
        """The stopping sign: at most one in twenty of what waits, or of what would be found in all, is still there."""
        return self.waiting > 0 and self.left.high * FEW <= max(self.waiting, self.sitting.accepted + self.left.high)


def progress(ws: Workspace, by: str) -> Progress:
    """Where this reviewer is.

    Raises:
        StoreError: the store fails.
    """
    now = ws.clock()
    with read(ws.store) as db:
        log = decision_log(db, by=by, since=now - DAY, limit=MOST)
        nightly, backlog = waiting_papers(db)
        behind = backlog > 0 and not nightly
        scopes, decided = waiting_scopes(db, backlog=behind), decided_scopes(db, LEARNED)
    mine = [decision for decision in log if decision.via == "review"]
    left = _left(tuple(scopes), tuple(decided))
    return Progress(sitting(mine, now), backlog if behind else nightly, left, behind)


@lru_cache(maxsize=4)  # a page that is opened again between two decisions needs no other estimate
def _left(waiting: tuple[tuple[float, int], ...], decided: tuple[tuple[float, int, int], ...]) -> "Remaining":
    from classifiers.waiting import Rated, included_among

    return included_among([Rated(*group) for group in waiting], [Rated(*group) for group in decided])
