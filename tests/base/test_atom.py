"""The shared Atom writer: the catalog's export and the feeds of new papers, byte for byte."""

from datetime import UTC, datetime

import feedparser

from harvester.base.atom import AtomEntry, AtomFeed, Link, to_bytes
from harvester.catalog.entry import Entry
from harvester.catalog.export import export
from harvester.catalog.published import Published
from harvester.digest.content import DigestPaper
from harvester.digest.feeds import Feed, Posted, to_atom
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper
from tests.catalog.strategies import TAXONOMY

TITLE = "Hearts & <graphs>"
CATALOG = """\
<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
 <id>tag:cardio-harvester,2024:Awesome%20Artificial%20Intelligence%20for%20Cardiovascular</id>
 <title>Awesome Artificial Intelligence for Cardiovascular</title>
 <updated>2025-06-01T00:00:00Z</updated>
 <author>
  <name>Awesome Artificial Intelligence for Cardiovascular</name>
 </author>
 <entry>
  <id>https://arxiv.org/abs/2506.00001</id>
  <title>Hearts &amp; &lt;graphs&gt;</title>
  <updated>2025-06-01T00:00:00Z</updated>
  <author>
   <name>Ann Bee</name>
  </author>
  <author>
   <name>Cy Dee</name>
  </author>
  <link rel="alternate" href="https://example.org/a" title="paper"/>
  <link rel="related" href="https://github.com/a/b" title="code"/>
  <category term="segmentation" scheme="task"/>
  <category term="ecg" scheme="modality"/>
  <category term="research" scheme="kind"/>
  <dc:identifier>arxiv:2506.00001</dc:identifier>
  <dc:source>Nature</dc:source>
  <dc:date>2025-06</dc:date>
 </entry>
</feed>
"""
FEED = """\
<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom">
 <id>tag:digest.example.org,2026:/feeds/all</id>
 <title>New papers</title>
 <updated>2025-06-12T08:00:00Z</updated>
 <author>
  <name>New papers</name>
 </author>
 <link rel="self" href="https://digest.example.org/feeds/all.atom" type="application/atom+xml"/>
 <link rel="alternate" href="https://digest.example.org/" type="text/html"/>
 <entry>
  <id>tag:digest.example.org,2026:arxiv:2506.00001</id>
  <title>Hearts &amp; &lt;graphs&gt;</title>
  <updated>2025-06-12T08:00:00Z</updated>
  <published>2025-06-12T08:00:00Z</published>
  <author>
   <name>Ann Bee</name>
  </author>
  <link rel="alternate" href="https://arxiv.org/abs/2506.00001" title="Paper"/>
  <link rel="related" href="https://github.com/a/b" title="Code"/>
  <category term="modality:ecg"/>
  <category term="kind:research"/>
  <summary>It works.</summary>
 </entry>
</feed>
"""
WHEN = datetime(2025, 6, 12, 8, tzinfo=UTC)


def catalogue() -> str:
    labels = Labels({"task": ("segmentation",), "modality": ("ecg",), "kind": ("research",)})
    links = {"paper": "https://example.org/a", "code": "https://github.com/a/b"}
    return export(
        [Entry("arxiv:2506.00001", TITLE, labels, ("Ann Bee", "Cy Dee"), Published(2025, 6), "Nature", links=links)],
        TAXONOMY,
        "atom",
    )


def digest() -> str:
    paper = Paper(title=TITLE, identifiers=("arxiv:2506.00001",), authors=(Author("Ann Bee"),), published=WHEN)
    links = (("Paper", "https://arxiv.org/abs/2506.00001"), ("Code", "https://github.com/a/b"))
    shown = DigestPaper(TITLE, "Ann Bee", "arXiv", "ECG", "It \x0bworks.", links)
    posted = [Posted(paper, shown, WHEN, ("modality:ecg", "kind:research"))]
    return to_atom(Feed("New papers", "https://digest.example.org", "/feeds/all", posted)).decode()


def test_the_export_of_the_catalogue() -> None:
    assert catalogue() == CATALOG


def test_a_feed_of_new_papers() -> None:
    assert digest() == FEED


def test_what_xml_cannot_hold_is_left_out_everywhere() -> None:
    bad = "a\x00\x0b\ud800\ufffeb"
    entry = AtomEntry(bad, bad, "2025-06-12T08:00:00Z", "", [bad], [Link(bad, bad, bad, bad)], [(bad, bad)], bad)
    written = to_bytes(AtomFeed(bad, bad, "2025-06-12T08:00:00Z", [entry])).decode()
    assert not feedparser.parse(written).bozo
    assert written.count("ab") == 13
    assert not {*bad} - {*"ab"} & {*written}
