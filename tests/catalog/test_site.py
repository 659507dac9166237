"""The site in a real browser, served by a plain file server."""

# ruff: noqa: E501 - a paper is one line

import json
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import dist
from pathlib import Path

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from playwright.sync_api import Page, Route, expect
from pybtex.database import parse_string

from harvester.catalog.entry import Entry
from harvester.catalog.published import Published
from harvester.catalog.rendering.awesome import render_list
from harvester.catalog.site.addresses import paper_path, slugs
from harvester.catalog.site.files import framed, site
from harvester.catalog.site.known import Known
from harvester.catalog.site.navigation import SERVED
from harvester.domain.labels import Labels
from tests.room.accessible import problems

from .strategies import FACETS, TAXONOMY, entries

NONE: dict[str, tuple[str, ...]] = {facet.id: () for facet in FACETS}
HOSTILE = '<img src=x onerror="document.title=1"> {{ 7 * 7 }} & "quotes" </script><script>alert(1)</script>'

NOTICE = "https://doi.org/10.9999/notice.1"


def paper(number: int, title: str, **changes: object) -> Entry:
    made = Entry(
        f"arxiv:2401.{number:05}", title, Labels({**NONE, "kind": ("research",)}), ("Ann Bee",), Published(2024, 1, 1)
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def crowd(number: int) -> str:
    """Few papers with one modality and many with another, so that the heat map uses all its colors."""
    return next(modality for most, modality in ((3, "pcg"), (10, "ccta"), (40, "ppg"), (120, "cmr")) if number < most)


def labels(kind: str = "research", **held: tuple[str, ...]) -> Labels:
    return Labels({**NONE, **held, "kind": (kind,)})


PAPERS = [
    paper(1, "Electrocardiogram segmentation with transformers", labels=labels(task=("segmentation",), modality=("ecg",)),
          published=Published(2024, 5), venue="Nature", links={"code": "https://github.com/a/b"}),
    paper(2, "Echocardiography segmentation at the bedside", labels=labels(task=("segmentation",), modality=("echo",)),
          published=Published(2024, 4), venue="MICCAI"),
    paper(3, "A review of electrocardiogram classification", labels=labels("review", modality=("ecg",)),
          published=Published(2023, 7, 9), venue="Circulation", authors=("Zoë Müller", "Cy Dee"),
          links={"retraction": NOTICE}),
    paper(4, HOSTILE, published=Published(2023), venue=HOSTILE, authors=(HOSTILE,)),
    *(paper(100 + n, f"Filler paper on cardiac strain, part {n}", labels=labels(task=("quantification",), modality=(crowd(n),)),
            published=Published(2020, 1 + n % 12)) for n in range(120)),
]  # fmt: skip
TOTAL = len(PAPERS)
ABSTRACT = f"{'We say much. ' * 30}Failing ventricles {HOSTILE} arrhythmia. {'We say more. ' * 30}"
TODAY = datetime.now(UTC).date()
KNOWN = {PAPERS[1].id: Known(ABSTRACT, "arXiv", "https://arxiv.org/abs/2401.00002", added=TODAY)}
PATHS = {entry.title: paper_path(slugs(PAPERS)[entry.id]) for entry in PAPERS}


def write(folder: Path, papers: list[Entry], others: Sequence[tuple[str, str]] = ()) -> Path:
    for name, make in site(framed(papers, TAXONOMY, others=others), lambda: KNOWN).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
    return folder


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    return serve(write(tmp_path_factory.mktemp("site"), PAPERS))


def status(page: Page, number: int) -> None:
    expect(page.locator("#status")).to_have_text(f"{number} of {TOTAL} papers")


def test_a_retracted_paper_is_struck_through_with_its_notice(page: Page, url: str) -> None:
    page.goto(f"{url}?q=review+of+electrocardiogram")
    status(page, 1)
    expect(page.locator(".card h2 s")).to_have_text(PAPERS[2].title)
    notice = page.get_by_role("link", name="Retraction")
    expect(notice).to_have_attribute("href", NOTICE)
    page.locator(".card h2 a").click()
    expect(page.locator("article h1 s")).to_have_text(PAPERS[2].title)
    expect(page.get_by_role("link", name="the notice")).to_have_attribute("href", NOTICE)


def test_the_newest_papers_are_there_and_more_come_with_scrolling(page: Page, url: str) -> None:
    page.goto(url)
    status(page, TOTAL)
    cards = page.locator(".card")
    expect(cards.locator("h2").first).to_have_text(PAPERS[0].title)
    assert cards.count() < TOTAL
    while (so_far := cards.count()) < TOTAL:
        page.mouse.wheel(0, 20_000)
        expect(cards).not_to_have_count(so_far)
    expect(cards).to_have_count(TOTAL)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("electrocardiogram", 2),
        ("electrocardiogran", 2),
        ("electocardiogram", 2),
        ("electrocadriogram", 2),
        ("segmenttation bedside", 1),
        ("Muller", 1),
        ("miccai", 1),
        ("transf", 1),
        ("2401.00002", 1),
        ("echo segmentation", 1),
        ("nothing-like-this", 0),
    ],
)
def test_search_forgives_a_letter(page: Page, url: str, query: str, found: int) -> None:
    page.goto(url)
    status(page, TOTAL)
    page.locator("#q").fill(query)
    status(page, found)
    expect(page).to_have_url(re.compile("q="))


def test_the_abstract_is_searched_and_an_extract_shows_why(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("#q").fill("ventricl arrhythmias")
    status(page, 1)
    expect(page.locator(".extract mark")).to_have_text(["ventricles", "arrhythmia"])
    expect(page.locator(".extract")).to_have_text(re.compile("^…"))  # the list is drawn anew when abstracts arrive
    extract = page.locator(".extract").text_content() or ""
    assert HOSTILE.split(" {{")[0] in extract, "text is only text"
    assert len(extract) < 260
    page.locator("#q").fill("bedside")
    status(page, 1)
    expect(page.locator(".card h2 mark")).to_have_text("bedside")
    expect(page.locator(".extract")).to_have_count(0)


def test_facets_narrow_and_the_address_keeps_them(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label(re.compile("^Segmentation")).check()
    status(page, 2)
    page.get_by_label(re.compile("^ECG")).check()
    status(page, 1)
    expect(page).to_have_url(f"{url}?task=segmentation&modality=ecg")
    page.get_by_label(re.compile("^Echocardiography")).check()  # within a facet choices add up
    status(page, 2)
    page.get_by_label(re.compile("^Has code")).check()
    status(page, 1)
    page.reload()
    status(page, 1)
    expect(page.get_by_label(re.compile("^ECG"))).to_be_checked()
    page.go_back()
    status(page, 2)
    page.get_by_role("button", name="Clear all").click()
    status(page, TOTAL)


def test_what_is_new_this_week(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label(re.compile("^New this week")).check()
    status(page, 1)
    expect(page.locator(".about")).to_contain_text(f"added {TODAY}")
    expect(page).to_have_url(re.compile(r"\?since="))
    page.goto(f"{url}?sort=added")
    expect(page.locator(".card h2").first).to_have_text(PAPERS[1].title)
    expect(page.locator(".follow")).to_have_count(0)  # this server has no feeds


def test_a_search_can_be_followed_where_the_server_has_feeds(
    page: Page, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    others = (("/subscribe", "Digest"),)
    page.goto(
        serve(write(tmp_path, PAPERS[:4], others)) + "?q=ecg&task=segmentation,diagnosis&year=2024&code=1&sort=oldest"
    )
    links = page.locator(".follow a")
    expect(links).to_have_text(["feed", "by mail"])
    said = "Follow this search: feed or by mail; the mail does not choose by year or code"
    expect(page.locator(".follow")).to_have_text(said)
    addresses = links.evaluate_all("all => all.map(link => decodeURIComponent(link.getAttribute('href')))")
    assert addresses == [
        "/feeds/search.atom?q=ecg&task=segmentation,diagnosis&year=2024&code=1",
        "/subscribe?words=ecg&task=segmentation&task=diagnosis",
    ]


def test_a_search_that_no_feed_takes_says_so(page: Page, tmp_path: Path, serve: Callable[[Path], str]) -> None:
    page.goto(serve(write(tmp_path, PAPERS[:4], (("/subscribe", "Digest"),))) + "?q=" + "e" * 301)
    expect(page.locator(".follow")).to_have_text("A search of more than 300 characters cannot be followed.")
    page.fill("#q", "ecg")
    expect(page.locator(".follow a")).to_have_count(2)


def test_year_venue_and_kind(page: Page, url: str) -> None:
    page.goto(f"{url}?year=2023")
    status(page, 2)
    page.goto(f"{url}?venue=MICCAI&venue=Nature")
    status(page, 2)
    page.goto(f"{url}?kind=review")
    status(page, 1)
    expect(page.locator(".value", has_text="2023").locator(".count")).to_have_text("1")


def test_table_and_order(page: Page, url: str) -> None:
    page.goto(f"{url}?view=table&modality=ecg,echo")
    expect(page.locator("tbody th")).to_have_text([entry.title for entry in PAPERS[:3]])
    page.get_by_label("Order").select_option("oldest")
    expect(page.locator("tbody th").first).to_have_text(PAPERS[2].title)


def test_a_papers_page_with_similar_ones_and_its_citation(page: Page, url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
    page.goto(url)
    page.get_by_role("link", name=PAPERS[0].title, exact=True).click()
    expect(page.locator("h1:visible")).to_have_text(PAPERS[0].title)
    expect(page).to_have_url(f"{url}paper/electrocardiogram-segmentation-with-transformers-2401.00001/")
    expect(page.locator(".similar a", has_text=PAPERS[1].title)).to_be_visible()
    assert page.locator(".links a").evaluate_all("all => all.map(link => link.href)") == [
        "https://github.com/a/b", "https://arxiv.org/abs/2401.00001",
    ]  # fmt: skip
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert list(parse_string(copied, "bibtex").entries) == ["arxiv-2401.00001"]
    page.locator(".chip", has_text="Segmentation").click()
    status(page, 2)
    page.go_back()
    expect(page.locator("h1:visible")).to_have_text(PAPERS[0].title)


def test_the_map_answers_to_mouse_and_keys(page: Page, url: str) -> None:
    page.goto(f"{url}?view=map&modality=ecg")
    page.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tip a")).to_have_text(PAPERS[0].title)
    expect(page.locator(".legend li")).to_have_text(["ECG (2)"])
    expect(page.locator(".legend svg")).to_have_count(1)
    page.goto(f"{url}?view=map")
    page.locator("canvas").focus()
    places = json.loads(page.evaluate("fetch('data/map.json').then(answer => answer.text())"))
    box = page.locator("canvas").bounding_box()
    assert box is not None
    # Where two papers lie on one spot, which one answers depends on the processor that placed them.
    rooms = [min(dist(place, other) for m, other in enumerate(places) if m != n) for n, place in enumerate(places)]
    alone = rooms.index(max(rooms))
    x, y = places[alone]
    page.mouse.move(box["x"] + 14 + x / 1000 * (box["width"] - 30), box["y"] + 14 + y / 1000 * (box["height"] - 30))
    title = json.loads(page.evaluate("fetch('data/index.json').then(answer => answer.text())"))["title"][alone]
    expect(page.locator(".tip a")).to_have_text(title)
    page.mouse.click(box["x"] + 14 + x / 1000 * (box["width"] - 30), box["y"] + 14 + y / 1000 * (box["height"] - 30))
    expect(page.locator("h1:visible")).to_have_text(title)


def test_the_clusters_of_the_map_have_names_and_a_list_of_their_papers(page: Page, url: str) -> None:
    page.goto(f"{url}?view=map")
    buttons = page.locator(".clusters > li > button")
    expect(buttons.first).to_be_visible()
    names = page.locator(".clusters .name").all_inner_texts()
    assert len(set(names)) == len(names) > 3
    expect(page.locator(".plane .cluster")).to_have_count(len(names))  # over the map, as names or numbers
    buttons.first.focus()
    page.keyboard.press("Enter")
    expect(buttons.first).to_have_attribute("aria-expanded", "true")
    papers = page.locator(".clusters ol a")
    count = int(page.locator(".clusters .count").first.inner_text())
    if count > 12:
        expect(papers).to_have_count(12)
        page.get_by_role("button", name=f"{count - 12} more").click()
        expect(papers.nth(12)).to_be_focused()
    expect(papers).to_have_count(count)
    title = papers.last.inner_text()
    page.locator("canvas").focus()
    page.keyboard.press("ArrowLeft")  # steps through the cluster only
    expect(page.locator(".tip a")).to_have_text(title)
    page.reload()  # the address holds what is chosen
    expect(buttons.first).to_have_attribute("aria-expanded", "true")
    page.go_back()
    expect(page.locator(".clusters [aria-expanded=true]")).to_have_count(0)


def test_the_navigation_leads_only_to_what_is_there(
    page: Page, url: str, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    page.goto(url)
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Papers")
    assert page.locator("header nav a").all_inner_texts() == ["Papers", "Map", "Trends"]
    page.get_by_role("link", name="Map").click()
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Map")
    page.goto(serve(write(tmp_path, PAPERS[:4], SERVED)))
    names = page.locator("header nav a").all_inner_texts()
    assert names == ["Papers", "Map", "Trends", *(name for _, name in SERVED)]


def test_what_is_printed(page: Page, url: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(url + PATHS[PAPERS[0].title])
    expect(page.locator("article h1")).to_be_visible()
    for away in ("header nav", "#search", "footer", ".back"):
        expect(page.locator(away)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    shown = page.locator(".links a").first.evaluate("link => getComputedStyle(link, '::after').content")
    assert shown == '" (https://github.com/a/b)"'


def test_charts_and_the_gaps_of_the_heat_map(page: Page, url: str) -> None:
    page.goto(f"{url}?view=trends")
    expect(page.locator(".heat td.gap").first).to_be_visible()
    page.get_by_role("link", name="Segmentation, ECG: 1").click()
    status(page, 1)
    expect(page).to_have_url(f"{url}?task=segmentation&modality=ecg")


def test_hostile_text_is_only_text(page: Page, url: str) -> None:
    page.goto(url + PATHS[HOSTILE])
    expect(page.locator("h1:visible")).to_have_text(HOSTILE)
    assert page.locator("main img, main script").count() == 0
    expect(page).to_have_title(f"{HOSTILE} – {TAXONOMY.title}")
    for view in (
        "",
        "?q=onerror",
        "?view=table&q=onerror",
        "?view=map",
        "?view=trends",
        "?q=%3Cscript%3E&task=<b>&paper=",
    ):
        page.goto(url + view)
        expect(page.locator("#status")).to_contain_text("papers")
        expect(page).to_have_title(re.compile(f"{re.escape(TAXONOMY.title)}$"))


def test_a_paper_that_is_not_there(page: Page, url: str) -> None:
    page.goto(f"{url}?paper=arxiv:9999.99999")
    expect(page.locator("#status")).to_have_text("The catalog does not have this paper.")


def test_an_old_address_of_a_paper_leads_to_its_page(page: Page, url: str) -> None:
    page.goto(f"{url}?paper=arxiv:2401.00002")
    page.wait_for_url(f"{url}{PATHS[PAPERS[1].title]}")
    expect(page.locator("h1:visible")).to_have_text(PAPERS[1].title)


def test_what_is_typed_before_the_papers_have_come_stays(page: Page, url: str) -> None:
    typed = threading.Event()
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        route.continue_() if typed.is_set() else waiting.append(route)

    page.route("**/data/index.json", hold)
    page.goto(url, wait_until="commit")
    page.locator("#q").fill("bedside")
    typed.set()
    for route in waiting:
        route.continue_()
    status(page, 1)
    expect(page.locator("#q")).to_have_value("bedside")
    expect(page).to_have_url(f"{url}?q=bedside")


def test_nothing_is_asked_of_other_hosts(page: Page, url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for view in ("", "?view=map", "?view=trends", PATHS[PAPERS[0].title]):
        page.goto(url + view)
        page.wait_for_load_state("networkidle")
    assert asked
    assert all(address.startswith(url) for address in asked)


def test_every_view_is_accessible(page: Page, url: str) -> None:
    """The server's pages are tested in tests/web/review; these have all colors of the heat map, and no server."""
    found: list[str] = []
    for view in ("?view=trends", PATHS[PAPERS[0].title]):
        page.goto(url + view)
        page.wait_for_selector("#view > div, article")
        found += [f"{view} {problem}" for problem in problems(page)]
    assert not found, "\n".join(found)


def test_without_scripts_every_paper_can_be_read(url: str, page: Page) -> None:
    with page.context.browser.new_context(java_script_enabled=False) as context:  # type: ignore[union-attr]
        plain = context.new_page()
        plain.goto(url)
        titles = plain.locator(".card h2")
        seen = titles.all_text_contents()
        older = plain.get_by_role("link", name="Older papers")
        while older.count():
            with plain.expect_navigation():
                older.click()
            seen += titles.all_text_contents()
        assert sorted(seen) == sorted(entry.title for entry in PAPERS)
        titles.last.locator("a").click()
        expect(plain.locator("article h1")).to_have_text(seen[-1])
        assert plain.locator("button:visible").count() == 0


@settings(max_examples=5)
@given(entries)
def test_any_entry_makes_a_site(entry: Entry) -> None:
    files = {name: make() for name, make in site(framed([entry, *PAPERS[:4]], TAXONOMY), dict).items()}
    index = json.loads(files["data/index.json"])
    assert len(index["id"]) == 5
    assert len(json.loads(files["data/map.json"])) == sum(name.startswith("paper/") for name in files) == 5
    assert not [name for name, content in files.items() if name.endswith(".html") and b"<script>" in content]


def test_the_same_entries_make_the_same_site() -> None:
    first, second = (site(framed(list(papers), TAXONOMY), dict) for papers in (PAPERS[:30], PAPERS[29::-1]))
    assert list(first) == list(second)
    assert all(first[name]() == second[name]() for name in first)


GITHUB = """() => {
  const seen = new Map();
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const name = heading.textContent.trim().toLowerCase().replace(/[^\\p{L}\\p{M}\\p{Nd}\\p{Pc}\\- ]/gu, "").replace(/ /g, "-");
    const times = seen.get(name) || 0;
    seen.set(name, times + 1);
    heading.id = times ? `${name}-${times}` : name;
  }
  return [...document.querySelectorAll("a[href^='#']")].map((link) => {
    link.click();
    const target = document.querySelector(":target");
    return [link.textContent, target ? target.textContent : null];
  });
}"""


def test_every_anchor_of_the_list_leads_to_its_heading(
    page: Page, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    """The list as GitHub shows it: the anchors of its headings are computed here in the browser, not by our code."""
    html = MarkdownIt().render(render_list(PAPERS, TAXONOMY)["README.md"])
    (tmp_path / "index.html").write_text(f"<!DOCTYPE html><meta charset='utf-8'><body>{html}")
    page.route(
        "**/images/*",
        lambda route: route.fulfill(body="<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"),
    )
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(serve(tmp_path))
    followed = page.evaluate(GITHUB)
    assert len(followed) == 5 + sum(len(facet.labels) for facet in FACETS) + len(TAXONOMY.derived)
    assert [name for name, heading in followed if heading is None or not heading.startswith(name)] == []
