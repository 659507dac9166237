"""The subscription page. Its response is the same for new, known and suppressed addresses."""

from collections.abc import Mapping

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import MultiDict

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import UsageError
from harvester.digest.interest import RULE
from harvester.digest.preferences import CONSENT, ListError, change_preferences, weekday_name
from harvester.digest.rules import WEEKDAYS
from harvester.domain.subscribers import Preferences
from harvester.services.digest.last_month import LastMonth, last_month
from harvester.services.subscribers import self_service
from harvester.services.workspace import Workspace
from harvester.web.forms import TRAP, Form, Plain, network
from harvester.web.pages import Pages
from harvester.web.workers import MAIL, OpenRoute, on

Problems = Mapping[str, str]
"""What is wrong with which field of the form; "" is the form as a whole."""


def routes(ws: Workspace, pages: Pages) -> APIRouter:
    """The form, what it would have brought, and its response."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=OpenRoute)

    def page(form: Form, problems: Problems, *, sample: bool = False) -> HTMLResponse:
        preferences = readable(ws.taxonomy, form)
        fixed = {"consent": CONSENT, "trap": TRAP, **choices(ws.taxonomy, preferences, form)}
        brought = last_month(ws, preferences) if sample and not problems else None
        values = {
            "email": form.get("email", "").strip(),
            "problems": problems,
            "brought": brought,
            "open": True,
            **fixed,
        }
        return pages.render("subscribe", values, status=400 if problems else 200)

    @router.get("/subscribe")
    def show(request: Request) -> HTMLResponse:
        """The form; parameters with the names of its fields are chosen already, so that a link can offer a choice."""
        asked = MultiDict(request.query_params.multi_items())
        return page(asked, problems_of(ws.taxonomy, asked), sample=bool(asked))

    @router.get("/subscribe/brought")
    def brought(request: Request) -> HTMLResponse:
        """The part of the page that a script renews while somebody chooses."""
        asked = MultiDict(request.query_params.multi_items())
        problems = problems_of(ws.taxonomy, asked)
        found: LastMonth | None = None if problems else last_month(ws, readable(ws.taxonomy, asked))
        return pages.render("brought", {"brought": found, "problems": problems, "open": False})

    @router.post("/subscribe")
    def subscribe(request: Request, form: Plain, background: BackgroundTasks) -> HTMLResponse:
        if form.get("act") == "brought":
            return page(form, problems_of(ws.taxonomy, form), sample=True)
        email = form.get("email", "").strip()
        if problems := {**problems_of(ws.taxonomy, form), **_address(email)}:
            return page(form, problems)
        asked, preferences = None, chosen(ws.taxonomy, form)
        if not form.get(TRAP):
            asked = self_service.request_subscription(ws, email, preferences, network(request))
        if asked:
            background.add_task(on(MAIL, self_service.answer), ws, asked)
        return pages.done(
            "Check your mailbox",
            "If this address can receive the digest, a mail is on its way; open its link within 48 hours to confirm. "
            "That mail, and every later one, also leads to the page where you change what you get.",
        )

    return router


def chosen(taxonomy: Taxonomy, form: Form) -> Preferences:
    """The preferences in a form; a list in which nothing is chosen does not count.

    Raises:
        UsageError: a label, rhythm, weekday or format is unknown, or a list of authors or words cannot be used.
    """
    topics = {facet.id: [label for label in form.getlist(facet.id) if label] for facet in taxonomy.facets}
    every = form.get("every", "day")
    weekday = form.get("weekday", "") if every == "week" else ""
    lists = {name: form.get(name, "") for name in ("authors", "words")}
    shape = form.get("format", "html")
    return change_preferences(
        taxonomy, Preferences(), topics, every, weekday, shape, match=form.get("match", "all"), **lists
    )


def readable(taxonomy: Taxonomy, form: Form) -> Preferences:
    """As `chosen`, without what cannot be used: to show the form again."""
    try:
        return chosen(taxonomy, form)
    except ListError as error:
        return readable(taxonomy, MultiDict([item for item in form.multi_items() if item[0] != error.field]))
    except UsageError:
        return Preferences()


def problems_of(taxonomy: Taxonomy, form: Form) -> Problems:
    """What is wrong with the preferences in a form, by field."""
    try:
        chosen(taxonomy, form)
    except UsageError as error:
        return {error.field if isinstance(error, ListError) else "": f"{error}"}
    return {}


def choices(taxonomy: Taxonomy, preferences: Preferences, form: Form | None = None) -> dict[str, object]:
    """What the form offers, what is chosen, and what was typed, even where it cannot be used."""
    typed = {name: "; ".join(getattr(preferences, name)) for name in ("authors", "words")}
    return {
        "facets": taxonomy.facets,
        "topics": preferences.topics,
        "rule": RULE,
        "match": preferences.match,
        "every": preferences.every,
        "weekdays": WEEKDAYS,
        "weekday": weekday_name(preferences),
        "format": preferences.form,
        **{name: form.get(name, text) if form else text for name, text in typed.items()},
    }


def _address(email: str) -> Problems:
    try:
        self_service.public_address(email)
    except UsageError as error:
        return {"email": f"{error}"}
    return {}
