"""The pages behind links in mails. GET only shows a button, because mail scanners follow every link; POST acts.

``POST /unsubscribe/TOKEN`` is RFC 8058's one-click target: mail programs call it themselves, with the body
``List-Unsubscribe=One-Click`` and nothing else: no cookie, no form of ours. The token alone decides, so it ignores the
body and everything that a browser would add, and it answers with 200, never with a redirect.
"""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from harvester.base.errors import UsageError
from harvester.digest.preferences import CONSENT
from harvester.domain.subscribers import Preferences
from harvester.mail.link_tokens import ExpiredToken
from harvester.services.subscribers import self_service
from harvester.services.workspace import Workspace
from harvester.web.forms import Plain
from harvester.web.pages import PRIVATE, Pages
from harvester.web.subscribe import choices, chosen
from harvester.web.workers import OpenRoute


def routes(ws: Workspace, pages: Pages) -> APIRouter:
    """Routes to confirm, change preferences, unsubscribe and be erased."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=OpenRoute)
    _add_confirm(router, ws, pages)
    _add_unsubscribe(router, ws, pages)
    _add_preferences(router, ws, pages)
    return router


def _add_confirm(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    @router.get("/confirm/{token}")
    def show_confirm(token: str) -> HTMLResponse:
        self_service.check_confirm(ws, token)
        return pages.button("Confirm your subscription", CONSENT, "Confirm")

    @router.post("/confirm/{token}")
    def confirm(token: str) -> HTMLResponse:
        self_service.confirm(ws, token)
        return pages.done("Confirmed", "You will get the digest when there are new papers on your topics.")


def _add_unsubscribe(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    @router.get("/unsubscribe/{token}")
    def show_unsubscribe(token: str) -> HTMLResponse:
        self_service.check_unsubscribe(ws, token)
        return pages.button("Unsubscribe", "Do you want to stop receiving mail from us?", "Unsubscribe")

    @router.post("/unsubscribe/{token}")
    def unsubscribe(token: str) -> HTMLResponse:
        self_service.unsubscribe(ws, token)
        return pages.done("Unsubscribed", "You will receive no more mail from us.")


def _add_preferences(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    def page(preferences: Preferences, *, problem: str = "", saved: bool = False) -> HTMLResponse:
        values = {"problem": problem, "saved": saved, **choices(ws.taxonomy, preferences)}
        return pages.render("preferences", values, status=400 if problem else 200, headers=PRIVATE)

    @router.get("/preferences/{token}")
    def show_preferences(token: str) -> HTMLResponse:
        try:
            return page(self_service.subscriber_of(ws, token).preferences)
        except ExpiredToken as error:
            if not self_service.may_be_erased(ws, token):
                raise
            words = f"{error} Your address is kept to remember that; you can have it erased."
            values = {"heading": "Subscription ended", "words": words, "ask_again": True, "button": "", "erase": True}
            return pages.render("message", values, status=410, headers=PRIVATE)

    @router.post("/preferences/{token}")
    def change(token: str, form: Plain) -> HTMLResponse:
        erase = form.get("act") == "erase"
        if erase and form.get("sure") == "yes" and self_service.may_be_erased(ws, token):
            self_service.forget_me(ws, token)
            return pages.done("Erased", "We keep nothing about you except that we must not send mail to your address.")
        subscriber = self_service.subscriber_of(ws, token)
        if erase:
            return page(subscriber.preferences, problem="Nothing was erased: check the box first.")
        try:
            preferences = chosen(ws.taxonomy, form)
        except UsageError as error:
            return page(subscriber.preferences, problem=str(error))
        self_service.change_preferences(ws, token, preferences)
        return page(preferences, saved=True)
