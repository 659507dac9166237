"""What reviewers merged, changed and deleted on proposal branches becomes decisions, each exactly once.

Everything follows from what git says now and from the branches that the store remembers, so that a night that was cut
off, or could not reach the remote, is made good by the next one.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.errors import CatalogError
from harvester.catalog import proposal_git as git
from harvester.catalog.entry import Entry, parse_entry
from harvester.catalog.folder import load_catalog, named_in
from harvester.catalog.git_command import HARVESTER
from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision, standing
from harvester.domain.proposal_branches import (
    Outcome,
    ProposalBranch,
    ProposedPaper,
    Touch,
    decider,
    is_merged,
    outcome,
)
from harvester.services.catalog.sync import BY
from harvester.services.review.decisions import CATALOG_LOCK, record_decision
from harvester.services.workspace import Workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import find_all
from harvester.store.proposal_branches import add_branch, branch_names, keep_waiting, open_branches
from harvester.store.queue import find_candidate, find_candidates, set_filed

log = logging.getLogger(__name__)
PROGRAMS = (HARVESTER, "harvester")  # the names under which this program and its workflow commit


@dataclass(frozen=True, slots=True)
class Remote:
    """The repository that reviewers work in: its main branch, and the newest commit of each proposal by name."""

    main: git.Upstream
    proposals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How many papers reviewers accepted and rejected on branches, and what is wrong."""

    accepted: int = 0
    rejected: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entries:
    """The main branch's entries by paper, the papers whose entries are broken, and the identifier in each valid file.

    `unclear` says that a broken file names no paper, so that it may be any paper's entry.
    """

    valid: Mapping[int, Entry]
    broken: frozenset[int]
    unclear: bool
    named: Mapping[str, str] = field(default_factory=dict)


def read_back(ws: Workspace) -> ReadBack:
    """Bring the files up to the remote's main branch, and record what reviewers decided.

    Raises:
        CatalogError: git cannot do its part; nothing is recorded then.
        StoreError: the store fails.
    """
    remote = fetched(ws)  # before the lock: a slow network must not keep reviewers waiting
    with lock(ws.store, CATALOG_LOCK, wait=True):
        git.follow(ws.catalog, remote.main)
        with read(ws.store) as db:
            waiting = open_branches(db)
            entries = _entries(ws, db) if waiting else _Entries({}, frozenset(), False)
        said = [_settle(ws, remote, entries, branch) for branch in waiting]
    return ReadBack(
        sum(len(done.accepted) for done, _ in said),
        sum(len(done.rejected) for done, _ in said),
        tuple(problem for _, problem in said if problem),
    )


def fetched(ws: Workspace) -> Remote:
    """The remote as it is now; branches that the store does not know are remembered.

    It does not know them if it is new, or if a night ended right after its push.

    Raises:
        CatalogError: git cannot do its part.
    """
    try:
        ws.catalog.mkdir(parents=True, exist_ok=True)  # a list may have no entries yet
    except OSError as error:
        reason = error.strerror or str(error)
        raise CatalogError(f"Cannot create {ws.catalog} ({reason})", remedy="correct [catalog] dir") from error
    main = git.upstream_of(ws.catalog)
    remote = Remote(main, git.fetch(ws.catalog, main))
    with read(ws.store) as db:
        unknown = remote.proposals.keys() - branch_names(db)
    for name in sorted(unknown):
        _adopt(ws, remote, name)
    return remote


def _adopt(ws: Workspace, remote: Remote, name: str) -> None:
    tip, main = remote.proposals[name], remote.main.ref
    new = git.added_files(ws.catalog, main, tip) - git.entry_files(ws.catalog, main)
    found = _papers_in(ws, tip, sorted(new))
    with write(ws.store) as db:
        if papers := _pending(db, found):
            add_branch(db, ProposalBranch(name, git.merge_base(ws.catalog, main, tip), tip, ws.clock(), papers))


def _papers_in(ws: Workspace, tip: str, files: Sequence[str]) -> dict[str, str]:
    """The papers of entries in a commit: the file by identifier."""
    found = {}
    for file in files:
        try:
            found[parse_entry(git.file_at(ws.catalog, tip, file), Path(file), ws.taxonomy).id] = file
        except CatalogError:  # somebody is editing it
            continue
    return found


def _pending(db: Connection, files: Mapping[str, str]) -> tuple[ProposedPaper, ...]:
    """Those of these papers that nobody has decided on yet."""
    stored = find_all(db, files)
    queued = find_candidates(db, [one.number for one in stored.values()])
    found = ((name, queued.get(one.number)) for name, one in stored.items())
    return tuple(
        ProposedPaper(name, files[name], candidate.version)
        for name, candidate in found
        if candidate and candidate.state == "pending"
    )


def _entries(ws: Workspace, db: Connection) -> _Entries:
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    files = dict.fromkeys(problem.file for problem in catalog.problems)
    named = [named_in(ws.catalog, Path(file)) for file in files]
    stored = find_all(db, [*(entry.id for entry in catalog.entries), *filter(None, named)])
    return _Entries(
        {stored[entry.id].number: entry for entry in catalog.entries if entry.id in stored},
        frozenset(stored[name].number for name in named if name in stored),
        None in named,
        {entry.path.as_posix(): entry.id for entry in catalog.entries if entry.path},
    )


def _settle(ws: Workspace, remote: Remote, entries: _Entries, branch: ProposalBranch) -> tuple[Outcome, str]:
    """Record what reviewers decided on a branch's papers, all or nothing; returns it, and what is wrong."""
    main, tip = remote.main, remote.proposals.get(branch.name)
    known = git.contains(ws.catalog, main.ref, branch.base)
    merged = known and bool(tip) and _is_merged(ws, main, tip or "")
    branch = replace(branch, tip=tip or branch.tip)
    touches = git.touches(ws.catalog, branch.base, main.ref, branch.tip) if known else []
    with write(ws.store) as db:
        numbers = {name: one.number for name, one in find_all(db, [paper.id for paper in branch.papers]).items()}
        said = _outcome(db, branch, numbers, entries, decided=known and (merged or not tip))
        for paper in said.accepted:
            entry = entries.valid[numbers[paper.id]]
            _accept(ws, db, numbers[paper.id], entry, _by(touches, branch, paper.file, str(entry.path)))
        why = "deleted in its proposal" if merged or said.accepted else "proposal closed"
        for paper in said.rejected:
            by = _by(touches, branch, paper.file)
            if renamed := entries.named.get(paper.file):
                _withdraw(ws, db, numbers[paper.id], f"its entry names {renamed} now", by)
            else:
                _reject(ws, db, numbers[paper.id], why, by)
        keep_waiting(db, replace(branch, papers=said.waiting), ws.clock())
    counts = (len(papers) for papers in (said.accepted, said.rejected, said.waiting))
    log.info("%s: %s papers accepted, %s rejected, %s wait", branch.name, *counts)
    return said, "" if known or not said.waiting else _unknown(main, branch)


def _unknown(main: git.Upstream, branch: ProposalBranch) -> str:
    return (
        f"{main.remote}/{main.branch} lacks the commit that {branch.name} was made from, so its papers wait; fetch the "
        "whole history, or decide on them with `harvester accept` and `harvester reject`."
    )


def _is_merged(ws: Workspace, main: git.Upstream, tip: str) -> bool:
    if git.contains(ws.catalog, main.ref, tip):
        return True
    return is_merged(git.added_files(ws.catalog, main.ref, tip), git.entry_files(ws.catalog, main.ref))


def _outcome(
    db: Connection, branch: ProposalBranch, numbers: Mapping[str, int], entries: _Entries, *, decided: bool
) -> Outcome:
    queued = find_candidates(db, numbers.values())
    once = {numbers[paper.id]: paper for paper in branch.papers if paper.id in numbers}  # two may have been merged
    pending = {number for number, paper in once.items() if _undecided(queued.get(number), paper)}
    broken = pending if entries.unclear else entries.broken
    return outcome(once, in_catalog=entries.valid, broken=broken, pending=pending, decided=decided)


def _undecided(candidate: Candidate | None, paper: ProposedPaper) -> bool:
    """Whether nobody has decided on the paper here since it was proposed."""
    return candidate is not None and candidate.version == paper.version


def _by(touches: Sequence[Touch], branch: ProposalBranch, *files: str) -> str:
    """Who decided on a paper: who changed its file, otherwise who did something else to the branch."""
    everything = [paper.file for paper in branch.papers]
    return decider(touches, files, PROGRAMS) or decider(touches, everything, PROGRAMS) or BY


def _accept(ws: Workspace, db: Connection, number: int, entry: Entry, by: str) -> None:
    """Record what an entry says, unless it stands already or the files do not show yet what was decided here."""
    before, now = find_candidate(db, number), standing(decisions_on(db, [number]).get(number, []))
    shown = now.state == "accepted" and now.decision is not None and now.decision.labels == entry.labels
    if shown or not before or not before.filed or not entry.path:
        return
    record_decision(ws, db, Decision(number, "accept", "review", entry.labels, "", by, ws.clock()), filed=True)
    set_filed(db, number, before.version + 1, entry.path.as_posix())


def _reject(ws: Workspace, db: Connection, number: int, why: str, by: str) -> None:
    record_decision(ws, db, Decision(number, "reject", "review", None, why, by, ws.clock()), filed=False)


def _withdraw(ws: Workspace, db: Connection, number: int, why: str, by: str) -> None:
    """Record that a reviewer gave a proposed entry another identifier.

    That paper is accepted when the files are read. This one leaves the queue, but nothing is learned from that: its
    text may well be in scope.
    """
    record_decision(ws, db, Decision(number, "withdraw", "review", None, why, by, ws.clock()), filed=False)
