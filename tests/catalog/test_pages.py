"""The pages of papers, as browsers, Zotero, search engines and chats read them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from harvester.catalog.entry import Entry
from harvester.catalog.published import Published
from harvester.catalog.site.addresses import slugs
from harvester.catalog.site.files import framed, paper_file, site
from harvester.catalog.site.known import Known
from harvester.catalog.site.metadata import highwire_name
from harvester.domain.labels import Labels

from .strategies import FACETS, TAXONOMY

NONE: dict[str, tuple[str, ...]] = {facet.id: () for facet in FACETS}
HOME = "https://hearts.example/list"
HOSTILE = '</script><script>alert(1)</script> <img src=x onerror=alert(1)> {{ 7 * 7 }} & "quotes" \u2028 ]]>'
ENTRY = Entry(
    "arxiv:2401.00001",
    "Segmentation of electrocardiograms",
    Labels({**NONE, "kind": ("research",), "task": ("segmentation",), "modality": ("ecg",)}),
    ("Zoë Müller", "Jan van der Berg", "The Beat Consortium"),
    Published(2024, 5, 9),
    "MICCAI",
    links={"project": "https://beat.example", "code": "https://github.com/a/b", "data": "https://zenodo.org/records/1"},
)
KNOWN = Known(
    "We segment. It works.", "arXiv", "https://arxiv.org/abs/2401.00001", 3, date(2024, 6, 1), date(2025, 1, 2)
)


def page(entry: Entry = ENTRY, known: Known = KNOWN, *others: Entry) -> Any:
    makers = site(framed([entry, *others], TAXONOMY, HOME), lambda: {entry.id: known})
    return html.fromstring(makers[paper_file(slugs([entry, *others])[entry.id])]().decode())


def tags(page: Any, name: str) -> list[str]:
    found: list[str] = page.xpath(f"//head/meta[@name='{name}' or @property='{name}']/@content")
    return found


def linked(page: Any) -> dict[str, Any]:
    (script,) = page.xpath("//script[@type='application/ld+json']/text()")
    found: dict[str, Any] = json.loads(script)
    return found


def test_zotero_and_google_scholar_find_the_whole_citation() -> None:
    read = page()
    expected = {
        "citation_title": [ENTRY.title],
        "citation_author": ["Müller, Zoë", "van der Berg, Jan", "The Beat Consortium"],
        "citation_publication_date": ["2024/05/09"],
        "citation_conference_title": ["MICCAI"],
        "citation_arxiv_id": ["2401.00001"],
        "citation_pdf_url": ["https://arxiv.org/pdf/2401.00001"],
        "citation_public_url": ["https://arxiv.org/abs/2401.00001"],
        "citation_abstract": [KNOWN.abstract],
        "citation_keywords": ["Segmentation", "ECG", "Research"],
        "z:itemType": ["conferencePaper"],
    }
    assert {name: tags(read, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("changes", "container", "kind"),
    [
        ({"venue": "Circulation", "id": "doi:10.1000/x"}, "citation_journal_title", "journalArticle"),
        ({"venue": "arXiv"}, "citation_publisher", "preprint"),
    ],
)
def test_the_venue_says_what_kind_of_paper_it_is(changes: dict[str, Any], container: str, kind: str) -> None:
    read = page(replace(ENTRY, **changes))
    assert (tags(read, container), tags(read, "z:itemType")) == ([changes["venue"]], [kind])


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        ("Ann Bee", "Bee, Ann"),
        ("Jan A. van der Berg", "Jan A. van der Berg"),  # Zotero would take "van der Berg, Jan A." for two people
        ("Plato", "Plato"),
        ("Hearts, Veins and Co. Ltd", "Hearts Veins and Co. Ltd"),
    ],
)
def test_an_author_is_one_person(author: str, shown: str) -> None:
    assert highwire_name(author) == shown


def test_search_engines_and_chats_find_what_it_is() -> None:
    read = page()
    own = f"{HOME}/paper/segmentation-of-electrocardiograms-2401.00001/"
    assert read.xpath("//link[@rel='canonical']/@href") == tags(read, "og:url") == [own]
    assert tags(read, "og:title") == [ENTRY.title]
    assert tags(read, "og:description") == tags(read, "description") == [KNOWN.abstract]
    shown = linked(read)
    assert (shown["@type"], shown["url"], shown["name"]) == ("ScholarlyArticle", own, ENTRY.title)
    assert shown["author"][2] == {"@type": "Organization", "name": "The Beat Consortium"}


def test_code_and_data_come_first_and_versions_are_linked() -> None:
    read = page()
    assert read.xpath("//p[@class='links']/a/text()") == ["GitHub", "Data", "Paper", "Project"]
    assert read.xpath("//dl//a/@href")[0] == "https://arxiv.org/abs/2401.00001v3"
    assert read.xpath("//dl//time/@datetime") == ["2024-06-01", "2025-01-02"]


def test_a_retraction_is_said_at_once() -> None:
    read = page(replace(ENTRY, links={"retraction": "https://doi.org/10.1/r"}))
    assert read.xpath("//h1/s/text()") == [ENTRY.title]
    assert read.xpath("//p[@class='note bad']/a/@href") == ["https://doi.org/10.1/r"]
    assert linked(read)["creativeWorkStatus"] == "Retracted"


def test_an_abstract_that_may_not_be_shown_is_nowhere() -> None:
    read = page(known=replace(KNOWN, source=""))
    assert "We segment" not in html.tostring(read, encoding="unicode")
    assert not read.xpath("//*[@id='abstract']")


def test_hostile_and_endless_text_is_only_text() -> None:
    entry = replace(ENTRY, title=HOSTILE, authors=(HOSTILE,) * 3, venue=HOSTILE, note=HOSTILE)
    read = page(entry, replace(KNOWN, text=HOSTILE))
    title = " ".join(HOSTILE.split())
    assert read.findtext(".//h1") == tags(read, "citation_title")[0] == linked(read)["name"] == title
    assert len(read.xpath("//script")) == 2
    assert not read.xpath("//img")
    long = page(replace(ENTRY, title="x" * 2000), replace(KNOWN, text="y " * 25_000))
    assert long.findtext(".//h1") == "x" * 2000
    assert len(tags(long, "og:description")[0]) < 210


def test_a_bare_paper_in_hebrew_has_a_page() -> None:
    entry = Entry("title:לב", "פענוח אק״ג", Labels({"kind": ("research",)}))
    read = page(entry, Known())
    assert read.xpath("//h1/@dir") == ["auto"]
    assert read.findtext(".//h1") == entry.title
    assert linked(read)["name"] == entry.title


def test_two_files_of_one_name_are_two_pages() -> None:
    twins = [
        replace(ENTRY, id=f"arxiv:2401.0000{n}", path=Path(f"entries/202{n}/{name}.toml"))
        for n, name in enumerate(("Heart", "heart", "a b?"))
    ]
    found = slugs(twins)
    assert found == slugs(reversed(twins))
    assert found["arxiv:2401.00000"] == "Heart"
    assert len({name.casefold() for name in found.values()}) == 3
    makers = site(framed(twins, TAXONOMY), dict)
    assert b"<loc>http://localhost:8000/paper/a%20b%3F/</loc>" in makers["sitemap.xml"]()
    assert makers[paper_file("a b?")]()


def test_crawlers_are_shown_the_way() -> None:
    makers = site(framed([ENTRY], TAXONOMY, HOME), lambda: {ENTRY.id: KNOWN})
    assert f"Sitemap: {HOME}/sitemap.xml" in makers["robots.txt"]().decode()
    assert b"<lastmod>2025-01-02</lastmod>" in makers["sitemap.xml"]()
    assert makers["favicon.ico"]()[:4] == b"\0\0\1\0"
