"""Recent history: the last runs, how far each source has been read, the scheduled jobs."""

from collections.abc import Iterator
from datetime import timedelta

from harvester.base.clock import rfc3339
from harvester.base.counts import count_of
from harvester.base.cron import last_due
from harvester.config.schedule import JOBS, ScheduleSettings
from harvester.domain.job_runs import CLOCK_SKEW, retry_at, wanted
from harvester.services.operations.doctor.finding import DoctorFinding, fail, ok, warn
from harvester.services.operations.status import Status

LATE = timedelta(hours=36)  # a nightly run was missed
SCHEDULE = "Start `harvester schedule`, or run it from cron with `--once`."
UNREAD = timedelta(days=14)  # a branch that waits for longer was forgotten
UPSTREAM_BELOW = "see its upstream below"  # the doctor asks the upstreams last
PATIENCE = timedelta(hours=1)  # a job that has been due, or running, for longer is reported


def check_runs(now: Status) -> Iterator[DoctorFinding]:
    """Whether there is a run every night, and how the last one ended."""
    if now.last is None:
        yield warn("runs", "There has been no run yet.", "Start one: `harvester run`.")
        return
    age = now.now - now.last.began
    if -age > CLOCK_SKEW:
        when = rfc3339(now.last.began)
        yield warn("runs", f"The last run began at {when}, which is in the future.", "Check the clocks of all hosts.")
    if age > LATE:
        days = f"{age.total_seconds() / 86_400:.1f} days"
        yield fail("runs", f"The last run began {days} ago.", SCHEDULE)
    if now.cut_off:
        remedy = "If no run is in progress, start `harvester run`: it does what was left undone."
        yield warn("runs", "The newest run has no report: it was killed, or is still running.", remedy)
    yield from _last(now)


def _last(now: Status) -> Iterator[DoctorFinding]:
    assert now.last is not None  # noqa: S101
    name, state = now.last.run, now.last.state
    if state == "ok":
        yield ok("runs", f"The last run, {name}, succeeded.")
        return
    if now.last.problems and not now.problems:
        yield ok("runs", f"The last run, {name}, ended {state}; the sources that failed have been turned off since.")
        return
    verdict = fail if state == "failed" else warn
    yield verdict(
        "runs", f"The last run, {name}, ended {state}.", f"The next run repairs it, or {UPSTREAM_BELOW}.", now.problems
    )


def check_sources(now: Status, overlap: timedelta) -> Iterator[DoctorFinding]:
    """Whether any source is behind by more than the windows overlap: then papers may be missed."""
    sources = [source.name for source in now.last.sources if now.is_on(source.name)] if now.last else []
    if never := [name for name in sources if name not in now.figures.reached]:
        yield warn("sources", f"Never complete so far: {', '.join(never)}.", f"If that lasts, {UPSTREAM_BELOW}.")
    for name in (name for name in sources if name not in never):
        reached = now.figures.reached[name]
        if now.now - reached > max(overlap, LATE):
            message = f"{name} is complete only up to {rfc3339(reached)}."
            remedy = "Repair its upstream; then run `harvester run` and `harvester audit --repair`."
            yield fail("sources", message, remedy)
    if sources and not never:
        yield ok("sources", f"{count_of(len(sources), 'source has', 'sources have')} been complete at least once.")


def check_proposals(now: Status) -> Iterator[DoctorFinding]:
    """Whether reviewers merge what is proposed to them; nothing if papers are not proposed on branches."""
    if (found := now.proposals) is None:
        return
    pushed = f" The last branch was pushed at {rfc3339(found.pushed)}." if found.pushed else ""
    if found.oldest is None:
        yield ok("proposals", f"No paper waits on a proposal branch.{pushed}")
        return
    since = rfc3339(found.oldest)[:10]
    branches = count_of(found.branches, "proposal branch", "proposal branches")
    message = f"{_wait(found.papers)} on {branches}, the oldest since {since}.{pushed}"
    if now.now - found.oldest > UNREAD:
        remedy = "Merge or delete these branches: `harvester catalog proposals` lists them."
        yield warn("proposals", message, remedy)
    else:
        yield ok("proposals", message)


def check_schedule(now: Status, chosen: ScheduleSettings) -> Iterator[DoctorFinding]:
    """Whether each job was performed when it was last due."""
    late = []
    for name in JOBS:
        cron, job_run = chosen.expression(name), now.job_runs.get(name)
        due = last_due(cron, chosen.timezone, now.now) if cron else None
        missed = wanted(job_run, due, now.now)
        repeated = job_run is not None and job_run.failure != "" and missed == job_run.due
        if missed and not repeated and now.now - missed > PATIENCE:
            late.append(f"{name} (due {rfc3339(missed)})")
        elif job_run and job_run.failure:
            again = retry_at(job_run)
            when = f"at {rfc3339(again)}" if again else "when it is next due"
            remedy = f"It runs again {when}; `harvester schedule --once` performs overdue jobs."
            yield warn("schedule", f"{name}, due {rfc3339(job_run.due)}, failed: {job_run.failure}", remedy)
    if late:
        yield fail("schedule", f"Overdue: {', '.join(late)}.", SCHEDULE)
    elif not now.job_runs:
        yield warn("schedule", "No job has ever been scheduled.", SCHEDULE)
    else:
        yield ok("schedule", "No scheduled job is late.")


def _wait(papers: int) -> str:
    return count_of(papers, "paper waits", "papers wait")


def check_queue(now: Status, limit: int) -> DoctorFinding:
    """Whether the reviewers keep up."""
    some = f", {now.figures.backlog} of them from a backfill" if now.figures.backlog else ""
    message = f"{_wait(now.figures.pending)} for a decision{some}."
    if now.figures.nightly >= limit:
        return warn("queue", message, "Review with `harvester queue` or the review pages, or find more reviewers.")
    return ok("queue", message)
