"""For readers who do not want mail: past digests, the next one so far, and feeds."""

from collections.abc import Callable
from datetime import date, timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from harvester.digest.feeds import Feed, to_atom, to_json_feed
from harvester.digest.opml import to_opml
from harvester.services.digest.archive import feed, past_digest, past_digests
from harvester.services.digest.preview import sample
from harvester.services.workspace import Workspace
from harvester.web.caching import unless_known
from harvester.web.pages import Pages

LONGEST_SPAN = timedelta(days=366)
FORMS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": ("application/atom+xml", to_atom),
    "json": ("application/feed+json", to_json_feed),
}
# A mail styles its elements inline. It may show that and do nothing else: no script, no form, no other origin.
AS_MAIL = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


def routes(ws: Workspace, pages: Pages) -> APIRouter:
    """The archive and the feeds."""
    router = APIRouter(include_in_schema=False)
    _digests(router, ws, pages)
    _feeds(router, ws, pages)
    return router


def _digests(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    @router.get("/archive")
    def archive() -> HTMLResponse:
        return pages.render("archive", {"days": past_digests(ws)})

    @router.get("/archive/next")
    def next_digest() -> HTMLResponse:
        """The next digest of everything so far, as a mail program shows it."""
        mail = sample(ws)
        if mail is None:
            return pages.message(200, "The next digest", "There is nothing new yet.")
        return HTMLResponse(mail.html, headers=AS_MAIL)

    @router.get("/archive/{day}")
    def digest(day: str, since: str = "") -> HTMLResponse:
        last, first = _date(day), _date(since or day)
        if not timedelta(0) <= last - first <= LONGEST_SPAN:
            raise HTTPException(404)
        found = past_digest(ws, last, first)
        if not found:
            raise HTTPException(404)
        return pages.render("digest", {"day": last, "since": first, "sections": found})


def _feeds(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    @router.get("/feeds")
    def feeds() -> HTMLResponse:
        return pages.render("feeds", {"facets": ws.taxonomy.facets})

    @router.api_route("/feeds.opml", methods=["GET", "HEAD"])
    def subscriptions(request: Request) -> Response:
        body = to_opml(ws.settings.digest.base_url, ws.taxonomy)
        return unless_known(request, body, "text/x-opml; charset=utf-8", "public, max-age=300")

    @router.api_route("/feeds/all.{form}", methods=["GET", "HEAD"])
    def everything(request: Request, form: str) -> Response:
        return answer_feed(request, form, feed(ws))

    @router.api_route("/feeds/{facet}/{label}.{form}", methods=["GET", "HEAD"])
    def one_label(request: Request, facet: str, label: str, form: str) -> Response:
        return answer_feed(request, form, feed(ws, facet, label))


def answer_feed(request: Request, form: str, found: Feed | None) -> Response:
    """The feed, or 304 if the reader already has it."""
    if found is None or form not in FORMS:
        raise HTTPException(404)
    kind, write = FORMS[form]
    return unless_known(request, write(found), kind, "public, max-age=300")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(404) from None
