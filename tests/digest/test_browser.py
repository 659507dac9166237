"""Mails and public pages in Chromium: at a mail's usual width and a phone's, light and dark, without JavaScript."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from harvester.mail.link_tokens import open_tokens
from harvester.services.digest.preview import plan_for
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.subscriptions import subscribers
from tests.room import Room, Sink, text_of
from tests.web.test_server import web

JO = "a.very.long.address.of.somebody+papers@a-long-domain-name.example.org"
LOOKS = [(width, scheme) for width in (600, 375) for scheme in ("light", "dark")]
# The lowest contrast of any text to the background behind it, by WCAG 2.2 (relative luminance).
LOWEST_CONTRAST = """() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const parse = text => text.match(/[\\d.]+/g).map(Number)
  const behind = node => {
    for (; node; node = node.parentElement) {
      const found = parse(getComputedStyle(node).backgroundColor)
      if (found.length < 4 || found[3] > 0) return found
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  let lowest = 21
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || !node.getClientRects().length) continue
    const pair = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a)
    lowest = Math.min(lowest, (pair[0] + 0.05) / (pair[1] + 0.05))
  }
  return lowest
}"""
UNNAMED = """() => [...document.querySelectorAll("input, select, button")].filter(
  one => !one.labels?.length && !one.textContent.trim() && !one.getAttribute("aria-label")).length"""


def looks_right(chromium: Browser, url: str, path: Path | None = None) -> None:
    """Nothing sticks out, everything can be read, and nothing is fetched from elsewhere."""
    for width, scheme in LOOKS:
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (url, width, scheme)
        assert page.evaluate(LOWEST_CONTRAST) >= 4.5, (url, width, scheme)
        assert page.evaluate(UNNAMED) == 0
        site = url.split("/")[:3]
        assert all(address.split("/")[:3] == site for address in asked)
        page.close()


def fill(room: Room) -> None:
    word = "averylongwordwithoutanyhyphen" * 5
    room.subscribe(JO)
    room.accept(f"Überwachung <b>{word}</b> 心电图", modality="ecg", task="segmentation")
    room.accept("Hearts in MRI", modality="cmr", task="diagnosis", kind="dataset")


def test_the_mail(chromium: Browser, room: Room, tmp_path: Path) -> None:
    fill(room)
    ((_, mail),) = plan_for(room.ws, JO)[1]
    (tmp_path / "mail.html").write_text(mail.html, encoding="utf-8")
    looks_right(chromium, (tmp_path / "mail.html").as_uri())
    assert re.search(r"<(img|script|link|iframe)", mail.html) is None
    page = chromium.new_page(color_scheme="dark")
    page.goto((tmp_path / "mail.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 26)"
    page.close()


def test_the_public_pages_and_subscribing_without_javascript(chromium: Browser, room: Room, smtp: Sink) -> None:
    fill(room)
    send_digests(room.ws)
    room.accept("The next one", modality="ecg")
    tokens = open_tokens(room.ws.settings)
    link = tokens.preferences(tokens.key(JO))
    with web(room) as (url, _):
        for path in ("/subscribe", f"/preferences/{link}", "/archive", "/archive/2025-06-12", "/archive/next"):
            looks_right(chromium, url + path)
        page = chromium.new_context(java_script_enabled=False).new_page()
        subscribe(page, url)
        confirm(page, url, smtp)
    kept = subscribers(room.ws)[-1]
    assert (kept.email, kept.state) == ("new@example.org", "active")
    assert (kept.preferences.topics, kept.preferences.every, kept.preferences.weekday) == (
        {"modality": ("ecg",)},
        "week",
        4,
    )


def subscribe(page: Page, url: str) -> None:
    page.goto(f"{url}/subscribe")
    page.get_by_label("Your e-mail address").fill("new@example.org")
    page.get_by_label("ECG", exact=True).check()
    page.get_by_label("Once a week").check()
    page.get_by_label("Day of the weekly digest").select_option("friday")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading")).to_have_text("Check your mailbox")


def confirm(page: Page, url: str, smtp: Sink) -> None:
    while not smtp.to("new@example.org"):  # it is written after the page has its answer
        page.wait_for_timeout(50)
    found = re.search(r"/confirm/\S+(?=>)", text_of(smtp.to("new@example.org")[0]))
    assert found
    page.goto(url + found[0])
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading")).to_have_text("Confirmed")
