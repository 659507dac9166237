"""Accept, reject, defer, undo: the decision is recorded first, then the catalogue's file follows it.

A crash between the two is made good by ``settle``, which every later decision and every run calls: it writes the
files of all candidates whose files do not yet show what was decided.
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
from harvester.domain.labels import Labels, parse_labels, relabelled, require_one, split_labels
from harvester.domain.papers import Paper, Stored
from harvester.services.review.documents import labels_now, require_paper
from harvester.services.workspace import Workspace
from harvester.store.decisions import add_decision, decisions_on
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import find, load
from harvester.store.predictions import latest
from harvester.store.queue import candidate, enqueue, move, set_filed, unfiled

log = logging.getLogger(__name__)
CATALOGUE_LOCK = "catalogue"  # held while files and decisions are brought together
ENTRY_LINKS = ("paper", "preprint", "code", "project")  # the roles an entry shows, in its order


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one paper; `error` says why nothing did, `stale` that somebody else was quicker."""

    id: str
    state: str = ""
    entry: str | None = None
    error: str = ""
    stale: bool = False

    def to_json(self) -> dict[str, object]:
        """One element of what ``accept`` and its sisters print; no state where the store does not know the paper."""
        shown: dict[str, object] = {"id": self.id, "state": self.state or None, "entry": self.entry}
        return shown | {"error": self.error} if self.error else shown


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """What somebody wants done to papers; `labels` replace, facet by facet, what was predicted or decided before."""

    action: str
    by: str
    reason: str = ""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Stale(HarvesterError):
    """Somebody decided on the paper after the reviewer had looked at it."""


def decide_all(
    ws: Workspace,
    action: str,
    names: Sequence[str],
    by: str,
    reason: str,
    given: Mapping[str, str],
    seen: Mapping[str, int] | None = None,
) -> list[Decided]:
    """Decide on several papers, each by itself: one that fails leaves the others done.

    Args:
        given: comma-separated labels by facet, replacing what was predicted or decided before.
        seen: the version of each paper that the reviewer saw; where it is another one now, nothing is done.

    Raises:
        UsageError: an unknown label, a reason that is too long, or a web address that names no paper; nothing is done.
    """
    labels = parse_labels(ws.taxonomy, {name: split_labels(text) for name, text in given.items()})
    require_one(ws.taxonomy, labels)
    wish = DecisionRequest(action, by, parse_reason(reason), labels)
    for name in names:
        parse_identifier(name)
    with lock(ws.store, CATALOGUE_LOCK, wait=True):
        for problem in settle(ws):
            log.warning("%s", problem)
        return [_attempt(ws, name, wish, (seen or {}).get(name)) for name in names]


def settle(ws: Workspace) -> list[str]:
    """Make the catalogue's files show every decision; returns what could not be written and waits for the next call.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        waiting = unfiled(db)
    problems = []
    for one in waiting:
        try:
            _file(ws, one)
        except HarvesterError as error:
            problems.append(str(error))
    return problems


def record_decision(db: Connection, number: int, decision: Decision, *, filed: bool) -> int:
    """Append a decision and move its candidate to where the log now leads; returns the decision's number.

    Raises:
        HarvesterError: there is nothing to undo.
    """
    before = candidate(db, number)
    if before is None:
        prediction = latest(db, [number]).get(number)
        enqueue(db, [(number, prediction.scope if prediction else 0.0)], decision.at)
        before = candidate(db, number)
        assert before is not None  # noqa: S101
    log = decisions_on(db, [number]).get(number, [])
    if decision.action == "undo" and standing(log).decision is None:
        raise HarvesterError("There is no decision left to undo.")
    made = add_decision(db, decision)
    now = standing([*log, replace(decision, id=made)])
    accepted_by, stands = (one.id if one else None for one in (now.accepted_by, now.decision))
    move(db, before, now.state, accepted_by, filed=filed, decision=stands)
    return made


def record_request(
    ws: Workspace, db: Connection, name: str, wish: DecisionRequest, seen: int | None = None
) -> tuple[Stored, int]:
    """Append what somebody wants to a paper's log; returns the paper, and the decision's number.

    Raises:
        Stale: the paper's version is no longer the one that was `seen`.
        HarvesterError: the store does not know the paper, or there is nothing to undo.
    """
    stored = require_paper(db, name)
    place = candidate(db, stored.number)
    if seen is not None and seen != (place.version if place else 0):
        raise Stale("Somebody decided on it a moment ago.")
    labels = _labels(ws, db, stored, wish.labels) if wish.action == "accept" else None
    decision = Decision(stored.number, wish.action, "review", labels, wish.reason, wish.by, ws.clock())
    return stored, record_decision(db, stored.number, decision, filed=False)


def _attempt(ws: Workspace, name: str, wish: DecisionRequest, seen: int | None) -> Decided:
    try:
        with write(ws.store) as db:
            stored, _ = record_request(ws, db, name, wish, seen)
        return follow(ws, stored)
    except HarvesterError as error:
        return _failed(ws, name, error)


def _failed(ws: Workspace, name: str, error: HarvesterError) -> Decided:
    """Why nothing was done, or not all, and where the paper that somebody named stands."""
    told, stale = f"{name}: {error}", isinstance(error, Stale)
    with read(ws.store) as db:
        stored = find(db, parse_identifier(name) or "")
        place = candidate(db, stored.number) if stored else None
    return Decided(stored.paper.id if stored else name, place.state if place else "", error=told, stale=stale)


def follow(ws: Workspace, stored: Stored) -> Decided:
    """Let a paper's file follow its newest decision.

    Raises:
        HarvesterError: the file cannot be written; the decision is kept.
    """
    with read(ws.store) as db:
        one = candidate(db, stored.number)
    assert one is not None  # noqa: S101 - a decision has just been made on it
    try:
        entry = _file(ws, one)
    except HarvesterError as error:
        raise HarvesterError(
            f"{error} The decision is kept; its file is written by the next decision or run."
        ) from error
    return Decided(stored.paper.id, one.state, str(ws.catalog / entry) if entry else None)


def _labels(ws: Workspace, db: Connection, stored: Stored, given: Mapping[str, tuple[str, ...]]) -> Labels:
    log, prediction = decisions_on(db, [stored.number]), latest(db, [stored.number])
    before = labels_now(ws, log.get(stored.number, []), prediction.get(stored.number))
    return relabelled(ws.taxonomy, before, given)


def _file(ws: Workspace, one: Candidate) -> Path | None:
    """Write or remove one candidate's entry, then note that it is done; returns the file, if it has one now."""
    with read(ws.store) as db:
        paper = load(db, [one.paper])[one.paper].paper
        decision = standing(decisions_on(db, [one.paper]).get(one.paper, [])).decision
    old, path = Path(one.entry) if one.entry else None, None
    if decision and decision.labels:
        path = write_entry(ws.catalog, _entry(ws, paper, decision.labels, old), ws.taxonomy)
    elif old:
        remove_entry(ws.catalog, old)
    with write(ws.store) as db:
        set_filed(db, one.paper, one.version, path.as_posix() if path else None)
    return path


def _entry(ws: Workspace, paper: Paper, labels: Labels, path: Path | None) -> Entry:
    """The entry with these labels: the file's own where there is one, for what people wrote into it stays."""
    if path and (ws.catalog / path).is_file():
        return replace(load_entry(ws.catalog, path, ws.taxonomy), labels=labels)
    return entry_of(paper, labels)


def entry_of(paper: Paper, labels: Labels) -> Entry:
    """The catalogue entry of a harvested paper."""
    return Entry(
        id=paper.id,
        title=paper.title,
        labels=labels,
        authors=tuple(author.name for author in paper.authors),
        published=Published.of(utc_date(paper.published)) if paper.published else Published(),
        venue=paper.venue or ("arXiv" if paper.id.startswith("arxiv:") else ""),
        links=_entry_links(paper.links),
    )


def _entry_links(links: Mapping[str, str]) -> dict[str, str]:
    """The links an entry shows: a published version is the paper, and its preprint is named beside it."""
    if "published" in links:
        links = {**links, "preprint": links.get("paper", ""), "paper": links["published"]}
    return {role: links[role] for role in ENTRY_LINKS if links.get(role)}
