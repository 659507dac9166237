"""What is accepted is in view, nothing moves afterwards, and the Tab key goes as the eye does."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from harvester.domain.labels import Labels
from tests.room import Room
from tests.web.review.conftest import Open

MANY = Labels(
    {
        "task": ("diagnosis", "prognosis", "trustworthy"),
        "modality": ("ecg", "echo", "ehr"),
        "disease": ("hf", "cad", "general"),
        "kind": ("research",),
    }
)
UNSURE = ("task:generation", "task:representation", "modality:ct", "disease:mi")
HIDDEN = """() => [...document.querySelectorAll('.facets .chip[data-label]')]
  .filter(chip => chip.classList.contains('unsure') || chip.querySelector('input').checked)
  .filter(chip => {
    const box = chip.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !(top && chip.contains(top));
  }).map(chip => chip.dataset.label)"""
SCROLLING = """() => [...document.querySelectorAll('#paper *')].filter(one =>
  ['auto', 'scroll'].includes(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight).length"""
MOVED = """() => new Promise(done => {
  const sum = entries => entries.filter(one => !one.hadRecentInput).reduce((all, one) => all + one.value, 0);
  new PerformanceObserver(list => done(sum(list.getEntries()))).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(0), 400);
})"""
FOCUSABLE = """() => [...document.querySelectorAll('main :is(a[href], button, input:not([type=hidden]), summary)')]
  .filter(one => one.checkVisibility() && one.getClientRects().length && !one.closest('.decide'))
  .map(one => Math.round(one.getBoundingClientRect().top + scrollY))"""
FAINT_BORDERS = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(value => value / 255)
    .map(value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = one => { for (let at = one; at; at = at.parentElement) {
    const colour = parts(getComputedStyle(at).backgroundColor);
    if (colour[3] !== 0) return colour;
  } return parts(getComputedStyle(document.body).backgroundColor); };
  const fields = 'main :is(input:not([type=checkbox], [type=radio], [type=hidden]), select, .chip, button.quiet)';
  return [...document.querySelectorAll(fields)].filter(one => one.checkVisibility()).filter(one => {
    const [a, b] = [light(parts(getComputedStyle(one).borderTopColor)), light(behind(one.parentElement))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 3;
  }).map(one => one.outerHTML.slice(0, 100));
}"""


@pytest.fixture
def full(room: Room) -> Room:
    """Three papers with as many labels as any has, long abstracts and their sentences."""
    for number in (1, 2, 3):
        sentences = [f"Sentence {place} of paper {number} speaks of hearts at some length." for place in range(30)]
        name = f"2506.0000{number}"
        title = "A rather long title of a paper on the heart, which takes three lines of the page " * 2
        room.put(
            name, f"{title}{number}", 0.99 - number / 100, labels=MANY, unsure=UNSURE, abstract=" ".join(sentences)
        )
        room.explain(name, {"modality:ecg": sentences[1:3], "disease:hf": sentences[2:4], "task:generation": []})
    return room


def shift(page: Page) -> Any:
    return page.evaluate(MOVED)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 740)])
def test_every_ticked_and_unsure_label_is_in_view(full: Room, desk: Open, width: int, height: int) -> None:
    page = desk(viewport={"width": width, "height": height}, has_touch=width < 500, is_mobile=width < 500)
    for _ in range(2):
        expect(page.locator(".chip.unsure, .chip:has(:checked)").nth(13)).to_be_attached()
        page.wait_for_function(f"() => ({HIDDEN})().length === 0")
        assert page.evaluate(SCROLLING) == 0
        page.wait_for_load_state("networkidle")
        assert shift(page) == 0
        page.click("#paper button:has-text('Defer')")
        expect(page.locator("#said")).to_contain_text("Now deferred")


def test_a_paper_that_the_list_does_not_show_is_in_view_on_a_phone(full: Room, desk: Open) -> None:
    page = desk(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.click("#paper button:has-text('Defer')")
    expect(page.locator("#said")).to_contain_text("Now deferred")
    page.goto("/review?paper=arxiv:2506.00001")
    expect(page.locator("#paper h2")).to_be_in_viewport()
    page.wait_for_function(f"() => ({HIDDEN})().length === 0")


def test_likely_labels_are_back_after_editing_and_with_the_next_paper(full: Room, desk: Open) -> None:
    page = desk(viewport={"width": 1366, "height": 768})
    faint = page.locator(".chip.faint:not(:has(:checked))")
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.click("#paper button:has-text('Defer')")):
        page.keyboard.press("e")
        expect(faint.first).to_be_visible()
        leave()
        page.wait_for_function(f"() => ({HIDDEN})().length === 0")
        expect(faint.first).to_be_hidden()


def test_who_reads_what_moves_nothing(full: Room, desk: Open) -> None:
    page = desk("bob", viewport={"width": 1366, "height": 768})
    places = "() => [...document.querySelectorAll('#paper .text, .decide, .rows li')].map(one => one.offsetTop)"
    before = page.evaluate(places)
    desk("ann")
    expect(page.locator("#others")).to_have_text("ann is reading this")
    expect(page.locator(".reader").first).to_be_visible()
    assert page.evaluate(places) == before


def test_the_buttons_of_a_decided_paper_are_of_one_line(full: Room, desk: Open) -> None:
    page = desk(viewport={"width": 1366, "height": 768})
    page.click("#paper button:has-text('Accept')")
    expect(page.locator("#said")).to_contain_text("Now accepted")
    page.goto("/review?state=accepted")
    heights = "() => [...document.querySelectorAll('.actions button')].map(one => one.offsetHeight)"
    assert max(page.evaluate(heights)) < 50


def test_a_label_with_the_focus_has_its_sentences_marked_in_its_color(full: Room, desk: Open) -> None:
    page = desk()
    lit = page.locator("mark.lit")
    expect(lit).to_have_count(0)
    before = page.locator("#abstract").bounding_box()
    page.focus("[data-label='modality:ecg'] input")
    expect(lit).to_have_count(2)
    ecg = lit.first.evaluate("one => getComputedStyle(one).textDecorationColor")
    name = page.locator("[data-label='modality:ecg'] .name")
    assert name.evaluate("one => getComputedStyle(one).textDecorationColor") == ecg
    assert page.locator("#abstract").bounding_box() == before
    page.focus("[data-label='disease:hf'] input")
    expect(lit.first).to_contain_text("Sentence 2")
    assert lit.first.evaluate("one => getComputedStyle(one).textDecorationColor") != ecg
    page.focus("[data-label='task:diagnosis'] input")
    expect(lit).to_have_count(0)
    page.keyboard.press("1")  # its sentences are none: it says nothing
    expect(lit).to_have_count(0)
    assert shift(page) == 0


def test_below_56_rem_the_tab_key_goes_as_the_eye_does(full: Room, desk: Open) -> None:
    page = desk(viewport={"width": 800, "height": 900})
    tops = page.evaluate(FOCUSABLE)
    assert len(tops) > 10
    assert [pair for pair in pairwise(tops) if pair[1] < pair[0] - 30] == []
    order = page.evaluate(
        "() => ['#search', '#paper a', '.decide button', '.rows input'].map(one => document.querySelector(one))"
        ".every((one, place, all) => !place || all[place - 1].compareDocumentPosition(one) & 4)"
    )
    assert order


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_borders_of_fields_are_seen(full: Room, desk: Open, scheme: str) -> None:
    page = desk(color_scheme=scheme)
    page.keyboard.press("f")
    assert page.evaluate(FAINT_BORDERS) == []


def test_a_search_without_a_match_says_so_and_offers_nothing_to_accept(full: Room, desk: Open) -> None:
    page = desk(address="/review?q=zebrafish")
    expect(page.locator("#paper")).to_contain_text("No paper matches")
    expect(page.locator(".rule")).to_have_count(0)


def test_without_scripts_the_sentences_are_marked_all_along(full: Room, desk: Open) -> None:
    page = desk(java_script_enabled=False)
    first = page.locator("mark").first
    assert first.get_attribute("title") == "Supports ECG"
    assert first.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"
