"""The subscription page. Its response is the same for new, known and suppressed addresses."""

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import UsageError
from harvester.digest.preferences import CONSENT, change_preferences, weekday_name
from harvester.digest.rules import WEEKDAYS
from harvester.domain.subscribers import Preferences
from harvester.services.subscribers import self_service
from harvester.services.workspace import Workspace
from harvester.web.forms import TRAP, Form, Plain, network
from harvester.web.pages import Pages
from harvester.web.workers import MAIL, OpenRoute, on


def routes(ws: Workspace, pages: Pages) -> APIRouter:
    """The form and its response."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=OpenRoute)

    def page(preferences: Preferences, *, email: str = "", problem: str = "") -> HTMLResponse:
        fixed = {"consent": CONSENT, "trap": TRAP, **choices(ws.taxonomy, preferences)}
        values = {"email": email, "problem": problem, **fixed}
        return pages.render("subscribe", values, status=400 if problem else 200)

    @router.get("/subscribe")
    def show() -> HTMLResponse:
        return page(Preferences())

    @router.post("/subscribe")
    def subscribe(request: Request, form: Plain, background: BackgroundTasks) -> HTMLResponse:
        preferences, email = Preferences(), form.get("email", "").strip()
        try:
            preferences = chosen(ws.taxonomy, form)
            asked = None
            if not form.get(TRAP):
                asked = self_service.request_subscription(ws, email, preferences, network(request))
        except UsageError as error:
            return page(preferences, email=email, problem=str(error))
        if asked:
            background.add_task(on(MAIL, self_service.answer), ws, asked)
        return pages.done(
            "Check your mailbox",
            "If this address can receive the digest, a mail is on its way; open its link within 48 hours to confirm.",
        )

    return router


def chosen(taxonomy: Taxonomy, form: Form) -> Preferences:
    """The preferences in a form; a facet without a checked box means all of its labels.

    Raises:
        UsageError: a label, rhythm, weekday or format is unknown.
    """
    topics = {facet.id: [label for label in form.getlist(facet.id) if label] for facet in taxonomy.facets}
    every = form.get("every", "day")
    weekday = form.get("weekday", "") if every == "week" else ""
    return change_preferences(taxonomy, Preferences(), topics, every, weekday, form.get("format", "html"))


def choices(taxonomy: Taxonomy, preferences: Preferences) -> dict[str, object]:
    """What the form offers, and what is chosen."""
    return {
        "facets": taxonomy.facets,
        "topics": preferences.topics,
        "every": preferences.every,
        "weekdays": WEEKDAYS,
        "weekday": weekday_name(preferences),
        "format": preferences.form,
    }
