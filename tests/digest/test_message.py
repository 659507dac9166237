"""Messages on the wire: raw headers, both parts, and hostile papers in them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from pydantic import SecretStr

from classifiers.taxonomy import load_taxonomy
from harvester.base.errors import UsageError
from harvester.config.digest import DigestSettings
from harvester.config.settings import Settings
from harvester.config.web import WebSettings
from harvester.digest import content
from harvester.digest.composer import Composer, Plan
from harvester.digest.rules import Item, grouped, is_due, is_silent
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail import message
from harvester.mail.link_tokens import Tokens
from harvester.services.digest.sending import send_digests
from tests.room import Room, Sink, as_labels, html_of, text_of

TAXONOMY = load_taxonomy()
NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
SECRET = "a secret of the tests"
KEY = Tokens(SECRET).key("jo@example.org")
TOKEN = Tokens(SECRET).unsubscribe(KEY)
SITE = "https://digest.example.org"
HOSTILE = "Hearts\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script> | $\\alpha$ \u202e RTL שלום 💔"


def item(title: str, number: int = 1, labels: Labels | None = None, **known: object) -> Item:
    paper = Paper(("arxiv:2506.00001",), title, "We look. It helps. More.", published=NOW)
    return Item(number, replace(paper, **known), labels or as_labels())  # type: ignore[arg-type]


def made(*items: Item, to: str = "jo@example.org", form: str = "html", **known: object) -> bytes:
    """A digest as it goes over the wire."""
    digest = DigestSettings.model_validate({"base_url": "https://digest.example.org", **known})
    settings = Settings(digest=digest, web=WebSettings(secret=SecretStr(SECRET)))
    reader = Subscriber(Tokens(SECRET).key(to), to, "active", Preferences(form=form), NOW, NOW, 0)
    return Composer(settings, TAXONOMY, NOW.date()).message(Plan(reader, items), "<1@example.org>", NOW)


def parsed(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def headers(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0]


def test_the_headers_as_the_server_sees_them(room: Room, smtp: Sink) -> None:
    room.subscribe("jo@example.org")
    room.accept("Hearts")
    send_digests(room.ws)
    seen = headers(smtp.raw[0]).decode("ascii").split("\r\n")
    assert "To: jo@example.org" in seen
    assert "From: Cardio digest <digest@example.org>" in seen
    assert "Subject: 1 new paper: Hearts" in seen
    assert "Date: Thu, 12 Jun 2025 23:30:00 +0000" in seen
    assert "List-Id: <digest.example.org>" in seen
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in seen
    assert "Auto-Submitted: auto-generated" in seen
    assert "Reply-To: digest@example.org" in seen
    (leave,) = (header for header in seen if header.startswith("List-Unsubscribe:"))
    token = r"([\w.-]{66})"
    by_link = rf"<https://digest\.example\.org/unsubscribe/{token}>"
    by_mail = rf"<mailto:digest@example\.org\?subject=unsubscribe%20{token}>"
    found = re.fullmatch(f"List-Unsubscribe: {by_link}, {by_mail}", leave)
    assert found
    assert found[1] == found[2]
    assert any(re.fullmatch(r"Message-ID: <20250612\.[0-9a-f]{32}@example\.org>", header) for header in seen)


def test_list_unsubscribe_is_never_encoded_or_folded(make_room: Callable[..., Room], smtp: Sink) -> None:
    """odoo #289182, flask-mail #246: encoded, Gmail shows no button."""
    base = "https://" + "long-name." * 18 + "example.org/" + "p/" * 100
    room = make_room(base_url=base)
    room.subscribe("jo@example.org")
    room.accept("Hearts")
    send_digests(room.ws)
    (line,) = (header for header in headers(smtp.raw[0]).split(b"\r\n") if header.startswith(b"List-Unsubscribe:"))
    assert line.startswith(b"List-Unsubscribe: <" + base.rstrip("/").encode() + b"/unsubscribe/")
    assert line.endswith(b">")
    assert b"=?" not in line


@pytest.mark.parametrize(
    "base", ["https://müller.example", "https://example.org/" + "x" * 500, "https://example.org/?a=b"]
)
def test_a_base_url_that_cannot_stand_in_a_header(base: str) -> None:
    with pytest.raises(UsageError, match=r"base_url .* cannot be used in a mail's header"):
        message.letterhead(DigestSettings(base_url=base), "Title")


def test_hostile_text_stays_text() -> None:
    raw = made(item(HOSTILE, authors=(Author("Eve\r\nBcc: x@example.org"),), links={"paper": "javascript:alert(1)"}))
    seen = parsed(raw)
    assert seen["Bcc"] is None
    assert len(seen.items()) == 12
    assert seen["Subject"] == "1 new paper: Hearts Bcc: victim@example.org <script>alert(1)</script> |…"
    document = lxml_html.document_fromstring(html_of(seen))
    assert document.xpath("//script") == []
    assert [a.get("href") for a in document.xpath("//a")] == [
        f"{SITE}/preferences/{Tokens(SECRET).preferences(KEY)}",
        f"{SITE}/archive",
        f"{SITE}/unsubscribe/{TOKEN}",
    ]
    assert "Hearts Bcc: victim@example.org <script>alert(1)</script>" in text_of(seen)
    assert "\u202e" not in text_of(seen)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=3), st.text(max_size=300))
def test_any_text_gives_a_wellformed_message(titles: list[str], abstract: str) -> None:
    papers = [item(title, number, abstract=abstract) for number, title in enumerate(titles)]
    raw = made(*papers)
    assert raw.isascii()
    assert b"\0" not in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(rb"[^\r]\n|\r[^\n]", raw)
    assert all(len(line) <= 76 for line in headers(raw).split(b"\r\n") if b"=?" in line)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S*\?=", headers(raw)))
    seen = parsed(raw)
    assert seen["Subject"] == content.subject(grouped(papers, {}, TAXONOMY), TAXONOMY.title).replace("=?", "= ?")
    assert seen["To"] == "jo@example.org"
    assert [part.get_content_type() for part in seen.iter_parts()] == ["text/plain", "text/html"]
    longest = max(map(len, text_of(seen).splitlines()))
    assert longest <= max(78, len(TOKEN) + 41)


def test_a_subject_keeps_its_spaces_between_scripts() -> None:
    """Python's own folding drops the blank between two encoded words of different encodings."""
    title = "Überwachung – 心电图 "
    assert parsed(made(item(title)))["Subject"] == "1 new paper: Überwachung – 心电图"


@pytest.mark.parametrize(
    "title", ["=?utf-8?q?=0D=0ABcc:_victim@example.org?=", "ü =?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5vcmc=?="]
)
def test_a_title_that_is_an_encoded_word_is_not_decoded(title: str) -> None:
    seen = parsed(made(item(title)))
    assert seen["Bcc"] is None
    assert seen["Subject"] == "1 new paper: " + title.replace("=?", "= ?")


def test_addresses_as_long_as_they_may_be() -> None:
    to = "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".example"
    assert b"\r\nTo: " + to.encode() + b"\r\n" in made(item("Hearts"), to=to)


def test_a_sender_of_another_script() -> None:
    seen = parsed(made(item("Hearts"), sender='"Kardio-Übersicht, täglich" <d@example.org>'))
    assert seen["From"].addresses[0].display_name == "Kardio-Übersicht, täglich"
    assert seen["From"].addresses[0].addr_spec == "d@example.org"


def test_the_text_part_reads_well_by_itself() -> None:
    labels = Labels({"task": ("segmentation",), "modality": ("cmr",), "disease": (), "kind": ("dataset",)})
    authors = tuple(Author(name) for name in ("Ann Bee", "Cy Dee", "Eve Eff", "Gil Hay"))
    links = {"paper": "https://arxiv.org/abs/2506.00001", "code": "https://github.com/a/b"}
    shown = text_of(parsed(made(item("A study of hearts", labels=labels, authors=authors, links=links))))
    assert shown.split("\n\n-- \n")[0] == (
        f"{TAXONOMY.title}\n1 new paper\n\n"
        "SEGMENTATION (1)\n" + "-" * 78 + "\n\n"
        "* A study of hearts\n"
        "  Ann Bee, Cy Dee, Eve Eff et al.\n"
        "  arXiv, 2025-06-12\n"
        "  Segmentation, CMRI, Datasets\n"
        "  Paper: https://arxiv.org/abs/2506.00001\n"
        "  Code: https://github.com/a/b\n\n"
        "  It helps. More."
    )


def test_a_paper_without_links_is_found_by_its_identifier() -> None:
    by_doi = item("Hearts", identifiers=("doi:10.1000/a(b)",))
    assert content.show(by_doi, TAXONOMY, SITE).links == (("Paper", "https://doi.org/10.1000/a%28b%29"),)
    assert content.show(item("Hearts", identifiers=("title:hearts",)), TAXONOMY, SITE).links == ()


def test_each_paper_once_under_the_first_of_the_topics() -> None:
    both = item("Both", 1, as_labels(task="segmentation", modality="ecg"))
    one = item("One", 2, as_labels(modality="ecg"))
    other = item("Other", 3, as_labels(modality="ct"))
    topics = {"modality": ("ecg",), "task": ("segmentation",)}
    groups = grouped([one, both], topics, TAXONOMY)
    assert [(group.heading, [i.paper.title for i in group.items]) for group in groups] == [
        ("Segmentation", ["Both"]),
        ("ECG", ["One"]),
    ]
    assert [group.heading for group in grouped([other], {}, TAXONOMY)] == [""]
    assert [group.heading for group in grouped([both, other], {}, TAXONOMY)] == ["Segmentation", "More"]


def test_due_by_calendar_day() -> None:
    today = NOW.date()
    assert is_due(Preferences(), today, None, today)
    assert not is_due(Preferences(), today, today, today)
    assert is_due(Preferences(every="week"), today, today.replace(day=5), today)
    assert not is_due(Preferences(every="week"), today, today.replace(day=6), today)


def test_due_on_a_day_of_the_week_once_also_when_late() -> None:
    """12 June 2025 is a Thursday."""
    thursdays = Preferences(every="week", weekday=3)

    def due_on(day: int, confirmed: int = 1, last: int | None = None) -> bool:
        june = NOW.date().replace
        return is_due(thursdays, june(day=confirmed), june(day=last) if last else None, june(day=day))

    assert [day for day in range(6, 21) if due_on(day, confirmed=6)] == [*range(12, 21)]
    assert due_on(12, confirmed=12)
    assert [day for day in range(5, 21) if due_on(day, last=5)] == [*range(12, 21)]
    assert [day for day in range(14, 28) if due_on(day, last=14)] == [*range(19, 28)]  # late once, then on its day


def test_a_sign_of_life_after_a_week_of_silence() -> None:
    today = NOW.date()
    assert is_silent(today.replace(day=5), None, today)
    assert not is_silent(today.replace(day=1), today.replace(day=6), today)
