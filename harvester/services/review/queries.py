"""What the review pages show, each page in one transaction and a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from harvester.domain.candidates import STATES, Candidate, QueueFilter, QueueRow
from harvester.domain.decisions import Decision, Publication
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper, PastSighting
from harvester.domain.predictions import Prediction
from harvester.domain.proposals import Proposal
from harvester.services.review.documents import labels_now, require_paper
from harvester.services.workspace import Workspace
from harvester.store.batches import decided_after, last_publication
from harvester.store.decisions import decisions_on, last_standing_by
from harvester.store.engine import read
from harvester.store.papers import find_all, history, load
from harvester.store.predictions import latest
from harvester.store.proposals import proposals_on
from harvester.store.queue import candidate, in_state, places
from harvester.store.queue_rows import queue_rows
from harvester.store.queue_view import alike_titles, counts, page


@dataclass(frozen=True, slots=True)
class ListedCandidate:
    """One line of the queue."""

    place: Candidate
    line: QueueRow


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, how many papers are wanted in all, and how many there are in each state."""

    rows: tuple[ListedCandidate, ...]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class PaperDetail:
    """All that is known of one paper; it has no `place` where it never joined the queue."""

    number: int
    paper: Paper
    place: Candidate | None
    labels: Labels
    prediction: Prediction | None
    log: tuple[Decision, ...]
    seen: tuple[PastSighting, ...]
    proposals: tuple[Proposal, ...]

    @property
    def version(self) -> int:
        """What a decision on it must name, so that nobody overrules what they have not seen."""
        return self.place.version if self.place else 0

    @property
    def state(self) -> str:
        """The state it is in; pending where nobody has queued it."""
        return self.place.state if self.place else "pending"


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """A decision that stands, with the paper it was made on and the version that its undo must name."""

    paper: Paper
    place: Candidate
    decision: Decision


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What the rendered list does not show yet: who decided how much since it was made last."""

    last: Publication | None
    decided: dict[str, int]


def queue_page(ws: Workspace, wanted: QueueFilter, limit: int, offset: int = 0) -> Queue:
    """A page of the queue, best first.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        (found, number), numbers = page(db, wanted, limit, offset), counts(db)
        plain = wanted == QueueFilter(wanted.state)
        total = numbers.get(wanted.state, 0) if plain else number or 0
        return Queue(_listed(db, found), total, numbers)


def state_counts(ws: Workspace) -> dict[str, int]:
    """How many candidates there are in each state that there is."""
    with read(ws.store) as db:
        return dict.fromkeys(STATES, 0) | counts(db)


def chosen(ws: Workspace, names: Sequence[str]) -> tuple[ListedCandidate, ...]:
    """These papers as lines of the queue, in this order; those that the queue does not know are left out."""
    with read(ws.store) as db:
        numbers = [one.number for one in find_all(db, names).values()]
        found = places(db, numbers)
        return _listed(db, [found[number] for number in dict.fromkeys(numbers) if number in found])


def paper_detail(ws: Workspace, name: str) -> PaperDetail:
    """All that is known of one paper.

    Raises:
        UsageError: a web address that names no paper.
        HarvesterError: the store does not know it.
    """
    with read(ws.store) as db:
        stored = require_paper(db, name)
        number = stored.number
        prediction, log = latest(db, [number]).get(number), decisions_on(db, [number]).get(number, [])
        return PaperDetail(
            number,
            stored.paper,
            candidate(db, number),
            labels_now(ws, log, prediction),
            prediction,
            tuple(log),
            tuple(history(db, number)),
            tuple(proposals_on(db, number)),
        )


def last_by(ws: Workspace, by: str) -> StandingDecision | None:
    """What this reviewer's next undo takes back: their newest decision that stands, however old it is."""
    with read(ws.store) as db:
        decision = last_standing_by(db, by)
        if decision is None:
            return None
        return StandingDecision(
            load(db, [decision.paper])[decision.paper].paper, places(db, [decision.paper])[decision.paper], decision
        )


def unpublished(ws: Workspace) -> Unpublished:
    """What the rendered list does not show yet."""
    with read(ws.store) as db:
        last = last_publication(db)
        return Unpublished(last, decided_after(db, last.decision if last else 0))


def like_titled(
    ws: Workspace, paper_detail: PaperDetail, beginning: str, limit: int = 20
) -> list[tuple[Paper, Candidate | None]]:
    """Other papers whose titles begin alike, with their places in the queue."""
    with read(ws.store) as db:
        numbers = [number for number in alike_titles(db, beginning, limit) if number != paper_detail.number]
        stored, where = load(db, numbers), places(db, numbers)
    return [(one.paper, where.get(one.number)) for one in stored.values()]


def accepted_texts(ws: Workspace) -> list[tuple[int, Paper]]:
    """All papers of the catalogue."""
    with read(ws.store) as db:
        numbers = [one.paper for one in in_state(db, "accepted")]
        return [(number, stored.paper) for number, stored in load(db, numbers).items()]


def _listed(db: Connection, found: Sequence[Candidate]) -> tuple[ListedCandidate, ...]:
    shown = queue_rows(db, [one.paper for one in found])
    return tuple(ListedCandidate(one, shown[one.paper]) for one in found)
