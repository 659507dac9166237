"""The demo's upstream over real HTTP, read with the parsers that read the real services."""

import json
import re
import socket
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import arxiv
import feedparser
import pytest
import requests
from arxiv import _feed
from lxml import etree

from harvester.services.operations.demo import CONFIG
from harvester.services.operations.demo.sample import LITERATURE, SAMPLE_NOW, Record, read_sample
from harvester.services.operations.demo.upstream import answer, serve_sample
from harvester.sources.http import Transport
from harvester.sources.registry import KINDS
from harvester.sources.source import HarvestSettings, SourceState
from harvester.sources.window import Window

TAXONOMY = Path(__file__).parents[2] / "data" / "taxonomy.toml"
EVERYTHING = "cat:cs.* AND submittedDate:[202512220200 TO 202601060200]"
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SAMPLE = read_sample()
ARTICLES = read_sample(LITERATURE)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serve_sample() as url:
        yield url


def get(base: str, path: str, **query: str | int) -> requests.Response:
    answered = requests.get(base + path, params=query, timeout=10)
    answered.raise_for_status()
    return answered


def strictly(body: bytes) -> etree._Element:
    """Well-formed, or an error: no recovery, no entities."""
    return etree.fromstring(body, etree.XMLParser(recover=False, resolve_entities=False, no_network=True))


def short_id(result: arxiv.Result) -> str:
    return str(result.get_short_id()).removesuffix("v1")


def published(record: Record) -> datetime:
    return datetime.fromisoformat(record["published"])


# The sample


def test_every_record_says_it_is_invented() -> None:
    assert len(SAMPLE) == 42
    assert all(record["invented"] is True and "Invented" in record["comment"] for record in SAMPLE)
    assert all(re.fullmatch(r"2601\.9\d{4}", record["id"]) for record in SAMPLE)
    assert len({record["id"] for record in SAMPLE}) == 42


def test_the_sample_covers_every_label_of_the_taxonomy() -> None:
    taxonomy = tomllib.loads(TAXONOMY.read_text(encoding="utf-8"))
    for facet in taxonomy["facets"]:
        wanted = {label["id"] for label in facet["labels"]}
        values = [record["labels"][facet["id"]] for record in SAMPLE if record["labels"]["scope"]]
        given = {name for value in values for name in ([value] if isinstance(value, str) else value)}
        assert given == wanted, facet["id"]


def test_out_of_scope_records_have_no_labels() -> None:
    outside = [record for record in SAMPLE if record["labels"]["scope"] == 0]
    assert 15 <= len(outside) <= 21
    for record in outside:
        assert record["labels"] == {"scope": 0, "task": [], "modality": [], "disease": [], "kind": ""}


def test_abstracts_have_the_length_of_real_ones() -> None:
    assert all(90 <= len(record["abstract"].split()) <= 200 for record in SAMPLE)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "onerror=alert(1)>", "\r\nBcc: victim@example.org",
     "](javascript:alert(1))", "$|x|$ \\alpha", "`", "\u202e", "\U0001fac0", "=cmd|'"],
)  # fmt: skip
def test_hostile_text_is_in_scope_so_that_it_reaches_the_queue(text: str) -> None:
    inside = (record for record in SAMPLE if record["labels"]["scope"])
    assert any(text in record["title"] + record["abstract"] for record in inside)


def test_one_title_in_scope_has_two_thousand_characters() -> None:
    assert max(len(record["title"]) for record in SAMPLE if record["labels"]["scope"]) == 2000


# arXiv API


def test_everything_is_served_once_with_its_total(base: str) -> None:
    body = get(base, "/api/query", search_query=EVERYTHING, max_results=2000).content
    parsed = _feed.parse(body)
    assert not parsed.malformed
    assert parsed.header.total_results == len(parsed.results) == len(SAMPLE)
    assert {short_id(result) for result in parsed.results} == {record["id"] for record in SAMPLE}


def test_the_texts_arrive_as_they_were_written(base: str) -> None:
    body = get(base, "/api/query", search_query=EVERYTHING, max_results=2000).content
    strictly(body)
    by_id = {short_id(result): result for result in _feed.parse(body).results}
    for record in SAMPLE:
        result = by_id[record["id"]]
        # The client folds white space in titles.
        assert result.title == re.sub(r"\s+", " ", ILLEGAL.sub("", record["title"]))
        assert result.summary == ILLEGAL.sub("", record["abstract"])
        assert [author.name for author in result.authors] == record["authors"]
        assert result.published == result.updated == published(record)
        assert [result.primary_category, result.categories] == [record["categories"][0], record["categories"]]
        assert (result.doi, result.comment) == (record.get("doi"), record["comment"])


def test_a_carriage_return_in_a_title_survives_the_wire(base: str) -> None:
    body = get(base, "/api/query", search_query=EVERYTHING, max_results=2000).content
    titles = [element.text for element in strictly(body).iter("{http://www.w3.org/2005/Atom}title")]
    assert any(title and "\r\nBcc: victim@example.org" in title for title in titles)


def test_pages_add_up(base: str) -> None:
    pages = [
        _feed.parse(get(base, "/api/query", search_query=EVERYTHING, start=start, max_results=10).content)
        for start in range(0, 60, 10)
    ]
    assert [len(page.results) for page in pages] == [10, 10, 10, 10, 2, 0]
    assert {page.header.total_results for page in pages} == {42}
    assert len({short_id(result) for page in pages for result in page.results}) == 42


def test_the_date_range_is_inclusive_to_the_minute(base: str) -> None:
    first, last = min(map(published, SAMPLE)), max(map(published, SAMPLE))

    def total(low: datetime | str, high: datetime | str) -> int:
        low, high = (end if isinstance(end, str) else f"{end:%Y%m%d%H%M}" for end in (low, high))
        query = f"(all:cardiac) AND submittedDate:[{low} TO {high}]"
        return int(_feed.parse(get(base, "/api/query", search_query=query).content).header.total_results)

    assert total(first, first) == total(last, last) == 1
    assert total(first, last) == 42
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    assert total("202501010000", "202601010000") == sum(published(record) < new_year for record in SAMPLE)
    assert total("202501010000", "202512282359") == 0


def test_the_title_echoes_the_query(base: str) -> None:
    body = get(base, "/api/query", search_query=f"  {EVERYTHING}", id_list="2601.90001", start=3).content
    title = strictly(body).findtext("{http://www.w3.org/2005/Atom}title")
    assert title == f"arXiv Query: search_query={EVERYTHING}&id_list=2601.90001&start=3&max_results=10"


def test_id_list_brings_the_known_papers_in_the_order_asked(base: str) -> None:
    asked = "2601.90007,2601.99999,2601.90002v1"
    parsed = _feed.parse(get(base, "/api/query", id_list=asked, max_results=50).content)
    assert [short_id(result) for result in parsed.results] == ["2601.90007", "2601.90002"]
    assert parsed.header.total_results == 2


@pytest.mark.parametrize(("order", "reverse"), [("ascending", False), ("descending", True)])
def test_sort_order(base: str, order: str, reverse: bool) -> None:
    sort = {"sortBy": "submittedDate", "sortOrder": order}
    body = get(base, "/api/query", search_query=EVERYTHING, max_results=99, **sort).content
    dates = [result.published for result in _feed.parse(body).results]
    assert len(dates) == 42
    assert dates == sorted(dates, reverse=reverse)


def test_a_query_for_nothing_is_empty_and_well_formed(base: str) -> None:
    parsed = _feed.parse(get(base, "/api/query").content)
    assert (parsed.malformed, parsed.header.total_results, parsed.results) == (False, 0, [])


# arXiv RSS


def batch(category: str) -> set[str]:
    """Monday's announcements: what was submitted from Friday to Sunday."""
    days = ("2026-01-02", "2026-01-03", "2026-01-04")
    return {r["id"] for r in SAMPLE if category in r["categories"] and r["published"].startswith(days)}


@pytest.mark.parametrize("category", ["cs.LG", "eess.IV", "eess.SP", "cs.CV", "stat.ML"])
def test_rss_is_the_newest_batch_of_a_category(base: str, category: str) -> None:
    body = get(base, f"/rss/{category}").content
    strictly(body)
    parsed = feedparser.parse(body)
    assert (parsed.bozo, parsed.version) == (False, "rss20")
    names = {entry.id.removeprefix("oai:arXiv.org:").removesuffix("v1") for entry in parsed.entries}
    assert names == batch(category)
    for entry in parsed.entries:
        primary = entry.tags[0].term == category
        assert entry.arxiv_announce_type == ("new" if primary else "cross")
        assert entry.summary.startswith(f"arXiv:{entry.id.removeprefix('oai:arXiv.org:')} Announce Type: ")
        assert entry.published == "Mon, 05 Jan 2026 00:00:00 -0500"


def test_rss_of_a_category_without_papers_is_an_empty_channel(base: str) -> None:
    parsed = feedparser.parse(get(base, "/rss/math.AG").content)
    assert (parsed.bozo, parsed.version, parsed.entries) == (False, "rss20", [])


def test_rss_of_two_categories_is_their_union(base: str) -> None:
    parsed = feedparser.parse(get(base, "/rss/eess.IV+eess.SP").content)
    assert len(parsed.entries) == len(batch("eess.IV") | batch("eess.SP"))


# Hugging Face


def check_shape(item: dict[str, Any], record: Record) -> None:
    paper = item["paper"]
    assert (paper["title"], paper["summary"]) == (record["title"], record["abstract"])
    assert [author["name"] for author in paper["authors"]] == record["authors"]
    assert all(author["hidden"] is False and len(author["_id"]) == 24 for author in paper["authors"])
    assert datetime.fromisoformat(paper["publishedAt"]) == published(record)
    assert paper["submittedOnDailyAt"].startswith(record["hf_date"])
    assert paper["upvotes"] == record["upvotes"]
    for ours, theirs in (("github_repo", "githubRepo"), ("project_page", "projectPage")):
        assert paper.get(theirs) == record.get(ours)
        assert (theirs in paper) == (ours in record)
    assert item["title"] == record["title"]
    assert {"publishedAt", "summary", "numComments", "submittedBy", "isAuthorParticipating"} <= set(item)


def test_daily_papers_of_every_day_are_all_the_listed_ones(base: str) -> None:
    listed = {record["id"]: record for record in SAMPLE if "hf_date" in record}
    assert 7 <= len(listed) <= 10
    seen = []
    for day in sorted({record["hf_date"] for record in listed.values()}):
        items = get(base, "/api/daily_papers", date=day).json()
        assert all(item["paper"]["submittedOnDailyAt"].startswith(day) for item in items)
        seen += items
    assert sorted(item["paper"]["id"] for item in seen) == sorted(listed)
    for item in seen:
        check_shape(item, listed[item["paper"]["id"]])


def test_daily_papers_page_and_end(base: str) -> None:
    pages = [get(base, "/api/daily_papers", date="2026-01-06", p=page, limit=3).json() for page in range(3)]
    assert [len(page) for page in pages] == [3, 1, 0]
    assert pages[0] + pages[1] == get(base, "/api/daily_papers").json()


def test_paper_search_looks_for_every_word(base: str) -> None:
    found = get(base, "/api/papers/search", q="Cardiac MRI", limit=20).json()
    assert any("CineShift" in item["title"] for item in found)
    assert not any("PatchForge" in item["title"] for item in found)
    dates = [item["paper"]["publishedAt"] for item in found]
    assert dates == sorted(dates, reverse=True)
    assert get(base, "/api/papers/search", q="zebrafish").json() == []
    assert len(get(base, "/api/papers/search", q="", limit=2).json()) == 2


# The server


@pytest.mark.parametrize(
    "target",
    ["/api/query?search_query=x&start=-1", "/api/query?search_query=x&max_results=many",
     "/api/query?search_query=submittedDate:[yesterday]", "/api/daily_papers?date=2026-13-01"],
)  # fmt: skip
def test_unreadable_parameters_are_a_bad_request(base: str, target: str) -> None:
    assert requests.get(base + target, timeout=10).status_code == 400


@pytest.mark.parametrize("target", ["/", "/rss", "/api/papers/2601.90001", "/etc/passwd", "/../sample.jsonl"])
def test_other_paths_are_not_found(base: str, target: str) -> None:
    assert requests.get(base + target, timeout=10).status_code == 404


def test_the_date_header_is_the_moment_of_the_demo(base: str) -> None:
    assert get(base, "/api/query").headers["Date"] == "Tue, 06 Jan 2026 02:00:00 GMT"
    assert max(map(published, SAMPLE)) < SAMPLE_NOW


def test_another_file_may_be_served_whatever_its_text(tmp_path: Path) -> None:
    hostile = "".join(map(chr, range(0x20))) + "\x7f\ud800\ufffe]]>&amp;<!-- \u2028 \U0001f9e1"
    texts = {"title": hostile, "abstract": hostile, "authors": [hostile], "comment": hostile}
    record = {**SAMPLE[0], **texts, "hf_date": "2026-01-06"}
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(record) + "\n\n", encoding="utf-8")
    with serve_sample(file) as url:
        # No client can send the lone surrogate in an address, so only the answer holds it.
        body = get(url, "/api/query", search_query=hostile.replace("\ud800", "")).content
        strictly(body)
        assert len(_feed.parse(body).results) == 1
        (item,) = get(url, "/api/daily_papers").json()
        assert item["paper"]["title"] == hostile


def test_the_server_is_gone_when_its_context_ends() -> None:
    with pytest.raises(RuntimeError, match="enough"), serve_sample() as url:
        raise RuntimeError("enough")
    host, port = url.removeprefix("http://").split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5).close()


def test_an_empty_sample_is_served_as_empty_feeds() -> None:
    for target in ("/api/query?search_query=x", "/rss/cs.LG", "/api/daily_papers"):
        status, _, body = answer([], target)
        assert status == 200
        assert b"<entry>" not in body
        assert b"<item>" not in body


# Europe PMC and Crossref


def window_of(base: str, name: str, since: str, until: str = "2026-01-06T02:00:00+00:00") -> tuple[list[str], int]:
    """What a source of the demo brings for a window, and how many records it announces."""
    section: dict[str, Any] = tomllib.loads(CONFIG.format(url=base))["harvest"][name]
    (kind,) = [kind for kind in KINDS if kind.section == name]
    nothing = SourceState(lambda _pairs: set(), list, lambda _name: {}, lambda _name, _now: None)
    source = kind.source(kind.settings.model_validate(section), HarvestSettings(), nothing)
    window = Window(datetime.fromisoformat(since), datetime.fromisoformat(until))
    batches = list(source.fetch(Transport(HarvestSettings()), window))
    assert [note for batch in batches for note in batch.notes] == []
    return [seen.paper.title for batch in batches for seen in batch.sightings], batches[0].expected or 0


@pytest.mark.parametrize("name", ["europepmc", "crossref"])
def test_the_articles_of_a_window(base: str, name: str) -> None:
    own = [record["title"] for record in ARTICLES if name in record["at"]]
    found, expected = window_of(base, name, "2025-12-23T02:00:00+00:00")
    assert sorted(found) == sorted(own)
    assert expected == len(own)
    newest, expected = window_of(base, name, "2026-01-05T00:00:00+00:00")
    assert (newest, expected) == ([ARTICLES[0]["title"]], 1)
    assert window_of(base, name, "2025-12-23T02:00:00+00:00", "2025-12-30T02:00:00+00:00") == ([], 0)


def test_the_articles_are_invented_and_one_is_that_of_a_preprint() -> None:
    assert all(record["invented"] is True and record["doi"].startswith("10.9999/invented.") for record in ARTICLES)
    (version,) = [record for record in ARTICLES if "preprint" in record]
    (preprint,) = [record for record in SAMPLE if record["id"] == version["preprint"]]
    assert (version["title"], version["authors"]) == (preprint["title"], preprint["authors"])


def test_a_doi_is_looked_up_at_crossref(base: str) -> None:
    doi = ARTICLES[1]["doi"]
    assert get(base, "/crossref/works", filter=f"doi:{doi},doi:10.9999/nobody").json()["message"]["items"] == []
    doi = ARTICLES[2]["doi"]
    (work,) = get(base, "/crossref/works", filter=f"doi:{doi.upper()},doi:10.9999/nobody").json()["message"]["items"]
    assert work["DOI"] == doi
