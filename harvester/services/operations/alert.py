"""Tell the maintainers what they must hear of: by mail and to a webhook.

A source or a later step of a run that failed, a source that stalled twice, a queue that outgrows its reviewers,
subscribers who were lost to bounces, a scheduled job that failed.
"""

from collections.abc import Sequence
from email.message import EmailMessage

from harvester.base.errors import HarvesterError, MailError
from harvester.domain.run_report import AlertCounts, RunReport
from harvester.domain.statistics import Figures
from harvester.mail.message import POLICY
from harvester.mail.smtp import mail_server
from harvester.services.workspace import Workspace
from harvester.sources.http import Transport

LOST = ("bounced", "complained")  # states of subscribers whom mail no longer reaches


def alert_counts(now: Figures) -> AlertCounts:
    """What a run's report keeps of the store's figures, for the next run to compare with.

    What a backfill brought at once counts for nothing: the queue is not growing by it.
    """
    return AlertCounts(now.nightly, sum(now.subscribers.get(state, 0) for state in LOST))


def alerts(report: RunReport, earlier: Sequence[RunReport], queue: int) -> list[str]:
    """What of a run's report people must hear of; `earlier` are the reports of the runs before it, newest first.

    One stalled night is often arXiv's own delay, so only the second one in a row is told: a run that did not ask the
    source is no night of it. The queue is told of once for every `queue` papers it has grown by.
    """
    told = []
    for source in report.sources:
        again = source.state == "stalled" and _last_state(source.name, earlier) == "stalled"
        if source.state == "failed" or again:
            told.append(f"{source.name} {'stalled again' if again else 'failed'}: {source.error}")
    before = next((counted for one in earlier if (counted := one.alert_counts)), AlertCounts())
    return [*told, *report.errors, *_growth(report.alert_counts or AlertCounts(), before, queue)]


def _growth(now: AlertCounts, before: AlertCounts, queue: int) -> list[str]:
    told = []
    lost = now.lost - before.lost
    if now.pending // queue > before.pending // queue:
        told.append(f"The queue grows: {now.pending} papers wait for a decision.")
    if lost > 0:
        told.append(f"Mail to {lost} more subscribers came back or was called spam; they get no more.")
    return told


def _last_state(name: str, earlier: Sequence[RunReport]) -> str | None:
    return next((source.state for report in earlier for source in report.sources if source.name == name), None)


def tell(ws: Workspace, name: str, lines: Sequence[str]) -> None:
    """Send these lines to everybody whom ``[alert]`` names; `name` is the run's, or that of another job.

    Raises:
        HarvesterError: somebody could not be told; the others were.
    """
    remedy = (
        "Nothing is lost: the next run asks again from where this one came to, and does what it left. "
        "`harvester runs` shows the report, `harvester doctor` what to look at."
    )
    subject = f"Harvester: {len(lines)} problem{'s' if len(lines) > 1 else ''}"
    problems = mail(ws, subject, "\n".join([f"Run {name}:", "", *lines, "", remedy, ""]))
    try:
        _post(ws, name, lines)
    except HarvesterError as error:
        problems.append(str(error))
    if problems:
        raise HarvesterError(f"The alert could not be given: {' '.join(problems)}")


def mail(ws: Workspace, subject: str, text: str) -> list[str]:
    """Mail all maintainers; what went wrong, for whom. A server that cannot be asked at all is one problem."""
    problems: list[str] = []
    with mail_server(ws.settings) as server:
        for to in ws.settings.alert.mail:
            try:
                outcome = server.send(to, _message(ws, to, subject, text))
            except MailError as error:
                return [*problems, str(error)]
            if outcome.state != "sent":
                problems.append(f"The mail server did not take the mail to {to}: {outcome.reason.rstrip('.')}.")
    return problems


def _message(ws: Workspace, to: str, subject: str, text: str) -> bytes:
    message = EmailMessage(policy=POLICY)
    message["From"], message["To"] = ws.settings.digest.sender, to
    message["Subject"] = subject
    message["Date"], message["Auto-Submitted"] = ws.clock(), "auto-generated"
    message.set_content(text)
    return message.as_bytes()


def _post(ws: Workspace, name: str, lines: Sequence[str]) -> None:
    """``{"text", "run", "problems"}``: `text` is what Slack's and Mattermost's incoming webhooks show."""
    webhook = ws.settings.alert.webhook
    if webhook is None:
        return
    document = {"text": "\n".join(lines), "run": name, "problems": list(lines)}
    Transport(ws.settings.harvest).post_json(webhook.get_secret_value(), document)
