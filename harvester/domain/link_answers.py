"""What became of a link: where it led, and what that means for the list. Pure.

Only certain things are called dead: the page or its host is gone. A server that turns programs away says nothing about
the page, so such a link is *unclear*, which is no fault of the list.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from harvester.base.clock import parse_moment, rfc3339
from harvester.base.errors import UsageError
from harvester.base.escape import is_web_url
from harvester.domain.links import host, is_error_page, is_home, is_login, is_of_one_visit, is_resolver, page, same_site

State = Literal["alive", "moved", "dead", "unclear"]
STATES: tuple[State, ...] = ("alive", "moved", "dead", "unclear")
PERMANENT = (301, 308)
GONE = (404, 410)
MAX_REDIRECTS = 10  # browsers allow 20, but no page of a paper needs more than half of them
HOSTS_BEHIND_A_NETWORK = 3  # so many have to be out of reach before the network is to blame
DAY = timedelta(days=1)


class Failure(StrEnum):
    """Why there was no answer, as the end of a sentence."""

    NO_NAME = "its name cannot be resolved"
    REFUSED = "the connection was refused"
    STALLED = "it stopped sending data"
    TIMED_OUT = "the connection timed out"
    NO_ROUTE = "no network leads to it"
    RESET = "the connection was reset"
    CUT_OFF = "the connection closed before the whole body arrived"
    HUNG_UP = "it closed the connection without an answer"
    UNTRUSTED = "its certificate or TLS cannot be trusted"
    NOT_HTTP = "what it sends is not HTTP"
    INVALID = "its address is not valid"


class Astray(StrEnum):
    """Why a link was not followed to its end, as the rest of a sentence."""

    CIRCLES = "redirects in circles"
    TOO_MANY = f"redirects more than {MAX_REDIRECTS} times"
    NO_PAGE = "redirects to what is not a web page"
    NOWHERE = "redirects to an invalid address"
    INSIDE = "redirects into a private network"
    PRIVATE = "is on a private network, which [catalog] allow_private excludes"
    LATER = "was not asked: its host wants a pause"
    SILENT = "was not asked: its host left other links without an answer"


UNREACHED = (Failure.NO_NAME, Failure.TIMED_OUT, Failure.NO_ROUTE)
OF_HOST = (*UNREACHED, Failure.REFUSED, Failure.UNTRUSTED, Astray.PRIVATE)  # what is true of every link to a host
UNASKED = (Astray.LATER, Astray.SILENT)
_UNCLEAR = (Failure.UNTRUSTED, Failure.NOT_HTTP, Astray.PRIVATE, *UNASKED)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, without its body: a status, or why there is none. `retry_after` is in seconds."""

    status: int = 0
    location: str = ""
    retry_after: float | None = None
    problem: str = ""

    @property
    def throttled(self) -> bool:
        """Whether the host asks for a pause (RFC 6585, section 4; RFC 9110, section 15.6.4)."""
        return self.status == 429 or (self.status == 503 and self.retry_after is not None)


@dataclass(frozen=True, slots=True)
class Trace:
    """The redirects that were followed, as address and status, the address at their end, and what that replied."""

    redirects: tuple[tuple[str, int], ...]
    end: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What is known of an address.

    `why` continues a sentence that begins with the address; `moved_to` is the permanent new address of a moved one;
    `status` is 0 if nothing answered; `end` is the address that gave the last answer; `retry_after` is for how many
    seconds, a day at most, it wants to be left alone.
    """

    state: State
    asked: datetime
    end: str
    status: int = 0
    why: str = ""
    moved_to: str = ""
    problem: str = ""
    retry_after: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Every field, as it is remembered."""
        return {**asdict(self), "asked": rfc3339(self.asked)}


def answer_from(record: object) -> LinkAnswer | None:
    """A remembered answer; None if the record is not one, since a damaged memory must cost only a question."""
    if not isinstance(record, dict) or record.get("state") not in STATES:
        return None
    try:
        texts = {key: str(record[key]) for key in ("end", "why", "moved_to", "problem")}
        asked, wait = parse_moment(str(record["asked"]), "asked"), float(record["retry_after"])
        found = LinkAnswer(record["state"], asked, status=int(record["status"]), retry_after=wait, **texts)
    except (KeyError, TypeError, ValueError, OverflowError, UsageError):
        return None
    sound = 0 <= wait <= DAY.total_seconds() and (found.state == "moved") == is_web_url(found.moved_to)
    return found if sound else None


def judge(trace: Trace, asked: datetime) -> LinkAnswer:
    """What a trace means."""
    link, reply = trace.redirects[0][0] if trace.redirects else trace.end, trace.reply
    state, why = _verdict(link, trace)
    moved = moved_to(trace) if state == "alive" else ""
    if moved:
        state, why = "moved", f"moved permanently to {moved}"
    wait = min(reply.retry_after or 0.0, DAY.total_seconds()) if reply.throttled else 0.0
    return LinkAnswer(state, asked, trace.end, reply.status, why, moved, reply.problem, wait)


def _verdict(link: str, trace: Trace) -> tuple[State, str]:
    reply, end = trace.reply, trace.end
    lead = f"leads to {end}, which " if page(end) != page(link) else ""
    if reply.problem:
        state: State = "unclear" if reply.problem in _UNCLEAR else "dead"
        apart = reply.problem in list(Astray)
        return state, f"{lead}{'' if apart else 'does not answer: '}{reply.problem}"
    if reply.status in GONE or (500 <= reply.status < 600 and not reply.throttled):
        return "dead", f"{lead}answers HTTP {reply.status}"
    if not 200 <= reply.status < 300 and reply.status != 300:
        return "unclear", f"{lead}answers HTTP {reply.status}, which does not tell whether the page exists"
    if lead and (what := _stand_in(link, end)):
        return "unclear", f"leads to {what}, {end}, so the page itself may be gone"
    return "alive", ""


def _stand_in(link: str, end: str) -> str:
    """What a redirect leads to if that is no page of the link's own."""
    for what, holds in (("a login page", is_login), ("an error page", is_error_page), ("a home page", is_home)):
        if holds(end) and not holds(link):
            return what
    if not same_site(link, end) and (is_home(end) or not urlsplit(end).path.strip("/")):
        return "another site's home page"  # with a query as well: parking pages are told where people came from
    sent_back = not is_resolver(link) and host(link) in unquote(urlsplit(end).query).lower()
    return "a page that asks something first" if sent_back else ""


def moved_to(trace: Trace) -> str:
    """The address that a living link has moved to permanently; "" if it has not.

    The redirects are followed as far as they are permanent. A persistent identifier keeps its address wherever it
    leads, and nobody is sent from https to http, to a login, to a front page, or to the address of one visit.
    """
    addresses = [*(address for address, _ in trace.redirects), trace.end]
    new = link = addresses[0]
    for (address, status), target in zip(trace.redirects, addresses[1:], strict=True):
        if status not in PERMANENT or (is_resolver(address) and not is_resolver(target)):
            break
        new = target
    unsafe = link.startswith("https:") and new.startswith("http:")
    strange = is_of_one_visit(new) or _stand_in(link, new)
    return "" if page(new) == page(link) or unsafe or strange else new


def is_fresh(answer: LinkAnswer, now: datetime, alive_for: timedelta) -> bool:
    """Whether an answer still counts. What may pass by itself, such as a server error, is asked about every time."""
    lasting = timedelta(0)
    if answer.state == "alive":
        lasting = alive_for
    elif answer.retry_after:  # before that nobody is to ask
        lasting = timedelta(seconds=answer.retry_after)
    elif answer.status and not 500 <= answer.status < 600:
        lasting = min(DAY, alive_for)
    return timedelta(0) <= now - answer.asked < lasting


def unreached(answers: Mapping[str, LinkAnswer]) -> int:
    """How many hosts were out of reach, if that was all of them, and so many that the network must be to blame; else 0.

    Args:
        answers: what was asked for just now, by address.
    """
    hosts = {host(address) for address in answers}
    silent = all(not answer.status and answer.problem in UNREACHED for answer in answers.values())
    return len(hosts) if silent and len(hosts) >= HOSTS_BEHIND_A_NETWORK else 0
