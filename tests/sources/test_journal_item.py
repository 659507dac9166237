"""Items of journals' feeds: what publishers wrap around a paper comes off. Invented, in the shape of real ones."""

from datetime import UTC, date, datetime

import pytest

from harvester.domain.papers import Paper
from harvester.sources.journals import FeedSettings, read_feed
from tests.sources.test_journals import rss

FEED = FeedSettings(name="heart-weekly", url="https://journal.example/feeds/latest.xml")
JANUARY = "<pubDate>Tue, 27 Jan 2026 00:00:00 GMT</pubDate>"
NOW = datetime(2026, 2, 3, 23, 30, tzinfo=UTC)


def read(*items: str) -> list[Paper]:
    return [seen.paper for seen in read_feed(rss(*items), FEED, now=NOW).sightings]


def one(item: str) -> Paper:
    (paper,) = read(item)
    return paper


def names(paper: Paper) -> list[str]:
    return [author.name for author in paper.authors]


def test_sciencedirect_has_date_venue_and_authors_in_place_of_an_abstract() -> None:
    lines = "<p>Publication date: 7 January 2026</p><p><b>Source:</b> Annals of the Heart, Volume 12, Issue 1</p>"
    paper = one(
        f"<title>Strain by ultrasound</title><link>https://sd.example/pii/1</link>"
        f"<description><![CDATA[{lines}<p>Author(s): Jane Doe, Rick Roe</p>]]></description>"
    )
    assert (paper.abstract, paper.venue, names(paper)) == ("", "Annals of the Heart", ["Jane Doe", "Rick Roe"])
    assert paper.published is not None
    assert paper.published.date() == date(2026, 1, 7)


def test_pubmed_has_its_journal_as_source_and_the_abstract_between_head_and_tail() -> None:
    body = (
        "<div><p>Ann Heart. 2026 Jan 20:e1. doi: 10.1000/AH.1. Online ahead of print.</p><p><b>ABSTRACT</b></p>"
        "<p><b>AIM</b>: Strain was measured.</p><p>It fell.</p>"
        "<p>PMID:<a href='x'>41000009</a> | PMC:<a href='y'>PMC9</a> | DOI:<a href='z'>10.1000/AH.1</a></p></div>"
    )
    paper = one(
        "<title>Strain</title><link>https://pubmed.example/9/</link><description>AIM: Strain was ...</description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded><dc:source>Annals of the Heart</dc:source>"
        "<dc:identifier>pmid:41000009</dc:identifier><dc:identifier>doi:10.1000/AH.1</dc:identifier>"
    )
    assert paper.abstract == "AIM: Strain was measured. It fell."
    assert (paper.venue, paper.identifiers) == ("Annals of the Heart", ("doi:10.1000/ah.1",))


def test_mdpi_repeats_title_and_authors() -> None:
    body = (
        "<p><b>Sensing, Vol. 3, Pages 44: Pulse at the wrist</b></p><p>Sensing <a href='x'>doi: 10.1000/s3044</a></p>"
        "<p>Authors:Jane DoeRick Roe</p><p>The pulse is measured.</p>"
    )
    paper = one(
        "<title>Sensing, Vol. 3, Pages 44: Pulse at the wrist</title>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded><prism:doi>10.1000/s3044</prism:doi>"
    )
    assert (paper.title, paper.abstract) == ("Pulse at the wrist", "The pulse is measured.")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[Original research] Pulse", "Pulse"),
        ("[Basic &amp; Translational Science] Pulse", "Pulse"),
        ("[18F]FDG in the heart", "[18F]FDG in the heart"),
        ("[Deep learning of the pulse]", "[Deep learning of the pulse]"),
        ("Heart failure: Vol. 2 of a story", "Heart failure: Vol. 2 of a story"),
        ("The gene &amp;lt;i&amp;gt;ABC&amp;lt;/i&amp;gt; &amp;amp;amp; the heart", "The gene ABC & the heart"),
        ("x &amp;lt; y and z &amp;gt; w", "x < y and z > w"),
    ],
)
def test_titles(title: str, expected: str) -> None:
    assert one(f"<title>{title}</title>").title == expected


def test_section_tags_of_highwire() -> None:
    text = "<sec><st>Aim</st><p>To measure.</p></sec><sec><st>Result</st><p>Measured.</p></sec>"
    assert (
        one(f"<title>T</title><description><![CDATA[{text}]]></description>").abstract
        == "Aim To measure. Result Measured."
    )


def test_all_identifiers_of_an_item_are_read() -> None:
    names_ = ("info:doi/10.1000/hx-2025-1", "hwp:master-id:hx;hx-2025-1", "hwp:resource-id:hx;1/2")
    for order in (names_, names_[::-1]):
        item = "".join(f"<dc:identifier>{name}</dc:identifier>" for name in order)
        assert one(f"<title>T</title><link>https://j.example/1</link>{item}").identifiers == ("doi:10.1000/hx-2025-1",)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("<authors>Jane Doe;Rick Roe</authors>", ["Jane Doe", "Rick Roe"]),
        ("<author>jane@example.org (Jane Doe)</author>", ["Jane Doe"]),
        ("<dc:creator>Doe, J., Öz, Ö., The Heart Group</dc:creator>", ["J. Doe", "Ö. Öz", "The Heart Group"]),
        ("<dc:creator>Jane Doe</dc:creator><dc:creator>Rick Roe</dc:creator>", ["Jane Doe", "Rick Roe"]),
        ("<authors/>", []),
    ],
)
def test_authors(element: str, expected: list[str]) -> None:
    assert names(one(f"<title>T</title>{element}")) == expected


@pytest.mark.parametrize(
    ("elements", "day"),
    [
        ("<prism:publicationDate>2026-01-28</prism:publicationDate>", date(2026, 1, 28)),
        (
            "<prism:publicationDate>9999-01-01</prism:publicationDate><pubDate>Tue, 27 Jan 2026 00:00:00 GMT</pubDate>",
            date(2026, 1, 27),
        ),
        ("<prism:publicationDate>2026-12-01</prism:publicationDate><dc:date>2026-01-27</dc:date>", date(2026, 1, 27)),
        ("<prism:publicationDate>0001-01-01</prism:publicationDate>", None),
        ("<pubDate>Tue, 01 Dec 2026 00:00:00 GMT</pubDate>", None),
        ("", None),
    ],
)
def test_the_first_sane_date_counts(elements: str, day: date | None) -> None:
    published = one(f"<title>T</title>{elements}").published
    assert (published.date() if published else None) == day


def test_versions_of_a_medrxiv_preprint_have_one_identifier() -> None:
    link = "https://www.medrx.example/content/10.1000/2026.01.20.26340001v{}?rss=1"
    first, second = read(*(f"<title>T</title><link>{link.format(n)}</link>" for n in (1, 2)))
    assert first.identifiers == second.identifiers == ("doi:10.1000/2026.01.20.26340001",)
