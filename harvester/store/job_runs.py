"""Which due time of each scheduled job was taken up, and how that ended: what makes it done once, whoever does it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from harvester.store.tables import rota


@dataclass(frozen=True, slots=True)
class Turn:
    """The last due time of a job that was taken up.

    `ended` is None while the job is at work, and where it was killed; `attempts` counts how often it was begun for
    this due time; `failure` is one sentence, "" where it went well.
    """

    job: str
    due: datetime
    attempts: int = 0
    begun: datetime | None = None
    ended: datetime | None = None
    failure: str = ""


def turns(db: Connection) -> dict[str, Turn]:
    """The last turn of every job that has had one."""
    return {row.job: Turn(**row._mapping) for row in db.execute(select(rota))}


def set_turn(db: Connection, turn: Turn) -> None:
    """Note how a job stands."""
    values = {
        "due": turn.due,
        "attempts": turn.attempts,
        "begun": turn.begun,
        "ended": turn.ended,
        "failure": turn.failure,
    }
    if db.execute(update(rota).where(rota.c.job == turn.job).values(values)).rowcount == 0:
        db.execute(insert(rota).values(job=turn.job, **values))
