"""Deciding on many papers: a preview that names them, one post that decides, and a page that can undo it all."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from harvester.base.errors import HarvesterError, StoreError, UsageError
from harvester.domain.candidates import QueueFilter, QueueRow
from harvester.domain.text import clean
from harvester.services.catalog.publish import publish
from harvester.services.review.batches import (
    ACTIONS,
    LARGEST,
    BatchResult,
    decide_together,
    past,
    past_batches,
    undo_batch,
)
from harvester.services.review.queries import chosen, queue_page
from harvester.web.forms import Form, Posted
from harvester.web.pages import PRIVATE
from harvester.web.review import view
from harvester.web.review.query import View, view_of
from harvester.web.review.review_context import ReviewContext
from harvester.web.signin import user_of
from harvester.web.workers import ReviewRoute

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
SURE = 0.97  # the one-click rule takes papers of at least this scope without unsure labels


def routes(context: ReviewContext) -> APIRouter:
    """Routes that preview, make, show and undo batches, and render the list."""
    router = APIRouter(route_class=ReviewRoute)

    @router.get("/review/bulk")
    def preview(request: Request) -> Response:
        given = request.query_params
        action = _action(given.get("action", ""))
        named = [clean(name) for name in given.getlist("paper")[:LARGEST]]
        rows = _by_rule(context) if given.get("rule") else chosen(context.ws, named)
        rule = f"with a scope of {SURE:.0%} or more and no unsure label" if given.get("rule") else ""
        lines = [view.queue_line(row, context.ws.taxonomy) for row in rows]
        values = {
            "action": action,
            "rows": lines,
            "rule": rule,
            "largest": LARGEST,
            "at": view_of(context.ws.taxonomy, given),
        }
        return context.show(request, "bulk", values)

    @router.post("/review/bulk")
    def decide(request: Request, form: Posted) -> Response:
        at = view_of(context.ws.taxonomy, form)
        made = decide_together(context.ws, form.get("action", ""), _versions(form), user_of(request).name)
        return _after(context, request, made, at)

    @router.get("/review/batches")
    def batches(request: Request) -> Response:
        return context.show(request, "batches", {"batches": past_batches(context.ws)})

    @router.get("/review/batches/{number}")
    def batch(request: Request, number: Number) -> Response:
        return _batch(context, request, number, [], view_of(context.ws.taxonomy, request.query_params))

    @router.post("/review/batches/{number}/undo")
    def undo(request: Request, number: Number, form: Posted) -> Response:
        at = view_of(context.ws.taxonomy, form)
        made = undo_batch(context.ws, number, user_of(request).name)
        return _after(context, request, made, at)

    @router.post("/review/publish")
    def render(request: Request, _form: Posted) -> Response:
        done = publish(context.ws, user_of(request).name)
        return context.show(request, "published", {"done": done})

    return router


def _after(context: ReviewContext, request: Request, made: BatchResult, at: View) -> Response:
    """Render the list after a batch, and show the outcome."""
    problems = [decided.error for decided in made.decided if decided.error]
    try:
        problems += publish(context.ws, user_of(request).name)["problems"]
    except StoreError:
        raise
    except HarvesterError as error:
        problems.append(f"The decisions are kept, but the list was not rendered: {error}")
    if not problems:
        given = f"?{urlencode({'view': at.query})}" if at.query else ""
        return RedirectResponse(f"/review/batches/{made.number}{given}", 303, PRIVATE)
    return _batch(context, request, made.number, problems, at)


def _batch(context: ReviewContext, request: Request, number: int, problems: list[str], at: View) -> Response:
    found = past(context.ws, number)
    holding = {decision.id for decision in found.holding}
    rows = [
        {
            "id": found.papers[decision.paper].paper.id,
            "title": found.papers[decision.paper].paper.title,
            "holds": decision.id in holding,
        }
        for decision in found.made
    ]
    values = {"batch": found.batch, "rows": rows, "holding": len(holding), "problems": problems, "at": at}
    return context.show(request, "batch", values)


def _by_rule(context: ReviewContext) -> list[QueueRow]:
    """What the model is sure of, up to one batch; withdrawn papers are never meant."""
    found = queue_page(context.ws, QueueFilter(least=SURE, sure=True), LARGEST)
    return [row for row in found.rows if not row.withdrawn]


def _action(text: str) -> str:
    if text not in ACTIONS:
        raise UsageError(
            f"There is no action {text[:40]!r} for many papers", remedy=f"choose from: {', '.join(ACTIONS)}"
        )
    return text


def _versions(form: Form) -> dict[str, int]:
    """The papers of the form, each as ``version id``, in the versions that the preview showed."""
    found = {}
    for text in form.getlist("paper"):
        version, _, name = text.partition(" ")
        if not (version.isascii() and version.isdecimal() and len(version) < 10 and name):
            raise UsageError("This form does not say which version of each paper it is about; reload the page.")
        found[name] = int(version)
    return found
