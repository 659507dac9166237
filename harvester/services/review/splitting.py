"""Taking a wrong merge apart: two records that the program took for one work become two papers again."""

from dataclasses import dataclass

from harvester.base.errors import HarvesterError
from harvester.services.review.queries import require_paper
from harvester.services.workspace import Workspace
from harvester.store.engine import write
from harvester.store.papers import load
from harvester.store.works import merges_of, take_apart


@dataclass(frozen=True, slots=True)
class Split:
    """The paper that stays, the one that leaves it, and why they had been merged: `title` or an identifier."""

    paper: str
    other: str
    evidence: str

    def to_json(self) -> dict[str, str]:
        """``{"paper", "other", "evidence"}``."""
        return {"paper": self.paper, "other": self.other, "evidence": self.evidence}


def split(ws: Workspace, name: str) -> Split:
    """Undo the newest merge of a paper for good; a decision stays with the paper that had it first.

    Raises:
        HarvesterError: the paper is unknown, or nothing was merged into it.
        StoreError: the store fails.
    """
    with write(ws.store) as db:
        paper = require_paper(db, name)
        merges = merges_of(db, paper.number)
        if not merges:
            raise HarvesterError(f"{paper.paper.id} is a single record; there is nothing to take apart.")
        number = take_apart(db, merges[0], ws.clock())
        both = load(db, [paper.number, number])
    return Split(both[paper.number].paper.id, both[number].paper.id, merges[0].evidence)
