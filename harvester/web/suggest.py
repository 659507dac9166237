"""``/suggest``: anybody may propose a paper. The proposal is stored at once and fetched after the response."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse, Response

from harvester.base.errors import HarvesterError, TooManyRequests, UsageError
from harvester.domain.decisions import LONGEST_REASON
from harvester.services.harvest.proposals import fetch_proposals, listed, propose
from harvester.services.workspace import Workspace
from harvester.web.forms import TRAP, VISITOR, Open, network, set_cookie, token_of, visitor_of
from harvester.web.pages import PRIVATE, Pages
from harvester.web.workers import FETCHING, OpenRoute, on

log = logging.getLogger(__name__)
NOTHING: Mapping[str, Any] = {"thanks": "", "listed": None, "paper": "", "note": ""}


def routes(ws: Workspace, pages: Pages) -> APIRouter:
    """The form and its response."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=OpenRoute)

    @router.get("/suggest")
    def show(request: Request) -> Response:
        return _page(request, {"problem": "", **NOTHING})

    @router.post("/suggest")
    def take(request: Request, form: Open, later: BackgroundTasks) -> Response:
        given = {"paper": form.get("paper", ""), "note": form.get("note", "")}
        try:
            if form.get(TRAP):
                return _page(request, {"problem": "", **NOTHING, "thanks": given["paper"]})
            if found := listed(ws, given["paper"]):
                return _page(request, {"problem": "", **NOTHING, "thanks": found.name, "listed": found})
            name = propose(ws, given["paper"], given["note"], network(request))
        except (UsageError, TooManyRequests) as error:
            status = 429 if isinstance(error, TooManyRequests) else 422
            return _page(request, {"problem": str(error), **NOTHING, **given}, status)
        later.add_task(on(FETCHING, _fetch), ws)
        return _page(request, {"problem": "", **NOTHING, "thanks": name})

    def _page(request: Request, values: Mapping[str, Any], status: int = 200) -> Response:
        visitor = visitor_of(request)
        shown = {**values, "csrf": token_of(visitor), "longest": LONGEST_REASON, "trap": TRAP}
        answer = pages.render("suggest", shown, status=status, headers=PRIVATE)
        set_cookie(request, answer, VISITOR, visitor)
        return answer

    return router


def _fetch(ws: Workspace) -> None:
    """Fetch the waiting proposals; what cannot be fetched now is retried by the next proposal and by every run."""
    try:
        fetch_proposals(ws)
    except HarvesterError as error:
        log.warning("%s", error)
