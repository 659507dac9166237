"""Which due time of each scheduled job was handled, and how it ended, so that only one process does each."""

from sqlalchemy import Connection, insert, select, update

from harvester.domain.job_runs import JobRun
from harvester.store.tables import rota


def newest_job_runs(db: Connection) -> dict[str, JobRun]:
    """The last run of every job that has had one."""
    return {row.job: JobRun(**row._mapping) for row in db.execute(select(rota))}


def set_job_run(db: Connection, job_run: JobRun) -> None:
    """Record the state of a job."""
    values = {
        "due": job_run.due,
        "attempts": job_run.attempts,
        "begun": job_run.begun,
        "ended": job_run.ended,
        "failure": job_run.failure,
    }
    if db.execute(update(rota).where(rota.c.job == job_run.job).values(values)).rowcount == 0:
        db.execute(insert(rota).values(job=job_run.job, **values))
