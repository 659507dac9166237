"""A paper that somebody proposes: saved at once, fetched through the sources, merged with what is known, and queued.

Fetching may be slow (arXiv takes one request at a time, and a run may be in progress), so it happens after the
proposer has been thanked; what a crash or a silent upstream leaves waiting is fetched by the next call or run.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from harvester.base.errors import FetchError, HarvesterError, LockHeld, TooManyRequests, UsageError
from harvester.catalog.site.addresses import page_path
from harvester.domain.decisions import LONGEST_REASON
from harvester.domain.identity import parse_identifier
from harvester.domain.proposals import Proposal
from harvester.domain.text import clean
from harvester.services.learning.classify import load_classifier, predict
from harvester.services.learning.models import version_in_use
from harvester.services.lookup import bring
from harvester.services.workspace import Workspace
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import find, find_all
from harvester.store.predictions import current, save
from harvester.store.proposals import add_proposal, proposals_in, settle_proposal
from harvester.store.queue import enqueue, find_candidate
from harvester.store.rate_limits import allowed

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

log = logging.getLogger(__name__)
LONGEST_NAME = 600  # characters of an id, DOI or address
MOST, WITHIN = 10, timedelta(hours=1)  # from one address


def propose(ws: Workspace, given: str, note: str, address: str) -> str:
    """Save a proposal; `fetch_proposals` does the rest. Returns the identifier that was recognized.

    Args:
        given: an arXiv id, a DOI, or a web address that contains one.
        address: where the proposal comes from, for the limit.

    Raises:
        UsageError: it does not name a paper, or the note is too long.
        TooManyRequests: too many proposals came from this address.
    """
    name, comment = understood(given), clean(note)
    if len(comment) > LONGEST_REASON:
        raise UsageError(f"The note has {len(comment)} characters", remedy=f"write at most {LONGEST_REASON}")
    now = ws.clock()
    with write(ws.store) as db:
        if not allowed(db, "suggest", address, now, most=MOST, within=WITHIN):
            raise TooManyRequests("Too many proposals came from your network; please try again in an hour.")
        add_proposal(db, name, comment, now)
    return name


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper that is already in the catalog: its identifier, its title, and the path of its page."""

    name: str
    title: str
    page: str


def listed(ws: Workspace, given: str) -> Listed | None:
    """The paper that somebody names, if it needs no proposal: it is in the catalog, under any of its names.

    Raises:
        UsageError: it does not name a paper.
    """
    name = understood(given)
    with read(ws.store) as db:
        found = find(db, name)
        place = find_candidate(db, found.number) if found else None
    if found is None or place is None or place.state != "accepted":
        return None
    return Listed(name, found.paper.title, page_path(found.paper.id, place.entry))


def understood(given: str) -> str:
    """The arXiv id or DOI in what somebody typed.

    Raises:
        UsageError: it is neither, nor a web address that contains one.
    """
    text = clean(given)
    name = parse_identifier(text) if len(text) <= LONGEST_NAME else None
    if name is None or name.startswith("title:"):
        raise UsageError(
            f"{text[:80]!r} is not an arXiv id (2411.13602), a DOI (10.1038/...) or the address of either."
        )
    return name


def fetch_proposals(ws: Workspace) -> int:
    """Fetch, classify and queue what waits; returns how many are settled. What cannot be fetched now keeps waiting.

    Raises:
        StoreError: the store fails.
    """
    try:
        with lock(ws.store, "proposals"):
            return _fetch_all(ws)
    except LockHeld:
        return 0  # the process that holds the lock fetches these too


def unsettled(ws: Workspace) -> list[Proposal]:
    """Proposals that are not in the queue: those no source knows, and those not fetched yet."""
    with read(ws.store) as db:
        return [*proposals_in(db, "waiting"), *proposals_in(db, "unknown")]


def _fetch_all(ws: Workspace) -> int:
    with read(ws.store) as db:
        waiting = proposals_in(db, "waiting")
        known = find_all(db, [proposal.name for proposal in waiting])
    model, settled = cache(lambda: load_classifier(ws)), 0
    for proposal in waiting:
        try:
            number = known[proposal.name].number if proposal.name in known else _fetch(ws, proposal)
            _queue(ws, proposal, number, model)
            settled += 1
        except FetchError as error:
            log.warning("The proposed paper %s waits: %s", proposal.name, error)
    return settled


def _fetch(ws: Workspace, proposal: Proposal) -> int | None:
    """Bring the paper into the store; None if no source has it, or what has this name is no paper."""
    found = bring(ws, proposal.name)
    return found.number if found else None


def _queue(ws: Workspace, proposal: Proposal, number: int | None, model: "Callable[[], Classifier]") -> None:
    """Queue the paper with its prediction, even if it is out of scope: somebody thinks that it is in scope."""
    if number is not None:
        _classify(ws, proposal.name, model)
    with write(ws.store) as db:
        if number is not None and find_candidate(db, number) is None:
            prediction = current(db, [number], version_in_use(ws)).get(number)
            enqueue(db, [(number, prediction.scope if prediction else 0.0)], ws.clock())
        settle_proposal(db, proposal.id, "unknown" if number is None else "queued", number)


def _classify(ws: Workspace, name: str, model: "Callable[[], Classifier]") -> None:
    """Predict for a paper without a prediction; without a model it is queued all the same."""
    version = version_in_use(ws)
    with read(ws.store) as db:
        stored = find_all(db, [name])[name]
        if current(db, [stored.number], version):
            return
    try:
        made = list(predict(model(), [(stored.number, stored.paper)]))
    except HarvesterError as error:
        log.warning("The proposed paper %s has no prediction: %s", name, error)
        return
    with write(ws.store) as db:
        if not current(db, [stored.number], version):  # a run may have been faster
            save(db, made, ws.clock())
