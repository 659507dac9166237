"""Drafts outlive the session and the browser; the address that a reviewer was at does, too."""

import re

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.conftest import PATIENCE
from tests.room import PASSWORD, Room
from tests.web.review.conftest import Open, at

NAME, OTHER = "2506.00001", "2506.00002"
ECG, CMR = "#paper input[name=modality][value=ecg]", "#paper input[name=modality][value=cmr]"


def draft(page: Page) -> None:
    """Tick other labels than the predicted ones, and write a note."""
    page.click("#all-labels")
    page.uncheck(ECG)
    page.check(CMR)
    page.fill("[name=reason]", "half read")


def restored(page: Page) -> None:
    expect(page.locator(".draft")).to_contain_text("Your draft is restored")
    expect(page.locator(ECG)).not_to_be_checked()
    expect(page.locator(CMR)).to_be_checked()
    expect(page.locator("[name=reason]")).to_have_value("half read")


def sign_in(page: Page, name: str = "ann") -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_selector("html.scripts body.desk", state="attached")


def test_a_draft_survives_leaving_sign_out_and_a_restart_until_it_is_decided(
    room: Room, desk: Open, chromium: Chromium
) -> None:
    room.fill(3)
    page = desk()
    draft(page)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    at(page, room, OTHER)
    expect(page.locator(".draft")).to_have_count(0)
    page.keyboard.press("k")
    restored(page)
    page.click("text=Sign out")
    sign_in(page, "bob")
    at(page, room, NAME)
    expect(page.locator("[name=reason]")).to_have_value("")  # the draft is ann's
    page.click("text=Sign out")
    sign_in(page)
    restored(page)
    kept = chromium.new_context(base_url=page.url.partition("/review")[0], storage_state=page.context.storage_state())
    kept.set_default_timeout(PATIENCE)
    again = kept.new_page()
    again.goto("/review")
    restored(again)
    again.click("button.accept")
    at(again, room, OTHER)
    again.click("#tail button[value=undo]")
    at(again, room, NAME)
    expect(again.locator(".draft")).to_have_count(0)
    expect(again.locator("[name=reason]")).to_have_value("")
    kept.close()
    (made, _) = room.log(NAME)
    assert made.labels is not None
    assert (made.labels.of("modality"), made.reason) == (("cmr",), "half read")


def test_a_session_that_ended_says_so_and_keeps_ticks_note_and_filters(room: Room, desk: Open) -> None:
    room.fill(3)
    page = desk(address="/review?q=part")
    draft(page)
    room.now = room.now.replace(day=14)
    page.click("button.accept")
    expect(page).to_have_url(re.compile("/login"))
    expect(page.locator("main")).to_contain_text("Your session has ended; nothing was decided.")
    assert room.place(NAME).state == "pending"
    sign_in(page)
    expect(page).to_have_url(re.compile("q=part"))
    restored(page)
    page.click(".draft button:has-text('Discard')")
    expect(page.locator(ECG)).to_be_checked()
    page.reload()
    expect(page.locator(".draft")).to_have_count(0)


def test_the_open_page_says_that_its_session_ended(room: Room, desk: Open) -> None:
    room.fill(1)
    page = desk()
    draft(page)
    admin = room.browser("root")
    admin.client.post("/review/people/sign-out", data={"csrf": admin.csrf(), "name": "ann"})
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the tab is looked at again
    expect(page.locator("#said")).to_contain_text("Your session has ended. What you ticked and noted is kept")
    page.click("text=Sign in again")
    sign_in(page)
    restored(page)


def test_a_draft_is_not_put_over_what_somebody_decided_meanwhile(room: Room, desk: Open) -> None:
    room.fill(2)
    page = desk()
    draft(page)
    room.browser("bob").decide(NAME, "accept", modality=["echo"])
    page.goto(f"/review?state=accepted&paper=arxiv:{NAME}")
    expect(page.locator(".draft")).to_contain_text("a draft from before the last decision")
    expect(page.locator(CMR)).not_to_be_checked()
    page.click(".draft button:has-text('Use it')")
    expect(page.locator(CMR)).to_be_checked()


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("/review?q=heart&paper=arxiv%3A2506.00001", "/login?then=/review%3Fq%3Dheart%26paper%3Darxiv%253A2506.00001"),
        ("https://evil.example.org/review?q=x", "/login?then=/review%3Fq%3Dx"),
        ("//evil.example.org/login", "/login"),
        ("/review/decide", "/login"),
        ("http://[", "/login"),
        ("", "/login"),
    ],
)
def test_where_signing_in_again_leads(room: Room, header: str, address: str) -> None:
    ann = room.browser("ann")
    answer = ann.client.post("/logout", data={"csrf": ann.csrf()}, headers={"Referer": header})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert ann.client.get("/login?then=http://[").status_code == 200
