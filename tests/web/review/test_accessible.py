"""Every page of the server, in a real browser, against WCAG 2.2 AA. The pages are those of the route table."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import requests
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, Page, expect

from harvester.catalog.entry import Entry
from harvester.catalog.folder import write_entry
from harvester.domain.coverage import MISSED, Coverage, Work
from harvester.domain.labels import Labels
from harvester.domain.papers import Author
from harvester.domain.run_report import PaperCounts, RunReport
from harvester.mail.link_tokens import open_tokens
from harvester.services.digest.sending import send_digests
from harvester.services.review.decisions import decide_all
from harvester.store.coverages import keep_coverage
from harvester.store.engine import write
from harvester.store.proposals import add_proposal
from harvester.store.runs import begin_run, end_run
from harvester.web.app import create_app
from harvester.web.forms import SESSION
from tests.room import JO, NO_ENCODER, Room, Sink, free_port, serve
from tests.room.accessible import problems
from tests.room.reviewers import METHODS, TOPICS

LABELS = ("ecg", "cmr", "echo", "ppg", "ct")
PATIENCE = 60_000  # milliseconds; a busy machine draws late
ODD = {
    "2506.00091": "Deep learning for the heart and all around it, " * 43,  # some 2,000 letters
    "2506.00092": "تحليل إشارات القلب باستخدام التعلم العميق",
    "2506.00093": "W" * 2000,
}
SITE = ("?view=table", "?view=map", "?view=trends", "?q=zebrafish", "?q=2506.0009", "?q=2506.0009&view=table")
ELSEWHERE = ("/nothing", "/review/batches/999", "/review?state=accepted", "/review?q=zebrafish")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[Room]:
    """A working folder in which every page has something to show, odd papers too."""
    sink = serve(Sink())
    made = Room.make(
        tmp_path_factory.mktemp("accessible"),
        like=furnished,
        classifier={"encoder": NO_ENCODER},
        digest={
            "sender": "Cardio digest <digest@example.org>",
            "smtp_port": sink.port,
            "base_url": "https://a.example",
        },
        web={"port": free_port()},
    )
    made.subscribe(JO, "day")
    names = made.fill(12)
    for name, title in ODD.items():
        made.put(name, title, 0.4, labels=Labels({"kind": ("research",)}), abstract="We study hearts. " * 3000,
                 authors=(Author("محمد علي"), Author("x" * 300)))  # fmt: skip
        made.put(name.replace("2506", "2507"), title, 0.3, labels=Labels({}), unsure=(), abstract=title * 3)
    decide_all(made.ws, "accept", [*names[:6], *ODD], "ann", "", {})
    for number, (method, topic) in enumerate(product(METHODS * 2, TOPICS)):  # two pages of them
        held = Labels({"modality": (LABELS[number % len(LABELS)],), "kind": ("research",)})
        entry = Entry(f"arxiv:2401.{number:05}", f"{method} {topic} {number}", held)
        write_entry(made.ws.catalog, entry, made.ws.taxonomy)
    made.later(days=1)
    send_digests(made.ws)
    decide_all(made.ws, "accept", names[6:8], "ann", "", {})
    decide_all(made.ws, "reject", names[8:9], "ann", "not about hearts", {})
    ann = made.browser("ann")
    ann.client.post("/review/bulk", data={"csrf": ann.csrf(), "action": "defer", "paper": [f"0 {names[9]}"]})
    missed = Coverage([Work("A study of hearts", ("doi:10.1000/1",), "https://example.org/1")], {"arxiv": [MISSED]})
    with write(made.ws.store) as db:
        keep_coverage(db, "list.md", missed.to_json(), made.now)
        add_proposal(db, "arxiv:2401.00001", "It is about hearts", made.now)
        end_run(db, RunReport(begin_run(db, made.now), "ok", (), PaperCounts(new=7), in_scope=5, queued=5, seconds=1.5))
    yield made
    made.ws.store.dispose()
    sink.stop(no_assert=True)


@pytest.fixture(scope="module")
def url(room: Room) -> Iterator[str]:
    with room.serving() as address:
        yield address


@pytest.fixture(scope="module")
def page(room: Room, url: str, chromium: Browser) -> Iterator[Page]:
    """A browser in which the admin is signed in."""
    token = room.browser("root").client.cookies[SESSION]
    with chromium.new_context(base_url=url) as context:
        context.add_cookies([{"name": SESSION, "value": token, "url": url}])
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def addresses(room: Room) -> list[str]:
    """An address for each route that answers GET; for one with parameters, it is written here."""
    tokens = open_tokens(room.ws.settings)
    key = tokens.key(JO)
    slug = next(path.stem for path in room.entries if "deep-learning" in path.stem)
    given = {
        "/page/{number}/": "/page/2/",
        "/paper/{slug}/": f"/paper/{slug}/",
        "/assets/{name}": "/assets/base.css",
        "/data/{name:path}": "/data/index.json",
        "/feeds/search.{form}": "/feeds/search.atom",
        "/feeds/all.{form}": "/feeds/all.atom",
        "/feeds/{facet}/{label}.{form}": "/feeds/modality/ecg.atom",
        "/api/entries/{id:path}": "/api/entries/arxiv:2506.00091",
        "/confirm/{token}": f"/confirm/{tokens.confirm(key, room.now)}",
        "/unsubscribe/{token}": f"/unsubscribe/{tokens.unsubscribe(key)}",
        "/preferences/{token}": f"/preferences/{tokens.preferences(key)}",
        "/archive/{day}": f"/archive/{room.now.date()}",
        "/review/batches/{number}": "/review/batches/1",
        "/review/paper": "/review/paper?paper=arxiv:2506.00010",
        "/review/bulk": "/review/bulk?action=accept&paper=arxiv:2506.00011&paper=arxiv:2507.00091",
    }
    routes = iter_route_contexts(create_app(room.ws).routes)
    return [given.get(f"{route.path}", f"{route.path}") for route in routes if "GET" in (route.methods or ())]


def is_page(session: requests.Session, address: str) -> bool:
    """Whether a browser shows the answer as a page of ours; mails, files and parts of pages are none."""
    with session.get(address, timeout=60, stream=True, allow_redirects=False) as answer:
        assert answer.status_code in (200, 301, 303, 307), address
        html = answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200
        mail = "sandbox" in answer.headers["Content-Security-Policy"]
        return html and not mail and answer.text.startswith("<!DOCTYPE html>")


def test_every_page(room: Room, url: str, page: Page) -> None:
    with requests.Session() as session:
        session.cookies.set(SESSION, room.browser("root").client.cookies[SESSION])
        pages = [address for address in addresses(room) if is_page(session, f"{url}{address}")]
    assert len(pages) > 18
    found: list[str] = []
    for address in [*pages, *(f"/{view}" for view in SITE), *ELSEWHERE]:
        page.goto(address)
        if address == "/" or address.startswith("/?"):
            expect(page.locator("#status")).to_contain_text("of", timeout=PATIENCE)
            expect(page.locator("#view > div")).to_be_visible(timeout=PATIENCE)
        found += [f"{address} {problem}" for problem in problems(page)]
    assert not found, "\n".join(found)


def test_what_opens_on_the_review_page(page: Page) -> None:
    page.goto("/review")
    page.wait_for_selector("html.scripts", state="attached")
    page.keyboard.press("e")
    page.click("#all-labels")
    found = [f"all labels {problem}" for problem in problems(page)]
    page.keyboard.press("Escape")
    for key in "?r":
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        found += [f"{key} {problem}" for problem in problems(page)]
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)
