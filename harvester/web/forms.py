"""Forms as browsers send them, and the tokens that prove that a form is one of ours.

The token is the hash of a random cookie that no other site can read: the session cookie of a signed-in user, and a
cookie just for this purpose for the forms that anybody may send.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hashlib
import hmac
import secrets
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request, Response
from starlette.datastructures import MultiDict
from starlette.requests import ClientDisconnect

from harvester.base.errors import HarvesterError
from harvester.config.settings import Settings
from harvester.domain.network import network_of

SESSION, VISITOR, BROWSER = "harvester_session", "harvester_form", "harvester_browser"
TOKEN_FIELD = "csrf"  # noqa: S105 - the name of a form's field
LARGEST = 256_000  # bytes of a form
MOST_FIELDS = 2_000
TRAP = "website"  # a field that people do not see but programs fill in
ONE_CLICK = "/unsubscribe/"  # mail programs post there on their own (RFC 8058): its token alone decides
SAFE = ("GET", "HEAD", "OPTIONS")
NUL = "\0"  # PostgreSQL takes no text with it
Form = MultiDict


class Refused(HarvesterError):
    """A form that is broken, or not one of ours; `status` is the response's."""

    def __init__(self, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.status = status


def token_of(cookie: str) -> str:
    """The token that forms carry along with this cookie."""
    return hashlib.sha256(f"csrf {cookie}".encode()).hexdigest()


def visitor_of(request: Request) -> str:
    """The cookie of a visitor who is not signed in; a new one if they have none."""
    return request.cookies.get(VISITOR) or secrets.token_urlsafe(24)


def set_cookie(request: Request, answer: Response, name: str, value: str, lasting: int | None = None) -> None:
    """Set a cookie that scripts cannot read, that forms of other sites do not send, and that never leaves https."""
    answer.set_cookie(
        name, value, max_age=lasting, path="/", httponly=True, samesite="lax", secure=_came_by_https(request)
    )


def network(request: Request) -> str:
    """Where a request comes from, as limits count it."""
    return network_of(request.client.host) if request.client else ""


def _came_by_https(request: Request) -> bool:
    """Whether the browser speaks https, to us or to a proxy, even one that does not say so.

    A request to another host than that of ``base_url``, through no proxy, is somebody's on this machine.
    """
    base = urlsplit(request.app.state.base_url)
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    ours = base.scheme == "https" and (request.headers.get("host") == base.netloc or forwarded)
    return request.url.scheme == "https" or ours


async def fields(request: Request) -> Form:
    """The fields of a URL-encoded form, the only kind that our pages send.

    Raises:
        Refused: it is broken or too large.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                raise Refused("This form is too large; nothing was changed.", 413)
    except ClientDisconnect:
        raise Refused("This form did not arrive whole; nothing was changed.", 400) from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise Refused("This form was not sent by one of our pages; nothing was changed.", 415)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refused("This form cannot be read; nothing was changed.", 400) from None
    if any(NUL in text for field in fields for text in field):
        raise Refused("This form has a character that cannot be stored; nothing was changed.", 400)
    return MultiDict(fields)


async def session_form(request: Request) -> Form:
    """A form of a signed-in user.

    Raises:
        Refused: it is broken, too large, or not one of ours.
    """
    return await _checked(request, SESSION)


async def open_form(request: Request) -> Form:
    """A form that anybody may send.

    Raises:
        Refused: it is broken, too large, or not one of ours.
    """
    return await _checked(request, VISITOR)


Posted = Annotated[Form, Depends(session_form)]
"""For routes that change something on behalf of a signed-in user."""
Open = Annotated[Form, Depends(open_form)]
"""For routes that anybody may post to."""
Plain = Annotated[Form, Depends(fields)]
"""For routes that a mailed link's token opens, or that act in nobody's name."""


def refuse_foreign(request: Request, settings: Settings) -> None:
    """Refuse a request that another site's page sends; the browser names that site.

    Raises:
        Refused: the Origin is not that of our pages.
    """
    if request.method in SAFE or request.url.path.startswith(ONE_CLICK):
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    ours = {f"{request.url.scheme}://{request.headers.get('host', '')}", _origin(settings.digest.base_url)}
    if (origin is not None and origin not in ours) or site not in ("same-origin", "none"):
        raise Refused("This request came from a page of another site, so nothing was done.")


async def _checked(request: Request, cookie: str) -> Form:
    form, held = await fields(request), request.cookies.get(cookie, "")
    if not held or not hmac.compare_digest(form.get(TOKEN_FIELD, "").encode(), token_of(held).encode()):
        raise Refused("This form is not one of ours, or it is too old. Nothing was changed; reload the page.")
    return form


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
