"""Pages about operations: how the nights went, how good the classifier is, who subscribes, what the digest says."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from harvester.services.digest.preview import next_digest, sample
from harvester.services.harvest.coverage import measured
from harvester.services.harvest.proposals import unsettled
from harvester.services.operations import statistics
from harvester.services.review.users import sign_out_everywhere, users
from harvester.web.forms import Posted
from harvester.web.pages import PRIVATE
from harvester.web.review.chart import chart
from harvester.web.review.review_context import ReviewContext
from harvester.web.signin import admin
from harvester.web.workers import ReviewRoute

RUNS = 30
LISTS = 5  # whose coverage is shown
# The digest is outside text in its own HTML: no script, no form, no link out of its frame, nothing loaded.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"


def routes(context: ReviewContext) -> APIRouter:
    """Read-only pages, and the one where admins end sessions."""
    router = APIRouter(route_class=ReviewRoute)

    @router.get("/review/runs")
    def runs(request: Request) -> Response:
        found = statistics.nights(context.ws, RUNS)
        values = {"nights": found, "chart": chart(found), "coverages": measured(context.ws, LISTS)}
        return context.show(request, "runs", values)

    @router.get("/review/classifier")
    def classifier(request: Request) -> Response:
        found = statistics.classifier(context.ws)
        return context.show(request, "classifier", {"model": found})

    @router.get("/review/subscribers")
    def subscribers(request: Request) -> Response:
        return context.show(request, "subscribers", {"found": statistics.subscribers(context.ws)})

    @router.get("/review/digest")
    def digest(request: Request) -> Response:
        return context.show(request, "digest", {"next": next_digest(context.ws)})

    @router.get("/review/digest/preview")
    def preview() -> Response:
        found = sample(context.ws)
        return HTMLResponse(found.html if found else "", headers={**PRIVATE, "Content-Security-Policy": SANDBOX})

    @router.get("/review/proposals")
    def proposals(request: Request) -> Response:
        return context.show(request, "proposals", {"found": unsettled(context.ws)})

    @router.get("/review/people", dependencies=[Depends(admin)])
    def people(request: Request) -> Response:
        return context.show(request, "people", {"people": users(context.ws)})

    @router.post("/review/people/sign-out", dependencies=[Depends(admin)])
    def sign_out(request: Request, form: Posted) -> Response:
        sign_out_everywhere(context.ws, form.get("name", ""))
        return RedirectResponse("/review/people", 303, PRIVATE)

    return router
