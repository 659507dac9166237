"""Signing in and out, and who may see a page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import URL

from harvester.base.errors import HarvesterError, TooManyRequests
from harvester.domain.accounts import User
from harvester.services.review.users import NotSignedIn, anybody, browser_token, sign_in, sign_out, signed_in
from harvester.services.workspace import Workspace
from harvester.web.forms import (
    BROWSER,
    SESSION,
    VISITOR,
    Open,
    Posted,
    Refused,
    network,
    set_cookie,
    token_of,
    visitor_of,
)
from harvester.web.pages import PRIVATE, Pages
from harvester.web.workers import OpenRoute

HOME = "/review"
QUEUE = (HOME, f"{HOME}/paper")  # pages that show a part of the queue, which their addresses name
EVENTS = "text/event-stream"
KNOWN_FOR = 365 * 24 * 3600  # seconds that a browser is remembered


class SignInFirst(HarvesterError):
    """A visitor who is not signed in asked for a reviewers' page."""


class Guard:
    """Admits people by the session that their cookie names; its method is a dependency of routes."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def reviewer(self, request: Request) -> None:
        """Admit a signed-in user, whom ``user_of`` then returns.

        Raises:
            SignInFirst: nobody is signed in.
        """
        self._admit(request, used=True)

    def open_page(self, request: Request) -> None:
        """Admit a signed-in user's page that asks by itself: it does not keep an idle session alive.

        Raises:
            SignInFirst: nobody is signed in.
        """
        self._admit(request, used=False)

    def _admit(self, request: Request, *, used: bool) -> None:
        token = request.cookies.get(SESSION, "")
        user = signed_in(self._ws, token, used=used) if token else None
        if user is None:
            raise SignInFirst("Sign in first.")
        request.state.user = user


def admin(request: Request) -> None:
    """Admit only admins, who may see what concerns other people.

    Raises:
        Refused: the user is a reviewer.
    """
    if user_of(request).role != "admin":
        raise Refused("This page is for admins.")


def user_of(request: Request) -> User:
    """The signed-in user, on a route behind the guard."""
    user: User = request.state.user
    return user


def routes(ws: Workspace, pages: Pages, guard: Guard) -> APIRouter:
    """Routes to sign in and out."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=OpenRoute)

    @router.get("/login")
    def show(request: Request, then: str = "", ended: str = "") -> Response:
        values = {"then": _inside(then), "problem": "", "anybody": anybody(ws), "name": "", "ended": bool(ended)}
        return _page(request, values)

    @router.post("/login")
    def enter(request: Request, form: Open) -> Response:
        name, then = form.get("username", ""), _inside(form.get("then", ""))
        try:
            known = request.cookies.get(BROWSER, "")
            token = sign_in(ws, name, form.get("password", ""), network(request), browser=known)
        except (NotSignedIn, TooManyRequests) as error:
            values = {"then": then, "problem": str(error), "anybody": anybody(ws), "name": name[:64], "ended": False}
            return _page(request, values, 429 if isinstance(error, TooManyRequests) else 401)
        if old := request.cookies.get(SESSION):
            sign_out(ws, old)
        answer = RedirectResponse(then or HOME, 303, PRIVATE)
        set_cookie(request, answer, SESSION, token)
        set_cookie(request, answer, BROWSER, browser_token(ws, token), KNOWN_FOR)
        return answer

    @router.post("/logout", dependencies=[Depends(guard.reviewer)])
    def leave(request: Request, _form: Posted) -> Response:
        sign_out(ws, request.cookies.get(SESSION, ""))
        answer = RedirectResponse(_login(came_from(request)), 303, PRIVATE)
        answer.delete_cookie(SESSION, path="/")
        return answer

    def _page(request: Request, values: Mapping[str, Any], status: int = 200) -> Response:
        visitor = visitor_of(request)
        shown = {**values, "csrf": token_of(visitor)}
        answer = pages.render("login", shown, status=status, headers=PRIVATE)
        set_cookie(request, answer, VISITOR, visitor)
        return answer

    return router


def ask_to_sign_in(request: Request) -> Response:
    """Send a browser to the login page and back; 401 for any request that would change something."""
    if request.headers.get("hx-request"):  # htmx would put the login page into a part of the page
        address = f"{_login(came_from(request) or HOME)}&ended=1"
        return Response(status_code=401, headers={**PRIVATE, "HX-Redirect": address})
    if EVENTS in request.headers.get("accept", ""):  # a browser cannot read the status of a stream that it opens
        return Response("event: signed-out\ndata: {}\n\n", media_type=EVENTS, headers=PRIVATE)
    if request.method == "GET":
        return RedirectResponse(_login(_whole(request.url)), 303, PRIVATE)
    address = f"{_login(came_from(request) or HOME)}&amp;ended=1"
    return HTMLResponse(f'<p>Your session has ended. <a href="{address}">Sign in</a> again.</p>', 401, PRIVATE)


def came_from(request: Request) -> str:
    """The page of the queue that a request was made on, with its filters and its paper; "" if it is another page."""
    parts = _parts(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    return _inside(_whole(parts)) if parts.path in QUEUE else ""


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # such as brackets that hold no address
        return urlsplit("")


def _whole(address: URL | SplitResult) -> str:
    return address.path + (f"?{address.query}" if address.query else "")


def _login(then: str) -> str:
    """The login page, which leads on to this page; `quote` leaves nothing in it that HTML would read as markup."""
    return f"/login?then={quote(then)}" if then else "/login"


def _inside(address: str) -> str:
    """A URL of the review pages, or "": a link must not lead elsewhere after signing in."""
    parts = _parts(address)
    inside = not parts.scheme and not parts.netloc and "\\" not in address
    return address if inside and parts.path.startswith(HOME) and parts.path.isprintable() else ""
