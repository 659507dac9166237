"""Where a reviewer is: the sitting, what is probably left, the order, and filters that stay."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from harvester.services.review.progress import progress
from tests.conftest import both_databases
from tests.room import Room
from tests.web.review.conftest import Open

NAME = "2506.00001"


def titles(page: Any) -> list[str]:
    return [title.strip() for title in page.xpath("//ol[@class='rows']//span[@class='title']/text()")]


@both_databases
def test_the_sitting_and_what_is_probably_left(both: Room) -> None:
    names = both.fill(12)
    ann = both.browser("ann")
    before = progress(both.ws, "ann")
    assert (before.total, before.sitting.decided, before.waiting) == (12, 0, 12)
    assert 9 <= before.left.expected <= 12, "each of them is in scope with a probability above 0.9"
    both.browser("bob").decide(names[11], "reject")
    for name in names[:5]:
        both.now += timedelta(minutes=1)
        ann.decide(name, "accept")
    ann.decide(names[0], "undo", 1)
    now = progress(both.ws, "ann")
    assert (now.total, now.sitting.decided, now.waiting) == (11, 4, 7)
    shown = ann.page("/review").xpath("string(//*[@id='progress'])")
    assert "4 of 11 decided" in shown
    assert "Of the 7 waiting, about" in shown
    both.now += timedelta(minutes=31)
    assert progress(both.ws, "ann").sitting.decided == 0, "after a break another sitting begins"


def test_a_stopping_sign_where_little_is_left(room: Room) -> None:
    for number in range(1, 31):
        room.put(f"2506.{number:05}", f"Part {number}", 0.001)
    assert progress(room.ws, "ann").enough
    assert "You can stop here" in room.browser("ann").client.get("/review").text
    room.put("2506.00099", "Surely", 0.99)
    room.put("2506.00098", "Surely as well", 0.99)
    assert not progress(room.ws, "ann").enough


def test_the_page_follows_the_decisions(room: Room, desk: Open) -> None:
    room.fill(8)
    page = desk()
    expect(page.locator("#progress")).to_contain_text("0 of 8 decided")
    page.keyboard.press("x")
    expect(page.locator("#progress")).to_contain_text("1 of 8 decided")
    room.browser("bob").decide("2506.00008", "reject")
    expect(page.locator("#progress")).to_contain_text("1 of 7 decided")
    page.click("text=What the two numbers mean")
    expect(page.locator(".order-help")).to_contain_text("So the scope need not fall from line to line")


@both_databases
def test_the_order_is_chosen(both: Room) -> None:
    both.put("2506.00001", "Old and sure", 0.97, published=both.now - timedelta(days=9))
    both.put("2506.00002", "New and doubtful", 0.5, published=both.now)
    both.put("2506.00003", "Undated", 0.8, published=None)
    ann = both.browser("ann")
    assert titles(ann.page("/review?sort=scope")) == ["Old and sure", "Undated", "New and doubtful"]
    page = ann.page("/review?sort=date&source=arxiv")
    assert titles(page) == ["New and doubtful", "Old and sure", "Undated"]
    assert page.xpath("//*[@class='order']/a[@aria-current]/text()") == ["date"]
    assert "sort=date" in page.xpath("//ol[@class='rows']//a/@href")[0]
    assert page.xpath("//*[@class='clear']/a/@href") == ["/review?sort=date"]
    assert "cannot be sorted by &#39;luck&#39;" in ann.client.get("/review?sort=luck").text


def test_filters_and_order_stay_over_decisions_batches_and_sign_in(room: Room, desk: Open) -> None:
    room.fill(6)
    room.put("2505.00001", "Wearable seismocardiography", 0.4)
    page = desk(address="/review?q=part&sort=date")
    expect(page.locator("#total")).to_have_text("6 pending that match")
    page.keyboard.press("x")
    expect(page.locator("#total")).to_have_text("5 pending that match")
    page.check("#row-5 [name=paper]")
    page.click(".many button[value=reject]")
    page.click("text=Cancel")
    page.wait_for_url("**/review?q=part&sort=date")
    page.check("#row-5 [name=paper]")
    page.click(".many button[value=reject]")
    page.click("main button.reject")
    page.click("text=Back to the queue")
    page.wait_for_url("**/review?q=part&sort=date")
    page.click(".rows a")
    page.click("text=Sign out")
    expect(page).to_have_url(re.compile(r"/login\?then="))
    page.fill("[name=username]", "ann")
    page.fill("[name=password]", "correct horse battery")
    page.click("main button")
    page.wait_for_url("**/review?q=part&sort=date**")
    expect(page.locator("#total")).to_have_text("4 pending that match")


def test_a_search_without_a_match_says_so_and_offers_nothing(room: Room) -> None:
    room.fill(2)
    text = room.browser("ann").client.get("/review?q=unicorn").text
    assert "No paper matches" in text
    assert "Show all pending papers" in text
    assert "are waiting" not in text
    assert "Accept all" not in text
    assert "Accept all" in room.browser("ann").client.get("/review").text


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([("accept", 0)], "1 entry"),
        ([("accept", 0), ("accept", 1)], "1 entry"),
        ([("reject", 0)], ""),
        ([("accept", 0), ("undo", 1)], ""),
    ],
)
def test_build_the_list_counts_entries(room: Room, made: list[tuple[str, int]], said: str) -> None:
    room.fill(1)
    ann = room.browser("ann")
    for step, (action, version) in enumerate(made):
        ann.decide(NAME, action, version, **({"modality": ["cmr"]} if step and action == "accept" else {}))
    page = ann.page("/review")
    assert "".join(page.xpath("//form[@class='publish']//*[@class='count']/text()")) == said
