"""The morning mail to maintainers: what waits for them, and what failed. No mail if there is neither."""

from collections.abc import Sequence

from harvester.base.clock import rfc3339
from harvester.base.counts import count_of
from harvester.base.errors import MailError
from harvester.base.escape import one_line
from harvester.domain.candidates import QueueFilter
from harvester.services.operations.alert import mail
from harvester.services.operations.status import Status, status
from harvester.services.review.queries import queue_page
from harvester.services.workspace import Workspace

SHOWN = 10  # papers listed; the others are counted


def send(ws: Workspace) -> bool:
    """Mail it to all addresses in ``[alert] mail``; False if there is nothing to report or no address.

    Raises:
        MailError: some mails could not be sent; the others were.
        StoreError: the store fails.
    """
    now = status(ws)
    failed = failures(now)
    changed = now.last.warnings if now.last else []
    if not ws.settings.alert.mail or not (failed or changed or now.figures.pending):
        return False
    rows = queue_page(ws, QueueFilter(), SHOWN).rows
    waiting = [f"{_shown(row.usefulness)}  {one_line(row.title)}" for row in rows]
    text = letter(now, failed, changed, waiting, f"{ws.settings.digest.base_url}/review")
    if problems := mail(ws, subject(now, failed), text):
        raise MailError(" ".join(problems))
    return True


def _shown(usefulness: float | None) -> str:
    return "   -" if usefulness is None else f"{usefulness:.2f}"


def failures(now: Status) -> list[str]:
    """What failed since the maintainers last got mail: in the last run, and in other scheduled jobs."""
    problems = now.problems
    if now.cut_off:
        problems.append("The newest run has no report: it was cut off, or is still running.")
    for name, job_run in now.job_runs.items():
        if job_run.failure and name not in ("run", "morning"):
            problems.append(f"{name}, due {rfc3339(job_run.due)}: {job_run.failure}")
        elif job_run.ended is None and name != "morning":
            problems.append(
                f"{name}, due {rfc3339(job_run.due)}, was started {count_of(job_run.attempts, 'time')} and has not "
                "ended."
            )
    return problems


def subject(now: Status, failed: Sequence[str]) -> str:
    """``Harvester: 17 wait, 1 problem``."""
    problems = count_of(len(failed), "problem") if failed else "all is well"
    return f"Harvester: {now.figures.pending} wait, {problems}"


def letter(now: Status, failed: Sequence[str], changed: Sequence[str], waiting: Sequence[str], review: str) -> str:
    """The text; `changed` is what happened to papers of the catalog, `waiting` the first lines of the queue."""
    lines = []
    if failed:
        lines += ["What failed:", "", *(f"  - {line}" for line in failed), ""]
        lines += ["`harvester doctor` says what to do.", ""]
    if changed:
        lines += ["In the catalog:", "", *(f"  - {line}" for line in changed), ""]
    if waiting:
        more = now.figures.pending - len(waiting)
        lines += [
            f"{count_of(now.figures.pending, 'paper waits', 'papers wait')} for a decision, best first: {review}",
            "",
        ]
        lines += [f"  {line}" for line in waiting] + ([f"  and {more} more"] if more > 0 else []) + [""]
    if now.proposals and now.proposals.branches:
        branches = count_of(now.proposals.branches, "branch", "branches")
        lines += [f"{now.proposals.papers} of them proposed on {branches}.", ""]
    if now.last:
        lines += [f"The last run began {rfc3339(now.last.began)} and ended {now.last.state}.", ""]
    return "\n".join(lines)
