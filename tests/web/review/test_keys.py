"""Everything on the review page has a key, and each reviewer may change the keys or switch them off."""

from playwright.sync_api import Page, Route, expect

from tests.room import Room
from tests.web.review.conftest import Open, at

FOUND_FIRST = {
    "CAD": "disease:cad",
    "HF": "disease:hf",
    "AF": "disease:arrhythmia",
    "MI": "disease:mi",
    "CXR": "modality:xray",
    "EHR": "modality:ehr",
    "PE": "disease:pulmonary",
    "HTN": "disease:hypertension",
    "CMR": "modality:cmr",
    "SCG": "modality:wearable",
    "heart att": "disease:mi",
    "atrial fibrillation": "disease:arrhythmia",
    "stenting": "task:intervention",
    "echo": "modality:echo",
}


def test_capitals_and_arrows(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    for key, then in (("ArrowDown", 1), ("ArrowRight", 2), ("ArrowUp", 1), ("ArrowLeft", 0), ("A", 1), ("X", 2)):
        page.keyboard.press(key)
        at(page, room, names[then])
    assert list(room.states().values()) == ["accepted", "rejected", "pending", "pending"]


def test_numbers_toggle_what_the_model_is_unsure_of(room: Room, desk: Open) -> None:
    room.put("2506.00001", "Unsure", unsure=("task:prognosis", "modality:ppg", "modality:ecg"))
    page = desk()
    expect(page.locator(".chip.unsure kbd")).to_have_text(["1", "2", "3"])
    boxes = page.locator(".chip.unsure input")
    for place, number in enumerate("123"):
        expect(boxes.nth(place)).to_be_checked(checked=number == "2")
        page.keyboard.press(number)
        expect(boxes.nth(place)).to_be_checked(checked=number != "2")
    expect(boxes).to_have_count(3)
    page.keyboard.press("a")
    expect(page.locator("#paper")).to_contain_text("No papers are waiting")
    labels = room.log("2506.00001")[0].labels
    assert labels is not None
    assert labels.names == ("task:diagnosis", "task:prognosis", "modality:ppg", "kind:research")


def test_a_note_and_a_reason(room: Room, desk: Open) -> None:
    names = room.fill(5)
    page = desk()
    page.keyboard.press("n")
    page.keyboard.type("axd: a note")
    page.keyboard.press("Enter")  # leaves the note, and decides nothing
    page.keyboard.press("x")
    at(page, room, names[1])
    assert [(done.action, done.reason) for done in room.log(names[0])] == [("reject", "axd: a note")]
    page.keyboard.press("r")
    page.keyboard.press("3")
    at(page, room, names[2])
    assert [(done.action, done.reason) for done in room.log(names[1])] == [("reject", "Not a paper")]
    page.keyboard.press("n")
    page.keyboard.type("cf. 2506.00001")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    page.keyboard.press("4")
    at(page, room, names[3])
    assert room.log(names[2])[0].reason == "A duplicate: cf. 2506.00001"
    page.keyboard.press("n")
    page.keyboard.type("Not a paper: a talk")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    page.keyboard.press("3")
    at(page, room, names[4])
    assert room.log(names[3])[0].reason == "Not a paper: a talk", "the reason is there already"
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(page.locator("#reasons")).to_be_hidden()
    assert room.place(names[4]).state == "pending"


def test_many_are_selected_and_the_list_is_narrowed_by_keys(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    page.keyboard.press("s")
    page.keyboard.press("j")
    at(page, room, names[1])
    page.keyboard.press("s")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Accept 2 papers?")
    page.go_back()
    page.keyboard.press("f")
    expect(page.locator(".filters select").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_a_key_pressed_before_the_scripts_are_there_waits_for_them(room: Room, desk: Open) -> None:
    names = room.fill(2)
    page = desk()
    held: list[Route] = []
    page.route("**/keys.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    expect(page.locator("#paper article")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("Control+a")
    assert page.locator("html.scripts").count() == 0
    held[0].continue_()
    at(page, room, names[1])
    assert list(room.states().values()) == ["rejected", "pending"]


def set_key(page: Page, action: str, key: str) -> None:
    page.keyboard.press("?")
    page.fill(f".key-of[data-action={action}]", key)
    page.keyboard.press("Tab")
    close_keys(page)


def close_keys(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()  # while it is open, no key acts on the papers


def test_keys_are_changed_and_switched_off(room: Room, desk: Open) -> None:
    names = room.fill(4)
    page = desk()
    set_key(page, "reject", "Q")
    expect(page.locator("button.reject kbd")).to_have_text("q")
    page.keyboard.press("x")
    page.keyboard.press("q")
    at(page, room, names[1])
    page.reload()
    expect(page.locator("button.reject kbd")).to_have_text("q")
    page.keyboard.press("?")
    for taken, why in (("a", "a is in use for: accept"), ("7", "7 switches a label, so it can do nothing else.")):
        page.fill(".key-of[data-action=defer]", taken)
        page.keyboard.press("Tab")
        expect(page.locator("#keys-problem")).to_have_text(why)
        expect(page.locator(".key-of[data-action=defer]")).to_have_value("d")
    page.click("#usual-keys")
    page.uncheck("#keys-on")
    close_keys(page)
    page.reload()
    for key in ("x", "a", "1", "j", "?"):
        page.keyboard.press(key)
    expect(page.locator("#keys")).to_be_hidden()
    at(page, room, names[1])
    page.click("#show-keys")
    page.check("#keys-on")
    close_keys(page)
    page.keyboard.press("x")
    at(page, room, names[2])
    assert list(room.states().values()) == ["rejected", "rejected", "pending", "pending"]


def test_labels_are_found_by_id_name_synonym_and_abbreviation(room: Room, desk: Open) -> None:
    room.fill(1)
    page = desk()
    with page.expect_response("**/review/labels"):
        page.reload()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    for typed, found in FOUND_FIRST.items():
        page.fill("#find-label", typed)
        expect(page.locator(".chip.first")).to_have_attribute("data-label", found)
        if len(typed) < 4:  # an abbreviation: nothing stands before it
            expect(page.locator(".facets .chip[data-label]:visible").first).to_have_attribute("data-label", found)
    page.fill("#find-label", "zebra")
    expect(page.locator(".facets .chip[data-label]:visible")).to_have_count(0)
