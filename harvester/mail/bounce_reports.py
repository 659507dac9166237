"""What comes back: delivery reports (RFC 3464), complaints (RFC 5965), requests to leave by mail (RFC 2369). Pure.

A report concerns the address it names or, better, the mail it returns: that mail's unsubscribe token and
Message-ID are known to nobody but its recipient.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from harvester.base.clock import as_utc
from harvester.domain.text import clean

SOFT_DAYS, SOFT_SPAN = 3, timedelta(days=30)  # this many days with a soft bounce, within this span, are enough
LONGEST_DIAGNOSTIC = 300
_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY = re.compile(r"\b([45])\d\d\b")
_POLICY = re.compile(
    r"spam|polic|black.?list|block.?list|blocked|reputation|dmarc|\bspf\b|dkim|rate.?limit|content", re.I
)
_NOBODY = re.compile(
    r"unknown|no such|does ?n.t exist|does not exist|not found|invalid|disabled|inactive|unrouteable", re.I
)
_TOKEN = re.compile(r"/unsubscribe/([\w.-]+)>")
_BY_MAIL = re.compile(r"\s*unsubscribe\s+([\w.-]+)\s*\Z", re.I)
_SENDER_AT_FAULT = ("5.1.7", "5.1.8")  # the sender's address, not the recipient's
_COMPLAINTS = {"opt-out": "opt-out", "opt-out-list": "opt-out", "not-spam": ""}


@dataclass(frozen=True, slots=True)
class BounceReport:
    """One returned mail: `kind` is hard, soft, policy, complaint, opt-out, or "" if nothing follows from it."""

    kind: str
    addresses: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    message_id: str = ""
    token: str = ""


def read_reports(raw: bytes) -> list[BounceReport]:
    """The reports in one mail; none if it is not a report (a reply, an out-of-office note)."""
    mail = message_from_bytes(raw)
    parts = list(mail.walk())
    found = [report for part in parts for report in _reports_in(part)]
    if not found:
        return []
    message_id, token, recipients = _returned(parts)
    return [
        replace(report, message_id=message_id, token=token, addresses=report.addresses or recipients)
        for report in found
    ]


def leaving_by_mail(raw: bytes) -> str:
    """The token in a mail whose subject is ``unsubscribe TOKEN``; "" in any other."""
    asked = _BY_MAIL.match(_header(message_from_bytes(raw), "Subject"))
    return asked[1] if asked else ""


def sent_at(raw: bytes, now: datetime) -> datetime:
    """When a mail says it was sent; now if it does not say or gives a time in the future."""
    try:
        return min(as_utc(parsedate_to_datetime(_header(message_from_bytes(raw), "Date"))), now)
    except (ValueError, OverflowError):  # no date, or an impossible one
        return now


def judge(action: str, status: str, diagnostic: str) -> str:
    """hard, soft, policy or "": what one recipient's report says about the address.

    Only a failure counts. Refusals because of content or sender (x.7.x, content) say nothing about the address
    (mailman #624), and anything ambiguous is soft.
    """
    if action in ("delayed", "delivered", "relayed", "expanded"):
        return ""
    code = _code(status, diagnostic)
    subject = code.rpartition(".")[0].partition(".")[2]
    if subject == "7" or subject == "6" or code in (*_SENDER_AT_FAULT, "5.2.3", "5.3.4"):
        return "policy"
    if not code.startswith("5"):
        return "soft"
    if subject == "1" or code == "5.2.1":
        return "hard"
    if subject == "0":
        return _by_words(diagnostic)
    return "soft"


def worn_out(soft: Iterable[datetime], now: datetime) -> bool:
    """Whether soft bounces came on so many recent days that we give up the address; a day counts once."""
    days: set[date] = {report.astimezone(UTC).date() for report in soft if now - report <= SOFT_SPAN}
    return len(days) >= SOFT_DAYS


def _reports_in(part: Message) -> Iterator[BounceReport]:
    kind = part.get_content_type()
    if kind in ("message/delivery-status", "message/global-delivery-status"):
        for fields in _blocks(part):
            if "Final-Recipient" in fields or "Original-Recipient" in fields:
                yield _delivery_report(fields)
    elif kind == "message/feedback-report":
        fields = next(iter(_blocks(part)), Message())
        named = tuple(
            address for _, address in getaddresses(map(str, fields.get_all("Original-Rcpt-To", []))) if address
        )
        feedback = _header(fields, "Feedback-Type").lower()
        yield BounceReport(_COMPLAINTS.get(feedback, "complaint"), named, diagnostic=feedback)


def _delivery_report(fields: Message) -> BounceReport:
    action, status = _header(fields, "Action").lower(), _header(fields, "Status")
    diagnostic = _header(fields, "Diagnostic-Code")
    named = (
        _header(fields, name).rpartition(";")[2].strip(" <>") for name in ("Original-Recipient", "Final-Recipient")
    )
    return BounceReport(
        judge(action, status, diagnostic),
        tuple(filter(None, named)),
        _code(status, diagnostic),
        diagnostic[:LONGEST_DIAGNOSTIC],
    )


def _code(status: str, diagnostic: str) -> str:
    """The enhanced code (RFC 3463); if the status gives only its class, the code in the server's own text."""
    given, quoted = _CODE.search(status), _CODE.search(diagnostic)
    if given and (given[2] != "0" or not quoted):
        return given[0]
    if quoted:
        return quoted[0]
    reply = _REPLY.search(diagnostic)
    return f"{reply[1]}.0.0" if reply else ""


def _by_words(diagnostic: str) -> str:
    if _POLICY.search(diagnostic):
        return "policy"
    return "hard" if _NOBODY.search(diagnostic) else "soft"


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a report, which are separated by blank lines."""
    text = part.as_string().replace("\r\n", "\n").partition("\n\n")[2]
    return (message_from_string(block) for block in re.split(r"\n{2,}", text) if block.strip())


def _returned(parts: Iterable[Message]) -> tuple[str, str, tuple[str, ...]]:
    """Message-ID, unsubscribe token and recipients of the returned mail, or of its headers."""
    for part in parts:
        kind, payload = part.get_content_type(), part.get_payload()
        if kind in ("message/rfc822", "message/global") and isinstance(payload, list) and payload:
            mail = payload[0] if isinstance(payload[0], Message) else Message()
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            mail = message_from_string(part.as_string().replace("\r\n", "\n").partition("\n\n")[2])
        else:
            continue
        token = _TOKEN.search(_header(mail, "List-Unsubscribe"))
        to = tuple(address for _, address in getaddresses([_header(mail, "To")]) if address)
        return _header(mail, "Message-ID"), token[1] if token else "", to
    return "", "", ()


def _header(mail: Message, name: str) -> str:
    return clean(str(mail.get(name, "")))
