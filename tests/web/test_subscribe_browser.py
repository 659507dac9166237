"""Subscribing in Chromium: the count follows the choice, with JavaScript and without; the button is in view."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from harvester.services.subscribers.subscriptions import subscribers
from tests.room import JO, Room, Sink
from tests.web.test_server import web

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def address(room: Room, smtp: Sink) -> Iterator[str]:
    room.now = datetime.now(UTC)  # the server's clock is a real one
    room.accept("ECG diagnosis", modality="ecg", task="diagnosis")
    room.accept("ECG of sleep", modality="ecg")
    room.accept("CMR diagnosis", modality="cmr", task="diagnosis")
    with web(room) as (url, _):
        yield url


def says(page: Page, count: int) -> None:
    expect(page.locator("#brought .count")).to_have_text(re.compile(rf"brought {count} of 3"))


def test_the_count_follows_the_choice(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/subscribe")
    says(page, 3)
    page.get_by_label("Your e-mail address").fill(JO)
    page.get_by_label("ECG", exact=True).check()
    says(page, 2)
    page.get_by_label("Diagnosis", exact=False).first.check()
    says(page, 1)
    page.get_by_label("A paper must have something of").select_option("any")
    says(page, 3)
    page.get_by_label("Words in title or abstract").fill("sleep")
    says(page, 3)
    page.get_by_label("A paper must have something of").select_option("all")
    says(page, 0)
    assert not any("jo%40" in url or JO in url for url in asked), "no address in an address"
    page.close()


def test_a_button_does_it_without_javascript(chromium: Browser, room: Room, address: str) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/subscribe")
    page.get_by_label("ECG", exact=True).check()
    page.get_by_role("button", name="Show what this would have brought").click()
    says(page, 2)
    expect(page.get_by_role("link", name="ECG of sleep")).to_be_visible()
    expect(page.get_by_label("ECG", exact=True)).to_be_checked()
    assert subscribers(room.ws) == []
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 640)])
def test_the_button_is_in_view_and_the_page_accessible(
    chromium: Browser, address: str, width: int, height: int
) -> None:
    for scheme in ("light", "dark"):
        page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{address}/subscribe")
        says(page, 3)
        expect(page.get_by_role("button", name="Subscribe")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_label("Authors").fill("J.")
        page.evaluate("document.getElementById('email').type = 'text'")
        page.get_by_label("Your e-mail address").fill("nobody")
        page.get_by_role("button", name="Subscribe").click()
        expect(page.locator("[role=alert]")).to_contain_text("nobody")
        page.evaluate(AXE)
        found = page.evaluate("axe.run().then(done => done.violations.map(v => v.id + ' ' + v.nodes[0].html))")
        assert found == []
        page.get_by_role("link", name="not a valid e-mail address").click()
        expect(page.get_by_label("Your e-mail address")).to_be_focused()
        page.close()
