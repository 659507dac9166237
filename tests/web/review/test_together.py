"""Several reviewers at once: each sees the others' decisions and what they read, and open streams cost nothing."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from harvester.domain.together import Change, Happenings, Presence
from harvester.services.review.together import so_far
from harvester.web.forms import SESSION
from harvester.web.review.together import MOST_EACH, told
from tests.conftest import both_databases
from tests.room import Browser, Room
from tests.web.review.conftest import Open

NAME = "2506.00001"
SSE = {"Accept": "text/event-stream"}


def events(text: str) -> dict[str, Any]:
    """The data of each event, by its name."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.strip().split("\n\n")]
    return {block["event"]: json.loads(block["data"]) for block in blocks if "event" in block}


def asked(browser: Browser, after: int = 0) -> dict[str, Any]:
    """What a page that knows the decisions up to `after` is told; without asking for a stream."""
    return events(browser.client.get(f"/review/events?after={after}").text)


def test_a_page_is_told_only_what_it_does_not_show() -> None:
    present = (Presence(7, "bob"),)
    found = Happenings(12, (Change(7, "rejected", 1, "bob"),), {"pending": 3}, present)
    assert list(events("".join(told(found, None)))) == ["changes", "present"]
    assert list(events("".join(told(found, present)))) == ["changes"]
    assert told(Happenings(12, (), {}, present), present) == []
    assert events("".join(told(Happenings(12, (), {}, ()), present))) == {"present": []}
    assert "id: 12\n" in told(found, None)[0], "where the browser goes on after a break"


@both_databases
def test_decisions_after_the_one_that_a_page_knows(both: Room) -> None:
    both.fill(3)
    ann, bob = both.browser("ann"), both.browser("bob")
    assert asked(bob) == {"present": []}
    ann.decide(NAME, "reject")
    ann.decide("2506.00002", "defer")
    ann.decide("2506.00002", "undo", 1)
    told = asked(bob)["changes"]
    number, other = both.numbers[NAME], both.numbers["2506.00002"]
    assert told["changes"] == [
        {"paper": number, "state": "rejected", "version": 1, "by": "ann"},
        {"paper": other, "state": "pending", "version": 2, "by": ""},
    ]
    assert told["counts"] == {"pending": 2, "accepted": 0, "rejected": 1, "deferred": 0}
    newest = both.log("2506.00002")[-1].id
    assert "changes" not in asked(bob, newest)
    assert [change["paper"] for change in asked(bob, newest - 1)["changes"]["changes"]] == [other]


@both_databases
def test_who_reads_what_and_for_how_long(both: Room) -> None:
    both.fill(2)
    ann, bob = both.browser("ann"), both.browser("bob")

    def reads(browser: Browser, paper: str) -> None:
        given = {"csrf": browser.csrf(), "paper": paper}
        assert browser.client.post("/review/reading", data=given).status_code == 204

    reads(ann, NAME)
    reads(ann, "2506.00002")  # in place of the other
    assert asked(bob)["present"] == [{"paper": both.numbers["2506.00002"], "by": "ann"}]
    assert "ann is reading this" in bob.client.get("/review").text, "without JavaScript, a reload shows it"
    assert "is reading this" not in ann.client.get("/review").text, "nobody needs to be told of oneself"
    reads(ann, "")
    assert asked(bob)["present"] == []
    reads(ann, NAME)
    both.now += timedelta(seconds=46)
    assert asked(bob)["present"] == []


def test_an_open_page_does_not_keep_a_session_alive(room: Room) -> None:
    room.fill(1)
    ann = room.browser("ann")
    csrf = ann.csrf()
    for _ in range(3):
        room.now += timedelta(hours=5)
        answer = ann.client.get("/review/events", headers=SSE) if room.now.hour > 12 else None
        ann.client.post("/review/reading", data={"csrf": csrf, "paper": NAME})
    assert answer is not None
    assert list(events(answer.text)) == ["signed-out"]


@contextmanager
def stream(url: str, token: str) -> Iterator[int]:
    """An open stream, read up to its first event; gives the status of the response."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as made:
        lines = ["GET /review/events HTTP/1.1", f"Host: {where.netloc}", "Accept: text/event-stream"]
        made.sendall("\r\n".join([*lines, f"Cookie: {SESSION}={token}", "", ""]).encode())
        text = b""
        while b"event: present" not in text and b" 503 " not in text:
            part = made.recv(4096)
            assert part, text
            text += part
        yield int(text.split()[1])


def test_open_streams_hold_no_thread_and_no_connection_and_are_bounded(room: Room) -> None:
    """More streams than there are worker threads (40) or connections to the database (15)."""
    room.fill(2)
    names = [f"reader{number}" for number in range(8)]
    for name in names:
        room.user(name)
    browsers = {name: room.browser(name) for name in names}
    tokens = {name: browser.client.cookies[SESSION] for name, browser in browsers.items()}
    with room.serving() as url:
        with ExitStack() as opened:
            statuses = [opened.enter_context(stream(url, tokens[name])) for name in names for _ in range(MOST_EACH)]
            assert statuses == [200] * 64
            with stream(url, tokens["reader0"]) as refused:
                assert refused == 503
            assert room.ws.store.pool.checkedout() <= 1, "the one look that all share"  # type: ignore[attr-defined]
            csrf = browsers["reader0"].csrf()
            form = {"csrf": csrf, "paper": NAME, "action": "reject", "version": "0"}
            cookies = {SESSION: tokens["reader0"]}
            answer = requests.post(
                f"{url}/review/decide", data=form, cookies=cookies, timeout=60, allow_redirects=False
            )
            assert answer.status_code == 303
        status = 503
        while status == 503:  # until the server has noticed that they are gone
            with stream(url, tokens["reader0"]) as status:
                pass
        assert status == 200


def row(page: Page, room: Room, name: str) -> Any:
    return page.locator(f"#row-{room.numbers[name]}")


def test_rows_change_on_the_other_page_and_readers_are_shown(room: Room, desk: Open) -> None:
    room.fill(3)
    ann, bob = desk("ann"), desk("bob")
    expect(row(bob, room, NAME).locator(".reader")).to_have_text("ann is reading this")
    expect(bob.locator("#others")).to_have_text("ann is reading this")
    ann.keyboard.press("x")
    expect(row(bob, room, NAME)).to_have_attribute("data-state", "rejected")
    expect(row(bob, room, NAME).locator(".done")).to_have_text("rejected by ann")
    expect(bob.locator("#total")).to_have_text("2 pending")
    expect(bob.locator(".states [data-state=rejected]")).to_have_text("1")
    expect(bob.locator("#others")).to_contain_text("ann just decided: rejected.")
    expect(row(bob, room, "2506.00002").locator(".reader")).to_have_text("ann is reading this")
    bob.keyboard.press("x")
    expect(bob.locator("#said")).to_contain_text("Already rejected: ")
    expect(ann.locator("#total")).to_have_text("2 pending")
    ann.goto("/review/runs")  # she leaves the queue
    expect(row(bob, room, "2506.00002").locator(".reader")).to_have_text("")


def test_without_javascript_a_reload_shows_the_same(room: Room, desk: Open) -> None:
    room.fill(2)
    bob, ann = desk("bob", java_script_enabled=False), desk("ann")
    ann.keyboard.press("x")
    expect(row(ann, room, NAME)).to_have_attribute("data-state", "rejected")
    while so_far(room.ws).present != (Presence(room.numbers["2506.00002"], "ann"),):
        ann.wait_for_timeout(50)
    expect(bob.locator("#others")).to_have_text("")
    bob.reload()
    expect(bob.locator(".states [data-state=rejected]")).to_have_text("1")
    expect(bob.locator("#others")).to_have_text("ann is reading this")


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40])
def test_a_page_that_names_no_decision_is_told_of_all(room: Room, after: str) -> None:
    room.fill(1)
    room.browser("ann").decide(NAME, "reject")
    assert "changes" in events(room.browser("bob").client.get("/review/events", params={"after": after}).text)
