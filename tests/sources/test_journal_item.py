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
    assert (paper.venue, paper.identifiers) == ("Annals of the Heart", ("doi:10.1000/ah.1", "pmid:41000009"))


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
        ("<dc:creator>Jane <!-- a comment -->Doe</dc:creator>", ["Jane Doe"]),
        ("<dc:creator>\n Jane Doe\n Rick Roe\n</dc:creator>", ["Jane Doe", "Rick Roe"]),
        ("<dc:creator>Jane Doe&lt;br/&gt;Rick Roe</dc:creator>", ["Jane Doe", "Rick Roe"]),
        ("<dc:creator><Bag><li>Jane Doe</li><li>Rick Roe</li></Bag></dc:creator>", ["Jane Doe", "Rick Roe"]),
        (
            "<dc:creator>Doe, J.; Roe, R.</dc:creator><dc:creator>The Heart Group</dc:creator>",
            ["J. Doe", "R. Roe", "The Heart Group"],
        ),
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
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate>January 27, 2026</pubDate>", date(2026, 1, 27)),
        ("<pubDate>2026/01/27</pubDate>", date(2026, 1, 27)),
        ("<prism:publicationDate>27 Jan 2026</prism:publicationDate>", date(2026, 1, 27)),
        ("<prism:coverDate>2026-01-27</prism:coverDate>", date(2026, 1, 27)),
        ("<dc:date>2026-01</dc:date>", None),
        ("<pubDate>2026</pubDate>", None),
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


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ("<guid>pubmed:41000009</guid>", ("pmid:41000009",)),
        ("<dc:identifier>PMID: 41000009</dc:identifier>", ("pmid:41000009",)),
        ("<guid>oai:arXiv.org:2601.00001v1</guid>", ("arxiv:2601.00001",)),
        ("<dc:identifier>arXiv:2601.00001</dc:identifier>", ("arxiv:2601.00001",)),
        ("<prism:url>https://doi.org/10.1000/u.1</prism:url>", ("doi:10.1000/u.1",)),
        ("<dc:source>Hearts; doi:10.1000/u.1</dc:source>", ("doi:10.1000/u.1",)),
        ("<guid>article/8000001</guid>", ("title:t",)),
        ("<guid>2601.00001</guid>", ("title:t",)),
        ("<link>https://j.example/articles/10.1186/s1-026-1/figures/2</link>", ("doi:10.1186/s1-026-1",)),
        (
            "<link>https://j.example/10.1000/2026.01.25.26340001v1.supplementary-material</link>",
            ("doi:10.1000/2026.01.25.26340001",),
        ),
    ],
)
def test_what_says_itself_whose_number_it_is(elements: str, expected: tuple[str, ...]) -> None:
    assert one(f"<title>T</title>{elements}").identifiers == expected


def test_an_address_in_the_guid_is_a_link_unless_it_says_that_it_is_none() -> None:
    guid = "<title>T</title><link/><guid isPermaLink='{}'>https://j.example/7</guid>"
    assert one(guid.format("true")).links == {"paper": "https://j.example/7"}
    assert one(guid.format("false")).links == {}


@pytest.mark.parametrize(
    "title",
    [
        "ScienceDirect Publication: Annals of Hearts", "Latest Results for Annals of Hearts",
        "Wiley: Annals of Hearts: Table of Contents", "Annals of Hearts Current Issue",
        "Annals of Hearts Advance Access", "Annals of Hearts recent issues", "Annals of Hearts - new TOC",
        "Annals of Hearts | New and Recent Articles", "Annals of Hearts Subject Collection: Imaging",
        "Annals of Hearts: Ahead of Print", "Annals of Hearts",
        "Table of contents for Annals of Hearts. List of articles from both the latest and ahead of print issues.",
    ],
)  # fmt: skip
def test_the_journal_in_a_feeds_title(title: str) -> None:
    body = rss("<title>T</title>").replace(b"Heart Weekly", title.encode())
    (seen,) = read_feed(body, FEED, now=NOW).sightings
    assert seen.paper.venue == "Annals of Hearts"


def test_a_journal_with_a_colon_keeps_its_name() -> None:
    named = "<prism:publicationName>Hearts: Imaging</prism:publicationName>"
    assert one(f"<title>T</title>{named}").venue == "Hearts: Imaging"
    assert one("<title>T</title><dc:source>Hearts, Ahead of Print. </dc:source>").venue == "Hearts"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Annals of Hearts, EarlyView.", ""),
        ("Graphical Abstract", ""),
        ("null", ""),
        ("[No abstract]", ""),
        ("No abstract available.", ""),
        ("https://doi.org/10.1000/x.1", ""),
        ("Published online: 27 January 2026", ""),
        ("<a href='x'>Read more</a>", ""),
        ("<div><p>Ann Heart. 2026 Jan 20.</p><p><b>NO ABSTRACT</b></p></div>", ""),
        ("<p>by Jane Doe, Rick Roe</p>It was measured.", "It was measured."),
        ("ABSTRACT We measured.", "We measured."),
        ("Abstract: We measured.", "We measured."),
        ("Abstract thinking was measured.", "Abstract thinking was measured."),
        ("<p>We measured.</p><p>© 2026 The Authors. Published by Hearts.</p>", "We measured."),
        ("We measured. The post Pulse appeared first on Hearts.", "We measured."),
    ],
)
def test_what_stands_in_for_an_abstract(text: str, expected: str) -> None:
    names_ = "<dc:creator>Jane Doe</dc:creator><dc:creator>Rick Roe</dc:creator>"
    assert one(f"<title>Pulse</title>{names_}<description><![CDATA[{text}]]></description>").abstract == expected


def test_a_comment_within_an_element_hides_nothing() -> None:
    assert one("<title>T</title><prism:doi><!-- new -->10.1000/c.1</prism:doi>").identifiers == ("doi:10.1000/c.1",)


def test_the_section_before_a_title_may_say_that_it_is_an_editorial() -> None:
    assert [one(f"<title>[{section}] T</title>").kind for section in ("Editorial", "Correspondence", "Articles")] == [
        "editorial",
        "editorial",
        "",
    ]


def test_words_that_stand_for_no_title() -> None:
    assert read("<title>null</title>", "<title>Untitled</title>") == []
