"""Reading: the queue with a paper next to it, and the paper alone."""

from threading import BoundedSemaphore

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from harvester.domain.candidates import ORDERS, STATES
from harvester.services.review.progress import progress
from harvester.services.review.queries import PaperDetail, QueuePage, paper_detail, queue_page
from harvester.services.review.together import so_far
from harvester.sources.registry import names
from harvester.web.review import view
from harvester.web.review.chips import finder_words
from harvester.web.review.query import PAGE, View, read_view
from harvester.web.review.review_context import ReviewContext, is_fragment
from harvester.web.review.together import reading
from harvester.web.signin import user_of
from harvester.web.workers import ReviewRoute

AT_ONCE = 2
"""Pages of the queue rendered at a time: one computes while another waits for the database. More only
compete for the interpreter; eight clients wait a third longer (benchmarks/web.py)."""
WORDS = {"Cache-Control": "private, max-age=3600"}  # what finds labels changes with the taxonomy alone


def routes(context: ReviewContext) -> APIRouter:
    """The pages of the queue."""
    router, turns = APIRouter(route_class=ReviewRoute), BoundedSemaphore(AT_ONCE)

    @router.get("/review/")
    def slash() -> RedirectResponse:
        return RedirectResponse("/review", 301)

    @router.get("/review")
    def queue(request: Request) -> Response:
        at = read_view(request.query_params, context.ws.taxonomy)
        with turns:
            return context.show(request, "queue", _queue(context, request, at))

    @router.get("/review/paper")
    def paper(request: Request, paper: str = "") -> Response:
        at, shown = read_view(request.query_params, context.ws.taxonomy), paper_detail(context.ws, paper)
        return context.show(request, "pane" if is_fragment(request) else "alone", context.pane(shown, at))

    @router.get("/review/labels")
    def labels() -> JSONResponse:
        return JSONResponse(finder_words(context.ws.taxonomy), headers=WORDS)

    return router


def _queue(context: ReviewContext, request: Request, at: View) -> dict[str, object]:
    before = so_far(context.ws)  # first: the page may show more than that, but never less
    found = queue_page(context.ws, at.wanted, PAGE, (at.page - 1) * PAGE, at.order)
    chosen = request.query_params.get("paper") or (found.rows[0].id if found.rows else "")
    shown = paper_detail(context.ws, chosen) if chosen else None
    pane = context.pane(shown, at, _after(found, shown))
    others = reading(before.present, user_of(request).name)
    live = {"newest": before.newest, "others": others, "progress": progress(context.ws, user_of(request).name)}
    return {**_list(context, found, at), **pane, **context.tail(request), **live, "said": ""}


def _list(context: ReviewContext, found: QueuePage, at: View) -> dict[str, object]:
    pages = max(1, -(-found.total // PAGE))
    return {
        "rows": [view.queue_line(row, context.ws.taxonomy) for row in found.rows],
        "total": found.total,
        "counts": [(state, found.counts.get(state, 0), at.other(state).address()) for state in STATES],
        "facets": context.ws.taxonomy.facets,
        "sources": names(context.ws.settings.harvest),
        "pages": pages,
        "orders": ORDERS,
        "before": at.at(at.page - 1).address() if at.page > 1 else "",
        "after": at.at(at.page + 1).address() if at.page < pages else "",
    }


def _after(found: QueuePage, shown: PaperDetail | None) -> str:
    """The paper after the one shown, for browsers without scripts."""
    ids = [row.id for row in found.rows]
    if shown is None or shown.paper.id not in ids:
        return ""
    return next(iter(ids[ids.index(shown.paper.id) + 1 :]), "")
