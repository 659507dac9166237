"""The public pages for subscribers: the same answer for everybody, and no change without a link from a mail."""

import re
from collections.abc import Iterator
from datetime import timedelta

import feedparser
import pytest
from lxml import html
from sqlalchemy import select
from starlette.testclient import TestClient

from harvester.base.errors import TooManyRequests
from harvester.digest.preferences import CONSENT, CONSENT_VERSION
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail.link_tokens import open_tokens
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.subscriptions import add_subscriber, remove_subscriber, subscribers
from harvester.store.engine import read
from harvester.store.subscribers import suppressed
from harvester.store.tables import metadata
from harvester.web.app import create_app
from tests.conftest import both_databases
from tests.room import Room, Sink, text_of

JO, MAX = "jo@example.org", "max@example.org"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def client(room: Room) -> Iterator[TestClient]:
    with TestClient(create_app(room.ws), follow_redirects=False) as made:
        yield made


def jo(room: Room) -> Subscriber:
    return next(subscriber for subscriber in subscribers(room.ws) if subscriber.email == JO)


def preferences(room: Room, email: str = JO) -> str:
    tokens = open_tokens(room.ws.settings)
    return f"/preferences/{tokens.preferences(tokens.key(email))}"


def ticked(text: str) -> set[str]:
    return set(html.document_fromstring(text).xpath("//input[@checked]/@value"))


def test_subscribing_through_the_page(room: Room, client: TestClient, smtp: Sink) -> None:
    page = html.document_fromstring(client.get("/subscribe").text)
    (form,) = page.forms
    assert {"email", "task", "modality", "disease", "kind", "every", "weekday", "format"} <= set(form.fields)
    assert CONSENT in page.text_content()
    preferences = {
        "modality": ["ecg", "cmr"],
        "kind": "dataset",
        "every": "week",
        "weekday": "friday",
        "format": "text",
    }
    assert client.post("/subscribe", data={"email": JO, **preferences}).status_code == 200
    assert jo(room).state == "pending"
    found = re.search(r"https://digest\.example\.org(/confirm/\S+)>", text_of(smtp.to(JO)[0]))
    assert found
    room.later(hours=1)
    assert CONSENT in client.get(found[1]).text
    assert client.post(found[1]).status_code == 200
    subscriber = jo(room)
    assert (subscriber.state, subscriber.confirmed, subscriber.consent) == ("active", room.now, CONSENT_VERSION)
    assert subscriber.preferences == Preferences({"modality": ("ecg", "cmr"), "kind": ("dataset",)}, "week", 4, "text")


def test_the_answer_tells_nobody_who_subscribes(room: Room, client: TestClient, smtp: Sink) -> None:
    """New, pending, active, left, bounced, erased: byte for byte the same, and nobody's preferences are changed."""
    room.subscribe("active@example.org", modality="ecg")
    add_subscriber(room.ws, "pending@example.org")
    room.subscribe("erased@example.org")
    remove_subscriber(room.ws, "erased@example.org")
    smtp.raw.clear()
    names = ("new", "active", "pending", "erased")
    answers = {client.post("/subscribe", data={"email": f"{name}@example.org"}).text for name in names}
    assert len(answers) == 1
    assert sorted(message["To"] for message in smtp.messages) == [
        f"{name}@example.org" for name in ("active", "new", "pending")
    ]
    subjects = {message["To"].partition("@")[0]: message["Subject"].partition(":")[0] for message in smtp.messages}
    assert subjects["active"] == "You are already subscribed"
    assert subjects["new"] == subjects["pending"] == "Please confirm your subscription"
    kept = {subscriber.email: subscriber for subscriber in subscribers(room.ws)}
    assert kept["active@example.org"].preferences.topics == {"modality": ("ecg",)}
    assert "erased@example.org" not in kept


def test_a_mail_that_cannot_be_sent_changes_no_answer(room: Room, client: TestClient, smtp: Sink) -> None:
    good = client.post("/subscribe", data={"email": JO}).text
    smtp.rcpt_replies = {MAX: "550 5.1.1 No such user"}
    assert client.post("/subscribe", data={"email": MAX}).text == good


def test_the_trap_catches_programs(room: Room, client: TestClient, smtp: Sink) -> None:
    good = client.post("/subscribe", data={"email": JO}).text
    caught = client.post("/subscribe", data={"email": MAX, "website": "https://spam.example"})
    assert (caught.status_code, caught.text) == (200, good)
    assert [subscriber.email for subscriber in subscribers(room.ws)] == [JO]
    assert len(smtp.raw) == 1


@both_databases
def test_nobodys_mailbox_is_filled_and_no_network_asks_too_often(room: Room, client: TestClient, smtp: Sink) -> None:
    answers = {client.post("/subscribe", data={"email": JO}).text for _ in range(5)}
    assert (len(answers), len(smtp.raw)) == (1, 3)
    statuses = [client.post("/subscribe", data={"email": f"p{n}@example.org"}).status_code for n in range(16)]
    assert statuses == [200] * 15 + [429]
    room.now += timedelta(days=1, seconds=1)
    assert client.post("/subscribe", data={"email": JO}).status_code == 200
    assert len(smtp.to(JO)) == 4


def test_too_many_requests_are_answered_alike_wherever_they_are_counted(room: Room) -> None:
    app = create_app(room.ws)

    @app.get("/counted")
    def counted() -> None:
        raise TooManyRequests("Too many tries. Wait a quarter of an hour.")

    with TestClient(app) as client:
        answer = client.get("/counted")
        assert (answer.status_code, "Wait a quarter of an hour." in answer.text) == (429, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "is not a valid e-mail address"),
        ({"email": "jo@example"}, "jo@example"),
        ({"email": "jo@example.org\r\nBcc: max@example.org"}, "is not a valid e-mail address"),
        ({"email": "a" * 300 + "@example.org"}, "is not a valid e-mail address"),
        ({"email": JO, "modality": "mri"}, "modality has no label"),
        ({"email": JO, "every": "year"}, "not every"),
        ({"email": JO, "every": "week", "weekday": "someday"}, "not a day of the week"),
        ({"email": JO, "format": "pdf"}, "the form"),
        ({"email": JO, "match": "none"}, "all or any"),
        ({"email": JO, "authors": "J."}, "not enough of a name"),
        ({"email": JO, "words": "x" * 101}, "is too long"),
    ],
)
def test_bad_input_is_named_beside_the_form(room: Room, client: TestClient, fields: dict[str, str], said: str) -> None:
    answer = client.post("/subscribe", data=fields)
    assert answer.status_code == 400
    page = html.document_fromstring(answer.text)
    assert said in page.xpath("//*[@role='alert']")[0].text_content()
    assert len(page.forms) == 1
    assert subscribers(room.ws) == []


def test_a_form_of_any_size_or_kind(client: TestClient) -> None:
    def status(content: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
        return client.post("/subscribe", content=content, headers={"Content-Type": kind}).status_code

    assert status(b"email=" + b"a" * 300_000) == 413
    assert status(b"\xff\xfe") == 400
    assert status(b"&".join([b"a=1"] * 3_000)) == 400
    assert status(b"{}", "application/json") == 415
    assert client.post("/subscribe").status_code == 400


def test_preferences(room: Room, client: TestClient) -> None:
    room.subscribe(JO, every="week", weekday="friday", modality="ecg")
    link = preferences(room)
    page = client.get(link)
    assert ticked(page.text) == {"ecg", "week", "html"}
    assert page.headers["cache-control"] == "no-store"
    assert JO not in page.text
    saved = client.post(link, data={"task": ["segmentation"], "every": "day", "weekday": "friday", "format": "text"})
    assert 'role="status"' in saved.text
    assert jo(room).preferences == Preferences({"task": ("segmentation",)}, form="text")
    assert client.post(link, data={"task": "cooking"}).status_code == 400
    assert jo(room).preferences == Preferences({"task": ("segmentation",)}, form="text")


def test_erasing_leaves_the_suppression_alone(room: Room, client: TestClient, smtp: Sink) -> None:
    room.subscribe(JO)
    link = preferences(room)
    assert client.post(link, data={"act": "erase"}).status_code == 400
    assert jo(room).state == "active"
    assert client.post(link, data={"act": "erase", "sure": "yes"}).status_code == 200
    assert subscribers(room.ws) == []
    with read(room.ws.store) as db:
        key = open_tokens(room.ws.settings).key(JO)
        assert suppressed(db, [key]) == {key: "erased"}
        dump = "\n".join(str(row) for table in metadata.sorted_tables for row in db.execute(select(table)))
    assert JO not in dump
    assert client.get(link).status_code == 410
    assert client.post("/subscribe", data={"email": JO}).status_code == 200
    assert smtp.raw == []
    add_subscriber(room.ws, JO)  # a maintainer lifts it at their request
    assert len(smtp.raw) == 1


def test_a_link_of_one_act_or_person_does_no_other(room: Room, client: TestClient) -> None:
    room.subscribe(JO, modality="ecg")
    room.subscribe(MAX)
    tokens = open_tokens(room.ws.settings)
    key = tokens.key(JO)
    client.post(preferences(room, MAX), data={"task": "segmentation"})
    assert jo(room).preferences.topics == {"modality": ("ecg",)}
    leaving, confirming = tokens.unsubscribe(key), tokens.confirm(key, room.now)
    mixed = tokens.preferences(key).partition(".")[0] + "." + tokens.preferences(tokens.key(MAX)).partition(".")[2]
    for bad in (leaving, confirming, mixed, "x", key):
        for answer in (
            client.get(f"/preferences/{bad}"),
            client.post(f"/preferences/{bad}", data={"task": "diagnosis"}),
        ):
            assert answer.status_code == 404
    assert client.post(f"/unsubscribe/{tokens.preferences(key)}").status_code == 404
    assert (jo(room).state, jo(room).preferences.topics) == ("active", {"modality": ("ecg",)})


def test_no_link_signs_anybody_in_again(room: Room, client: TestClient, smtp: Sink) -> None:
    """Unsubscribed people stay unsubscribed, whatever links are still in their mailbox."""
    client.post("/subscribe", data={"email": JO})
    found = re.search(r"/confirm/\S+(?=>)", text_of(smtp.messages[0]))
    assert found
    client.post(found[0])
    tokens = open_tokens(room.ws.settings)
    client.post(f"/unsubscribe/{tokens.unsubscribe(tokens.key(JO))}")
    assert client.post(found[0]).status_code == 410
    assert client.post(preferences(room), data={"every": "day"}).status_code == 410
    assert jo(room).state == "unsubscribed"


@both_databases
def test_the_archive_shows_what_was_mailed(room: Room, client: TestClient) -> None:
    assert "none yet" in client.get("/archive").text
    room.subscribe(JO, modality="ecg")
    room.subscribe(MAX, modality="cmr")
    room.accept("Hearts in <ECG>", modality="ecg", task="segmentation")
    room.accept("Hearts in MRI", modality="cmr")
    room.accept("Hearts in CT", modality="ct")
    assert client.get("/archive/2025-06-12").status_code == 404
    send_digests(room.ws)
    day = html.document_fromstring(client.get("/archive").text).xpath("//ul[@class='days']/li/a/@href")
    assert day == ["/archive/2025-06-12"]
    remove_subscriber(room.ws, JO)  # an erased subscriber leaves no gap
    page = html.document_fromstring(client.get(day[0]).text)
    assert page.xpath("//h3/a/text()") == ["Hearts in <ECG>", "Hearts in MRI"]
    assert page.xpath("//h2/text()") == ["Segmentation (1)", "More (1)"]
    for wrong in ("2025-06-11", "yesterday", "2025-13-40"):
        assert client.get(f"/archive/{wrong}").status_code == 404


def test_the_next_digest_in_a_browser_can_do_nothing(room: Room, client: TestClient) -> None:
    """listmonk CVE-2026-21483: a preview executed code from a title."""
    assert "nothing new yet" in client.get("/archive/next").text
    room.accept("<script>alert(1)</script>Hearts", task="segmentation")
    answer = client.get("/archive/next")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script" not in policy
    assert html.document_fromstring(answer.text).xpath("//script") == []
    assert "&lt;script&gt;alert(1)" in answer.text


@both_databases
def test_feeds(room: Room, client: TestClient) -> None:
    imported = room.accept("Imported", via="files", modality="ct")
    room.later(hours=1)
    room.accept("Hearts in ECG & \ufffe<b>", modality="ecg", task="segmentation")
    room.later(hours=1)
    room.accept("Hearts in MRI", modality="cmr")
    room.decide(room.accept("Undone"), "undo")
    everything = client.get("/feeds/all.atom")
    assert everything.headers["content-type"].startswith("application/atom+xml")
    parsed = feedparser.parse(everything.content)
    assert not parsed.bozo
    assert (parsed.version, parsed.feed.id) == ("atom10", "tag:digest.example.org,2026:/feeds/all")
    assert [entry.title for entry in parsed.entries] == ["Hearts in MRI", "Hearts in ECG & <b>", "Imported"]
    newest = parsed.entries[0]
    assert (newest.id, newest.link) == (
        "tag:digest.example.org,2026:arxiv:2506.00003",
        "https://arxiv.org/abs/2506.00003",
    )
    assert newest.summary == "We look at hearts. It helps."
    assert [author.name for author in newest.authors][:2] == ["Ann Bee", "Cy Dee"]
    assert {tag.term for tag in parsed.entries[1].tags} == {"task:segmentation", "modality:ecg", "kind:research"}
    label = feedparser.parse(client.get("/feeds/modality/ecg.atom").content)
    assert [entry.title for entry in label.entries] == ["Hearts in ECG & <b>"]
    kind = client.get("/feeds/kind/research.json")
    assert kind.headers["content-type"].startswith("application/feed+json")
    document = kind.json()
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "https://digest.example.org/feeds/kind/research.json"
    assert [item["title"].replace("\ufffe", "") for item in document["items"]] == [
        entry.title for entry in parsed.entries
    ]
    assert all({"id", "url", "content_text", "date_published"} <= set(item) for item in document["items"])
    assert imported == 1


def test_feeds_that_are_empty_unknown_or_known_already(room: Room, client: TestClient) -> None:
    empty = client.get("/feeds/all.atom")
    parsed = feedparser.parse(empty.content)
    assert (parsed.bozo, parsed.entries) == (False, [])
    again = client.get("/feeds/all.atom", headers={"If-None-Match": empty.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/feeds/all.json").status_code == 200
    for path in ("all.rss", "modality/mri.atom", "colour/red.atom", "modality/ecg.xml"):
        assert client.get(f"/feeds/{path}").status_code == 404
    room.accept("Hearts")
    assert client.get("/feeds/all.atom", headers={"If-None-Match": empty.headers["etag"]}).status_code == 200


def described(page: html.HtmlElement, field: str) -> str:
    """What the page says of a field that is wrong."""
    (element,) = page.xpath(f"//*[@id='{field}']")
    assert element.get("aria-invalid") == "true"
    said: str = page.xpath(f"//*[@id='{element.get('aria-describedby').split()[0]}']")[0].text_content()
    return said


def test_an_error_is_tied_to_its_field_and_what_was_typed_stays(room: Room, client: TestClient) -> None:
    typed = {"email": "jo@example", "authors": "J.", "words": "long <QT>", "modality": "ecg", "every": "month"}
    page = html.document_fromstring(client.post("/subscribe", data=typed).text)
    assert "not a valid e-mail address" in described(page, "email")
    assert "not enough of a name" in described(page, "authors")
    assert page.xpath("//title/text()")[0].startswith("Error: ")
    assert {*page.xpath("//*[@role='alert']//a/@href")} == {"#email", "#authors"}
    (form,) = page.forms
    assert {name: form.fields[name] for name in ("email", "authors", "words", "every")} == {
        name: typed[name] for name in ("email", "authors", "words", "every")
    }
    assert "ecg" in ticked(html.tostring(page, encoding="unicode"))
    assert subscribers(room.ws) == []


def test_what_would_have_come_before_an_address_is_given(room: Room, client: TestClient) -> None:
    room.accept("Too long ago", modality="ecg", task="diagnosis")
    room.later(days=32)
    room.accept("ECG <diagnosis>", modality="ecg", task="diagnosis")
    room.accept("ECG of sleep", modality="ecg")
    for n in range(7):
        room.accept(f"Diagnosis {n}", modality="cmr", task="diagnosis")
    wish = {"modality": "ecg", "task": "diagnosis"}
    for answer in (
        client.post("/subscribe", data={**wish, "act": "brought"}),
        client.get("/subscribe", params=wish),
        client.get("/subscribe/brought", params=wish),
    ):
        assert answer.status_code == 200
        assert "brought <strong>1</strong> of 9 new papers" in answer.text
        assert "ECG &lt;diagnosis&gt;" in answer.text
        assert "ECG of sleep" not in answer.text
    either = client.get("/subscribe/brought", params={**wish, "match": "any"}).text
    assert "<strong>9</strong> of 9" in either
    assert "and 4 more" in either
    assert ticked(client.get("/subscribe", params={**wish, "every": "month"}).text) >= {"ecg", "diagnosis", "month"}
    assert "Error" in client.get("/subscribe/brought", params={"modality": "mri"}).text
    assert subscribers(room.ws) == []


def test_leaving_names_address_and_list_and_can_be_taken_back(room: Room, client: TestClient, smtp: Sink) -> None:
    room.subscribe(JO, modality="ecg")
    tokens = open_tokens(room.ws.settings)
    link = f"/unsubscribe/{tokens.unsubscribe(tokens.key(JO))}"
    shown = client.get(link).text
    assert JO in shown
    assert room.ws.taxonomy.title in shown
    assert preferences(room) in shown
    assert client.post(f"{link}/undo").status_code == 200, "nothing to take back"
    left = client.post(link, content="List-Unsubscribe=One-Click", headers=FORM)
    assert (left.status_code, jo(room).state) == (200, "unsubscribed")
    assert f"{link}/undo" in left.text
    room.accept("While away", modality="ecg")
    room.later(hours=47)
    assert f"{link}/undo" in client.get(link).text
    assert client.post(f"{link}/undo").status_code == 200
    assert jo(room).state == "active"
    assert send_digests(room.ws).sent == 1, "nothing was missed"


def test_leaving_cannot_be_taken_back_for_ever_nor_by_others(room: Room, client: TestClient, smtp: Sink) -> None:
    room.subscribe(JO)
    add_subscriber(room.ws, MAX)
    tokens = open_tokens(room.ws.settings)
    late, pending = (f"/unsubscribe/{tokens.unsubscribe(tokens.key(email))}" for email in (JO, MAX))
    for link in (late, pending):
        client.post(link)
    assert client.post(f"{pending}/undo").status_code == 410, "who never confirmed is not subscribed by this"
    room.later(hours=49)
    assert f"{late}/undo" not in client.get(late).text
    assert client.post(f"{late}/undo").status_code == 410
    assert {subscriber.state for subscriber in subscribers(room.ws)} == {"unsubscribed"}
    assert client.post("/unsubscribe/forged/undo").status_code == 404
    remove_subscriber(room.ws, JO)
    assert client.get(late).status_code == client.post(late).status_code == 200


def test_less_often_instead_of_never(room: Room, client: TestClient) -> None:
    room.subscribe(JO, every="week", weekday="friday")
    tokens = open_tokens(room.ws.settings)
    link = f"/unsubscribe/{tokens.unsubscribe(tokens.key(JO))}"
    assert html.document_fromstring(client.get(link).text).xpath("//button[@name='every']/@value") == ["month"]
    assert client.post(f"{link}/every", data={"every": "day"}).status_code == 400
    assert client.post(f"{link}/every", data={"every": "x"}).status_code == 400
    assert "once a month" in client.post(f"{link}/every", data={"every": "month"}).text
    assert jo(room).preferences == Preferences(every="month")
    client.post(link)
    assert client.post(f"{link}/every", data={"every": "month"}).status_code == 410


def test_every_mail_and_page_about_subscribing_leads_to_the_preferences(
    room: Room, client: TestClient, smtp: Sink
) -> None:
    client.post("/subscribe", data={"email": JO})
    link = preferences(room)
    optin = text_of(smtp.to(JO)[0])
    assert link in optin
    assert client.get(link).status_code == 200, "before it is confirmed, too"
    found = re.search(r"/confirm/\S+(?=>)", optin)
    assert found
    assert link in client.get(found[0]).text
    assert link in client.post(found[0]).text
    client.post("/subscribe", data={"email": JO})
    assert link in text_of(smtp.to(JO)[1])
    room.accept("Hearts")
    send_digests(room.ws)
    assert link in text_of(smtp.to(JO)[2])
    tokens = open_tokens(room.ws.settings)
    leaving = f"/unsubscribe/{tokens.unsubscribe(tokens.key(JO))}"
    assert link in client.get(leaving).text
    assert leaving in client.get(link).text
    assert link in client.post(f"{leaving}/every", data={"every": "week"}).text
