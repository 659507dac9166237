"""Journal feeds: small invented documents like those of publishers, and the stand-in with its faults over HTTP."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from harvester.base.errors import FetchError
from harvester.config.harvest import HarvestSettings
from harvester.domain.papers import Author, Paper
from harvester.sources import journals
from harvester.sources.errors import BadQuery, Malformed
from harvester.sources.feed import alone, parse_feed, plain_text
from harvester.sources.http import Transport
from harvester.sources.journals import VERSIONS, FeedSettings, JournalAnswer, fetch, read, read_feed, reread
from harvester.sources.names import authors_of
from harvester.sources.window import Window
from tests.conftest import Upstream
from tests.sources.spoilt import SPOILT

QUICK = HarvestSettings(attempts=1, timeout=2, read_limit=3, max_wait=0.1)
FEED = FeedSettings(name="heart-weekly", url="https://journal.example/feeds/latest.xml")
NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
ITEM = (
    "<title>Strain &lt;i&gt;in vivo&lt;/i&gt;</title><link>/articles/1</link><dc:creator>Jane Doe</dc:creator>"
    "<dc:date>2025-06-11</dc:date><prism:doi>10.1000/hw.1</prism:doi><description>Of hearts.</description>"
)
ENTRY = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>HW</title><updated>2025-06-12T01:00:00Z</updated>'
    b'<entry><title type="html">A &amp;lt; B</title><author><name>Jane Doe</name></author><id>tag:2</id>'
    b'<link href="/doi/full/10.1000/hw.2"/><published>2025-06-12T01:00:00+02:00</published></entry>'
    b"<entry><title>Other</title></entry></feed>"
)
WINDOW = Window(datetime(2025, 6, 11, tzinfo=UTC), datetime(2025, 6, 12, 23, 30, tzinfo=UTC))
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    channel = f"<channel><title>Heart Weekly</title>{inside}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}>{channel}</rss>'.encode()


def rdf(item: str) -> bytes:
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://purl.org/rss/1.0/" {NAMESPACES}><channel rdf:about="u"><title>Latest of HW</title>'
        "<prism:publicationName>Heart Weekly</prism:publicationName></channel>"
        f'<item rdf:about="https://journal.example/articles/1">{item}</item></rdf:RDF>'
    ).encode()


def one(body: bytes) -> Paper:
    (found,) = read_feed(body, FEED).sightings
    return found.paper


class TestReading:
    def test_rdf_with_prism(self) -> None:
        body = rdf(
            "<title><![CDATA[ Strain in <i>vivo</i> ]]></title><link>https://journal.example/articles/1</link>"
            "<content:encoded><![CDATA[<p>Heart Weekly, Published online: 11 June 2025; "
            '<a href="https://doi.org/x">doi:10.1000/HW.1</a></p>Strain was measured.]]></content:encoded>'
            "<dc:creator>Jane Doe</dc:creator><dc:creator><![CDATA[Roe, Richard]]></dc:creator>"
            "<dc:identifier>doi:10.1000/HW.1</dc:identifier><dc:date>2025-06-11</dc:date><prism:doi>10.1000/HW.1</prism:doi>"
        )
        assert one(body) == Paper(
            identifiers=("doi:10.1000/hw.1",),
            title="Strain in vivo",
            abstract="Strain was measured.",
            authors=(Author("Jane Doe"), Author("Richard Roe")),
            published=datetime(2025, 6, 11, tzinfo=UTC),
            venue="Heart Weekly",
            links={"paper": "https://journal.example/articles/1"},
        )

    def test_atom(self) -> None:
        body = (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>HW</title><entry><title type="html">A &amp;lt; B</title>'
            b'<author><name>Jane Doe</name></author><link href="/doi/full/10.1000/hw.2"/><id>tag:2</id>'
            b'<published>2025-06-12T01:00:00+02:00</published><summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
            b"Two <b>words</b></div></summary></entry></feed>"
        )
        paper = one(body)
        assert (paper.title, paper.abstract, paper.venue) == ("A < B", "Two words", "HW")
        assert paper.identifiers == ("doi:10.1000/hw.2",)
        assert paper.links == {"paper": "https://journal.example/doi/full/10.1000/hw.2"}
        assert paper.published == datetime(2025, 6, 11, 23, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("inside", "expected"),
        [
            ("<prism:doi>10.1000/A</prism:doi><guid>10.1000/b</guid>", "doi:10.1000/a"),
            ("<dc:identifier>doi:10.1000/a</dc:identifier>", "doi:10.1000/a"),
            ("<guid>https://doi.org/10.1000/a</guid>", "doi:10.1000/a"),
            ("<link>https://j.example/doi/abs/10.1000/a?af=R</link>", "doi:10.1000/a"),
            ("<link>https://j.example/articles/10.1000/a/full</link>", "doi:10.1000/a"),
            ("<prism:doi>10.48550/arXiv.2506.01234</prism:doi>", "arxiv:2506.01234"),
            ("<link>https://arxiv.org/abs/2506.01234v2</link>", "arxiv:2506.01234"),
            ("<guid>urn:uuid:1</guid><link>https://j.example/x</link>", "title:atitle"),
            (f"<prism:doi>10.1000/{'x' * 3000}</prism:doi>", "title:atitle"),
            ("<link>http://[</link><prism:doi/><guid/><dc:identifier/>", "title:atitle"),
            ("", "title:atitle"),
        ],
    )
    def test_its_name(self, inside: str, expected: str) -> None:
        assert one(rss(f"<title>A Title</title>{inside}")).identifiers == (expected,)

    @pytest.mark.parametrize(
        ("inside", "expected"),
        [
            ("<pubDate>Wed, 11 Jun 2025 23:30:00 -0400</pubDate>", datetime(2025, 6, 12, 3, 30, tzinfo=UTC)),
            ("<dc:date>2025-06-11T08:00:00Z</dc:date>", datetime(2025, 6, 11, 8, tzinfo=UTC)),
            (
                "<prism:publicationDate>2025-06-10</prism:publicationDate><dc:date>2025-06-11</dc:date>",
                datetime(2025, 6, 10, tzinfo=UTC),
            ),
            (
                "<prism:publicationDate>June 2025</prism:publicationDate><dc:date>2025-06-11</dc:date>",
                datetime(2025, 6, 11, tzinfo=UTC),
            ),
            ("<pubDate>any day now</pubDate>", None),
            ("<pubDate>Wed, 99 Jun 99999 99:99:99 GMT</pubDate>", None),
            ("", None),
        ],
    )
    def test_its_date(self, inside: str, expected: datetime | None) -> None:
        (seen,) = read_feed(rss(f"<title>T</title>{inside}"), FEED).sightings
        assert seen.paper.published == expected
        assert seen.announced == (expected.date() if expected else None)

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            ("Circulation, Ahead of Print. &lt;br/&gt;BACKGROUND: Text.", "BACKGROUND: Text."),
            ("Circulation, Volume 151, Issue 2, Page 3-4, June 10, 2025. &lt;br/&gt;Text.", "Text."),
            ("&lt;p&gt;npj X, Published online: 1 June 2025; &lt;a href='u'&gt;doi:10.1/x&lt;/a&gt;&lt;/p&gt;", ""),
            ("&lt;jats:p&gt;One&lt;/jats:p&gt;&lt;jats:p&gt;two&lt;/jats:p&gt;", "One two"),
            ("In mice, Volume 3 was filled.", "In mice, Volume 3 was filled."),
            ("If p&lt;0.05 and a&lt;b, c&gt;d &amp;amp; H&lt;sub&gt;2&lt;/sub&gt;O", "If p<0.05 and a<b, c>d & H2O"),
            ("&lt;script&gt;alert(1)&lt;/script&gt;Text&lt;img src=x onerror=alert(1)&gt;", "Text"),
            ("a&amp;#xD800;b&amp;#0;c", "a\ufffdb\ufffdc"),
        ],
    )
    def test_its_abstract(self, told: str, expected: str) -> None:
        assert one(rss(f"<title>T</title><description>{told}</description>")).abstract == expected

    def test_the_longer_of_two_texts_is_the_abstract(self) -> None:
        inside = "<title>T</title><description>Short.</description><content:encoded>Much longer.</content:encoded>"
        assert one(rss(inside)).abstract == "Much longer."

    def test_an_item_without_a_title_is_left_out_and_told(self) -> None:
        bare = "<title/><link>https://h.example/2</link>"
        batch = read_feed(rss("<title>T</title>", bare, "", "<title>!?</title>"), FEED)
        assert (batch.received, len(batch.sightings)) == (4, 1)
        told = "3 items without a title, left out: number 2 (https://h.example/2), number 3, number 4."
        assert batch.notes == [f"The feed 'heart-weekly' contains {told}"]
        for odd in batch.odd:
            again = reread(FEED, odd.raw, NOW)
            assert ([*again.sightings], again.odd) == ([], [odd]), "the same odd item whenever it comes"

    def test_what_an_item_of_its_own_says(self) -> None:
        """The venue, the date and the names are those that it had in the whole feed; what changes daily is left out."""
        dated = rss(ITEM, "<title>Other</title>").replace(b"<item>", b"<lastBuildDate>today</lastBuildDate><item>", 1)
        for body in (dated, rdf(ITEM), ENTRY):
            whole = read_feed(body, FEED, now=NOW).sightings[0]
            kept = alone(parse_feed(body, "It", VERSIONS).elements[0])
            assert [*reread(FEED, kept, NOW).sightings] == [whole]
            assert not {"<lastBuildDate>", "<updated>"} & set(re.findall(r"<\w+>", kept))
            assert "Other" not in kept

    def test_items_of_which_none_can_be_read_are_another_format(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def strict(*_: object) -> None:
            raise ValueError("its format is new")

        monkeypatch.setattr(journals, "as_paper", strict)
        with pytest.raises(Malformed, match=r"none can be read: an item, number 1, .*: its format is new"):
            read_feed(rss(*["<title>T</title>"] * 10), FEED)
        assert len(read_feed(rss(*["<title>T</title>"] * 9), FEED).odd) == 9

    def test_an_empty_feed_is_told(self) -> None:
        batch = read_feed(rss(), FEED)
        assert (batch.received, batch.notes) == (0, ["The feed 'heart-weekly' contains no items at all."])

    def test_a_doctype_without_declarations_is_harmless(self) -> None:
        head = b'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.example/rss-0.91.dtd">'
        assert one(rss("<title>T</title>").replace(b'<?xml version="1.0"?>', head)).title == "T"

    @pytest.mark.parametrize("odd", ["\x0b", "&#x1B;", "&#27;", "&#x000B;", "\x00"])
    def test_characters_that_xml_does_not_allow_are_dropped_and_noted(self, odd: str) -> None:
        batch = read_feed(b"\n \r\n" + rss(f"<title>An{odd} odd one</title>"), FEED)
        assert batch.sightings[0].paper.title == "An odd one"
        assert batch.notes == ["The feed 'heart-weekly' contains characters that XML does not allow; 1 were dropped."]

    def test_addresses_that_are_none_are_no_links(self) -> None:
        assert one(rss("<title>T</title><link>javascript:alert(1)</link>")).links == {}
        named = one(rss("<title>T</title><link>javascript:alert(1)</link><prism:doi>10.1000/a</prism:doi>"))
        assert named.links == {"paper": "https://doi.org/10.1000/a"}

    @pytest.mark.parametrize(
        "page", [b"<!DOCTYPE html><html><body>x", b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"]
    )
    def test_a_web_page_is_named_with_the_remedy(self, page: bytes) -> None:
        with pytest.raises(Malformed, match=r"'heart-weekly' is a web page.*harvest\.feeds.*RSS or Atom"):
            read_feed(page, FEED)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            rss("<title>T</title>")[:-30],
            b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel><title>&a;</title></channel></rss>",
            "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel><title>T</title></channel></rss>".encode(
                "utf-16"
            ),
            b"<opml version='2.0'><body/></opml>",
            rss("<title>&#xD800;</title>"),
            rss("<title>&nbsp;</title>"),
        ],
    )
    def test_what_is_no_feed(self, body: bytes) -> None:
        with pytest.raises(Malformed, match="heart-weekly"):
            read_feed(body, FEED)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["A Bee, C Dee and E Eff"], ["A Bee", "C Dee", "E Eff"]),
        (["A Bee, C Dee, and E Eff"], ["A Bee", "C Dee", "E Eff"]),
        (["A Bee & C Dee"], ["A Bee", "C Dee"]),
        (["John Smith, Jr., Jane Doe"], ["John Smith, Jr.", "Jane Doe"]),
        (["John Smith, Jr. and Jane Doe, III"], ["John Smith, Jr.", "Jane Doe, III"]),
        (["Jane Doe, MD, PhD, Rick Roe, M.D."], ["Jane Doe", "Rick Roe"]),
        (["Doe, Jane; Roe, Richard, Jr."], ["Jane Doe", "Richard Roe, Jr."]),
        (["Doe, Jane"], ["Jane Doe"]),
        (["Doe, J.-K., Roe, R. M."], ["J.-K. Doe", "R. M. Roe"]),
        (["Doe, Jane", "John Smith", "Smith, John", "Ann Bee, MD"], ["Jane Doe", "John Smith", "Ann Bee"]),
        (["Jane Doe (Univ, of X), Rick Roe (Y)"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe et al."], ["Jane Doe"]),
        (["Anders Sandberg, Andrew And"], ["Anders Sandberg", "Andrew And"]),
        (["Plato"], ["Plato"]),
        (["Doe, J. A., Müller, Ö., O'Neil, É. B."], ["J. A. Doe", "Ö. Müller", "É. B. O'Neil"]),
        (["Doe, J., Roe, R. M., The Lung Study Group"], ["J. Doe", "R. M. Roe", "The Lung Study Group"]),
        (["Doe, J., Öz, Ö., Some Consortium, Poe Jr., A."], ["J. Doe", "Ö. Öz", "Some Consortium", "A. Poe, Jr."]),
        (["Doe, J., Group Name, Roe, R."], ["J. Doe", "Group Name", "R. Roe"]),
        (["Doe, Jane, Roe, Rick"], ["Jane Doe", "Rick Roe"]),
        (["Doe, Jane, Roe, Rick M., The ABC Investigators"], ["Jane Doe", "Rick M. Roe", "The ABC Investigators"]),
        (["Doe, JA, Roe, RM"], ["JA Doe", "RM Roe"]),
        (["van der Doe, B. M., Jr., Roe, C."], ["B. M. van der Doe, Jr.", "C. Roe"]),
        (["J. von Poe (1) ((1) Univ of A, (2) Univ of B)"], ["J. von Poe"]),
        ([":"], []),
        (["et al."], []),
        (["Jane Doe", ":", "et al.", "The ABC Investigators"], ["Jane Doe", "The ABC Investigators"]),
        ([], []),
        ([""], []),
        ([" , ; "], []),
        (["\x00\ud800"], []),
        (["Jane Doe1,2*, Rick Roe3†"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe1", "Rick Roe2,*", "H1 Collaboration"], ["Jane Doe", "Rick Roe", "H1 Collaboration"]),
        (
            ["Dr. Jane Doe, PhD", "Prof. Rick Roe MD PhD", "Ann Bee MD", "Doe MD"],
            ["Jane Doe", "Rick Roe", "Ann Bee", "Doe MD"],
        ),
        (["Jane Doe <jane@example.org>", "rick@example.org (Rick Roe)"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe", "on behalf of the HEART Group"], ["Jane Doe", "the HEART Group"]),
        (["王小丽, 李雷"], ["王小丽", "李雷"]),
        (["王小丽；李雷"], ["王小丽", "李雷"]),
        (["null", "None", "N/A", "Jane Doe"], ["Jane Doe"]),
        (["Jane Doe¹, Rick Roe²,³"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe[1], Rick Roe[2,3]"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe 1, Rick Roe 2, Working Group 2"], ["Jane Doe", "Rick Roe", "Working Group 2"]),
        (["by Jane Doe, Rick Roe"], ["Jane Doe", "Rick Roe"]),
        (["Author(s): Jane Doe; Rick Roe"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe", "Corresponding author: Rick Roe"], ["Jane Doe", "Rick Roe"]),
        (["Jane Doe | Rick Roe"], ["Jane Doe", "Rick Roe"]),
        (
            ["Jane Doe https://orcid.org/0000-0000-0000-000X", "Rick Roe (ORCID: 0000-0000-0000-0000)"],
            ["Jane Doe", "Rick Roe"],
        ),
        (
            ["Jane Doe, MD PhD", "Rick Roe, DVM", "Ann Bee, M.Eng.", "Cy Dee, Dr.-Ing.", "Ed Eff, MBBS, MRCP(UK)"],
            ["Jane Doe", "Rick Roe", "Ann Bee", "Cy Dee", "Ed Eff"],
        ),
        (["Lee, MA"], ["MA Lee"]),
        (["Do, BS, Ma, MD, Doe, J."], ["BS Do", "MD Ma", "J. Doe"]),
        (["Doe, Jane Jr.", "Roe, Rick, 3rd"], ["Jane Doe, Jr.", "Rick Roe, 3rd"]),
        (["Jane Doe, Rick Roe; HEART Consortium"], ["Jane Doe", "Rick Roe", "HEART Consortium"]),
        (["de la Doe, María José; van den Roe, C."], ["María José de la Doe", "C. van den Roe"]),
        (["[No authors listed]"], []),
        (["Anonymous"], []),
        (["Jane Doe$^{1,2}$, Rick Roe$^2$ and Ann Bee$^*$"], ["Jane Doe", "Rick Roe", "Ann Bee"]),
        (["HEART Collaboration: Jane Doe, Rick Roe"], ["HEART Collaboration", "Jane Doe", "Rick Roe"]),
        (["HEART Collaboration:", "Jane Doe"], ["HEART Collaboration", "Jane Doe"]),
        (
            ["Jane Doe", "Society for the Study of Hearts and Lungs"],
            ["Jane Doe", "Society for the Study of Hearts and Lungs"],
        ),
    ],
)
def test_names(names: list[str], expected: list[str]) -> None:
    assert [author.name for author in authors_of(names)] == expected


def test_what_is_too_long_for_a_name_is_cut_before_it_is_read() -> None:
    """Two words of 20,000 letters, which a feed may contain, kept a night busy for minutes."""
    (author,) = authors_of(["A" * 2_000 + " " + "B" * 2_000])
    assert author.name == "A" * 1_000


@pytest.mark.parametrize("text", ["x<y and z>w", "<0.5", "a <- b -> c", "5 > 3", "<unknown>", "a<b, c>d"])
def test_formulas_are_no_tags(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize("text", ["<" * 300_000, "<script>" * 40_000, "<a " * 100_000, "&" * 300_000, "<!--" * 90_000])
@pytest.mark.timeout(10)
def test_hostile_markup_takes_no_time(text: str) -> None:
    assert len(plain_text(text)) <= len(text)


class TestOverHttp:
    def feed(self, upstream: Upstream, name: str = "circulation") -> FeedSettings:
        return FeedSettings(name=name, url=f"{upstream.url}/feed/{name}.xml", allow_private=True)

    def ask(self, upstream: Upstream, validators: Mapping[str, str] | None = None) -> JournalAnswer:
        return read(self.feed(upstream), Transport(QUICK), validators or {})

    def test_a_feed(self, upstream: Upstream) -> None:
        batch = self.ask(upstream).batch
        papers = [seen.paper for seen in batch.sightings]
        assert batch.received == len(papers) > 10
        assert all(paper.id.startswith("doi:10.9999") and paper.title and paper.abstract for paper in papers)
        assert all(seen.source.name == "circulation" and seen.paper.venue == "circulation" for seen in batch.sightings)
        assert max(seen.announced or date.min for seen in batch.sightings) <= date(2025, 6, 12)
        assert (Author("Mohini Anand"), Author("Xavier Tricoche")) in [paper.authors for paper in papers]

    def test_an_unchanged_feed_is_not_sent_again(self, upstream: Upstream) -> None:
        first = self.ask(upstream)
        assert first.validators["ETag"]
        again = self.ask(upstream, first.validators)
        assert (again.batch.received, again.batch.sightings, again.validators) == (0, (), first.validators)
        assert [entry["status"] for entry in upstream.log()] == [200, 304]

    def test_a_changed_feed_is(self, upstream: Upstream) -> None:
        first = self.ask(upstream)
        upstream.control(today="2025-07-30")
        again = self.ask(upstream, first.validators)
        assert again.batch.received
        assert again.validators != first.validators

    def test_last_modified_is_sent_back(self, upstream: Upstream) -> None:
        url = self.ask(upstream).validators["url"]
        self.ask(upstream, {"Last-Modified": "Thu, 12 Jun 2025 00:00:00 GMT", "Foreign": "x", "url": url})
        assert upstream.log()[-1]["if_modified_since"] == "Thu, 12 Jun 2025 00:00:00 GMT"

    def test_another_address_is_asked_without_the_old_ones_validators(self, upstream: Upstream) -> None:
        first = self.ask(upstream)
        moved = self.feed(upstream).model_copy(update={"url": f"{upstream.url}/feed/circulation.xml?all=1"})
        again = read(moved, Transport(QUICK), first.validators)
        assert again.batch.received == first.batch.received > 0
        assert [entry["status"] for entry in upstream.log()] == [200, 200]
        assert "/feed" not in str(again.validators), "an address may hold a key"

    def test_validators_are_remembered_only_when_the_batch_was_stored(self, upstream: Upstream) -> None:
        remembered: list[Any] = []
        batches = fetch(self.feed(upstream), {}, remembered.append, Transport(QUICK), WINDOW)
        next(batches)
        assert remembered == []
        assert next(batches, None) is None
        assert set(remembered[0]) == {"url", "ETag"}

    @pytest.mark.parametrize(("fault", "expected"), [*SPOILT, ({"kind": "status", "status": 404}, BadQuery)])
    def test_a_spoilt_answer_is_named(
        self, upstream: Upstream, fault: dict[str, object], expected: type[FetchError]
    ) -> None:
        upstream.control(faults=[{"match": "/feed/", **fault}])
        with pytest.raises(expected, match="circulation"):
            self.ask(upstream)
        assert self.ask(upstream).batch.received

    def test_repeated_items_are_no_error(self, upstream: Upstream) -> None:
        plain = self.ask(upstream).batch
        upstream.control(faults=[{"match": "/feed/", "kind": "duplicate"}])
        doubled = self.ask(upstream).batch
        assert {seen.paper.id for seen in doubled.sightings} == {seen.paper.id for seen in plain.sightings}

    def test_an_empty_answer_hides_nothing_later(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/feed/", "kind": "empty"}])
        empty = self.ask(upstream)
        assert empty.batch.notes
        assert self.ask(upstream, empty.validators).batch.received
