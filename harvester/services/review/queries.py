"""What is known about a paper and the queue: the records that the command line, the web pages and JSON all show.

Each is read in one transaction and a fixed number of statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.candidates import ORDERS, STATES, Candidate, QueueFilter, QueueRow
from harvester.domain.decisions import Decision, changed_since
from harvester.domain.explanations import Explanation, SimilarPaper
from harvester.domain.identity import parse_identifier
from harvester.domain.labels import Labels, completed
from harvester.domain.papers import Paper, PastSighting, Stored
from harvester.domain.predictions import Prediction
from harvester.domain.proposals import Proposal
from harvester.services.learning.models import version_in_use
from harvester.services.review.labels import labels_now
from harvester.services.workspace import Workspace
from harvester.sources.registry import declared, names
from harvester.store import decisions
from harvester.store.batches import last_publication
from harvester.store.decisions import accepted_only_after, decisions_on, last_standing_by, redecided_after
from harvester.store.engine import read
from harvester.store.explanations import stored_explanation, stored_similar
from harvester.store.papers import find, find_all, history, load, numbers_of
from harvester.store.predictions import current
from harvester.store.proposals import proposals_on
from harvester.store.queue import find_candidate, find_candidates
from harvester.store.queue_view import alike_titles, counts, page, queue_rows
from harvester.store.sightings import sources_shown

COUNTED = 500
"""Decisions on papers of the list that are compared to tell which of them it shows otherwise: each decision asks."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue, how many papers match in all, and how many are in each state."""

    rows: tuple[QueueRow, ...]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ReviewedPaper:
    """What a decision on a paper is based on; `candidate` is None if the paper never joined the queue.

    `decisions` are its log, oldest first; `prediction` is the current one; `labels` are those in force.
    """

    number: int
    paper: Paper
    candidate: Candidate | None
    decisions: tuple[Decision, ...]
    prediction: Prediction | None
    labels: Labels

    @property
    def version(self) -> int:
        """The version that a decision must name, so that nobody overrules a decision they have not seen."""
        return self.candidate.version if self.candidate else 0

    @property
    def state(self) -> str:
        """The state it is in; pending if it was never queued."""
        return self.candidate.state if self.candidate else "pending"


@dataclass(frozen=True, slots=True)
class PaperDetail(ReviewedPaper):
    """Everything known about one paper; `explanation` and `similar` are None until a run has computed them."""

    sightings: tuple[PastSighting, ...]
    proposals: tuple[Proposal, ...]
    explanation: Explanation | None
    similar: tuple[SimilarPaper, ...] | None


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """A standing decision, with its paper and the candidate whose version its undo must name."""

    paper: Paper
    candidate: Candidate
    decision: Decision


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision and its paper."""

    paper: Paper
    decision: Decision


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What the rendered list does not show yet: how many entries are new, gone or changed since it was last rendered.

    `more` says that there may be others: only so many are looked at.
    """

    entries: int
    more: bool


def queue_page(
    ws: Workspace, wanted: QueueFilter, limit: int | None = None, offset: int = 0, order: str = ORDERS[0]
) -> QueuePage:
    """A page of the queue, in one of the `ORDERS`; without a limit, the whole queue.

    Raises:
        StoreError: the store fails.
    """
    model = version_in_use(ws)
    with read(ws.store) as db:
        (found, number), numbers = page(db, wanted, model, limit, offset, order), counts(db)
        plain = wanted == QueueFilter(wanted.state)
        total = numbers.get(wanted.state, 0) if plain else number or 0
        return QueuePage(_rows(ws, db, found, model), total, numbers)


def require_source(ws: Workspace, name: str) -> None:
    """Refuse the name of a source that is not in the configuration and has never shown a paper.

    Raises:
        UsageError: naming the sources there are.
        StoreError: the store fails.
    """
    known = {*names(ws.settings.harvest), *declared()}
    if name in known:
        return
    with read(ws.store) as db:
        shown = sources_shown(db)
    if name not in shown:
        raise UsageError(f"There is no source {name!r}", remedy=f"the sources are: {', '.join(sorted(known | shown))}")


def state_counts(ws: Workspace) -> dict[str, int]:
    """How many candidates are in each state, zeros included."""
    with read(ws.store) as db:
        return dict.fromkeys(STATES, 0) | counts(db)


def chosen(ws: Workspace, names: Sequence[str]) -> tuple[QueueRow, ...]:
    """These papers as rows of the queue, in this order; papers that are not in the queue are left out."""
    with read(ws.store) as db:
        return rows_of(ws, db, [stored.number for stored in find_all(db, names).values()])


def rows_of(ws: Workspace, db: Connection, numbers: Sequence[int]) -> tuple[QueueRow, ...]:
    """These papers as rows of the queue, in this order; papers that are not in the queue are left out."""
    found = find_candidates(db, numbers)
    shown = [found[number] for number in dict.fromkeys(numbers) if number in found]
    return _rows(ws, db, shown, version_in_use(ws))


def require_paper(db: Connection, name: str) -> Stored:
    """The stored paper that a person names.

    Raises:
        UsageError: a web address names no paper.
        HarvesterError: it is not in the store.
    """
    identifier = parse_identifier(name)
    found = find(db, identifier) if identifier else None
    if found is None:
        raise HarvesterError(
            f"The store knows no paper {name!r}",
            remedy="give an id that `queue` shows, or bring it in: `harvester catalog add ID`",
        )
    return found


def reviewed_paper(ws: Workspace, db: Connection, name: str, model: str) -> ReviewedPaper:
    """What a decision on a paper rests on, in five statements.

    Raises:
        UsageError: a web address names no paper.
        HarvesterError: it is not in the store.
    """
    stored = require_paper(db, name)
    number = stored.number
    candidate, log = find_candidate(db, number), decisions_on(db, [number]).get(number, [])
    prediction = current(db, [number], model).get(number)
    labels = labels_now(ws, log, prediction)
    return ReviewedPaper(number, stored.paper, candidate, tuple(log), prediction, labels)


def paper_detail(ws: Workspace, name: str) -> PaperDetail:
    """Everything known about one paper.

    Raises:
        UsageError: a web address names no paper.
        HarvesterError: it is not in the store.
    """
    model = version_in_use(ws)
    with read(ws.store) as db:
        return _detailed(db, reviewed_paper(ws, db, name, model), model)


def detail_of(ws: Workspace, known: ReviewedPaper) -> PaperDetail:
    """Everything known about a paper that was just read."""
    model = version_in_use(ws)
    with read(ws.store) as db:
        return _detailed(db, known, model)


def version_now(ws: Workspace, name: str) -> int | None:
    """The version that a decision on a paper must name; None if the paper is not in the store."""
    with read(ws.store) as db:
        number = numbers_of(db, [parse_identifier(name) or ""])
        candidate = find_candidate(db, *number.values()) if number else None
    return candidate.version if candidate else 0 if number else None


def last_by(ws: Workspace, by: str) -> StandingDecision | None:
    """What this reviewer's next undo undoes: their newest standing decision, however old it is."""
    with read(ws.store) as db:
        decision = last_standing_by(db, by)
        if decision is None:
            return None
        candidate = find_candidate(db, decision.paper)
        assert candidate is not None  # noqa: S101 - a decision stands on it
        return StandingDecision(load(db, [decision.paper])[decision.paper].paper, candidate, decision)


def decision_log(
    ws: Workspace, *, paper: str = "", by: str = "", since: datetime | None = None, limit: int | None = None
) -> list[LoggedDecision]:
    """The decisions on a paper, by somebody, or since some moment, newest first.

    Raises:
        UsageError: a web address names no paper.
        HarvesterError: the paper is not in the store.
    """
    with read(ws.store) as db:
        number = require_paper(db, paper).number if paper else None
        found = decisions.decision_log(db, paper=number, by=by, since=since, limit=limit)
        known = load(db, [decision.paper for decision in found])
    return [LoggedDecision(known[decision.paper].paper, decision) for decision in found]


def unpublished(ws: Workspace) -> Unpublished:
    """What the rendered list does not show yet."""
    with read(ws.store) as db:
        last = last_publication(db)
        decision = last.decision if last else 0
        new, again = accepted_only_after(db, decision), redecided_after(db, decision, COUNTED)
        logs = decisions_on(db, again)
    changed = sum(changed_since(log, decision) for log in logs.values())
    looked_at = sum(made.id > decision for log in logs.values() for made in log)
    return Unpublished(new + changed, looked_at >= COUNTED)


def like_titled(
    ws: Workspace, detail: PaperDetail, beginning: str, limit: int = 20
) -> list[tuple[Paper, Candidate | None]]:
    """Other papers whose titles begin alike, each with its candidate if it has one."""
    with read(ws.store) as db:
        numbers = [number for number in alike_titles(db, beginning, limit) if number != detail.number]
        found, queued = load(db, numbers), find_candidates(db, numbers)
    return [(stored.paper, queued.get(stored.number)) for stored in found.values()]


def _rows(ws: Workspace, db: Connection, shown: Sequence[Candidate], model: str) -> tuple[QueueRow, ...]:
    found = queue_rows(db, shown, model)
    return tuple(replace(row, labels=completed(row.labels, ws.taxonomy)) for row in found)


def _detailed(db: Connection, known: ReviewedPaper, model: str) -> PaperDetail:
    return PaperDetail(
        known.number,
        known.paper,
        known.candidate,
        known.decisions,
        known.prediction,
        known.labels,
        tuple(history(db, known.number)),
        tuple(proposals_on(db, known.number)),
        stored_explanation(db, known.number, model),
        _similar(db, known.number),
    )


def _similar(db: Connection, number: int) -> tuple[SimilarPaper, ...] | None:
    """The papers that the last run found nearest, as far as they are still in the catalog."""
    found = stored_similar(db, number)
    if not found:
        return None if found is None else ()
    numbers = [other for other, _ in found]
    papers, queued = load(db, numbers), find_candidates(db, numbers)
    accepted = {other for other, candidate in queued.items() if candidate.state == "accepted"}
    return tuple(SimilarPaper(papers[other].paper, "accepted", cosine) for other, cosine in found if other in accepted)
