"""The review pages in Chromium: a reviewer's actions, and how the pages respond."""

import re

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from harvester.domain.labels import Labels
from tests.room import PASSWORD, Room
from tests.web.review.conftest import Open, at


def press(page: Page, room: Room, key: str, then: str) -> None:
    page.keyboard.press(key)
    at(page, room, then)


def test_forty_candidates_with_the_keyboard_alone(room: Room, desk: Open) -> None:
    names = room.fill(40)
    page = desk()
    at(page, room, names[0])
    keys = ["a", "x", "v", "d"] * 10
    for place, key in enumerate(keys[:-1]):
        press(page, room, key, names[place + 1])
    page.keyboard.press(keys[-1])
    expect(page.locator("#paper")).to_contain_text("No papers are waiting")
    wanted = {"a": "accepted", "v": "accepted", "x": "rejected", "d": "deferred"}
    assert room.states() == {name: wanted[key] for name, key in zip(names, keys, strict=True)}
    assert len(list(room.ws.catalog.rglob("*.toml"))) == 20
    assert {decision.by for name in names for decision in room.log(name)} == {"ann"}
    assert all(len(room.log(name)) == 1 for name in names)


def test_keys_that_are_pressed_faster_than_the_server_answers(room: Room, desk: Open) -> None:
    """No key press is lost, and none decides on a paper that the reviewer has not been shown."""
    names = room.fill(12)
    page = desk()
    at(page, room, names[0])
    for key in "axaxaxaxax":
        page.keyboard.press(key, delay=0)
    at(page, room, names[10])
    assert list(room.states().values()) == [*["accepted", "rejected"] * 5, "pending", "pending"]


def test_moving_undoing_and_help(room: Room, desk: Open) -> None:
    names = room.fill(5)
    page = desk()
    expect(page.locator("#abstract")).to_contain_text("have not been computed yet")
    press(page, room, "j", names[1])
    press(page, room, "j", names[2])
    press(page, room, "k", names[1])
    press(page, room, "x", names[2])
    row = page.locator(f"#row-{room.numbers[names[1]]}")
    expect(row).to_have_attribute("data-state", "rejected")
    expect(page.locator("#said")).to_contain_text("rejected")
    expect(page.locator(".states [data-state=pending]")).to_have_text("4")
    expect(page.locator("#total")).to_have_text("4 pending")
    press(page, room, "u", names[1])  # the last decision, although another paper is shown
    assert room.place(names[1]).state == "pending"
    expect(row).to_have_attribute("data-state", "pending")
    press(page, room, "a", names[2])
    page.reload()
    page.keyboard.press("u")  # of a paper that is no longer in the list
    at(page, room, names[1])
    assert room.place(names[1]).state == "pending"
    expect(page.locator(".states .count")).to_have_text(["5", "0", "0", "0"])
    expect(page.locator("#total")).to_have_text("5 pending")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    shown = page.eval_on_selector_all("#keys .key-of", "fields => fields.map(field => field.value)")
    assert shown == ["j", "k", "a", "v", "x", "r", "d", "u", "e", "n", "c", "o", "s", "m", "/", "f", "?"]
    page.keyboard.press("a")  # not while the help is open
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert room.place(names[1]).state == "pending"


def test_the_paper_is_opened_by_its_key(room: Room, desk: Open) -> None:
    names = room.fill(1)
    page = desk()
    page.context.route("https://arxiv.org/**", lambda route: route.fulfill(body="the paper"))
    with page.context.expect_page() as opened:
        page.keyboard.press("o")
    expect(opened.value).to_have_url(f"https://arxiv.org/abs/{names[0]}")


def test_a_decision_of_last_week_is_taken_back(room: Room, desk: Open) -> None:
    names = room.fill(3)
    page = desk()
    press(page, room, "a", names[1])
    press(page, room, "x", names[2])
    page.context.close()
    room.now = room.now.replace(day=19)
    page = desk()
    page.goto(f"/review?state=accepted&paper=arxiv:{names[0]}")
    at(page, room, names[0])
    page.keyboard.press("u")
    expect(page.locator("#paper article")).to_have_attribute("data-state", "pending")
    assert room.place(names[0]).state == "pending"
    assert not list(room.ws.catalog.rglob("*.toml"))
    assert [decision.action for decision in room.log(names[0])] == ["accept", "undo"]


def test_labels_by_typing(room: Room, desk: Open) -> None:
    names = room.fill(2)
    page = desk()
    at(page, room, names[0])
    page.keyboard.press("e")
    for typed in ("ecg", "echo", "heart fail"):  # the first is assigned already, so it goes
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    page.keyboard.type("axj")  # no key while typing
    page.keyboard.press("Escape")
    press(page, room, "a", names[1])
    labels = room.log(names[0])[0].labels
    assert labels is not None
    assert labels.names == ("task:diagnosis", "modality:echo", "disease:hf", "kind:research")
    (entry,) = room.ws.catalog.rglob("*.toml")
    assert 'modality = ["echo"]' in entry.read_text()


def test_two_reviewers_and_one_paper(room: Room, desk: Open) -> None:
    names = room.fill(3)
    ann, bob = desk("ann"), desk("bob")
    at(ann, room, names[0])
    at(bob, room, names[0])
    bob.fill("[name=reason]", "a survey of plants")
    bob.click("button.reject")
    at(bob, room, names[1])
    ann.keyboard.press("a")
    conflict = ann.locator(".conflict")
    expect(conflict).to_contain_text("bob rejected it")
    expect(conflict).to_contain_text("a survey of plants")
    expect(conflict).to_contain_text("to accept it")
    assert room.place(names[0]).state == "rejected"
    ann.keyboard.press("a")  # now knowing
    at(ann, room, names[1])
    assert [decision.by for decision in room.log(names[0])] == ["bob", "ann"]
    assert room.place(names[0]).state == "accepted"


def test_many_at_once_and_all_of_it_back(room: Room, desk: Open) -> None:
    names = room.fill(6)
    page = desk()
    for name in names[:3]:
        page.check(f"#row-{room.numbers[name]} input")
    page.click(".many button[value=accept]")
    expect(page.locator("h1")).to_have_text("Accept 3 papers?")
    page.uncheck(".preview li:nth-child(2) input")
    page.click("main button.accept")
    expect(page.locator("h1")).to_have_text("Batch 1: accept")
    assert [room.place(name).state for name in names[:3]] == ["accepted", "pending", "accepted"]
    assert len(list(room.ws.catalog.rglob("*.toml"))) == 2
    assert (room.ws.catalog / "README.md").is_file(), "the list is built after a batch"
    page.click("text=Undo the whole batch")
    expect(page.locator("h1")).to_have_text("Batch 2: undo")
    assert set(room.states().values()) == {"pending"}
    assert not list(room.ws.catalog.rglob("*.toml"))


def test_all_that_the_model_is_sure_of(room: Room, desk: Open) -> None:
    room.put("2506.00001", "Sure of everything", 0.98, unsure=())
    room.put("2506.00002", "Unsure of a label", 0.99)
    room.put("2506.00003", "Not so high", 0.95, unsure=())
    page = desk()
    page.click("text=Accept all of a scope of 97 %")
    expect(page.locator(".preview li")).to_have_count(1)
    page.click("main button.accept")
    expect(page.locator("h1")).to_contain_text("Batch 1")
    assert list(room.states().values()) == ["accepted", "pending", "pending"]


def test_search_and_filters(room: Room, desk: Open) -> None:
    room.fill(10)
    room.put("2505.00001", "Wearable seismocardiography", 0.4, source="huggingface")
    page = desk()
    page.keyboard.press("/")
    page.keyboard.type("seismocardiograph")
    page.keyboard.press("Enter")
    expect(page.locator(".rows li")).to_have_count(1)
    expect(page.locator("#total")).to_have_text("1 pending that match")
    page.keyboard.press("d")
    expect(page.locator("#paper")).to_contain_text("No paper matches")
    page.keyboard.press("u")
    at(page, room, "2505.00001")
    page.goto("/review?q=part")
    page.keyboard.press("x")
    expect(page.locator("#total")).to_have_text("9 pending that match")
    page.keyboard.press("u")
    expect(page.locator("#total")).to_have_text("10 pending that match")
    page.click("text=Show all")
    expect(page.locator(".rows li")).to_have_count(11)
    page.click("summary")
    page.select_option("[name=source]", "huggingface")
    page.click("details button")
    expect(page.locator(".rows li .title")).to_have_text(["Wearable seismocardiography"])


def test_what_decides_is_in_view_whatever_the_length(room: Room, desk: Open) -> None:
    """The buttons and the labels do not cover each other, and the page is no longer than the window."""
    room.put("2506.00001", "Long", abstract="We study the heart at great length. " * 200)
    for width, height in ((1280, 720), (360, 740)):
        page = desk(viewport={"width": width, "height": height})
        buttons = page.locator(".actions").bounding_box()
        assert buttons is not None
        assert buttons["y"] + buttons["height"] <= height
        if width > 1000:
            assert page.evaluate("document.documentElement.scrollHeight") == height
        page.keyboard.press("e")
        expect(page.locator("#find-label")).to_be_focused()
        box = page.locator("#find-label").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= page.locator(".actions").bounding_box()["y"]  # type: ignore[index]
        page.keyboard.type("heart")
        expect(page.locator("[data-facet=task]")).to_be_hidden()  # no label of that name in it
        expect(page.locator("[data-facet=disease]")).to_be_visible()


def test_a_phone(room: Room, desk: Open) -> None:
    names = room.fill(8)
    room.put("2506.01000", "Electroencephalographically" * 6, 1.0, unsure=())
    page = desk(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for button in page.locator(".actions button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40
        assert box["x"] + box["width"] <= 360
    page.tap("button.reject")
    at(page, room, names[0])
    page.tap(f"#row-{room.numbers[names[4]]} a")
    at(page, room, names[4])
    page.tap("button.accept")
    at(page, room, names[5])
    assert room.place(names[4]).state == "accepted"


def test_without_javascript(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk(java_script_enabled=False)
    page.uncheck("input[name=modality][value=ecg]")
    page.check("input[name=modality][value=cmr]")
    page.fill("[name=reason]", "seen without scripts")
    page.click("button.accept")
    expect(page.locator("#paper h2").first).to_contain_text("part 2")
    labels = room.log(names[0])[0].labels
    assert labels is not None
    assert labels.of("modality") == ("cmr",)
    page.click("button.reject")
    expect(page.locator("#paper h2").first).to_contain_text("part 3")
    page.click(f"#row-{room.numbers[names[3]]} a")
    expect(page.locator("#paper h2").first).to_contain_text("part 4")
    page.click("#paper button:has-text('Defer')")
    expect(page.locator("#tail")).to_contain_text("part 4")
    page.click("#tail button:has-text('Undo')")
    expect(page.locator("#paper h2").first).to_contain_text("part 4")
    assert list(room.states().values()) == ["accepted", "rejected", "pending", "pending"]


def test_dark_is_dark_and_light_is_light(room: Room, desk: Open) -> None:
    room.fill(1)
    shades = {}
    for scheme in ("light", "dark"):
        page = desk(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades[scheme] = sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    assert shades["dark"] < 150
    assert shades["light"] > 700


def test_hostile_papers_are_text(room: Room, desk: Open, chromium: Chromium) -> None:
    hostile = (
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> & $x<y$ \u202egnp.exe 🫀"
    )
    room.put(
        "2506.00001",
        hostile,
        0.99,
        abstract=f"{hostile} " + "x" * 100_000,
        links={
            "paper": "javascript:document.title='owned'",
            "code": "https://evil.example.org/x",
            "project": "data:text/html,x",
        },
        venue=hostile,
        comment=hostile,
        labels=Labels({"task": (), "modality": (), "disease": (), "kind": ("research",)}),
        unsure=(),
    )
    page = desk()
    shown = hostile.replace("\u202e", "")  # nothing turns the direction of our own text
    expect(page.locator("#paper h2").first).to_have_text(shown, use_inner_text=True)
    assert page.title() != "owned"
    assert page.locator("#paper img, #paper script").count() == 0
    links = page.eval_on_selector_all("#paper a[href]", "found => found.map(link => link.href)")
    assert not [link for link in links if "evil" in link or link.startswith(("javascript", "data"))]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    for address in (
        "/review/bulk?action=accept&paper=",
        "/review/paper?paper=",
        "/review?paper=",
    ):
        page.goto(f"{address}arxiv:2506.00001")
        assert page.title() != "owned"
        assert page.locator("main img, main script").count() == 0
    page.fill("[name=reason]", hostile)
    page.click("button.reject")
    expect(page.locator("#paper")).to_contain_text("No papers are waiting")
    page.goto("/review?state=rejected")
    expect(page.locator(".log")).to_contain_text("<script>")
    assert page.title() != "owned"


def test_what_goes_wrong_is_said_and_the_paper_stays(room: Room, desk: Open) -> None:
    names = room.fill(3)
    page = desk()
    page.evaluate("document.querySelector('.decide [name=csrf]').value = 'x'")
    page.keyboard.press("x")
    expect(page.locator("#said")).to_contain_text("not one of ours")
    at(page, room, names[0])
    page.reload()
    page.evaluate("document.querySelector('.decide [name=version]').value = ''")
    page.keyboard.press("x")
    expect(page.locator("#said")).to_contain_text("which version")
    at(page, room, names[0])
    press(page, room, "j", names[1])  # and the keys still work
    assert set(room.states().values()) == {"pending"}


def test_a_session_that_has_ended(room: Room, desk: Open) -> None:
    names = room.fill(2)
    page = desk()
    room.now = room.now.replace(day=14)
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("/login"))
    assert room.place(names[0]).state == "pending"
    page.fill("[name=username]", "ann")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    at(page, room, names[0])
