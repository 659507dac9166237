"""Every route that changes data refuses illegitimate requests; the list of routes comes from the application."""

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from harvester.web.app import create_app
from harvester.web.forms import SAFE
from tests.room import Browser, Room

NAME = "2506.00001"
BY_TOKEN = (
    "/confirm/{token}", "/unsubscribe/{token}", "/unsubscribe/{token}/undo", "/unsubscribe/{token}/every",
    "/preferences/{token}",
)  # fmt: skip
"""Reached from a mail: the token in the address decides, tests/web/test_routes.py holds them to that."""
UNNAMED = ("/subscribe",)
"""Does nothing in anybody's name: only a mail to the address that is given can tell whether it is meant."""
OPEN = ("/login", "/suggest")
"""What anybody may post to."""
ADMIN = ("/review/people/sign-out",)


@dataclass(frozen=True)
class Change:
    """A route that changes data, and a form with which it would."""

    path: str
    form: dict[str, Any]

    @property
    def address(self) -> str:
        return self.path.replace("{number}", "1")


FORMS: dict[str, dict[str, Any]] = {
    "/login": {"username": "ann", "password": "correct horse battery"},
    "/logout": {},
    "/suggest": {"paper": "2506.09999"},
    "/review/reading": {"paper": NAME},
    "/review/decide": {"paper": NAME, "action": "reject", "version": "0"},
    "/review/bulk": {"action": "reject", "paper": f"0 {NAME}"},
    "/review/batches/{number}/undo": {},
    "/review/publish": {},
    "/review/people/sign-out": {"name": "ann"},
}


def changing(room: Room) -> list[Change]:
    """Every route that accepts a method other than GET, except those for the digest's subscribers."""
    found = []
    for route in iter_route_contexts(create_app(room.ws).routes):
        if set(route.methods or ()) - set(SAFE) and route.path not in (*BY_TOKEN, *UNNAMED):
            assert route.path in FORMS, f"{route.path} changes something: say here with which form it would"
            found.append(Change(str(route.path), FORMS[str(route.path)]))
    return found


@pytest.fixture
def filled(room: Room) -> Room:
    room.fill(3)
    made = room.browser("root")
    made.client.post("/review/bulk", data={"csrf": made.csrf(), "action": "accept", "paper": "0 2506.00003"})
    assert room.place("2506.00003").state == "accepted"
    return room


def traces(room: Room) -> object:
    """The state that a route could have changed."""
    with room.ws.store.connect() as db:
        tables = ("decisions", "sessions", "proposals", "publications", "batches", "attempts", "presences")
        counted = [db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in tables]
    return counted, room.states(), sorted(map(str, room.ws.catalog.rglob("*")))


def csrf_for(browser: Browser, change: Change) -> str:
    return browser.csrf(change.path if change.path in OPEN else "/review")


def test_all_of_them_are_known(filled: Room) -> None:
    assert {change.path for change in changing(filled)} == set(FORMS)


def test_nobody_is_signed_in(filled: Room) -> None:
    browser = filled.browser()
    before = traces(filled)
    for change in changing(filled):
        if change.path in OPEN:
            continue
        answer = browser.client.post(change.address, data={**change.form, "csrf": "x"})
        assert answer.status_code == 401, change
        htmx = browser.client.post(change.address, data=change.form, headers={"HX-Request": "true"})
        assert (htmx.status_code, htmx.headers["hx-redirect"]) == (401, "/login?then=/review&ended=1"), change
    assert traces(filled) == before


def test_a_session_that_was_ended(filled: Room) -> None:
    browser, admin = filled.browser("ann"), filled.browser("root")
    token = browser.csrf()
    admin.client.post("/review/people/sign-out", data={"csrf": admin.csrf(), "name": "ann"})
    for change in changing(filled):
        if change.path not in OPEN:
            assert browser.client.post(change.address, data={**change.form, "csrf": token}).status_code == 401, change
    assert filled.place(NAME).state == "pending"


def test_the_wrong_role(filled: Room) -> None:
    browser = filled.browser("ann")
    before = traces(filled)
    for path in ADMIN:
        answer = browser.client.post(path, data={**FORMS[path], "csrf": browser.csrf()})
        assert answer.status_code == 403
        assert "for admins" in answer.text
    assert browser.client.get("/review/people").status_code == 403
    assert traces(filled) == before


@pytest.mark.parametrize("what", ["none", "empty", "foreign", "of an older session"])
def test_a_token_that_is_not_of_this_session(filled: Room, what: str) -> None:
    other, browser = filled.browser("ann"), filled.browser("root")
    older = browser.csrf()
    if what == "of an older session":
        browser.sign_in("root")
    before = traces(filled)
    for change in changing(filled):
        tokens = {"none": {}, "empty": {"csrf": ""}, "foreign": {"csrf": csrf_for(other, change)}}
        token = tokens.get(what, {"csrf": older})
        answer = browser.client.post(change.address, data={**change.form, **token})
        assert answer.status_code == 403, change
        assert "not one of ours" in answer.text, change
    assert traces(filled) == before


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example.org"},
        {"Origin": "http://testserver:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page(filled: Room, header: dict[str, str]) -> None:
    browser = filled.browser("root")
    before = traces(filled)
    for change in changing(filled):
        form = {**change.form, "csrf": csrf_for(browser, change)}
        answer = browser.client.post(change.address, data=form, headers=header)
        assert answer.status_code == 403, change
        assert "another site" in answer.text, change
    assert traces(filled) == before


def test_our_own_page(filled: Room) -> None:
    browser = filled.browser("ann")
    form = {**FORMS["/review/decide"], "csrf": browser.csrf()}
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert browser.client.post("/review/decide", data=form, headers=own).status_code == 303
    assert filled.place(NAME).state == "rejected"


@pytest.mark.parametrize("path", ["/review/decide", "/review/bulk"])
def test_a_stale_version(filled: Room, path: str) -> None:
    browser, other = filled.browser("ann"), filled.browser("root")
    other.decide(NAME, "defer")
    answer = browser.client.post(path, data={**FORMS[path], "csrf": browser.csrf()})
    assert answer.status_code == (409 if path == "/review/decide" else 200)
    assert ("Somebody else was faster" if path == "/review/decide" else "Somebody decided on it") in answer.text
    assert filled.place(NAME).state == "deferred"
    assert len(filled.log(NAME)) == 1


def test_reading_changes_nothing(filled: Room) -> None:
    """No GET request makes a decision, neither a followed link nor a page that a browser prefetches."""
    browser = filled.browser("root")
    before = traces(filled)
    for route in iter_route_contexts(create_app(filled.ws).routes):
        if "GET" in (route.methods or ()) and "{token}" not in str(route.path):
            browser.client.get(f"{str(route.path).replace('{number}', '1')}?action=accept&paper={NAME}&version=0")
    assert traces(filled) == before


def test_every_review_page_wants_a_session(filled: Room) -> None:
    browser = filled.browser()
    for route in iter_route_contexts(create_app(filled.ws).routes):
        path = str(route.path).replace("{number}", "1")
        if path.startswith("/review") and "GET" in (route.methods or ()):
            answer = browser.client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/login?then={path}")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"csrf=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"&".join([b"a=1"] * 3_000), "application/x-www-form-urlencoded", 400),
        (b"csrf=\xff\xfe%ff", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
def test_broken_forms(filled: Room, body: bytes, kind: str, status: int) -> None:
    browser = filled.browser("root")
    before = traces(filled)
    for change in changing(filled):
        answer = browser.client.post(change.address, content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, change
        assert "Traceback" not in answer.text
    assert traces(filled) == before
