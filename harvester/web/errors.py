"""Errors as pages; below `API`, as the JSON that its OpenAPI describes."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from harvester.base.errors import HarvesterError, StoreBusy, StoreError, TooManyRequests
from harvester.mail.link_tokens import BadToken, ExpiredToken
from harvester.web import review, signin
from harvester.web.forms import Refused
from harvester.web.http import allowed
from harvester.web.pages import PRIVATE, Pages

log = logging.getLogger(__name__)
API = "/api/"
_NOT_SERVED = "There is no such page, or it cannot be used this way."
_BUSY = "Another process is using the store, so nothing was changed. Please try again in half a minute."
_BROKEN = "This service is not working right now. Please try again later."


def show_errors(app: FastAPI, pages: Pages) -> None:
    """Register how each exception is shown."""
    _of_links(app, pages)
    _of_people(app, pages)
    _of_requests(app, pages)
    _of_the_service(app, pages)


def _of_links(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(BadToken)
    def bad_token(_: Request, error: BadToken) -> Response:
        return pages.message(404, "No such link", f"{error}", headers=PRIVATE)

    @app.exception_handler(ExpiredToken)
    def expired(_: Request, error: ExpiredToken) -> Response:
        return pages.message(410, "Link expired", f"{error}", ask_again=True, headers=PRIVATE)


def _of_people(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(TooManyRequests)
    def too_many(_: Request, error: TooManyRequests) -> Response:
        return pages.message(429, "Too many requests", f"{error}")

    @app.exception_handler(Refused)
    def refused(_: Request, error: Refused) -> Response:
        return pages.message(error.status, "Refused", f"{error}", headers=PRIVATE)

    @app.exception_handler(signin.SignInFirst)
    def sign_in_first(request: Request, _: signin.SignInFirst) -> Response:
        return signin.ask_to_sign_in(request)


def _of_requests(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(HTTPException)
    def not_served(request: Request, error: HTTPException) -> Response:
        headers = {"Allow": allowed(app.routes, request.scope)} if error.status_code == 405 else None
        return _answer(pages, request, error.status_code, "Page not found", _NOT_SERVED, headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        if not request.url.path.startswith(API):
            return pages.message(400, "Page not found", _NOT_SERVED)
        detail = [{key: problem[key] for key in ("loc", "msg", "type")} for problem in error.errors()]
        return JSONResponse({"detail": detail}, 422)


def _of_the_service(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(StoreBusy)
    def busy(request: Request, error: StoreBusy) -> Response:
        log.error("A request was answered with 503: %s", error)
        return _answer(pages, request, 503, "Busy", _BUSY, {"Retry-After": "30"})

    @app.exception_handler(HarvesterError)
    def broken(request: Request, error: HarvesterError) -> Response:
        if hasattr(request.state, "user") and not isinstance(error, StoreError):
            return review.problem(pages, request, error)
        log.error("A request was answered with 503: %s", error)  # the details are for the maintainer only
        return _answer(pages, request, 503, "Out of order", _BROKEN)


def _answer(
    pages: Pages, request: Request, status: int, heading: str, words: str, headers: Mapping[str, str] | None = None
) -> Response:
    if request.url.path.startswith(API):
        return JSONResponse({"detail": words}, status, headers)
    return pages.message(status, heading, words, headers=headers)
