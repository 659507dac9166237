"""The application: its routes, the headers of every response, and errors as pages."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from harvester.base.errors import HarvesterError, StoreError, TooManyRequests
from harvester.mail.link_tokens import BadToken, ExpiredToken
from harvester.services.workspace import Workspace
from harvester.web import archive, health, links, public, review, signin, subscribe, suggest
from harvester.web.forms import Refused, refuse_foreign
from harvester.web.pages import PRIVATE, Pages

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    # Some URLs hold a token, which no other site may learn. Our own forms must name their Origin, though.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

SAY_IT = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML", "HX-Reselect": "main > p, p.note"}
"""Where htmx shows an error, whether a page or a part of one: in the status line, and the paper stays as it is."""


def create_app(ws: Workspace) -> FastAPI:
    """The web application on a workspace. Its pages run only our own script files, and could run no others."""
    app = FastAPI(title=ws.taxonomy.title, docs_url=None, redoc_url=None)
    pages = Pages(ws.taxonomy.title, ws.settings.digest.sender)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    guard = signin.Guard(ws)

    @app.middleware("http")
    async def same_for_all(request: Request, call_next: RequestResponseEndpoint) -> Response:
        """What no route can forget: forms from other sites are refused, and every response forbids foreign scripts."""
        try:
            refuse_foreign(request, ws.settings)
            answer = await call_next(request)
        except Refused as error:
            answer = pages.message(error.status, "Refused", f"{error}", headers=PRIVATE)
        if answer.status_code >= 400 and answer.status_code != 409 and request.headers.get("hx-request"):
            for name, value in SAY_IT.items():
                answer.headers.setdefault(name, value)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    _show_errors(app, pages)
    app.include_router(health.routes(ws))
    app.include_router(public.routes(ws))
    app.include_router(subscribe.routes(ws, pages))
    app.include_router(links.routes(ws, pages))
    app.include_router(archive.routes(ws, pages))
    app.include_router(signin.routes(ws, pages, guard))
    app.include_router(suggest.routes(ws, pages))
    app.include_router(review.routes(ws, pages, guard))
    return app


def _show_errors(app: FastAPI, pages: Pages) -> None:
    def bad_token(_: Request, error: Exception) -> Response:
        return pages.message(404, "No such link", f"{error}", headers=PRIVATE)

    def expired(_: Request, error: Exception) -> Response:
        return pages.message(410, "Link expired", f"{error}", ask_again=True, headers=PRIVATE)

    def too_many(_: Request, error: Exception) -> Response:
        return pages.message(429, "Too many requests", f"{error}")

    def refused(_: Request, error: Exception) -> Response:
        return pages.message(getattr(error, "status", 403), "Refused", f"{error}", headers=PRIVATE)

    def sign_in_first(request: Request, _: Exception) -> Response:
        return signin.ask_to_sign_in(request)

    def broken(request: Request, error: Exception) -> Response:
        if hasattr(request.state, "user") and isinstance(error, HarvesterError) and not isinstance(error, StoreError):
            return review.problem(pages, request, error)
        # The details are for the maintainer only.
        return pages.message(503, "Out of order", "This service is not working right now. Please try again later.")

    def not_served(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        return pages.message(status, "Page not found", "There is no such page, or it cannot be used this way.")

    app.add_exception_handler(BadToken, bad_token)
    app.add_exception_handler(ExpiredToken, expired)
    app.add_exception_handler(TooManyRequests, too_many)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(signin.SignInFirst, sign_in_first)
    app.add_exception_handler(HarvesterError, broken)
    app.add_exception_handler(HTTPException, not_served)
    app.add_exception_handler(RequestValidationError, not_served)
