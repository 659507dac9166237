"""Deciding: every route here changes something, so each needs a session, a token, and the version that was seen."""

import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.labels import Labels
from harvester.services.review.decisions import Decided, decide_all
from harvester.services.review.queries import (
    PaperDetail,
    StandingDecision,
    detail_of,
    paper_detail,
    state_counts,
    version_now,
)
from harvester.web.forms import Form, Posted
from harvester.web.pages import PRIVATE
from harvester.web.review import view
from harvester.web.review.chips import groups
from harvester.web.review.query import View, view_of
from harvester.web.review.review_context import ReviewContext, is_fragment
from harvester.web.signin import user_of
from harvester.web.workers import ReviewRoute

ACTIONS = ("accept", "reject", "defer", "undo")


def routes(context: ReviewContext) -> APIRouter:
    """Decisions on one paper."""
    router = APIRouter(route_class=ReviewRoute)

    @router.post("/review/decide")
    def decide(request: Request, form: Posted) -> Response:
        action, name, seen = _action(form), form.get("paper", ""), _version(form)
        at = view_of(context.ws.taxonomy, form)
        given = _labels(context, form) if action == "accept" else {}
        reason = form.get("reason", "")
        (done,) = decide_all(
            context.ws, action, [name], user_of(request).name, reason, given, {name: seen}, links=_keeps_links(form)
        )
        if done.error and done.paper is None:
            raise HarvesterError(done.error)
        if done.stale and done.error and done.paper:
            return _conflict(context, request, form, detail_of(context.ws, done.paper), at)
        if done.error:
            raise UsageError(done.error)
        return _move_on(context, request, form, done, at)

    return router


def _move_on(context: ReviewContext, request: Request, form: Form, done: Decided, at: View) -> Response:
    """Show the next paper, or after an undo the paper that is open again."""
    following = done.id if form["action"] == "undo" else form.get("next", "")
    if not is_fragment(request):
        return RedirectResponse(at.address(following), 303, PRIVATE)
    if not following:  # the end of this page of the list: start again with what is left
        return Response(status_code=204, headers={**PRIVATE, "HX-Redirect": at.at(1).address()})
    outcome = {"id": done.id, "state": done.state, "already": done.repeated, "counts": state_counts(context.ws)}
    event = json.dumps({"decided": outcome})
    if _is_held(context, form, following):
        values = {"at": at, **context.tail(request, _made(form, done))}
        return context.show(request, "tail_alone", values, headers={"HX-Trigger": event, "HX-Reswap": "none"})
    reopened = done.paper if following == done.id else None
    shown = detail_of(context.ws, reopened) if reopened else paper_detail(context.ws, following)
    values = {**context.pane(shown, at), **context.tail(request, _made(form, done))}
    return context.show(request, "moved_on", values, headers={"HX-Trigger": event})


def _is_held(context: ReviewContext, form: Form, following: str) -> bool:
    """Whether the page has fetched the next paper ahead, and nobody has decided on it since."""
    held = form.get("held", "")
    return bool(held) and form["action"] != "undo" and held == str(version_now(context.ws, following))


def _made(form: Form, done: Decided) -> StandingDecision | None:
    """The decision just made, which this reviewer's next undo takes back.

    None after an undo, or if it stood already: an older one is next.
    """
    if form["action"] == "undo" or done.repeated or done.paper is None or done.paper.candidate is None:
        return None
    return StandingDecision(done.paper.paper, done.paper.candidate, done.paper.decisions[-1])


def _conflict(context: ReviewContext, request: Request, form: Form, now: PaperDetail, at: View) -> Response:
    """409: what the other reviewer chose, next to what this one wanted; they may still decide, now knowingly."""
    other = next(iter(view.history(now.decisions, context.ws.taxonomy)), None)
    wanted = _wanted(context, form)
    conflict = {
        "other": other,
        "state": now.state,
        "action": form["action"],
        "links": _keeps_links(form),
        "labels": view.names_of(wanted, context.ws.taxonomy) if form["action"] == "accept" else [],
    }
    pane = context.pane(now, at, form.get("next", ""), conflict=conflict, note=form.get("reason", ""))
    pane["paper"]["groups"] = groups(wanted, now.prediction, context.ws.taxonomy, now.explanation)
    template = "pane" if is_fragment(request) else "alone"
    return context.show(request, template, pane, status=409)


def _wanted(context: ReviewContext, form: Form) -> Labels:
    """The labels that the reviewer had chosen."""
    return Labels({name: tuple(form.getlist(name)) for name in context.ws.taxonomy.facet_ids})


def _action(form: Form) -> str:
    action: str = form.get("action", "")
    if action not in ACTIONS:
        raise UsageError(f"There is no action {action[:40]!r}", remedy=f"choose from: {', '.join(ACTIONS)}")
    return action


def _version(form: Form) -> int:
    text = form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError("This form does not say which version of the paper it is about; reload the page.")
    return int(text)


def _keeps_links(form: Form) -> bool:
    """Whether the links to code and data that the form offered, if it did, are to be kept."""
    return "links" not in form.getlist("offered") or form.get("links") == "yes"


def _labels(context: ReviewContext, form: Form) -> Mapping[str, str]:
    """The chosen labels by facet; a facet without a checked box is emptied."""
    return {facet.id: ",".join(form.getlist(facet.id)) for facet in context.ws.taxonomy.facets}
