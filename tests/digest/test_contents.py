"""What a digest shows: as its preview says, the best papers first, never too many, and always small enough."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser
from pydantic import SecretStr
from starlette.testclient import TestClient

from classifiers.taxonomy import load_taxonomy
from harvester.config.digest import DigestSettings
from harvester.config.settings import Settings
from harvester.config.web import WebSettings
from harvester.digest.composer import LARGEST, Composer, Plan
from harvester.digest.content import count, isolated
from harvester.digest.rules import Item, best_first, grouped
from harvester.domain.papers import Author, Paper
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.services.digest.preview import plan_for, sample
from harvester.services.digest.sending import send_digests
from harvester.services.digest.trial import send_test
from harvester.store.engine import write
from harvester.store.tables import candidates
from harvester.web.app import create_app
from tests.conftest import both_databases
from tests.room import JO, MAX, START, Room, Sink, as_labels, free_port, html_of, text_of, titles

TAXONOMY = load_taxonomy()
HEBREW = "רשתות נוירונים לפענוח אק״ג"


def set_scope(room: Room, number: int, scope: float) -> None:
    with write(room.ws.store) as db:
        db.execute(candidates.update().where(candidates.c.paper == number).values(scope=scope))


def parsed(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


@both_databases
def test_the_preview_is_the_mail(room: Room, smtp: Sink, tmp_path: Path) -> None:
    """The service's, the command's, and the message that --dry-run writes."""
    room.subscribe(JO, modality="ecg,cmr")
    for n in range(24):
        links = {"paper": f"https://arxiv.org/abs/2506.{n:05}", "code": "https://github.com/invented/hearts"}
        room.accept(f"Hearts & <b> {n}", modality="ecg" if n % 2 else "cmr", known={"links": links})
    ((_, mail),) = plan_for(room.ws, JO)[1]
    now = "2025-06-12T23:30:00Z"
    shown = room.run("digest", "preview", "--subscriber", JO, now=now)
    room.run("digest", "preview", "--subscriber", JO, "--html", str(tmp_path / "mail.html"), now=now)
    room.run("digest", "send", "--dry-run", "--eml", str(tmp_path / "dry"), now=now)
    assert send_digests(room.ws).sent == 1
    (sent,) = smtp.messages
    assert text_of(sent) == mail.text
    assert html_of(sent).replace("\r\n", "\n").rstrip("\n") == mail.html.rstrip("\n")
    assert shown == f"Subject: {sent['Subject']}\n\n{mail.text}".rstrip("\n") + "\n"
    assert (tmp_path / "mail.html").read_text(encoding="utf-8") == mail.html
    (dry,) = (tmp_path / "dry").glob("*.eml")
    assert dry.read_bytes() == smtp.raw[0]


def test_the_preview_of_everything_has_the_same_papers(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    for n in range(3):
        room.accept(f"Hearts {n}", modality="ecg", task="segmentation")
    preview = sample(room.ws)
    assert preview
    send_digests(room.ws)
    assert text_of(smtp.messages[0]).partition("\n-- \n")[0] == preview.text.partition("\n-- \n")[0]
    assert (
        html_of(smtp.messages[0]).partition('class="end"')[0].replace("\r\n", "\n")
        == (preview.html.partition('class="end"')[0])
    )


def test_the_best_first_then_a_link_to_the_page_with_all(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    numbers = [room.accept(f"Hearts {n}", modality="ecg") for n in range(25)]
    for n, number in enumerate(numbers):
        set_scope(room, number, n / 100)
    send_digests(room.ws)
    (mail,) = smtp.messages
    assert titles(mail) == [f"Hearts {n}" for n in range(24, 4, -1)]
    assert mail["Subject"] == "25 new papers: Hearts 24 and 24 more"
    assert "25 new papers, here the best 20" in text_of(mail)
    link = "https://digest.example.org/archive/2025-06-12"
    assert f"\nAnd 5 more on the page of this digest:\n<{link}>\n" in text_of(mail)
    (more,) = html.document_fromstring(html_of(mail)).xpath("//a[contains(., '5 more')]/@href")
    assert more == link
    with TestClient(create_app(room.ws)) as client:
        page = html.document_fromstring(client.get("/archive/2025-06-12").text)
    assert len(page.xpath("//h3")) == 25
    assert send_digests(room.ws).due == 0, "what was only counted is not mailed again"


def test_a_weekly_reader_finds_the_papers_of_earlier_daily_digests(
    make_room: Callable[..., Room], store_url: str, smtp: Sink
) -> None:
    room = make_room(store_url, papers=1)
    room.subscribe(JO, every="day")
    room.subscribe(MAX, every="week")
    room.accept("Zero", modality="ecg")
    send_digests(room.ws)
    for title in ("One", "Two"):
        room.later(days=3)
        room.accept(title, modality="ecg")
        send_digests(room.ws)
    room.later(days=1)
    room.accept("Three", modality="ecg")
    smtp.raw.clear()
    send_digests(room.ws)
    (mail,) = smtp.to(MAX)
    (link,) = re.findall(r"<https://digest\.example\.org(/archive/\S+)>\n\n-- ", text_of(mail))
    assert link == "/archive/2025-06-19?since=2025-06-15"
    with TestClient(create_app(room.ws)) as client:
        page = html.document_fromstring(client.get(link).text)
        assert {*page.xpath("//h3/a/text()")} == {"One", "Two", "Three"}
        for wrong in ("2025-06-20", "1999-01-01", "x"):
            assert client.get(f"/archive/2025-06-19?since={wrong}").status_code == 404


def composed(*items: Item, form: str = "html", cap: int = 20) -> bytes:
    settings = Settings(
        digest=DigestSettings(base_url="https://digest.example.org", papers=cap),
        web=WebSettings(secret=SecretStr("a secret of the tests")),
    )
    reader = Subscriber("key", JO, "active", Preferences(form=form), START, START, 0)
    return Composer(settings, TAXONOMY, START.date()).message(Plan(reader, items), "<1@example.org>", START)


def paper(number: int, title: str, abstract: str, **known: Any) -> Item:
    every = {facet.id: facet.label_ids for facet in TAXONOMY.facets}
    labels = as_labels(**{name: ",".join(every[name]) for name in ("task", "modality", "disease")})
    authors = tuple(Author(title) for _ in range(50))
    links = {role: f"https://example.org/{role}/" + "x" * 450 for role in ("paper", "code", "project")}
    plain = Paper((f"arxiv:2506.{number:05}",), title, abstract, authors, START, links=links)
    return Item(number, replace(plain, **known), labels)


@pytest.mark.parametrize("letter", ["x", "&", "é", "ש", "心", "💔", "x ", "💔 ", '"'])
@pytest.mark.parametrize("form", ["html", "text"])
def test_always_small_enough(letter: str, form: str) -> None:
    """2,000 letters of title, 50 kB of abstract, a hundred papers and a cap of as many; at least one paper is shown."""
    abstract = (letter * 90 + ". We propose " + letter * 90 + ". ") * 250
    raw = composed(*(paper(n, letter * 2_000, abstract) for n in range(100)), form=form, cap=100)
    assert len(raw) < LARGEST
    shown = titles(parsed(raw))
    assert len(shown) >= 1
    assert f"And {100 - len(shown)} more on the page of this digest" in text_of(parsed(raw))
    assert "/unsubscribe/" in text_of(parsed(raw))


def test_twenty_ordinary_papers_are_all_shown() -> None:
    abstract = "Hearts are important. We propose a network that reads long ECGs of many patients. The AUC is 0.9. " * 12
    authors, links = (Author("Ann Bee"), Author("Cy Dee")), {"code": "https://github.com/invented/hearts"}
    title = "A study of long recordings " * 5
    raw = composed(*(paper(n, title, abstract, authors=authors, links=links) for n in range(20)))
    assert len(titles(parsed(raw))) == 20
    assert len(raw) < LARGEST


def test_links_to_our_page_and_the_code() -> None:
    one = Item(1, paper(1, "Hearts", "").paper, as_labels(), page="/paper/hearts-2506.00001/")
    document = html.document_fromstring(html_of(parsed(composed(one))))
    links = {a.text_content(): a.get("href") for a in document.xpath("//a")}
    assert links["Hearts"] == "https://digest.example.org/paper/hearts-2506.00001/"
    assert links["Paper"].startswith("https://example.org/paper/")
    assert links["Code"].startswith("https://example.org/code/")
    assert len({*links.values()}) == len(links), "no two links lead to the same place"


def test_the_page_of_a_paper_whose_entry_is_written(room: Room, smtp: Sink) -> None:
    room.subscribe(JO)
    number = room.accept("Hearts")
    with write(room.ws.store) as db:
        db.execute(candidates.update().where(candidates.c.paper == number).values(entry="entries/2025/hearts-1.toml"))
    room.accept("Without an entry")
    send_digests(room.ws)
    seen = text_of(smtp.messages[0])
    assert "Details: https://digest.example.org/paper/hearts-1/\n" in seen
    assert "Details: https://digest.example.org/?paper=arxiv:2506.00002\n" in seen


def test_the_heading_of_the_best_paper_comes_first() -> None:
    items = [
        Item(1, Paper(("a",), "One"), as_labels(task="diagnosis"), 0.7),
        Item(2, Paper(("b",), "Two"), as_labels(task="segmentation"), 0.9),
        Item(3, Paper(("c",), "Three"), as_labels(), 0.99),
        Item(4, Paper(("d",), "Four"), as_labels(task="diagnosis"), 0.8),
    ]
    assert [item.number for item in best_first(items)] == [3, 2, 4, 1]
    groups = [(group.heading, [item.number for item in group.items]) for group in grouped(items, {}, TAXONOMY)]
    assert [numbers for _, numbers in groups] == [[2], [4, 1], [3]]
    assert groups[-1][0] == "More"


def test_counts() -> None:
    assert [count(0), count(1), count(2), count(2, 2)] == ["No new papers", "1 new paper", *["2 new papers"] * 2]
    assert count(87, 20) == "87 new papers, here the best 20"


def test_right_to_left_titles(chromium: Browser) -> None:
    one = Item(1, paper(1, HEBREW, "").paper, as_labels())
    mail = parsed(composed(one, Item(2, paper(2, "Hearts", "").paper, as_labels())))
    assert mail["Subject"] == f"2 new papers: \u2068{HEBREW}\u2069 and 1 more"
    assert isolated("Hearts") == "Hearts"
    page = chromium.new_page()
    page.set_content(html_of(mail))
    seen = page.evaluate("[...document.querySelectorAll('h3')].map(h => [getComputedStyle(h).direction, h.innerText])")
    assert seen == [["rtl", HEBREW], ["ltr", "Hearts"]]
    assert page.evaluate("getComputedStyle(document.querySelector('h3')).textAlign") == "start"
    page.close()


@both_databases
def test_a_test_mail_leaves_no_trace(room: Room, smtp: Sink) -> None:
    room.subscribe(JO, modality="ecg")
    room.accept("Hearts in ECG", modality="ecg")
    room.accept("Hearts in MRI", modality="cmr")
    for address, expected in ((JO, ["Hearts in ECG"]), ("me@example.org", ["Hearts in MRI", "Hearts in ECG"])):
        sent = room.json("digest", "send", "--to", address, now="2025-06-12T23:30:00Z")
        assert sent == {"due": 1, "sent": 1, "failed": 0, "unknown": 0, "waiting": 0, "problems": []}
        assert sorted(titles(smtp.to(address)[-1])) == sorted(expected)
    assert room.deliveries() == {}
    assert send_digests(room.ws).sent == 1
    assert smtp.to(JO)[0]["Message-ID"] != smtp.to(JO)[1]["Message-ID"]
    assert text_of(smtp.to(JO)[0]) == text_of(smtp.to(JO)[1])


def test_the_rest_of_a_test_mail_is_on_a_page_that_exists(
    make_room: Callable[..., Room], store_url: str, smtp: Sink
) -> None:
    room = make_room(store_url, papers=1)
    for title in ("Hearts", "Vessels", "Valves"):
        room.accept(title, modality="ecg")
    send_test(room.ws, JO)
    with TestClient(create_app(room.ws)) as client:
        sample = client.get("/archive/next").text
        for document in (html_of(smtp.messages[0]), sample):
            (more,) = html.document_fromstring(document).xpath("//a[contains(., '2 more')]/@href")
            assert more == "https://digest.example.org/?since=2025-06-12&sort=added"
            assert "2 more</a> in the list." in document
        assert "And 2 more in the list:" in text_of(smtp.messages[0])
        assert client.get("/?since=2025-06-12&sort=added").status_code == 200


def test_a_test_mail_when_nothing_is_new_and_wrong_ones(room: Room, smtp: Sink, tmp_path: Path) -> None:
    room.accept("Imported", via="files")
    room.run("digest", "send", "--to", JO, "--eml", str(tmp_path))
    assert "* Imported" in text_of(parsed(next(tmp_path.glob("*.eml")).read_bytes()))
    assert smtp.raw == []
    room.run("digest", "send", "--to", "nobody", status=2)
    room.run("digest", "send", "--to", JO, "--dry-run", status=2)
    room.subscribe(MAX)
    room.run("subscribers", "remove", MAX)
    assert "erased" in room.run("digest", "send", "--to", MAX, status=1)
    smtp.rcpt_replies = {JO: "550 5.1.1 No such user"}
    assert json.loads(room.run("digest", "send", "--to", JO, "--json", status=1))["failed"] == 1


def test_what_waits_is_counted(make_room: Callable[..., Room], store_url: str) -> None:
    """The server is down."""
    room = make_room(store_url, smtp_port=free_port())
    for name in ("jo", "max", "ann"):
        room.subscribe(f"{name}@example.org")
    room.accept("Hearts")
    now = "2025-06-12T23:30:00Z"
    assert "3 due: 0 sent, 0 failed, 0 unknown, 3 waiting." in room.run("digest", "send", now=now, status=1)
    sent = room.json("digest", "send", now=now, status=1)
    assert (sent["due"], sent["sent"], sent["waiting"]) == (3, 0, 3)
    assert room.json("digest", "send", "--dry-run", now=now)["waiting"] == 3
