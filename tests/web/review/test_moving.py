"""Moving through the queue never waits: papers are fetched ahead, and what was left is given up."""

import re

from playwright.sync_api import Route, expect

from tests.room import Room
from tests.web.review.conftest import Open, at


def test_a_key_that_is_held_down_decides_once(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    at(page, room, names[0])
    page.keyboard.down("d")
    at(page, room, names[1])
    for _ in range(5):
        page.keyboard.down("d")  # the browser's repeats of a key that was not released
    page.keyboard.up("d")
    page.keyboard.press("d")
    at(page, room, names[2])
    assert list(room.states().values()) == ["deferred", "deferred", "pending", "pending"]


def test_the_next_paper_is_there_before_it_is_asked_for(room: Room, desk: Open) -> None:
    names = room.fill(3)
    page = desk()
    with page.expect_response(lambda answer: names[1] in answer.url):
        page.reload()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.keyboard.press("j")
    at(page, room, names[1])
    expect(page.locator("#paper h2").first).to_contain_text("part 2")


def test_a_paper_that_was_left_is_given_up_and_a_wait_is_shown(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    at(page, room, names[0])
    held: list[Route] = []
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.context.route(f"**/review/paper?*{names[2]}", lambda route: held.append(route))
    page.keyboard.press("j")
    at(page, room, names[1])
    page.keyboard.press("j")
    page.evaluate("htmx.ajax('GET', '/review/progress', '#progress')")  # this answer does not end the wait
    expect(page.locator("#paper")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#said")).to_have_text("Loading the paper…")
    page.keyboard.press("j")
    at(page, room, names[3])
    expect(page.locator("#paper")).not_to_have_attribute("aria-busy", "true")
    assert any(names[2] in address for address in failed)
    assert len(held) == 1, "asked for once: ahead"


def test_the_address_follows_the_paper_and_back_works(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    page.keyboard.press("j")
    at(page, room, names[1])
    page.keyboard.press("x")
    at(page, room, names[2])
    expect(page).to_have_url(f"{page.url.split('/review')[0]}/review?paper=arxiv%3A{names[2]}")
    page.go_back()
    at(page, room, names[1])
    expect(page.locator("#paper article")).to_have_attribute("data-state", "rejected")
    page.go_back()
    at(page, room, names[0])
    page.go_forward()
    at(page, room, names[1])
    page.reload()
    at(page, room, names[1])


def test_the_keys_turn_the_pages_of_the_list(room: Room, desk: Open) -> None:
    names = room.fill(51)
    page = desk(address=f"/review?paper=arxiv:{names[49]}")
    at(page, room, names[49])
    page.keyboard.press("j")
    at(page, room, names[50])
    page.keyboard.press("j")
    expect(page.locator("#said")).to_have_text("This is the last paper of the list.")
    page.keyboard.press("k")
    at(page, room, names[49])
    expect(page).to_have_url(re.compile(rf"paper=arxiv%3A{re.escape(names[49])}$"))
    page.goto("/review")
    page.wait_for_selector("html.scripts", state="attached")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#said")).to_have_text("This is the first paper of the list.")


def test_the_address_follows_a_paper_that_the_list_does_not_show(room: Room, desk: Open) -> None:
    names = room.fill(2)
    page = desk()
    page.keyboard.press("x")
    at(page, room, names[1])
    page.reload()
    page.wait_for_selector("html.scripts", state="attached")
    page.keyboard.press("u")
    at(page, room, names[0])
    expect(page).to_have_url(re.compile(rf"paper=arxiv%3A{re.escape(names[0])}$"))
    page.go_back()
    at(page, room, names[1])


def test_a_server_that_is_away_is_said_and_the_paper_stays(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    page.context.route("**/review/paper?*", lambda route: route.fulfill(status=409, body="no"))
    page.click(f"#row-{room.numbers[names[3]]} a")
    expect(page.locator("#said")).to_contain_text("the paper is not shown")
    at(page, room, names[0])
    expect(page.locator(".rows [aria-current]")).to_have_attribute("data-number", str(room.numbers[names[0]]))


def test_the_next_paper_is_read_while_a_decision_is_saved_and_a_refusal_brings_its_own_back(
    room: Room, desk: Open
) -> None:
    names = room.fill(4)
    page, bob = desk(), desk("bob")
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.context.route("**/review/decide", lambda route: held.append(route))
    page.keyboard.press("x")
    expect(page.locator("#preview h2").first).to_contain_text("part 2")
    expect(page.locator("#paper")).to_be_hidden()
    expect(page.locator("#said")).to_have_text("Saving the decision…")
    bob.keyboard.press("d")
    at(bob, room, names[1])
    held[0].continue_()
    expect(page.locator(".conflict")).to_contain_text("bob set it aside")
    expect(page.locator("#preview")).to_have_count(0)
    at(page, room, names[0])
    expect(page.locator(".rows [aria-current]")).to_have_attribute("data-number", str(room.numbers[names[0]]))
    assert room.place(names[0]).state == "deferred"
    page.context.unroute("**/review/decide")
    page.evaluate("document.querySelector('.decide [name=csrf]').value = 'x'")
    page.fill("#note", "kept")
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    expect(page.locator("#said")).to_contain_text("not one of ours")
    expect(page.locator("#note")).to_have_value("kept")
    expect(page.locator("#paper")).to_be_visible()


def test_what_was_fetched_ahead_is_not_sent_again_unless_somebody_has_decided_on_it(room: Room) -> None:
    names = room.fill(4)
    ann, bob = room.browser("ann"), room.browser("bob")
    ann.client.headers["HX-Request"] = "true"
    answer = ann.decide(names[0], "reject", next=names[1], held="0")
    assert ("<article" in answer.text, answer.headers["HX-Reswap"]) == (False, "none")
    assert 'id="tail"' in answer.text
    assert "decided" in answer.headers["HX-Trigger"]
    bob.decide(names[2], "defer")
    answer = ann.decide(names[1], "reject", next=names[2], held="0")
    assert 'data-state="deferred"' in answer.text
    assert "HX-Reswap" not in answer.headers


def test_offline_is_said_and_what_was_ticked_and_decided_is_neither_lost_nor_done_twice(room: Room, desk: Open) -> None:
    names = room.fill(3)
    page = desk()
    page.wait_for_load_state("networkidle")
    page.fill("#note", "half a thought")
    page.context.set_offline(True)
    expect(page.locator("#said")).to_contain_text("You are offline")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#paper")).to_be_visible()
    expect(page.locator("#note")).to_have_value("half a thought")
    page.context.set_offline(False)
    expect(page.locator("#said")).to_have_text("You are online again.")

    def lost(route: Route) -> None:
        route.fetch()
        route.abort()

    page.context.route("**/review/decide", lost)
    page.keyboard.press("x")
    expect(page.locator("#said")).to_contain_text("not done twice")
    page.context.unroute("**/review/decide")
    page.keyboard.press("x")
    at(page, room, names[1])
    assert [(made.action, made.reason) for made in room.log(names[0])] == [("reject", "half a thought")]
