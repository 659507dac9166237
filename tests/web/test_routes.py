"""The routes, as a mail program, a mail scanner and a browser use them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import text
from starlette.testclient import TestClient

from harvester.mail.link_tokens import open_tokens
from harvester.services.subscribers.subscriptions import add_subscriber, remove_subscriber, subscribers
from harvester.web.app import create_app
from tests.conftest import both_databases
from tests.room import Room, Sink, text_of

JO = "jo@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ENTRY = """\
id = "arxiv:2506.0000{n}"
title = "{title}"
authors = ["Ann Bee", "Cy Dee"]
published = 2025-06-0{n}
venue = "arXiv"
kind = "research"
task = ["segmentation"]
modality = ["cmr"]
disease = []
[links]
paper = "{link}"
"""


@pytest.fixture
def client(room: Room) -> Iterator[TestClient]:
    with TestClient(create_app(room.ws), follow_redirects=False) as made:
        yield made


@pytest.fixture
def token(room: Room) -> str:
    room.subscribe(JO)
    tokens = open_tokens(room.ws.settings)
    return tokens.unsubscribe(tokens.key(JO))


def state(room: Room) -> str:
    return subscribers(room.ws)[0].state


def break_store(room: Room) -> None:
    room.ws.store.dispose()
    if room.ws.store.dialect.name == "postgresql":
        with room.ws.store.begin() as db:
            db.execute(text("DROP SCHEMA public CASCADE"))
        return
    file = Path(str(room.ws.store.url.database))
    for path in file.parent.glob("harvester.db*"):
        path.unlink()
    file.write_bytes(b"no database" * 1000)


def write_entry(room: Room, n: int, title: str, link: str = "https://arxiv.org/abs/2506.00001") -> Path:
    path = room.ws.catalog / "entries" / "2025" / f"{n}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ENTRY.format(n=n, title=title, link=link))
    return path


def test_one_click(room: Room, client: TestClient, token: str) -> None:
    answer = client.post(f"/unsubscribe/{token}", data=ONE_CLICK)
    assert (answer.status_code, state(room)) == (200, "unsubscribed")
    assert "set-cookie" not in answer.headers
    assert client.post(f"/unsubscribe/{token}", data=ONE_CLICK).status_code == 200


def test_one_click_as_multipart_which_rfc_8058_allows_too(room: Room, client: TestClient, token: str) -> None:
    answer = client.post(f"/unsubscribe/{token}", files={"List-Unsubscribe": (None, "One-Click")})
    assert (answer.status_code, state(room)) == (200, "unsubscribed")


def test_one_click_after_the_address_is_gone(room: Room, client: TestClient, token: str) -> None:
    remove_subscriber(room.ws, JO)
    assert client.post(f"/unsubscribe/{token}", data=ONE_CLICK).status_code == 200
    assert client.get(f"/unsubscribe/{token}").status_code == 200


def test_looking_does_nothing(room: Room, client: TestClient, token: str) -> None:
    answer = client.get(f"/unsubscribe/{token}")
    assert (answer.status_code, state(room)) == (200, "active")
    (form,) = html.document_fromstring(answer.text).forms
    assert (form.method, form.action) == ("POST", None)  # to the page's own address
    assert JO in answer.text, "what ends, and for whom"
    assert answer.headers["cache-control"] == "no-store"


def test_the_links_of_the_optin_mail(room: Room, client: TestClient, smtp: Sink) -> None:
    add_subscriber(room.ws, JO)
    found = re.search(r"https://digest\.example\.org(/confirm/\S+)>", text_of(smtp.messages[0]))
    assert found
    assert (client.get(found[1]).status_code, state(room)) == (200, "pending")
    assert (client.post(found[1]).status_code, state(room)) == (200, "active")
    assert client.post(found[1]).status_code == 200


def test_an_expired_confirmation_says_how_to_go_on(room: Room, client: TestClient, smtp: Sink) -> None:
    add_subscriber(room.ws, JO)
    found = re.search(r"https://digest\.example\.org(/confirm/\S+)>", text_of(smtp.messages[0]))
    assert found
    room.later(hours=49)
    for answer in (client.get(found[1]), client.post(found[1])):
        assert answer.status_code == 410
        assert '<a href="/subscribe">' in answer.text
    assert state(room) == "pending"


@pytest.mark.parametrize("act", ["confirm", "unsubscribe"])
def test_forged_foreign_and_tampered_tokens(room: Room, client: TestClient, token: str, act: str) -> None:
    tokens = open_tokens(room.ws.settings)
    key = tokens.key(JO)
    foreign = tokens.confirm(key, room.now) if act == "unsubscribe" else token
    for bad in ("x", foreign, f"{token[:-8]}AAAAAAAA", key, "%00", "ü", f"{key}.{token.partition('.')[2][::-1]}"):
        for answer in (client.get(f"/{act}/{bad}"), client.post(f"/{act}/{bad}", data=ONE_CLICK)):
            assert (answer.status_code, state(room)) == (404, "active"), bad


def test_every_answer_forbids_scripts_and_framing(client: TestClient, token: str) -> None:
    for path in ("/", f"/unsubscribe/{token}", "/unsubscribe/x", "/nothing", "/healthz", "/static/style.css"):
        answer = client.get(path)
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r'<script(?! type="module" src=)|<style|style=|\son\w+=', answer.text)


def test_the_list_shows_what_the_files_say(room: Room, client: TestClient) -> None:
    assert "0 papers" in client.get("/").text
    write_entry(room, 1, "Old hearts")
    write_entry(room, 2, "<script>alert(1)</script> & hearts")
    broken = write_entry(room, 3, "Broken")
    broken.write_text("no TOML")
    page = html.document_fromstring(client.get("/").text)
    assert page.xpath("//li/h2/a/text()") == ["<script>alert(1)</script> & hearts", "Old hearts"]
    assert page.xpath("//li[1]//ul/li/span/text()") == ["Segmentation", "CMRI", "Research"]
    assert page.xpath("//li[1]/p[1]/text()") == ["Ann Bee, Cy Dee · arXiv, Jun 2025"]
    broken.unlink()
    write_entry(room, 1, "New words")
    assert "New words" in client.get("/").text


@both_databases
def test_health_and_metrics(room: Room, client: TestClient, token: str) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.get("/readyz").json() == {"status": "ready", "lacks": []}
    room.accept("Hearts")
    figures = client.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'harvester_queue_papers{state="accepted"} 1.0' in figures.text
    assert 'harvester_subscribers{state="active"} 1.0' in figures.text
    assert "harvester_store_up 1.0" in figures.text
    assert JO not in figures.text
    break_store(room)
    assert client.get("/healthz").status_code == 503
    assert client.get("/readyz").json() == {"status": "not ready", "lacks": ["store"]}
    assert "harvester_store_up 0.0" in client.get("/metrics").text


@both_databases
def test_a_store_that_fails_is_no_traceback(room: Room, client: TestClient, token: str) -> None:
    break_store(room)
    answer = client.post(f"/unsubscribe/{token}", data=ONE_CLICK)
    assert answer.status_code == 503
    assert "harvester.db" not in answer.text


def test_wrong_methods_and_unknown_pages(client: TestClient, token: str) -> None:
    assert client.put(f"/unsubscribe/{token}").status_code == 405
    assert client.get("/nothing").status_code == 404
