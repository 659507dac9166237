"""The review pages: the queue and the paper beside it, decisions, batches, and pages about operations."""

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from harvester.services.workspace import Workspace
from harvester.web.pages import Pages
from harvester.web.review import admin, bulk, decisions, queue, together
from harvester.web.review.review_context import ReviewContext, problem
from harvester.web.signin import Guard

__all__ = ["problem", "routes"]


def routes(ws: Workspace, pages: Pages, guard: Guard) -> APIRouter:
    """All routes below /review; none of them answers without a session."""
    context = ReviewContext(ws, pages)
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for group in (queue, decisions, bulk, admin):
        router.include_router(group.routes(context), dependencies=[Depends(guard.reviewer)])
    router.include_router(together.routes(context), dependencies=[Depends(guard.open_page)])
    return router
