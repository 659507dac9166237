"""arXiv's OAI-PMH: small invented documents, and the stand-in with its faults over HTTP."""

from datetime import date
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from harvester.base.errors import FetchError
from harvester.config.harvest import HarvestSettings
from harvester.sources.arxiv.oai import (
    MAX_RESTARTS,
    WHO,
    OaiSettings,
    Record,
    TokenExpired,
    list_records,
    read_page,
    reread,
    set_of,
)
from harvester.sources.errors import BadQuery, Incomplete, Malformed, Unavailable
from harvester.sources.http import Answer, Transport
from harvester.sources.window import MANY
from harvester.sources.xml import parse_xml
from tests.conftest import Upstream
from tests.sources.spoilt import SPOILT

QUICK = HarvestSettings(attempts=1, timeout=2, read_limit=3, max_wait=0.1)
SINCE = date(2025, 6, 2)


def answer(inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>2025-06-12T23:30:00Z</responseDate><request>x</request>{inside}</OAI-PMH>"
    ).encode()


def header(name: str = "oai:arXiv.org:2506.01234", stamp: str = "2025-06-12", status: str = "") -> str:
    return (
        f"<header{status}><identifier>{name}</identifier><datestamp>{stamp}</datestamp>"
        "<setSpec>cs:cs:AI</setSpec><setSpec>eess:eess:IV</setSpec></header>"
    )


def records(*listed: str, token: str = "") -> bytes:
    return answer(f"<ListRecords>{''.join(f'<record>{record}</record>' for record in listed)}{token}</ListRecords>")


METADATA = (
    '<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2506.01234</id>'
    '<version version="v10"><date>x</date></version><version version="v9"><date>x</date></version>'
    "<title>A Title\n      over two lines</title><authors>A B, C D</authors>"
    "<categories>cs.AI eess.IV</categories><abstract>If $a&lt;b$.</abstract></arXivRaw></metadata>"
)


class TestReading:
    def test_a_record(self) -> None:
        page = read_page(records(header() + METADATA, token="<resumptionToken>t 1</resumptionToken>"))
        assert page.token == "t 1"
        assert page.records == (
            Record(
                base="2506.01234",
                version=10,
                datestamp=date(2025, 6, 12),
                sets=("cs:cs:AI", "eess:eess:IV"),
                categories=("cs.AI", "eess.IV"),
                title="A Title over two lines",
                abstract="If $a<b$.",
                authors="A B, C D",
            ),
        )

    def test_deleted_ones_and_ones_without_metadata(self) -> None:
        page = read_page(records(header(status=' status="deleted"'), header("oai:arXiv.org:math/0309136")))
        assert [(record.base, record.version, record.title, record.deleted) for record in page.records] == [
            ("2506.01234", 0, "", True),
            ("math/0309136", 0, "", False),
        ]

    def test_one_odd_record_costs_itself(self) -> None:
        page = read_page(records(header("oai:x:y"), header() + METADATA, header(stamp="soon")))
        assert [record.base for record in page.records] == ["2506.01234"]
        assert len(page.odd) == 2
        assert page.odd[0].why.endswith("without an arXiv id: 'oai:x:y'.")
        for record in page.odd:
            with pytest.raises(Malformed) as told:
                reread(record.raw)
            assert str(told.value) == record.why

    def test_what_can_be_read_now_is_the_same_record(self) -> None:
        (element,) = parse_xml(records(header() + METADATA), WHO).iterfind(".//{*}record")
        assert [reread(etree.tostring(element, encoding="unicode"))] == [
            *read_page(records(header() + METADATA)).records
        ]

    @pytest.mark.parametrize(
        ("newest", "withdrawn"),
        [
            ("<size>0kb</size>", True),
            ("<size>77kb</size><source_type>I</source_type>", True),
            ("<size>10kb</size><source_type>D</source_type>", False),
            ("", False),
        ],
    )
    def test_a_newest_version_without_anything_to_read_is_a_withdrawal(self, newest: str, withdrawn: bool) -> None:
        metadata = METADATA.replace('v10"><date>x</date>', f'v10"><date>x</date>{newest}')
        metadata = metadata.replace('v9"><date>x</date>', 'v9"><date>x</date><size>0kb</size>')
        (found,) = read_page(records(header() + metadata)).records
        assert (found.withdrawn, found.as_paper().withdrawn, found.gone) == (withdrawn,) * 3

    @pytest.mark.parametrize("token", ["", "<resumptionToken/>", "<resumptionToken> </resumptionToken>"])
    def test_the_end_of_a_list(self, token: str) -> None:
        assert read_page(records(header(), token=token)).token == ""

    def test_missing_fields(self) -> None:
        empty = '<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><version/></arXivRaw></metadata>'
        (found,) = read_page(records(header(stamp="2025-06-12T01:02:03Z") + empty)).records
        assert (found.version, found.title, found.datestamp) == (0, "", date(2025, 6, 12))

    def test_nothing_matches(self) -> None:
        assert read_page(answer('<error code="noRecordsMatch"/>')).records == ()

    @pytest.mark.parametrize(
        ("inside", "error", "told"),
        [
            ('<error code="badResumptionToken">Expired</error>', TokenExpired, "Expired"),
            ('<error code="badArgument">no such set</error>', BadQuery, "badArgument: no such set"),
            ('<error code="cannotDisseminateFormat"/>', BadQuery, "cannotDisseminateFormat"),
            ("<error>out of order</error>", Malformed, "out of order"),
            ("<Identify/>", Malformed, "neither records nor an error"),
        ],
    )
    def test_what_is_no_list(self, inside: str, error: type[FetchError], told: str) -> None:
        with pytest.raises(error, match=told):
            read_page(answer(inside))

    @pytest.mark.parametrize(
        ("record", "told"),
        [(header("oai:x:y"), "without an arXiv id"), ("", "without an arXiv id"), (header(stamp="soon"), "'soon'")],
    )
    def test_records_of_which_none_can_be_read_are_another_format(self, record: str, told: str) -> None:
        with pytest.raises(Malformed, match=f"none can be read.*{told}"):
            read_page(records(*[record] * MANY))
        few = read_page(records(*[record] * (MANY - 1)))
        assert (few.records, len(few.odd)) == ((), MANY - 1)

    @pytest.mark.parametrize("body", [b"", b"<html></html>", b"<rss version='2.0'/>", records(header())[:-20]])
    def test_what_is_no_oai(self, body: bytes) -> None:
        with pytest.raises(Malformed, match="OAI-PMH"):
            read_page(body)

    def test_nothing_matches_in_the_middle(self) -> None:
        with pytest.raises(Incomplete, match="middle"):
            read_page(answer('<error code="noRecordsMatch"/>'), continued=True)


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.AI", "cs:cs:AI"),
        ("eess.IV", "eess:eess:IV"),
        ("q-bio.QM", "q-bio:q-bio:QM"),
        ("stat.ML", "stat:stat:ML"),
        ("math.NA", "math:math:NA"),
        ("physics.med-ph", "physics:physics:med-ph"),
        ("quant-ph", "physics:quant-ph"),
        ("hep-lat", "physics:hep-lat"),
        ("astro-ph.CO", "physics:astro-ph:CO"),
        ("q-bio", "q-bio"),
    ],
)
def test_sets(category: str, expected: str) -> None:
    assert set_of(category) == expected


class TestOverHttp:
    def ask(self, upstream: Upstream, spec: str = "cs:cs:CV", settings: HarvestSettings = QUICK) -> list[Record]:
        return list(list_records(OaiSettings(url=f"{upstream.url}/oai"), Transport(settings), spec, SINCE, print))

    def names(self, listed: list[Record]) -> set[tuple[str, int]]:
        return {(record.base, record.version) for record in listed}

    def test_all_pages(self, upstream: Upstream) -> None:
        found = self.ask(upstream)
        asked = [parse_qs(urlsplit(entry["path"]).query) for entry in upstream.log()]
        assert len(found) == len(self.names(found)) > 400
        assert len(asked) == -(-len(found) // 400)
        assert all(
            record.title and record.abstract and "cs:cs:CV" in record.sets and record.datestamp >= SINCE
            for record in found
        )
        assert not any("until" in query for query in asked)
        assert asked[0]["from"] == ["2025-06-02"]

    def test_every_set_of_the_corpus_is_named_right(self, upstream: Upstream) -> None:
        categories = {name for record in self.ask(upstream) for name in record.categories}
        own = {spec for record in self.ask(upstream) for spec in record.sets}
        assert {set_of(name) for name in categories} == own

    def test_nothing_changed(self, upstream: Upstream) -> None:
        assert self.ask(upstream, "physics:no-such") == []

    @pytest.mark.parametrize("skip", [0, 1])
    def test_an_expired_token_begins_the_list_again(self, upstream: Upstream, skip: int) -> None:
        plain = self.ask(upstream)
        upstream.control(faults=[{"match": "/oai", "kind": "badtoken", "skip": skip}])
        found = self.ask(upstream)
        assert self.names(found) == self.names(plain)
        assert len(found) == len(plain) + 400 * skip

    def test_tokens_that_always_expire(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/oai", "kind": "badtoken", "count": -1}])
        with pytest.raises(Unavailable, match="expire 4 times while listing cs:cs:CV"):
            self.ask(upstream)
        assert len(upstream.log()) == MAX_RESTARTS + 1

    @pytest.mark.parametrize("skip", [0, 1])
    @pytest.mark.parametrize(("fault", "expected"), SPOILT)
    def test_a_spoilt_page_is_never_the_end(
        self, upstream: Upstream, fault: dict[str, object], expected: type[FetchError], skip: int
    ) -> None:
        upstream.control(faults=[{"match": "/oai", "skip": skip, **fault}])
        with pytest.raises(expected):
            self.ask(upstream)

    def test_an_empty_later_page_is_never_the_end(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/oai", "kind": "empty", "skip": 1}])
        with pytest.raises(Incomplete):
            self.ask(upstream)

    def test_what_came_before_an_error_is_kept(self, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/oai", "kind": "html", "skip": 1}])
        listed = list_records(OaiSettings(url=f"{upstream.url}/oai"), Transport(QUICK), "cs:cs:CV", SINCE, print)
        assert len(list(islice(listed, 400))) == 400
        with pytest.raises(Malformed):
            next(listed)

    def test_a_token_that_leads_nowhere(self) -> None:
        class Circle(Transport):
            def get(self, url: str, *_args: object, **_kwargs: object) -> Answer:
                return Answer(url, 200, {}, records(header(), token="<resumptionToken>t</resumptionToken>"))

        with pytest.raises(Malformed, match="never end"):
            list(list_records(OaiSettings(), Circle(QUICK), "cs", SINCE, print))
