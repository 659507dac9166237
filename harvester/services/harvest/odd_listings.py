"""OAI-PMH's odd records, which later audits may not list: kept as they came, and read again by the next version."""

from dataclasses import dataclass

from harvester import __version__
from harvester.domain.papers import OddRecord
from harvester.services.workspace import Workspace
from harvester.sources.arxiv import oai
from harvester.sources.errors import Malformed
from harvester.store.engine import read, write
from harvester.store.odd_records import drop_odd, keep_odd, mark_tried, untried


@dataclass(frozen=True, slots=True)
class Reread:
    """A record that this version can read, and the number under which it was kept."""

    number: int
    record: oai.Record


def keep_listed(ws: Workspace, odd: OddRecord) -> None:
    """Keep one odd record."""
    with write(ws.store) as db:
        keep_odd(db, oai.PROVENANCE.name, [odd], __version__, ws.clock())


def readable_now(ws: Workspace) -> list[Reread]:
    """The kept records that this version can read; they stay until a repair has stored them (`settle_listed`)."""
    with read(ws.store) as db:
        waiting = untried(db, oai.PROVENANCE.name, __version__)
    found, still_odd = [], []
    for number, raw in waiting:
        try:
            found.append(Reread(number, oai.reread(raw)))
        except Malformed:
            still_odd.append(number)
    with write(ws.store) as db:
        mark_tried(db, still_odd, __version__)
    return found


def settle_listed(ws: Workspace, stored: list[Reread]) -> None:
    """Forget records that a repair has stored, or found to be known or out of scope."""
    with write(ws.store) as db:
        drop_odd(db, [one.number for one in stored])
