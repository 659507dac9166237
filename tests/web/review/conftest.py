"""Working folders to review in, and the queue in a real Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.conftest import PATIENCE
from tests.room import NO_ENCODER, PASSWORD, Room

MEANT = (
    "a status of 409",
    "a status of 401",
    "a status of 403",
    "a status of 422",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_FAILED",
    "htmx:afterRequest, [object",
    "htmx:sendError, [object",
)  # Chromium's and htmx's own messages about intended responses


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with reviewers ann and bob and the admin root, to be copied, because hashing passwords is slow."""
    made = Room.make(tmp_path_factory.mktemp("furnished"), classifier={"encoder": NO_ENCODER})
    for name, role in (("ann", "reviewer"), ("bob", "reviewer"), ("root", "admin")):
        made.user(name, role)
    with made.ws.store.connect() as db:
        db.exec_driver_sql("COMMIT")  # the engine begins transactions by itself
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # all data is in a single file now
    made.ws.store.dispose()
    assert made.ws.store.url.database
    return Path(made.ws.store.url.database)


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path, furnished: Path) -> Iterator[Room]:
    """A working folder on SQLite; its parameter, where a test gives one, is the encoder."""
    made = Room.make(tmp_path, like=furnished, classifier={"encoder": getattr(request, "param", NO_ENCODER)})
    yield made
    made.ws.store.dispose()


@pytest.fixture
def both(tmp_path: Path, store_url: str, furnished: Path) -> Iterator[Room]:
    """The same on each database."""
    if store_url.startswith("sqlite"):
        made = Room.make(tmp_path, like=furnished, classifier={"encoder": NO_ENCODER})
    else:
        made = Room.make(tmp_path, store=store_url, classifier={"encoder": NO_ENCODER})
        made.user("ann")
        made.user("bob")
    yield made
    made.ws.store.dispose()


Open = Callable[..., Page]


def at(page: Page, room: Room, name: str) -> None:
    """Wait until a paper is shown and the scripts have done what follows from that, such as the address."""
    article = page.locator("#paper:not([aria-busy]) article")
    expect(article).to_have_attribute("data-number", str(room.numbers[name]))


@pytest.fixture
def desk(room: Room, chromium: Chromium) -> Iterator[Open]:
    """Opens the queue in a separate browser, signed in; at the end, no page may have reported an error."""
    complaints: list[str] = []
    contexts = []

    with room.serving() as url:

        def open_queue(name: str = "ann", address: str = "/review", **options: object) -> Page:
            context = chromium.new_context(base_url=url, **options)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
            page = context.new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(address)
            page.fill("[name=username]", name)
            page.fill("[name=password]", PASSWORD)
            page.click("main button")
            scripts = options.get("java_script_enabled", True)  # a key pressed before they run is ignored
            page.wait_for_selector("html.scripts body.desk" if scripts else "body.desk", state="attached")
            return page

        yield open_queue
        for context in contexts:
            context.close()
    assert [complaint for complaint in complaints if not any(meant in complaint for meant in MEANT)] == []
