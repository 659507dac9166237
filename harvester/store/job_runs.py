"""Which due time of each scheduled job was taken up, and how that ended: what makes it done once, whoever does it."""

from sqlalchemy import Connection, insert, select, update

from harvester.domain.job_runs import Turn
from harvester.store.tables import rota


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
