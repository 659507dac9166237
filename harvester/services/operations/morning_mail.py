"""The morning mail to maintainers: what waits for them, and what failed. No mail where there is neither."""

from collections.abc import Sequence

from harvester.base.clock import rfc3339
from harvester.base.errors import MailError
from harvester.base.escape import one_line
from harvester.domain.candidates import QueueFilter
from harvester.services.operations.alert import mail
from harvester.services.operations.status import Status, status
from harvester.services.review.queries import queue_page
from harvester.services.workspace import Workspace

SHOWN = 10  # papers named; the others are counted


def send(ws: Workspace) -> bool:
    """Mail it to all whom ``[alert] mail`` names; False where there is nothing to tell, or nobody.

    Raises:
        MailError: somebody could not be mailed; the others were.
        StoreError: the store fails.
    """
    now = status(ws)
    failed = failures(now)
    if not ws.settings.alert.mail or not (failed or now.figures.pending):
        return False
    rows = queue_page(ws, QueueFilter(), SHOWN).rows
    waiting = [f"{row.candidate.usefulness:.2f}  {one_line(row.title)}" for row in rows]
    text = letter(now, failed, waiting, f"{ws.settings.digest.base_url}/review")
    if problems := mail(ws, subject(now, failed), text):
        raise MailError(" ".join(problems))
    return True


def failures(now: Status) -> list[str]:
    """What failed since the maintainers were mailed last: in the last run, and in other scheduled jobs."""
    told = now.last.problems if now.last else []
    if now.cut_off:
        told.append("The newest run has no report: it was cut off, or is still going on.")
    for name, job_run in now.job_runs.items():
        if job_run.failure and name not in ("run", "morning"):
            told.append(f"{name}, due {rfc3339(job_run.due)}: {job_run.failure}")
        elif job_run.ended is None and name != "morning":
            told.append(f"{name}, due {rfc3339(job_run.due)}, was begun {job_run.attempts} times and has not ended.")
    return told


def subject(now: Status, failed: Sequence[str]) -> str:
    """``Harvester: 17 wait, 1 problem``."""
    problems = f"{len(failed)} problem{'s' if len(failed) > 1 else ''}" if failed else "all is well"
    return f"Harvester: {now.figures.pending} wait, {problems}"


def letter(now: Status, failed: Sequence[str], waiting: Sequence[str], review: str) -> str:
    """The text; `waiting` are the first lines of the queue, best first."""
    lines = []
    if failed:
        lines += ["What failed:", "", *(f"  - {line}" for line in failed), ""]
        lines += ["`harvester doctor` says what to do.", ""]
    if waiting:
        more = now.figures.pending - len(waiting)
        lines += [f"{now.figures.pending} papers wait for a decision, best first: {review}", ""]
        lines += [f"  {line}" for line in waiting] + ([f"  and {more} more"] if more > 0 else []) + [""]
    if now.last:
        lines += [f"The last run began {rfc3339(now.last.began)} and ended {now.last.state}.", ""]
    return "\n".join(lines)
