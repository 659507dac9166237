"""Alert the maintainers, by mail and through a webhook.

An alert reports a source or a later step of a run that failed, a source that stalled twice, a paper of the catalog that
was retracted, corrected or withdrawn, a queue that outgrows its reviewers, subscribers lost to bounces, or a scheduled
job that failed.
"""

from collections.abc import Sequence
from email.message import EmailMessage

from harvester.base.counts import count_of
from harvester.base.errors import HarvesterError, MailError
from harvester.domain.run_report import AlertCounts, RunReport
from harvester.domain.statistics import Figures
from harvester.mail.message import POLICY
from harvester.mail.smtp import mail_server
from harvester.services.workspace import Workspace
from harvester.sources.http import Transport

LOST = ("bounced", "complained")  # states of subscribers whom no mail reaches any more


def alert_counts(now: Figures) -> AlertCounts:
    """The store's figures that a run's report keeps for the next run to compare with.

    Papers that a backfill brought do not count: they came all at once, so the queue is not growing by them.
    """
    return AlertCounts(now.nightly, sum(now.subscribers.get(state, 0) for state in LOST))


def alerts(report: RunReport, earlier: Sequence[RunReport], queue: int) -> list[str]:
    """The problems in a run's report that people must know about; `earlier` are the previous reports, newest first.

    One stalled night is often arXiv's own delay, so only the second one in a row is reported; a run that did not query
    the source does not count. The queue is reported once for every `queue` papers that it grows by.
    """
    problems = []
    for source in report.sources:
        again = source.state == "stalled" and _last_state(source.name, earlier) == "stalled"
        if source.state == "failed" or again:
            problems.append(f"{source.name} {'stalled again' if again else 'failed'}: {source.error}")
    before = next((counted for past in earlier if (counted := past.alert_counts)), AlertCounts())
    changed = [f"In the catalog: {warning}." for warning in report.warnings]
    return [*problems, *report.errors, *changed, *_growth(report.alert_counts or AlertCounts(), before, queue)]


def _growth(now: AlertCounts, before: AlertCounts, queue: int) -> list[str]:
    problems = []
    lost = now.lost - before.lost
    if now.pending // queue > before.pending // queue:
        problems.append(f"The queue is growing: {count_of(now.pending, 'paper waits', 'papers wait')} for a decision.")
    if lost > 0:
        problems.append(
            f"Mail to {count_of(lost, 'more subscriber')} bounced or was reported as spam; no more is sent there."
        )
    return problems


def _last_state(name: str, earlier: Sequence[RunReport]) -> str | None:
    return next((source.state for report in earlier for source in report.sources if source.name == name), None)


def tell(ws: Workspace, name: str, lines: Sequence[str], afterwards: str = "") -> None:
    """Send these lines to all recipients in ``[alert]``.

    Args:
        name: of the run or of another job.
        afterwards: when it is tried again.

    Raises:
        HarvesterError: a recipient could not be reached; the others were.
    """
    remedy = (
        "Nothing is lost: the next run resumes where this one stopped and does what it left undone. "
        "`harvester runs` shows the report; `harvester doctor` shows what to check."
    )
    subject = f"Harvester: {count_of(len(lines), 'problem')}"
    problems = mail(
        ws, subject, "\n".join([f"Run {name}:", "", *lines, "", *([afterwards] if afterwards else []), remedy, ""])
    )
    try:
        _post(ws, name, [*lines, afterwards] if afterwards else lines)
    except HarvesterError as error:
        problems.append(str(error))
    if problems:
        raise HarvesterError(f"The alert could not be sent: {' '.join(problems)}")


def mail(ws: Workspace, subject: str, text: str) -> list[str]:
    """Mail all maintainers; returns one problem per failed recipient, or one if the server cannot be used at all."""
    problems: list[str] = []
    with mail_server(ws.settings) as server:
        for to in ws.settings.alert.mail:
            try:
                outcome = server.send(to, _message(ws, to, subject, text))
            except MailError as error:
                return [*problems, str(error)]
            if outcome.state != "sent":
                problems.append(f"The mail server did not accept the mail to {to}: {outcome.reason.rstrip('.')}.")
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
