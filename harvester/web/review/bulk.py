"""Deciding on many papers: a preview that names them, one post that does it, and a page that can take it all back."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from harvester.base.errors import HarvesterError, StoreError, UsageError
from harvester.domain.candidates import QueueFilter, QueueRow
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
from harvester.web.review.review_context import Desk
from harvester.web.signin import user_of

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
SURE = 0.97  # the scope from which on the rule of a click takes what has no unsure label


def routes(desk: Desk) -> APIRouter:
    """Batches: previewed, made, looked at, taken back; and the list that is rendered after them."""
    router = APIRouter()

    @router.get("/review/bulk")
    def preview(request: Request) -> Response:
        given = request.query_params
        action = _action(given.get("action", ""))
        rows = _by_rule(desk) if given.get("rule") else chosen(desk.ws, given.getlist("paper")[:LARGEST])
        rule = f"of a scope of {SURE:.0%} or more with no unsure label" if given.get("rule") else ""
        lines = [view.queue_line(row, desk.ws.taxonomy) for row in rows]
        return desk.show(request, "bulk", {"action": action, "rows": lines, "rule": rule, "largest": LARGEST})

    @router.post("/review/bulk")
    def decide(request: Request, form: Posted) -> Response:
        made = decide_together(desk.ws, form.get("action", ""), _versions(form), user_of(request).name)
        return _after(desk, request, made)

    @router.get("/review/batches")
    def batches(request: Request) -> Response:
        return desk.show(request, "batches", {"batches": past_batches(desk.ws)})

    @router.get("/review/batches/{number}")
    def one(request: Request, number: Number) -> Response:
        return _batch(desk, request, number, [])

    @router.post("/review/batches/{number}/undo")
    def undo(request: Request, number: Number, _form: Posted) -> Response:
        made = undo_batch(desk.ws, number, user_of(request).name)
        return _after(desk, request, made)

    @router.post("/review/publish")
    def render(request: Request, _form: Posted) -> Response:
        done = publish(desk.ws, user_of(request).name)
        return desk.show(request, "published", {"done": done})

    return router


def _after(desk: Desk, request: Request, made: BatchResult) -> Response:
    """Render the list after a batch, and show what became of it."""
    problems = [decided.error for decided in made.decided if decided.error]
    try:
        problems += publish(desk.ws, user_of(request).name)["problems"]
    except StoreError:
        raise
    except HarvesterError as error:
        problems.append(f"The decisions are kept, but the list was not rendered: {error}")
    if not problems:
        return RedirectResponse(f"/review/batches/{made.number}", 303, PRIVATE)
    return _batch(desk, request, made.number, problems)


def _batch(desk: Desk, request: Request, number: int, problems: list[str]) -> Response:
    found = past(desk.ws, number)
    holding = {decision.id for decision in found.holding}
    rows = [
        {
            "id": found.papers[decision.paper].paper.id,
            "title": found.papers[decision.paper].paper.title,
            "holds": decision.id in holding,
        }
        for decision in found.made
    ]
    values = {"batch": found.batch, "rows": rows, "holding": len(holding), "problems": problems}
    return desk.show(request, "batch", values)


def _by_rule(desk: Desk) -> list[QueueRow]:
    """What the model is sure of, as far as one batch takes it; nobody means a paper that its authors withdrew."""
    found = queue_page(desk.ws, QueueFilter(least=SURE, sure=True), LARGEST)
    return [row for row in found.rows if not row.withdrawn]


def _action(text: str) -> str:
    if text not in ACTIONS:
        raise UsageError(f"There is no {text[:40]!r} for many papers; there are: {', '.join(ACTIONS)}.")
    return text


def _versions(form: Form) -> dict[str, int]:
    """The papers of the form, each as ``version id``, in the versions that the preview showed."""
    found = {}
    for text in form.getlist("paper"):
        version, _, name = text.partition(" ")
        if not (version.isascii() and version.isdecimal() and len(version) < 10 and name):
            raise UsageError("This form does not say which version of each paper it is about. Load the page again.")
        found[name] = int(version)
    return found
