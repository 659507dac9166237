"""Accept, reject, defer, undo: the decision is recorded first, then the catalog's file follows.

If a crash comes between the two, ``settle`` repairs it: every later decision and every run calls it, and it writes
the file of each candidate whose file does not show the decision yet.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.clock import utc_date
from harvester.base.errors import HarvesterError
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_entry, remove_entry, write_entry
from harvester.catalog.published import Published
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision, parse_reason, standing
from harvester.domain.identity import parse_identifier
from harvester.domain.labels import LabelEdit, Labels, difference, edited, parse_edits, relabelled, split_labels
from harvester.domain.notices import NOTICE_KINDS
from harvester.domain.papers import Paper, venue_of
from harvester.domain.predictions import Prediction
from harvester.domain.resources import resources, with_resources
from harvester.services.learning.models import version_in_use
from harvester.services.review.agreement import adds_note, agrees, repeats
from harvester.services.review.labels import labels_now
from harvester.services.review.queries import ReviewedPaper, reviewed_paper
from harvester.services.workspace import Workspace
from harvester.store.decisions import add_decision, decisions_on
from harvester.store.engine import read, write
from harvester.store.entry_files import forget_held, remember_held
from harvester.store.locks import lock
from harvester.store.notices import note_shown
from harvester.store.papers import load
from harvester.store.predictions import current
from harvester.store.queue import enqueue, find_candidate, move, set_filed, unfiled

log = logging.getLogger(__name__)
CATALOG_LOCK = "catalogue"  # held while files and decisions are synchronized
# The link roles that an entry shows, in this order.
ENTRY_LINKS = ("paper", "preprint", "code", "data", "project", *NOTICE_KINDS)


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome for one paper; `error` says why nothing was done, `stale` that somebody else decided first.

    `repeated` says that it stood already, so that nothing was left to do: decided before, or, if stale, meanwhile.

    `paper` is the paper as it is now, ready to be shown; None if it is not in the store. `before` is the paper as it
    was; None if nothing was done.
    """

    id: str
    state: str = ""
    entry: str | None = None
    error: str = ""
    stale: bool = False
    repeated: bool = False
    paper: ReviewedPaper | None = None
    before: ReviewedPaper | None = None

    @property
    def title(self) -> str:
        """The paper's title; "" if it is not in the store."""
        return self.paper.paper.title if self.paper else ""

    @property
    def changed(self) -> tuple[str, ...]:
        """The labels that the decision has added and removed, as ``+facet:label`` and ``-facet:label``."""
        if self.paper is None or self.before is None or self.state != "accepted":
            return ()
        return difference(self.before.labels, self.paper.labels)

    @property
    def undone(self) -> Decision | None:
        """The decision that was taken back, if that is what was done."""
        return standing(self.before.decisions).decision if self.before else None

    def to_json(self) -> dict[str, object]:
        """One element of what ``accept``, ``reject``, ``defer`` and ``undo`` print; an unknown paper has no state."""
        shown: dict[str, object] = {"id": self.id, "state": self.state or None, "entry": self.entry}
        if self.error:
            return shown | {"error": self.error}
        if not self.paper:
            return shown
        return shown | {"title": self.title, "changed": list(self.changed), "already": self.repeated}


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A decision that somebody wants.

    `labels` replace, facet by facet, the labels predicted or decided before; `edits` add to them and remove from them.
    `links` says whether a new entry gets the code and data that the paper names.
    """

    action: str
    by: str
    reason: str = ""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edits: Mapping[str, LabelEdit] = field(default_factory=dict)
    links: bool = True


class Stale(HarvesterError):
    """Somebody decided on the paper after the reviewer looked at it."""


def decide_all(
    ws: Workspace,
    action: str,
    names: Sequence[str],
    by: str,
    reason: str,
    given: Mapping[str, str],
    seen: Mapping[str, int] | None = None,
    *,
    links: bool = True,
) -> list[Decided]:
    """Decide on several papers independently: if one fails, the others are still done.

    Args:
        given: comma-separated labels by facet; they replace the labels predicted or decided before, or with a sign
            (``+ecg,-cmr``) are added to them and removed from them.
        seen: the version of each paper that the reviewer saw; if the version has changed, nothing is done.
        links: whether a new entry gets the code and data that the paper names.

    Each is read and recorded in one transaction; a second one notes that its file is written.

    Raises:
        UsageError: a label is unknown, the reason is too long, or a web address names no paper; nothing is done.
    """
    labels, edits = parse_edits(ws.taxonomy, {name: split_labels(text) for name, text in given.items()})
    request = DecisionRequest(action, by, parse_reason(reason), labels, edits, links)
    for name in names:
        parse_identifier(name)
    with lock(ws.store, CATALOG_LOCK, wait=True):
        for problem in settle(ws):
            log.warning("%s", problem)
        model = version_in_use(ws)
        return [_attempt(ws, name, request, model, (seen or {}).get(name)) for name in names]


def settle(ws: Workspace) -> list[str]:
    """Make the catalog's files show every decision; returns the errors, whose files wait for the next call.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        waiting = unfiled(db)
        numbers = [candidate.paper for candidate in waiting]
        stored, logs = load(db, numbers), decisions_on(db, numbers)
    problems = []
    for candidate in waiting:
        number = candidate.paper
        try:
            _file(ws, stored[number].paper, standing(logs.get(number, [])).decision, candidate)
        except HarvesterError as error:
            problems.append(str(error))
    return problems


def record_decision(ws: Workspace, db: Connection, decision: Decision, *, filed: bool) -> None:
    """Append a decision on any paper; a paper that was never queued joins the queue.

    Raises:
        HarvesterError: there is nothing to undo.
    """
    number = decision.paper
    candidate, log = find_candidate(db, number), decisions_on(db, [number]).get(number, [])
    prediction = None if candidate else current(db, [number], version_in_use(ws)).get(number)
    _append(db, candidate, log, decision, prediction, filed=filed)


def record_request(
    ws: Workspace, db: Connection, before: ReviewedPaper, request: DecisionRequest, seen: int | None = None
) -> ReviewedPaper:
    """Append a requested decision to a paper's log; returns the paper as it is afterwards.

    A decision that stands already is not recorded again, so that one undo takes it back: the paper is then `before`.

    Raises:
        Stale: the paper's version is no longer the one that was `seen`.
        HarvesterError: there is nothing to undo.
    """
    kept = _kept(ws, before, request)
    if seen is not None and seen != before.version and not _is_note(before, request, kept, seen):
        raise Stale("Somebody decided on it a moment ago.")
    if repeats(before, request.action, kept, request.reason, links=request.links):
        return before
    labels = kept if request.action == "accept" else None
    decision = Decision(
        before.number, request.action, "review", labels, request.reason, request.by, ws.clock(), links=request.links
    )
    candidate, log = _append(db, before.candidate, before.decisions, decision, before.prediction)
    labels_then = labels_now(ws, log, before.prediction)
    return replace(before, candidate=candidate, decisions=log, labels=labels_then)


def _kept(ws: Workspace, before: ReviewedPaper, request: DecisionRequest) -> Labels:
    """The labels that an accept would keep."""
    return relabelled(ws.taxonomy, before.labels, {**request.labels, **edited(before.labels, request.edits)})


def _is_note(before: ReviewedPaper, request: DecisionRequest, kept: Labels, seen: int) -> bool:
    """Whether a late decision changes nothing but adds a note, which must not be lost."""
    return agrees(before, request.action, kept, seen) and adds_note(before, request.reason)


def late(ws: Workspace, now: ReviewedPaper, request: DecisionRequest, seen: int | None, error: Stale) -> Decided:
    """The outcome of a decision that somebody else preceded: an error only if it wanted something different."""
    if seen is not None and agrees(now, request.action, _kept(ws, now, request), seen):
        return replace(already(ws, now), stale=True)
    return failed(now.paper.id, error, now)


def already(ws: Workspace, now: ReviewedPaper) -> Decided:
    """The outcome of a decision that stands already."""
    entry = str(ws.catalog / now.candidate.entry) if now.candidate and now.candidate.entry else None
    return Decided(now.paper.id, now.state, entry, repeated=True, paper=now)


def _append(
    db: Connection,
    candidate: Candidate | None,
    log: Sequence[Decision],
    decision: Decision,
    prediction: Prediction | None,
    *,
    filed: bool = False,
) -> tuple[Candidate, tuple[Decision, ...]]:
    """Append a decision and move its candidate to the state that the log implies; returns both as they are afterwards.

    It counts as filed at once if the catalog neither has nor needs a file for the paper.

    Raises:
        HarvesterError: there is nothing to undo.
    """
    if decision.action == "undo" and standing(log).decision is None:
        raise HarvesterError("There is no decision left to undo.")
    if candidate is None:
        (candidate,) = enqueue(db, [(decision.paper, prediction.scope if prediction else 0.0)], decision.at)
    log = (*log, replace(decision, id=add_decision(db, decision)))
    now = standing(log)
    accepted_by, stands = (made.id if made else None for made in (now.accepted_by, now.decision))
    fileless = candidate.filed and candidate.entry is None and now.state != "accepted"
    return move(db, candidate, now.state, accepted_by, filed=filed or fileless, decision=stands), log


def _attempt(ws: Workspace, name: str, request: DecisionRequest, model: str, seen: int | None) -> Decided:
    known = None
    try:
        with write(ws.store) as db:
            known = reviewed_paper(ws, db, name, model)
            before, known = known, record_request(ws, db, known, request, seen)
        done = follow(ws, known)  # a file that could not be written before is tried again
        return replace(done, repeated=True) if known is before else replace(done, before=before)
    except Stale as error:
        assert known is not None  # noqa: S101 - only a paper that was found can have changed
        return late(ws, known, request, seen, error)
    except HarvesterError as error:
        return failed(name, error, known)


def failed(name: str, error: HarvesterError, known: ReviewedPaper | None) -> Decided:
    """Why nothing, or not everything, was done, and the current state of the named paper."""
    number, state = (known.paper.id, known.candidate.state if known.candidate else "") if known else (name, "")
    said = str(error)
    named = said if repr(name) in said else f"{name}: {said}"
    return Decided(number, state, error=named, stale=isinstance(error, Stale), paper=known)


def follow(ws: Workspace, decided: ReviewedPaper) -> Decided:
    """Make a paper's file show its newest decision.

    Raises:
        HarvesterError: the file cannot be written; the decision stays recorded.
    """
    candidate = decided.candidate
    assert candidate is not None  # noqa: S101 - a decision has just been made on it
    try:
        filed = (
            candidate if candidate.filed else _file(ws, decided.paper, standing(decided.decisions).decision, candidate)
        )
    except HarvesterError as error:
        raise HarvesterError(f"{error} The decision is kept; the next decision or run writes its file.") from error
    entry = str(ws.catalog / filed.entry) if filed.entry else None
    return Decided(decided.paper.id, filed.state, entry, paper=replace(decided, candidate=filed))


def _file(ws: Workspace, paper: Paper, decision: Decision | None, candidate: Candidate) -> Candidate:
    """Write or remove a candidate's entry as the standing decision requires, then note that this is done."""
    old, path = Path(candidate.entry) if candidate.entry else None, None
    shown: Mapping[str, str] = {}
    if decision and decision.labels:
        entry_now = _entry(ws, paper, decision.labels, old, links=decision.links)
        path, shown = write_entry(ws.catalog, entry_now, ws.taxonomy), entry_now.links
    elif old:
        remove_entry(ws.catalog, old)
    entry = path.as_posix() if path else None
    with write(ws.store, relaxed=True) as db:  # if a power cut takes it, `settle` writes the same file again
        set_filed(db, candidate.paper, candidate.version, entry)
        note_shown(db, candidate.paper, shown)
        note_held(ws, db, candidate.paper, decision.labels if decision else None)
    return replace(candidate, filed=True, entry=entry)


def note_held(ws: Workspace, db: Connection, number: int, labels: Labels | None) -> None:
    """Remember that this folder now holds a paper's file with these labels, or without labels that it holds none."""
    if labels:
        remember_held(db, ws.catalog_key, {number: labels})
    else:
        forget_held(db, ws.catalog_key, [number])


def _entry(ws: Workspace, paper: Paper, labels: Labels, path: Path | None, *, links: bool) -> Entry:
    """The entry with these labels: based on the existing file if there is one, so that manual edits stay."""
    if path and (ws.catalog / path).is_file():
        return replace(load_entry(ws.catalog, path, ws.taxonomy), labels=labels)
    return new_entry(paper, labels, links=links)


def new_entry(paper: Paper, labels: Labels, *, links: bool = True) -> Entry:
    """The entry that accepting a paper makes.

    Args:
        links: whether it gets the code and data that the paper names.
    """
    return entry_of(with_resources(paper, resources(paper) if links else {}), labels)


def entry_of(paper: Paper, labels: Labels) -> Entry:
    """The catalog entry of a harvested paper."""
    return Entry(
        id=paper.id,
        title=paper.title,
        labels=labels,
        authors=tuple(author.name for author in paper.authors),
        published=Published.of(utc_date(paper.published)) if paper.published else Published(),
        venue=venue_of(paper.venue, paper.id),
        links=_entry_links(paper.links),
    )


def _entry_links(links: Mapping[str, str]) -> dict[str, str]:
    """The links an entry shows: a published version becomes the paper, with its preprint beside it."""
    if "published" in links:
        links = {**links, "preprint": links.get("paper", ""), "paper": links["published"]}
    return {role: links[role] for role in ENTRY_LINKS if links.get(role)}
