"""The morning mail: sent through a real mail server if papers are waiting or a run failed, and only then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from harvester.base.errors import MailError
from harvester.domain.job_runs import JobRun
from harvester.domain.run_report import RunReport, SourceReport
from harvester.services.operations import morning_mail
from harvester.services.operations.doctor import history
from harvester.services.operations.status import status
from harvester.services.workspace import Workspace
from harvester.store import queue
from harvester.store.engine import write
from harvester.store.job_runs import set_job_run
from harvester.store.runs import begin_run, end_run
from harvester.web.health import _of_jobs
from tests.room import Room, Sink, text_of

REPORT = RunReport("", "ok", seconds=1.0)


@pytest.fixture
def ws(room: Room) -> Iterator[Workspace]:
    alert = room.ws.settings.alert.model_copy(update={"mail": ("ann@example.org", "bob@example.org")})
    return replace(room.ws, settings=room.ws.settings.model_copy(update={"alert": alert}))


def night(room: Room, report: RunReport = REPORT) -> None:
    with write(room.ws.store) as db:
        name = begin_run(db, room.now)
        end_run(db, replace(report, run=name))


def wait(room: Room, *titles: str) -> None:
    numbers = [room.paper(title) for title in titles]
    with write(room.ws.store) as db:
        queue.enqueue(db, [(number, 0.9 - n / 100) for n, number in enumerate(numbers)], room.now)


def test_no_mail_where_nothing_waits_and_nothing_failed(room: Room, ws: Workspace, smtp: Sink) -> None:
    night(room)
    assert morning_mail.send(ws) is False
    wait(room, "Hearts")
    assert morning_mail.send(room.ws) is False, "nobody is named in [alert]"
    assert smtp.messages == []


def test_what_waits_best_first_and_no_more_than_ten(room: Room, ws: Workspace, smtp: Sink) -> None:
    night(room)
    wait(room, "Hearts\r\nBcc: all@example.org", *(f"Vessels {n}" for n in range(11)))
    assert morning_mail.send(ws)
    assert [message["To"] for message in smtp.messages] == ["ann@example.org", "bob@example.org"]
    mail, text = smtp.messages[0], text_of(smtp.messages[0])
    assert mail["Subject"] == "Harvester: 12 wait, all is well"
    assert mail["Bcc"] is None
    assert "12 papers wait for a decision, best first: https://digest.example.org/review" in text
    assert text.index("0.90  Hearts Bcc: all@example.org") < text.index("0.89  Vessels 0")
    assert "and 2 more" in text
    assert "Vessels 9" not in text


def test_what_failed(room: Room, ws: Workspace, smtp: Sink) -> None:
    arxiv = SourceReport("arxiv", "failed", error="It fell silent.")
    night(room, replace(REPORT, state="partial", sources=(arxiv,), errors=("There is no model.",)))
    with write(ws.store) as db:
        begin_run(db, room.now + timedelta(seconds=1))
        set_job_run(db, JobRun("backup", room.now, 1, room.now, room.now, "The disk is full."))
        set_job_run(db, JobRun("audit", room.now, 3, room.now, None))
        set_job_run(db, JobRun("digest", room.now, 1, room.now, room.now))
    assert morning_mail.send(ws)
    assert smtp.messages[0]["Subject"] == "Harvester: 0 wait, 5 problems"
    text = text_of(smtp.messages[0])
    for told in ("arxiv: It fell silent.", "There is no model.", "no report", "The disk is full.", "started 3 times"):
        assert told in text
    assert "digest, due" not in text


def test_what_was_turned_off_is_not_told(room: Room, ws: Workspace, smtp: Sink) -> None:
    """Failures of a source or job that nobody asks for any more were told every morning, for ever."""
    sources = (SourceReport("old-journal", "failed", error="It is gone."), SourceReport("arxiv", "fresh"))
    night(room, replace(REPORT, state="partial", sources=sources))
    with write(room.ws.store) as db:
        set_job_run(db, JobRun("audit", room.now, 3, room.now, room.now, "OAI is gone."))
        set_job_run(db, JobRun("digest", room.now, 1, room.now, None))
    off = ws.settings.schedule.model_copy(update={"audit": "", "digest": ""})
    ws = replace(ws, settings=ws.settings.model_copy(update={"schedule": off}))
    assert morning_mail.failures(status(ws)) == []
    assert morning_mail.send(ws) is False
    told = [*history.check_runs(status(ws)), *history.check_schedule(status(ws), off)]
    assert {finding.state for finding in told if finding.message.startswith(("The last run", "audit"))} == {"ok"}
    assert "harvester_job_failed" not in str([sample for sample in _of_jobs(status(ws)) if sample.samples])


def test_whoever_can_be_mailed_is(room: Room, ws: Workspace, smtp: Sink) -> None:
    wait(room, "Hearts")
    smtp.rcpt_replies["ann@example.org"] = "550 no such user"
    with pytest.raises(MailError, match=r"ann@example\.org"):
        morning_mail.send(ws)
    assert [message["To"] for message in smtp.messages] == ["bob@example.org"]
