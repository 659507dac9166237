"""What the reviewers of one queue see of each other: decisions as they are made, and who has which paper open."""

from datetime import timedelta

from harvester.domain.accounts import User
from harvester.domain.candidates import STATES
from harvester.domain.together import Happenings
from harvester.services.review.queries import require_paper
from harvester.services.workspace import Workspace
from harvester.store.decisions import changes_after, newest_decision
from harvester.store.engine import read, write
from harvester.store.presences import end_presence, note_presence, present_since
from harvester.store.queue_view import counts

EXPIRES = timedelta(seconds=45)  # after which a presence that was not renewed is forgotten
_AFTER_ALL = 2**31 - 1
MOST = 1_000  # decisions reported at a time; whoever missed more reloads the page


def happenings(ws: Workspace, decision: int) -> Happenings:
    """What was decided after this decision, and who reads what now, in one transaction.

    Decisions are numbered in the order in which they are committed, because writers take turns (`store.engine.write`).
    """
    with read(ws.store) as db:
        newest = newest_decision(db)
        changes = tuple(changes_after(db, decision, MOST)) if newest > decision else ()
        numbers = dict.fromkeys(STATES, 0) | counts(db) if changes else {}
        return Happenings(newest, changes, numbers, tuple(present_since(db, ws.clock() - EXPIRES)))


def so_far(ws: Workspace) -> Happenings:
    """The newest decision and who reads what: where a page that is about to be read from the store begins."""
    return happenings(ws, _AFTER_ALL)


def read_now(ws: Workspace, user: User, name: str) -> None:
    """Note that a reviewer has this paper open; no paper if the name is "".

    Raises:
        UsageError: a web address names no paper.
        HarvesterError: the paper is not in the store.
    """
    now = ws.clock()
    with write(ws.store, relaxed=True) as db:  # losing it in a power cut loses nothing
        if name:
            note_presence(db, user.id, require_paper(db, name).number, now, now - EXPIRES)
        else:
            end_presence(db, user.id)
