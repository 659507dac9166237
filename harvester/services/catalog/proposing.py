"""Propose papers to reviewers without a server: a branch with the entry file of each candidate that waits.

A branch is pushed once and never again, since what reviewers have read must be what they merge; candidates of the next
night come on a branch of their own. ``proposal_reading`` reads back what was decided.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from email.utils import parseaddr
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.clock import rfc3339, utc_date
from harvester.catalog import proposal_git as git
from harvester.catalog.entry import Entry, entry_path, format_entry
from harvester.catalog.git import Message
from harvester.catalog.git_command import HARVESTER
from harvester.catalog.proposal_summary import SummaryRow, summary
from harvester.digest.content import plain
from harvester.digest.extracts import LONGEST_READ, extract
from harvester.domain.proposal_branches import ProposalBranch, ProposedPaper, branch_name, proposed_in
from harvester.services.catalog.proposal_reading import Remote, fetched
from harvester.services.learning.models import version_in_use
from harvester.services.review.decisions import new_entry
from harvester.services.review.labels import labels_now
from harvester.services.workspace import Workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import read, write
from harvester.store.papers import find_all, load, numbers_of
from harvester.store.predictions import current
from harvester.store.proposal_branches import add_branch, branch_names, open_branches
from harvester.store.queue import in_state

log = logging.getLogger(__name__)
MOST = 100  # papers on a branch: nobody reads more before merging them


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A branch with papers that wait for a reviewer; `title` and `summary` (Markdown) are for its pull request."""

    branch: ProposalBranch
    title: str
    summary: str

    def to_json(self) -> dict[str, object]:
        """An element of what ``catalog proposals`` prints."""
        return {
            "branch": self.branch.name,
            "made": rfc3339(self.branch.made),
            "papers": [paper.id for paper in self.branch.papers],
            "title": self.title,
            "summary": self.summary,
        }


def propose(ws: Workspace) -> ProposalBranch | None:
    """Push a branch with the entries of the candidates that wait and are on no open branch; None if there are none.

    Raises:
        CatalogError: git cannot do its part; the next night proposes the papers.
        StoreError: the store fails.
    """
    remote = fetched(ws)
    there = git.entry_files(ws.catalog, remote.main.ref)
    with read(ws.store) as db:
        found = _unproposed(ws, db, there)
        taken = {*branch_names(db), *remote.proposals}
    if not found:
        return None
    branch = _pushed(ws, remote, branch_name(utc_date(ws.clock()), taken), found)
    with write(ws.store) as db:
        add_branch(db, branch)
    log.info("%s papers are proposed on %s", len(branch.papers), branch.name)
    return branch


def open_proposals(ws: Workspace) -> list[OpenProposal]:
    """The branches that wait for a reviewer, oldest first.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        return [
            OpenProposal(
                branch, _title(branch.name, len(branch.papers)), summary(list(_rows(ws, db, branch)), ws.taxonomy)
            )
            for branch in open_branches(db)
        ]


def _unproposed(ws: Workspace, db: Connection, there: Collection[str]) -> list[tuple[ProposedPaper, Entry]]:
    """The candidates for the next branch, best first; not those whose files are on the main branch already."""
    proposed = numbers_of(db, proposed_in(open_branches(db))).values()  # a paper's best identifier may have changed
    new = ((paper, entry) for paper, entry in _waiting(ws, db, set(proposed)) if paper.file not in there)
    return list(islice(new, MOST))


def _waiting(ws: Workspace, db: Connection, but: Collection[int]) -> Iterator[tuple[ProposedPaper, Entry]]:
    """The pending candidates that the model puts in scope, best first, each with the entry that would accept it.

    Args:
        but: the numbers of papers to leave out.
    """
    pending = {candidate.paper: candidate for candidate in in_state(db, "pending") if candidate.paper not in but}
    stored, logs = load(db, pending), decisions_on(db, pending)
    predictions = current(db, pending, version_in_use(ws))
    for number, candidate in pending.items():
        paper, prediction = stored[number].paper, predictions.get(number)
        if prediction and prediction.in_scope and not paper.withdrawn:
            entry = new_entry(paper, labels_now(ws, logs.get(number, ()), prediction))
            yield ProposedPaper(paper.id, entry_path(entry).as_posix(), candidate.version), entry


def _pushed(ws: Workspace, remote: Remote, name: str, found: list[tuple[ProposedPaper, Entry]]) -> ProposalBranch:
    base = git.commit_of(ws.catalog, remote.main.ref)
    texts = {paper.file: format_entry(entry, ws.taxonomy) for paper, entry in found}
    address = parseaddr(ws.settings.digest.sender)[1]
    message = Message(_title(name, len(found)), (f"{HARVESTER} <{address}>",), address)
    tip = git.push(ws.catalog, remote.main, name, texts, message)
    return ProposalBranch(name, base, tip, ws.clock(), tuple(paper for paper, _ in found))


def _title(branch: str, count: int) -> str:
    """The subject of the commit and title of the pull request; the branch's last part is its day."""
    return f"Papers of {branch.rpartition('/')[2]}: {count}"


def _rows(ws: Workspace, db: Connection, branch: ProposalBranch) -> Iterator[SummaryRow]:
    """What the pull request shows of each paper that waits."""
    stored = find_all(db, [paper.id for paper in branch.papers])
    numbers = [one.number for one in stored.values()]
    logs, predictions = decisions_on(db, numbers), current(db, numbers, version_in_use(ws))
    for proposed in branch.papers:
        if one := stored.get(proposed.id):
            prediction = predictions.get(one.number)
            entry = new_entry(one.paper, labels_now(ws, logs.get(one.number, ()), prediction))
            words = extract(plain(one.paper.abstract[:LONGEST_READ]))
            yield SummaryRow(replace(entry, path=Path(proposed.file)), prediction, words)
