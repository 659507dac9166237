"""The pages behind links in mails. GET only shows a button, because mail scanners follow every link; POST acts.

``POST /unsubscribe/TOKEN`` is RFC 8058's one-click target: mail programs call it themselves, with the body
``List-Unsubscribe=One-Click`` and nothing else: no cookie, no form of ours. The token alone decides, so it ignores the
body and everything that a browser would add, and it answers with 200, never with a redirect.
"""

from types import MappingProxyType

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from harvester.base.errors import UsageError
from harvester.digest.preferences import CONSENT
from harvester.domain.subscribers import Preferences
from harvester.mail.link_tokens import ExpiredToken, open_tokens
from harvester.services.subscribers import self_service
from harvester.services.workspace import Workspace
from harvester.web.forms import Form, Plain
from harvester.web.pages import PRIVATE, Pages
from harvester.web.subscribe import Problems, choices, chosen, problems_of, readable
from harvester.web.workers import OpenRoute

RHYTHMS = {"day": "every day that has something new", "week": "once a week", "month": "once a month"}
NONE: Problems = MappingProxyType({})


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
        key = self_service.check_confirm(ws, token)
        return pages.button("Confirm your subscription", CONSENT, "Confirm", [_preferences_link(ws, key)])

    @router.post("/confirm/{token}")
    def confirm(token: str) -> HTMLResponse:
        self_service.confirm(ws, token)
        words = "You will get the digest when there are new papers on your topics."
        return pages.done("Confirmed", words, [_preferences_link(ws, self_service.check_confirm(ws, token))])


def _add_unsubscribe(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    def page(token: str, heading: str, *, done: bool) -> HTMLResponse:
        person = self_service.leaver(ws, token)
        here = person is not None and person.state in ("pending", "active")
        every = person.preferences.every if person else "day"
        values = {
            "heading": heading,
            "token": token,
            "done": done,
            "here": here,
            "address": person.email if person else "",
            "rhythm": RHYTHMS[every],
            "rarer": [(rarer, RHYTHMS[rarer].capitalize()) for rarer in self_service.rarer(every)],
            "back": person is not None and self_service.may_come_back(ws, person),
            "preferences": open_tokens(ws.settings).preferences(person.key) if person else "",
        }
        return pages.render("unsubscribe", values, headers=PRIVATE)

    @router.get("/unsubscribe/{token}")
    def show_unsubscribe(token: str) -> HTMLResponse:
        return page(token, "Unsubscribe", done=False)

    @router.post("/unsubscribe/{token}")
    def unsubscribe(token: str) -> HTMLResponse:
        self_service.unsubscribe(ws, token)
        return page(token, "Unsubscribed", done=True)

    @router.post("/unsubscribe/{token}/undo")
    def undo(token: str) -> HTMLResponse:
        self_service.come_back(ws, token)
        return _kept("Taken back", "You get the digest as before.", token)

    @router.post("/unsubscribe/{token}/every")
    def less_often(token: str, form: Plain) -> HTMLResponse:
        every = form.get("every", "")
        try:
            self_service.less_often(ws, token, every)
        except UsageError as error:
            return pages.message(400, "Nothing was changed", f"{error}", headers=PRIVATE)
        return _kept("Less often", f"From now on you get the digest {RHYTHMS[every]}.", token)

    def _kept(heading: str, words: str, token: str) -> HTMLResponse:
        return pages.done(heading, words, [_preferences_link(ws, self_service.check_unsubscribe(ws, token))])


def _add_preferences(router: APIRouter, ws: Workspace, pages: Pages) -> None:
    def page(
        token: str,
        preferences: Preferences,
        form: Form | None = None,
        problems: Problems = NONE,
        *,
        saved: bool = False,
    ) -> HTMLResponse:
        leave = open_tokens(ws.settings).unsubscribe(self_service.subscriber_of(ws, token).key)
        fixed = {"problems": problems, "saved": saved, "unsubscribe": leave}
        values = {**fixed, **choices(ws.taxonomy, preferences, form)}
        return pages.render("preferences", values, status=400 if problems else 200, headers=PRIVATE)

    @router.get("/preferences/{token}")
    def show_preferences(token: str) -> HTMLResponse:
        try:
            return page(token, self_service.subscriber_of(ws, token).preferences)
        except ExpiredToken as error:
            if not self_service.may_be_erased(ws, token):
                raise
            words = f"{error} Your address is kept to remember that; you can have it erased."
            values = {
                "heading": "Subscription ended",
                "words": words,
                "ask_again": True,
                "button": "",
                "links": (),
                "erase": True,
            }
            return pages.render("message", values, status=410, headers=PRIVATE)

    @router.post("/preferences/{token}")
    def change(token: str, form: Plain) -> HTMLResponse:
        erase = form.get("act") == "erase"
        if erase and form.get("sure") == "yes" and self_service.may_be_erased(ws, token):
            self_service.forget_me(ws, token)
            return pages.done("Erased", "We keep nothing about you except that we must not send mail to your address.")
        subscriber = self_service.subscriber_of(ws, token)
        if erase:
            return page(token, subscriber.preferences, None, {"sure": "Nothing was erased: check the box first."})
        if problems := problems_of(ws.taxonomy, form):
            return page(token, readable(ws.taxonomy, form), form, problems)
        preferences = chosen(ws.taxonomy, form)
        self_service.change_preferences(ws, token, preferences)
        return page(token, preferences, saved=True)


def _preferences_link(ws: Workspace, key: str) -> tuple[str, str]:
    return f"/preferences/{open_tokens(ws.settings).preferences(key)}", "Change what you get"
