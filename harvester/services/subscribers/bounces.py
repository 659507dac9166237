"""Read bounces and complaints and stop mailing the subscribers concerned; the evidence is kept."""

import hashlib
import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.clock import utc_date
from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.address import parse_address
from harvester.domain.subscribers import Bounce, Subscriber
from harvester.mail.bounce_reports import BounceReport, judge, leaving_by_mail, read_reports, sent_at, worn_out
from harvester.mail.link_tokens import BadToken, Tokens, open_tokens
from harvester.services.workspace import Workspace
from harvester.store.bounces import bounces_of, keep_bounce
from harvester.store.engine import write
from harvester.store.ledger import recipient_of
from harvester.store.subscribers import end, set_state, subscriber, subscriber_numbered, suppress

LONGEST_EVIDENCE = 20_000  # characters kept of a report
LONGEST_MAIL = 5_000_000  # bytes read of a mail
_HEADER = re.compile(rb"\s*[!-9;-~]+[ \t]*:")  # https://www.rfc-editor.org/rfc/rfc5322#section-2.2
_MAIL = "give an mbox, a Maildir or a file with one mail"


@dataclass(slots=True)
class Tally:
    """What a mailbox contained; `disabled` lists the subscribers who get no more mail because of it."""

    hard: int = 0
    soft: int = 0
    complaints: int = 0
    unsubscribed: int = 0
    ignored: int = 0
    disabled: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """What ``bounces`` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_mailbox(ws: Workspace, path: Path) -> Tally:
    """Read every mail of an mbox, a Maildir or a file with one mail; reading it again changes nothing.

    Raises:
        HarvesterError: it cannot be read.
    """
    tally, tokens = Tally(), open_tokens(ws.settings)
    for raw in _mails(path):
        with write(ws.store) as db:
            _read(ws, db, tokens, raw, tally)
    return tally


def note_refusal(ws: Workspace, person: Subscriber, reason: str) -> None:
    """Count a mail server's refusal of a digest as a soft bounce of that day: a dead address must not fail forever."""
    if judge("failed", "", reason) == "policy":
        return
    now = ws.clock()
    name = hashlib.sha256(f"refused {person.id} {utc_date(now)}".encode()).hexdigest()
    with write(ws.store) as db:
        keep_bounce(db, Bounce(person.id, "soft", now, "", reason, name, reason))
        _act(ws, db, person, "soft")


def _read(ws: Workspace, db: Connection, tokens: Tokens, raw: bytes, tally: Tally) -> None:
    try:
        reports, leaving = read_reports(raw), leaving_by_mail(raw)
    except (ValueError, LookupError, RecursionError):  # a mail so broken that Python's parser gives up says nothing
        reports, leaving = [], ""
    if not reports and leaving and _leave(db, tokens, leaving, ws.clock()):
        tally.unsubscribed += 1
        return
    if not reports:
        tally.ignored += 1
    for report in reports:
        _take(ws, db, tokens, raw, report, tally)


def _take(ws: Workspace, db: Connection, tokens: Tokens, raw: bytes, report: BounceReport, tally: Tally) -> None:
    person = _about(db, tokens, report) if report.kind not in ("", "policy") else None
    if person is None or not keep_bounce(db, _evidence(ws, person, raw, report)):
        tally.ignored += 1
        return
    tally.hard += report.kind == "hard"
    tally.soft += report.kind == "soft"
    tally.complaints += report.kind == "complaint"
    tally.unsubscribed += report.kind == "opt-out"
    if person.state in ("active", "pending") and _act(ws, db, person, report.kind):
        tally.disabled.append(person.email)


def _act(ws: Workspace, db: Connection, person: Subscriber, kind: str) -> bool:
    """Act on the newest report about a subscriber; returns whether they get no more mail because of it."""
    since = [
        bounce for bounce in bounces_of(db, person.id) if person.confirmed is None or bounce.at >= person.confirmed
    ]
    if kind == "complaint":
        set_state(db, person.key, "complained")
        suppress(db, person.key, "complaint", ws.clock())
    elif kind == "opt-out":
        end(db, person.key, ws.clock())
    elif any(bounce.kind == "hard" for bounce in since) or worn_out(
        (bounce.at for bounce in since if bounce.kind == "soft"), ws.clock()
    ):
        set_state(db, person.key, "bounced")
    else:
        return False
    return True


def _about(db: Connection, tokens: Tokens, report: BounceReport) -> Subscriber | None:
    """The subscriber a report is about: by the marks in the returned mail, otherwise by the address it names."""
    if report.token:
        try:
            if found := subscriber(db, tokens.read_unsubscribe(report.token)):
                return found
        except BadToken:  # from another program's mail, or truncated in transit
            pass
    if report.message_id and (number := recipient_of(db, report.message_id)):
        return subscriber_numbered(db, number)
    return next(filter(None, (_at(db, tokens, address) for address in report.addresses)), None)


def _at(db: Connection, tokens: Tokens, address: str) -> Subscriber | None:
    try:
        return subscriber(db, tokens.key(parse_address(address)))
    except UsageError:
        return None  # a report can name anything


def _leave(db: Connection, tokens: Tokens, token: str, now: datetime) -> bool:
    try:
        end(db, tokens.read_unsubscribe(token), now)
    except BadToken:
        return False
    return True


def _evidence(ws: Workspace, person: Subscriber, raw: bytes, report: BounceReport) -> Bounce:
    name = hashlib.sha256(raw + f"\0{person.id}".encode()).hexdigest()
    words = raw[: 4 * LONGEST_EVIDENCE].decode("utf-8", "replace").replace("\0", "")[:LONGEST_EVIDENCE]
    at = sent_at(raw, ws.clock())
    return Bounce(person.id, report.kind, at, report.status, report.diagnostic, name, words)


def _mails(path: Path) -> Iterator[bytes]:
    try:
        if path.is_dir():
            if not (path / "cur").is_dir() or not (path / "new").is_dir():
                raise HarvesterError(f"{path} is not a Maildir: it lacks the folders cur and new.")
            yield from _each(mailbox.Maildir(path, factory=None, create=False))
        elif _is_mbox(path):
            yield from _each(mailbox.mbox(path, create=False))
        else:
            yield _one_mail(path)
    except OSError as error:
        raise HarvesterError(f"{path} cannot be read: {error.strerror or error}.") from None


def _one_mail(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(LONGEST_MAIL)
    if not _HEADER.match(raw):
        raise HarvesterError(f"{path} is not mail: it does not begin with a header", remedy=_MAIL)
    return raw


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) in (b"From ", b"")


def _each(box: mailbox.Maildir | mailbox.mbox) -> Iterator[bytes]:
    for key in box.keys():  # noqa: SIM118 - a mailbox's own iteration parses the mails
        yield box.get_bytes(key)[:LONGEST_MAIL]
    box.close()
