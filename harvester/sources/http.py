"""The only way to query an upstream service: with timeouts, a size cap, spacing, retries and a User-Agent.

The client libraries lack what is here (neither ``arxiv`` nor ``feedparser`` has a timeout): connect and read timeouts,
a limit on the whole read, a cap on the unpacked body, Retry-After, and redirects to the same host only.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

from pydantic import Field

from harvester import __version__
from harvester.base.clock import as_utc
from harvester.base.errors import GateClosed
from harvester.base.settings_section import SettingsSection
from harvester.domain.link_answers import Astray, Reply
from harvester.domain.run_report import Payload
from harvester.sources.causes import cause
from harvester.sources.errors import BadQuery, Malformed, Throttled, Unavailable, Unreached
from harvester.sources.outage import connect_timeout, note_answer, unreached
from harvester.sources.private_hosts import PrivateHost

if TYPE_CHECKING:
    import requests  # only with `session`, when a Transport is created: every command reads the settings

CHUNK = 65_536
MAX_REDIRECTS = 3
CONDITIONS = {"If-None-Match", "If-Modified-Since"}
THROTTLING = (403, 406, 429)  # arXiv's edge also answers 403 or 406 to a client that asks too often
LONGEST_WAIT = 31_536_000.0  # seconds; one year, in case a Retry-After is absurdly long
PRINTABLE = "/:?#[]@!$&'()*+,;=%"  # what a URL may contain besides letters, digits and "-._~"
Gate = Callable[[], AbstractContextManager[None]]
Params = Mapping[str, str | int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, unpacked answer; its `url` contains no user name or password."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpSettings(SettingsSection):
    """Limits for requests to upstream services: timeouts in seconds, sizes in bytes."""

    contact: str = ""
    timeout: float = Field(default=30.0, gt=0)
    read_limit: float = Field(default=120.0, gt=0)
    max_bytes: int = Field(default=20_000_000, gt=0)
    attempts: int = Field(default=4, ge=1)
    max_wait: float = Field(default=120.0, ge=0)


class Transport:
    """Sends requests to one upstream service.

    Args:
        settings: timeouts, caps and the contact for the User-Agent.
        gate: entered for every request; it waits until the service may be asked again, or raises GateClosed.
        cool_down: called with a number of seconds when the service throttles us, so that other processes wait too.
        allow_private: whether hosts on private networks and the loopback interface may be asked.
    """

    def __init__(
        self,
        settings: HttpSettings,
        gate: Gate = nullcontext,
        cool_down: Callable[[float], None] = lambda _seconds: None,
        *,
        allow_private: bool = True,
    ) -> None:
        from harvester.sources.session import new_session

        self._settings, self._gate, self._cool_down = settings, gate, cool_down
        agent = user_agent(settings.contact)
        self._session = new_session(agent, settings.read_limit, allow_private=allow_private)
        self.requests = 0
        self.payloads: list[Payload] = []
        self.date: datetime | None = None  # the Date of the newest answer

    def get(self, url: str, params: Params, accept: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask until a complete answer has status 200 (or 304 to conditional `headers`), or the attempts are used up.

        Raises:
            Unavailable: there was no such answer.
            BadQuery: the service rejects the request, or its address is not allowed.
            Malformed: the body is larger than the cap.
        """
        return self.ask(url, params, accept, lambda answer: answer, headers)

    def ask(
        self,
        url: str,
        params: Params,
        accept: str,
        read: Callable[[Answer], T],
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """The same, with the answer read by `read`; if that raises Unavailable, the attempt has failed, too.

        Some services report errors of theirs with status 200.

        Raises:
            FetchError: as `get` or `read` does.
        """
        sent = {"Accept": accept, "Accept-Encoding": "gzip", **(headers or {})}
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return read(self._attempt(url, params, sent))
            except Unavailable as error:
                self._back_off(error, attempt, _host(url))
        raise AssertionError("attempts is at least 1")

    def pause(self, seconds: float) -> None:
        """Keep the gate closed for so long, because the service has said how often it may be asked."""
        self._cool_down(seconds)

    def touch(self, method: str, url: str) -> Reply:
        """How the address answers HEAD or GET, asked once: no redirect is followed and no body is read.

        Cookies are kept until `forget`, since publishers redirect to and fro until theirs come back.
        """
        from urllib3.exceptions import HTTPError

        try:
            with (
                self._gate(),
                self._session.request(
                    method, url, timeout=self._settings.timeout, stream=True, allow_redirects=False
                ) as response,
            ):
                headers = response.headers
                return Reply(response.status_code, headers.get("Location", ""), retry_after(headers))
        except PrivateHost:
            return Reply(problem=Astray.PRIVATE)
        except (OSError, HTTPError, ValueError) as error:  # requests' own errors are OSErrors
            return Reply(problem=cause(error))

    def forget(self) -> None:
        """Drop all cookies."""
        self._session.cookies.clear()

    def post_json(self, url: str, document: object) -> None:
        """Post a JSON document, once.

        Raises:
            Unavailable: the address does not accept it; the message omits its path, which may contain a secret.
        """
        try:
            answer = self._session.post(url, json=document, timeout=self._settings.timeout, allow_redirects=False)
        except OSError as error:  # requests' own errors are OSErrors, too
            raise Unavailable(f"The webhook at {_host(url)} cannot be reached: {cause(error)}.") from None
        if answer.status_code >= 300:
            raise Unavailable(f"The webhook at {_host(url)} answers HTTP {answer.status_code}.")

    def _back_off(self, error: Unavailable, attempt: int, host: str) -> None:
        """Wait as long as the service asks; if it does not say, double the wait each time, up to `max_wait`.

        Give up when no attempt is left or the service asks for more than `max_wait`: asking too soon makes it worse.
        """
        wanted = error.retry_after if isinstance(error, Throttled) else None
        seconds = min(self._settings.max_wait, 2.0**attempt) if wanted is None else wanted
        if isinstance(error, Throttled):
            self._cool_down(seconds)
        if unreached(host):
            raise Unreached(str(error)) from error
        if attempt == self._settings.attempts or seconds > self._settings.max_wait:
            raise error
        time.sleep(seconds)

    def _attempt(self, url: str, params: Params, headers: Mapping[str, str]) -> Answer:
        try:
            with self._gate():
                return self._ask(url, params, headers)
        except GateClosed as error:
            raise Throttled(f"{_where(url)} is not asked now: {error}", error.seconds) from None

    def _ask(self, url: str, params: Params, headers: Mapping[str, str]) -> Answer:
        from urllib3.exceptions import HTTPError

        if why := unreached(_host(url)):
            raise Unreached(f"{_where(url)} gave no complete answer: {why}.")
        deadline = time.monotonic() + self._settings.read_limit
        self.requests += 1
        try:
            with self._open(url, params, headers) as response:
                _check_status(response)
                body = self._read(response, deadline)
        except PrivateHost as error:
            where = f"{_where(url)} is on a private network ({error})"
            raise BadQuery(f"{where}; set allow_private = true to allow it.") from None
        except (OSError, HTTPError) as error:  # requests' own errors are OSErrors
            note_answer(_host(url), cause(error))
            raise Unavailable(f"{_where(url)} gave no complete answer: {cause(error)}.") from error
        note_answer(_host(url))
        self.date = _date(response.headers) or self.date
        asked = _where(response.url) + (f"?{urlencode(params)}" if params else "")
        self.payloads.append(Payload(asked, hashlib.sha256(body).hexdigest(), len(body)))
        return Answer(_without_user(response.url), response.status_code, response.headers, body)

    def _open(self, url: str, params: Params, headers: Mapping[str, str]) -> "requests.Response":
        asked: Params | None = params
        timeout = (connect_timeout(self._settings.timeout), self._settings.timeout)
        for _ in range(MAX_REDIRECTS + 1):
            response = self._session.get(
                url, params=asked, headers=headers, timeout=timeout, stream=True, allow_redirects=False
            )
            if not response.is_redirect:
                return response
            response.close()
            try:
                target = urljoin(response.url, response.headers["Location"])
                elsewhere = _host(target) != _host(url)
            except ValueError:  # brackets that are not an IPv6 address
                raise BadQuery(
                    f"{_where(url)} redirects to an invalid address; correct its url in config.toml."
                ) from None
            if elsewhere:
                raise BadQuery(
                    f"{_where(url)} redirects to another host, {_where(target)}; correct its url in config.toml."
                )
            url, asked = target, None
        raise Unavailable(f"{_where(url)} redirects in circles.")

    def _read(self, response: "requests.Response", deadline: float) -> bytes:
        """The unpacked body, measured while it unpacks: a few kilobytes of gzip can expand to gigabytes."""
        body = bytearray()
        # read1 returns what has arrived; read would block on a body that trickles in and miss the deadline.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._settings.max_bytes:
                raise Malformed(f"{_where(response.url)} sent more than {self._settings.max_bytes} bytes.")
            if time.monotonic() > deadline:
                raise Unavailable(f"{_where(response.url)} took more than {self._settings.read_limit:g} s to answer.")
        return bytes(body)


def user_agent(contact: str) -> str:
    """``cardio-harvester/1.1.0 (+mailto:...)``, as arXiv asks for."""
    return f"cardio-harvester/{__version__}" + (f" (+mailto:{contact})" if contact else "")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The wait in seconds that a Retry-After header asks for, as seconds or as a date (RFC 9110, section 10.2.3).

    A date is measured from the answer's own Date: our clock may differ from the server's.
    """
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        return max(0.0, (as_utc(parsedate_to_datetime(value)) - (_date(headers) or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return as_utc(parsedate_to_datetime(headers["Date"]))
    except (KeyError, ValueError, OverflowError):
        return None


def _check_status(response: "requests.Response") -> None:
    status, where = response.status_code, _where(response.url)
    if status == 200 or (status == 304 and CONDITIONS & set(response.request.headers)):
        return
    if status in THROTTLING:
        raise _throttled(f"{where} asks us to slow down (HTTP {status})", retry_after(response.headers))
    if status == 503 and (wanted := retry_after(response.headers)) is not None:
        raise _throttled(f"{where} is busy (HTTP 503)", wanted)
    if status >= 500:
        raise Unavailable(f"{where} answers HTTP {status}.")
    explanation: bytes = response.raw.read(CHUNK, decode_content=True)
    raise BadQuery(f"{where} rejects the request (HTTP {status}).", explanation, status)


def _throttled(problem: str, wanted: float | None) -> Throttled:
    return Throttled(f"{problem}." if wanted is None else f"{problem}; it says to wait {wanted:.0f} s.", wanted)


def _where(url: str) -> str:
    """An address as shown in messages: without user, password, query, or anything a terminal would interpret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{_host(url)}{quote(parts.path, PRINTABLE)}"


def _host(url: str) -> str:
    """Host and port, without user name and password."""
    return quote(urlsplit(url).netloc.rpartition("@")[2], PRINTABLE)


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
