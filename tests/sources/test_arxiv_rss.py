"""arXiv's announcement feeds: small invented documents, and the stand-in with its faults over HTTP."""

import re
import urllib.request
from collections.abc import Collection
from datetime import UTC, date, datetime

import pytest

from harvester.base.errors import FetchError
from harvester.config.harvest import HarvestSettings
from harvester.domain.papers import Sighting
from harvester.sources.arxiv.api import ArxivSettings
from harvester.sources.arxiv.ids import batches, hydrate, read_ids_page
from harvester.sources.arxiv.rss import (
    PROVENANCE,
    Announcement,
    RssSettings,
    _read,
    fetch,
    read_feed,
    reread,
    union,
)
from harvester.sources.errors import BadQuery, Incomplete, Malformed, Throttled
from harvester.sources.feed import alone, parse_feed
from harvester.sources.http import Transport
from harvester.sources.source import Known
from harvester.sources.window import MANY, Batch, Window
from tests.conftest import Upstream
from tests.sources.spoilt import SPOILT

QUICK = HarvestSettings(attempts=1, timeout=2, read_limit=3, max_wait=0.1)
TODAY = Window(datetime(2025, 6, 10, tzinfo=UTC), datetime(2025, 6, 11, 23, 30, tzinfo=UTC))
DAY = "2025-06-11"  # new, cross-listed and replaced papers in every mix
CATEGORIES = ("cs.CV", "cs.AI", "eess.IV")


def rss(*items: str, title: str = "cs.AI updates on arXiv.org", description: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        f"<title>{title}</title><description>{description}</description>{''.join(items)}</channel></rss>"
    ).encode()


def item(
    name: str = "2506.01234v1",
    kind: str = "<arxiv:announce_type>new</arxiv:announce_type>",
    title: str = "<title>A Title</title>",
    told: str = "arXiv:2506.01234v1 Announce Type: new \nAbstract: An abstract.",
    rest: str = "<category>cs.LG</category><category>cs.AI</category>"
    "<pubDate>Thu, 12 Jun 2025 00:00:00 -0400</pubDate><dc:creator>A B, C D, Jr.</dc:creator>",
) -> str:
    guid = f'<guid isPermaLink="false">oai:arXiv.org:{name}</guid>' if name else ""
    return f"<item>{title}<description>{told}</description>{guid}{kind}{rest}</item>"


NOON = datetime(2025, 6, 12, 12, tzinfo=UTC)


def known(pairs: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    return set(pairs)


def unknown(_pairs: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    return set()


def ask(
    upstream: Upstream,
    categories: tuple[str, ...] = CATEGORIES,
    is_known: Known = unknown,
    settings: HarvestSettings = QUICK,
) -> tuple[list[Batch], FetchError | None]:
    """All batches, and the error that came after them."""
    feeds = RssSettings(url=f"{upstream.url}/rss", categories=categories)
    api = ArxivSettings(url=f"{upstream.url}/api/query", min_interval=0)
    kept: list[Batch] = []
    try:
        for batch in fetch(feeds, api, is_known, list, Transport(settings), TODAY):
            kept.append(batch)  # noqa: PERF402 - what came before an error must stay
    except FetchError as error:
        return kept, error
    return kept, None


def sightings(kept: list[Batch]) -> dict[str, Sighting]:
    listed = [seen for batch in kept for seen in batch.sightings]
    found = {seen.paper.id: seen for seen in listed}
    assert len(found) == len(listed), "a paper came twice"
    return found


def announced(upstream: Upstream, category: str) -> list[tuple[str, str]]:
    """The (id, type) of every item in a feed, parsed without our code."""
    with urllib.request.urlopen(f"{upstream.url}/rss/{category}", timeout=10) as answer:
        body = answer.read().decode()
    return re.findall(r"oai:arXiv\.org:([^<]+)v\d+</guid>.*?<arxiv:announce_type>([^<]+)<", body)


def one(body: bytes) -> Announcement:
    (found,) = read_feed(body, "cs.AI")
    return found


class TestReading:
    def test_an_item(self) -> None:
        doi = "<arxiv:DOI>10.1000/XYZ</arxiv:DOI>"
        assert one(rss(item(rest=doi + "<pubDate>Thu, 12 Jun 2025 00:00:00 -0400</pubDate>"))) == Announcement(
            "2506.01234", 1, "new", date(2025, 6, 12), "A Title", "An abstract.", (), "doi:10.1000/xyz"
        )

    def test_the_same_as_atom(self) -> None:
        body = (
            b'<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"><title>cs.AI</title>'
            b"<entry><id>oai:arXiv.org:math/0309136v3</id><title>T</title><category term='math.GT'/>"
            b"<summary>arXiv:math/0309136v3 Announce Type: replace-cross \nAbstract: S.</summary>"
            b"<published>2025-06-12T00:00:00-04:00</published>"
            b"<arxiv:announce_type>replace-cross</arxiv:announce_type></entry></feed>"
        )
        expected = Announcement("math/0309136", 3, "replace-cross", date(2025, 6, 12), "T", "S.", ("math.GT",))
        assert one(body) == expected

    def test_formulas_and_markup_stay_as_they_are(self) -> None:
        text = "$p<0.05$ if a<b, c>d & \\'e <script>alert(1)</script> &lt;"
        raw = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        told = f"arXiv:2506.01234v1 Announce Type: new \nAbstract: {raw}"
        found = one(rss(item(title=f"<title>{raw}</title>", told=told)))
        text = text.replace("\\'e", "é")
        assert (found.title, found.abstract) == (text, text)

    def test_the_primary_category_comes_first_where_the_feed_tells_it(self) -> None:
        assert one(rss(item())).categories == ("cs.AI", "cs.LG")
        cross = item(kind="<arxiv:announce_type>cross</arxiv:announce_type>")
        assert one(rss(cross)).categories == ("cs.LG", "cs.AI")

    def test_the_type_may_stand_in_the_description_alone(self) -> None:
        assert one(rss(item(kind=""))).announce_type == "new"

    @pytest.mark.parametrize("rest", ["", "<pubDate>yesterday</pubDate>", "<pubDate/><category/><arxiv:DOI/>"])
    def test_what_an_item_may_lack(self, rest: str) -> None:
        found = one(rss(item(rest=rest, told="")))
        assert (found.day, found.categories, found.doi, found.abstract) == (None, (), "", "")

    @pytest.mark.parametrize(
        "bad",
        [
            item(name=""),
            item(name="not-an-id"),
            item(name="2506.01234"),  # without a version nothing can be held against the store
            item(title=""),
            item(title="<title> </title>"),
            item(kind="<arxiv:announce_type>absonly</arxiv:announce_type>"),
            item(kind="", told="no lead"),
            "<item/>",
        ],
    )
    def test_an_item_that_cannot_be_read_costs_itself_and_is_kept_as_it_came(self, bad: str) -> None:
        (seen,), (odd,) = _read(rss(item(), bad), "cs.AI")
        assert seen.base == "2506.01234"
        assert odd.why.startswith("item 2 (")
        batch = reread(odd.raw, NOON)
        assert ([*batch.sightings], [record.raw for record in batch.odd]) == ([], [odd.raw])

    def test_items_of_which_none_can_be_read_are_another_format(self) -> None:
        with pytest.raises(Malformed, match=r"cs\.AI contains items of which none can be read: item 1 \(.*not-an-id\)"):
            read_feed(rss(*[item(name="not-an-id")] * MANY), "cs.AI")

    def test_what_a_later_version_can_read_is_no_news_of_that_night(self) -> None:
        """It would look like a paper that the API should have shown."""
        (element,) = parse_feed(rss(item()), "arXiv", ("rss20",)).elements
        (shown,) = reread(alone(element), NOON).sightings
        assert (shown.paper.id, shown.announce_type) == ("arxiv:2506.01234", "")

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"Rate exceeded.",
            b"<html><body>Sign in</body></html>",
            b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel><title>&a;</title></channel></rss>",
            rss(item())[:-40],
            b"<rss version='0.91'><channel><title>x</title></channel></rss>",
            b"<opml version='2.0'><body/></opml>",
            rss(item(title="<title>&#xD800;</title>")),
            rss(item(title="<title>X</title>")).replace(b"X", "\ud800".encode("utf-8", "surrogatepass")),
        ],
    )
    def test_no_feed_of_ours(self, body: bytes) -> None:
        with pytest.raises(Malformed, match=r"cs\.AI"):
            read_feed(body, "cs.AI")

    def test_the_feed_that_tells_of_an_error(self) -> None:
        body = rss(title="Feed error for query: http://rss.arxiv.org/rss/cs.ZZ", description="Bad subject class 'ZZ'.")
        with pytest.raises(BadQuery, match=r"cs\.ZZ.*Bad subject class.*harvest\.arxiv_rss\.categories"):
            read_feed(body, "cs.ZZ")

    def test_a_weekend_is_an_empty_feed(self) -> None:
        assert read_feed(rss(), "cs.AI") == []


def seen(kind: str, version: int = 1, *categories: str, doi: str = "") -> Announcement:
    return Announcement("2506.00001", version, kind, None, "T", "A", categories, doi)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("cross", "new"), "new"),
        (("new", "cross"), "new"),
        (("replace-cross", "replace"), "replace"),
        (("replace", "replace-cross", "replace"), "replace"),
    ],
)
def test_a_paper_of_several_feeds_is_one(kinds: tuple[str, ...], expected: str) -> None:
    (found,) = union([seen(kind, 1, f"c{n}", doi="doi:10.1/x" if n else "") for n, kind in enumerate(kinds)])
    assert (found.announce_type, found.doi) == (expected, "doi:10.1/x")
    assert set(found.categories) == {f"c{n}" for n in range(len(kinds))}


def test_the_newest_version_of_several_feeds_counts() -> None:
    assert [found.version for found in union([seen("replace-cross", 3), seen("new", 1)])] == [3]


class TestById:
    PAGE = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        "<title>arXiv Query: search_query=&amp;id_list={ids}&amp;start=0&amp;max_results=2</title>"
        "<opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>"
    )
    ENTRY = (
        "<entry><id>http://arxiv.org/abs/{name}</id><title>T</title><summary>S</summary>"
        "<published>2025-06-01T00:00:00Z</published><updated>2025-06-01T00:00:00Z</updated>"
        '<category term="cs.AI"/><author><name>A</name></author></entry>'
    )

    def page(self, ids: str, total: int, *names: str) -> bytes:
        return self.PAGE.format(
            ids=ids, total=total, entries="".join(self.ENTRY.format(name=n) for n in names)
        ).encode()

    def test_unknown_ids_are_left_out_and_repeated_entries_merged(self) -> None:
        body = self.page("math/0309136,2506.00002", 1, "math.GT/0309136v2", "math/0309136v2")
        assert [paper.id for paper in read_ids_page(body, ["2506.00002", "math/0309136"])] == ["arxiv:math/0309136"]

    def test_the_answer_to_other_ids_is_none_to_ours(self) -> None:
        with pytest.raises(BadQuery, match=r"2506\.00009"):
            read_ids_page(self.page("2506.00009", 0), ["2506.00001"])

    def test_a_paper_nobody_asked_for(self) -> None:
        with pytest.raises(Malformed, match=r"2506\.00009"):
            read_ids_page(self.page("2506.00001", 1, "2506.00009v1"), ["2506.00001"])

    def test_fewer_than_announced(self) -> None:
        with pytest.raises(Incomplete):
            read_ids_page(self.page("2506.00001,2506.00002", 2, "2506.00001v1"), ["2506.00001", "2506.00002"])

    def test_a_hundred_at_a_time_each_once(self) -> None:
        ids = [f"2506.{n:05}" for n in range(250)]
        assert [len(part) for part in batches([*ids, *ids])] == [100, 100, 50]

    def test_missing_ones_are_named(self, upstream: Upstream) -> None:
        upstream.control(today=DAY)
        base = announced(upstream, "eess.IV")[0][0]
        api = ArxivSettings(url=f"{upstream.url}/api/query", min_interval=0)
        papers, missing = hydrate(api, Transport(QUICK), [base, "0000.0000"])
        assert ([paper.id for paper in papers], missing) == ([f"arxiv:{base}"], ["0000.0000"])


class TestOverHttp:
    @pytest.fixture(autouse=True)
    def _day(self, upstream: Upstream) -> None:
        upstream.control(today=DAY)

    def test_a_day(self, upstream: Upstream) -> None:
        raw = {category: announced(upstream, category) for category in CATEGORIES}
        upstream.control(clear_log=True)
        kept, error = ask(upstream)
        found = sightings(kept)
        assert error is None
        assert set(found) == {f"arxiv:{base}" for listed in raw.values() for base, _ in listed}
        assert sum(batch.received for batch in kept) == sum(len(listed) for listed in raw.values())
        assert all(
            sighting.source == PROVENANCE and sighting.announced == date(2025, 6, 11) for sighting in found.values()
        )
        assert all(sighting.paper.authors and sighting.paper.published for sighting in found.values()), (
            "the text is the API's"
        )
        assert not any(batch.notes for batch in kept)
        kinds: dict[str, set[str]] = {}
        for base, kind in (item for listed in raw.values() for item in listed):
            kinds.setdefault(f"arxiv:{base}", set()).add(kind)
        assert any(len(told) > 1 for told in kinds.values())
        assert all(found[name].announce_type == ("new" if "new" in told else min(told)) for name, told in kinds.items())
        asked = [entry["path"] for entry in upstream.log()]
        assert len(asked) == len(CATEGORIES) + -(-len(found) // 100), "a request a category, one a hundred papers"

    def test_known_ones_are_seen_without_asking_for_them(self, upstream: Upstream) -> None:
        kept, error = ask(upstream, is_known=known)
        assert error is None
        assert len(kept) == 1
        assert sightings(kept)
        assert not [entry for entry in upstream.log() if entry["path"].startswith("/api/query")]

    def test_new_ones_are_fetched_first(self, upstream: Upstream) -> None:
        kinds = [seen.announce_type for batch in ask(upstream)[0] for seen in batch.sightings]
        assert set(kinds) == {"new", "cross", "replace", "replace-cross"}
        assert kinds == sorted(kinds, key=("new", "cross", "replace", "replace-cross").index)

    def test_a_weekend(self, upstream: Upstream) -> None:
        upstream.control(today="2025-05-31")
        kept, error = ask(upstream)
        assert (len(kept), kept[0].received, error) == (1, 0, None)

    def test_a_category_that_does_not_exist_costs_no_other(self, upstream: Upstream) -> None:
        kept, error = ask(upstream, ("cs.ZZ", "eess.IV"))
        assert isinstance(error, BadQuery)
        assert re.search(r"'cs\.ZZ'.*correct harvest\.arxiv_rss\.categories", str(error))
        assert len(sightings(kept)) == len({base for base, _ in announced(upstream, "eess.IV")})

    @pytest.mark.parametrize(("fault", "expected"), SPOILT)
    def test_a_spoilt_feed_is_named_and_costs_no_other(
        self, upstream: Upstream, fault: dict[str, object], expected: type[FetchError]
    ) -> None:
        upstream.control(faults=[{"match": "/rss/cs.AI", "count": -1, **fault}])
        kept, error = ask(upstream)
        assert isinstance(error, expected)
        assert "cs.AI" in str(error)
        upstream.control(faults=[])
        assert set(sightings(kept)) == set(sightings(ask(upstream, ("cs.CV", "eess.IV"))[0]))

    def test_who_asks_us_to_slow_down_is_not_asked_on(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/rss/cs.AI", "kind": "status", "status": 429, "count": -1}])
        kept, error = ask(upstream)
        assert isinstance(error, Throttled)
        assert sightings(kept)
        assert not any("eess.IV" in entry["path"] for entry in upstream.log())

    def test_all_that_went_wrong_is_told(self, upstream: Upstream) -> None:
        faults = [{"match": "/rss/eess.IV", "kind": "html"}, {"match": "/api/query", "kind": "html", "count": -1}]
        upstream.control(faults=faults)
        _, error = ask(upstream)
        assert "eess.IV" in str(error)
        assert str(error).count("web page") == 2

    def test_a_stale_feed_is_known_by_its_ids(self, upstream: Upstream) -> None:
        held = {
            (sighting.paper.id.removeprefix("arxiv:"), sighting.paper.version)
            for sighting in sightings(ask(upstream)[0]).values()
        }
        upstream.control(today="2025-06-14", faults=[{"match": "/rss/", "kind": "stale", "count": -1}], clear_log=True)
        kept, error = ask(upstream, is_known=lambda pairs: set(pairs) & held)
        assert error is None
        assert len(sightings(kept)) == len(held)
        assert len(upstream.log()) == len(CATEGORIES), "nothing is asked for that is known"

    def test_repeated_items_are_one_paper(self, upstream: Upstream) -> None:
        plain = sightings(ask(upstream)[0])
        upstream.control(faults=[{"match": "/", "kind": "duplicate", "count": -1}])
        kept, error = ask(upstream)
        assert error is None
        assert set(sightings(kept)) == set(plain)

    def test_an_empty_feed_is_a_good_answer(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/rss/", "kind": "empty", "count": -1}])
        kept, error = ask(upstream)
        assert (sightings(kept), error) == ({}, None)

    @pytest.mark.parametrize("kind", ["html", "malformed", "truncate", "reset", "empty", "bomb"])
    def test_without_the_api_the_feeds_own_text_is_kept(self, upstream: Upstream, kind: str) -> None:
        plain = sightings(ask(upstream)[0])
        upstream.control(faults=[{"match": "/api/query", "kind": kind, "count": -1}])
        kept, error = ask(upstream)
        found = sightings(kept)
        assert error is not None
        assert {name: sighting.paper.title for name, sighting in found.items()} == {
            n: o.paper.title for n, o in plain.items()
        }
        assert not any(sighting.paper.authors for sighting in found.values())

    def test_one_bad_answer_of_the_api_costs_a_hundred_papers_their_authors_no_more(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/api/query", "kind": "malformed"}])
        kept, error = ask(upstream)
        assert isinstance(error, Malformed)
        assert sum(not sighting.paper.authors for sighting in sightings(kept).values()) == 100

    def test_what_the_api_does_not_show_yet_is_told_and_kept(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/api/query", "kind": "stale", "count": -1}])
        kept, error = ask(upstream)
        notes = " ".join(note for batch in kept for note in batch.notes)
        bare = [sighting for sighting in sightings(kept).values() if not sighting.paper.authors]
        assert error is None
        assert bare
        assert all(f"{sighting.paper.id.removeprefix('arxiv:')}v{sighting.paper.version}" in notes for sighting in bare)

    def test_near_the_cap_an_alarm_is_raised(self, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("harvester.sources.arxiv.rss.ALARM", 11)
        notes = ask(upstream, ("cs.CV", "eess.IV"), known)[0][0].notes
        assert any(re.search(r"eess\.IV has 11 items, near arXiv's cap of 2,000 rows.*narrow", note) for note in notes)

    def test_what_passes_by_itself_is_no_error(self, upstream: Upstream) -> None:
        upstream.control(
            faults=[{"match": "/rss/", "kind": "status", "status": 503}, {"match": "/api/", "kind": "reset"}]
        )
        patient = QUICK.model_copy(update={"attempts": 2})
        assert ask(upstream, settings=patient)[1] is None
