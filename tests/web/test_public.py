"""The public catalogue: the site's files and the read-only interface."""

# ruff: noqa: E501 - a paper is one line

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry, parse_entry
from harvester.domain.papers import Paper, Sighting
from harvester.services.catalog.layout import renew_layout
from harvester.services.review.decisions import decide_all
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.recording import record
from harvester.web import catalog_cache, watched
from harvester.web.app import create_app
from tests.room import Room

ENTRY = """\
id = "{id}"
title = "{title}"
authors = ["{author}"]
published = 2025-06-0{day}
venue = "{venue}"
kind = "{kind}"
task = {task}
modality = {modality}
disease = []
[links]
paper = "https://example.org/{day}"
"""
PAPERS = [
    ("arxiv:2506.00001", "Echocardiography without a probe", "Ann Bee", "arXiv", "research", '["segmentation"]', '["echo"]'),
    ("doi:10.1000/a/b(c)", "A review of multi-modal hearts", "Zoë Müller", "Circulation", "review", "[]", '["ecg", "cmr"]'),
    ("title:fibrillationatnight", "Fibrillation at night", "Cy Dee", "arXiv", "research", '["diagnosis"]', '["ecg"]'),
]  # fmt: skip


@pytest.fixture
def client(room: Room) -> Iterator[TestClient]:
    folder = room.ws.catalog / "entries" / "2025"
    folder.mkdir(parents=True)
    for day, (name, title, author, venue, kind, task, modality) in enumerate(PAPERS, 1):
        text = ENTRY.format(
            id=name, title=title, author=author, venue=venue, kind=kind, task=task, modality=modality, day=day
        )
        (folder / f"{day}.toml").write_text(text)
    with TestClient(create_app(room.ws), follow_redirects=False) as made:
        yield made


def ids(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/api/entries{query}").json()
    assert answer["total"] >= len(answer["items"])
    return [item["id"].partition(":")[0] for item in answer["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["title", "doi", "arxiv"]),
        ("?task=segmentation", ["arxiv"]),
        ("?task=segmentation,diagnosis", ["title", "arxiv"]),
        ("?modality=ecg&kind=review", ["doi"]),
        ("?task=&disease=", ["title", "doi", "arxiv"]),
        ("?disease=mi", []),
        ("?q=fibrillation", ["title"]),
        ("?q=fibrilation", ["title"]),
        ("?q=fibrilltaion", ["title"]),
        ("?q=fibrillatiom+nigth", ["title"]),
        ("?q=hert", ["title", "doi", "arxiv"]),  # "heart" is a word of synonyms of their labels
        ("?q=multimodal", ["doi"]),
        ("?q=muller", ["doi"]),
        ("?q=echo", ["arxiv"]),
        ("?q=2506.00001", ["arxiv"]),
        ("?q=arxiv&modality=ecg", ["title"]),
        ("?q=probe+night", []),
        ("?q=%20", ["title", "doi", "arxiv"]),
        ("?q=%3F", ["title", "doi", "arxiv"]),
        ("?q=multi-modal", ["doi"]),
        ("?limit=1&offset=1", ["doi"]),
        ("?sort=oldest", ["arxiv", "doi", "title"]),
        ("?sort=newest&q=hearts+multi", ["doi"]),
        ("?year=2025&venue=Circulation&venue=Nature", ["doi"]),
        ("?year=2024", []),
        ("?code=1", []),
        ("?since=2025-01-01", []),
    ],
)
def test_entries_by_labels_and_words(client: TestClient, query: str, expected: list[str]) -> None:
    assert ids(client, query) == expected


def test_total_counts_what_the_page_leaves_out(client: TestClient) -> None:
    assert client.get("/api/entries?limit=1").json()["total"] == 3


def test_one_entry_by_any_kind_of_id(client: TestClient) -> None:
    for name, title, *_ in PAPERS:
        assert client.get(f"/api/entries/{name}").json()["title"] == title
    assert client.get("/api/entries/arxiv:2506.99999").status_code == 404


@pytest.mark.parametrize("query", ["?task=magic", "?kind=poem"])
def test_an_unknown_label_is_named(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/entries{query}")
    (problem,) = answer.json()["detail"]
    facet, label = query[1:].split("=")
    assert (answer.status_code, problem["loc"], problem["type"]) == (422, ["query", facet], "enum")
    assert problem["msg"].startswith(f"{facet} has no label {label!r}; it has: ")


def test_the_interface_is_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    described = paths["/api/entries"]["get"]
    assert {"task", "modality", "disease", "kind", "q"} <= {parameter["name"] for parameter in described["parameters"]}
    schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(client.get("/api/entries").json(), schema)
    entry_schema = paths["/api/entries/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(client.get(f"/api/entries/{PAPERS[1][0]}").json(), entry_schema)


def test_the_page_leads_to_what_else_the_server_has(client: TestClient) -> None:
    page = client.get("/").text
    for address in ("/subscribe", "/archive", "/suggest"):
        assert f'<a href="{address}">' in page
        assert client.get(address).status_code == 200


def test_the_feed_of_the_catalogue_names_its_own_address(client: TestClient) -> None:
    feed = etree.fromstring(client.get("/data/catalogue.atom").content)
    (own,) = feed.findall("{http://www.w3.org/2005/Atom}link[@rel='self']")
    assert urlsplit(own.get("href", "")).path == "/data/catalogue.atom"


def test_the_outlines_lead_to_feeds(client: TestClient) -> None:
    outlines = etree.fromstring(client.get("/feeds.opml").content).findall(".//outline[@type='rss']")
    paths = [urlsplit(outline.get("xmlUrl", "")).path for outline in outlines]
    assert paths[0] == "/feeds/all.atom"
    assert "/feeds/modality/ecg.atom" in paths
    for path in paths:
        assert client.get(path).headers["content-type"] == "application/atom+xml"


def test_the_site_is_served_whole(client: TestClient) -> None:
    assert "module" in client.get("/").text
    for path, kind in [("assets/app.js", "text/javascript"), ("assets/style.css", "text/css"),
                       ("data/index.json", "application/json"), ("paper/1/", "text/html"),
                       ("sitemap.xml", "application/xml"), ("robots.txt", "text/plain"),
                       ("favicon.ico", "image/vnd.microsoft.icon"),
                       ("data/bib/0.json", "application/json"), ("data/catalogue.csv", "text/csv"),
                       ("data/catalogue.bib", "text/plain"), ("data/catalogue.biblatex.bib", "text/plain"),
                       ("data/catalogue.csl.json", "application/vnd.citationstyles.csl+json"),
                       ("data/catalogue.schema.json", "application/schema+json"),
                       ("data/catalogue.json", "application/json"), ("data/catalogue.cff", "application/yaml"),
                       ("data/catalogue.atom", "application/atom+xml"), ("feeds.opml", "text/x-opml")]:  # fmt: skip
        answer = client.get(f"/{path}")
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        again = client.get(f"/{path}", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(client.get("/data/map.json").json()) == 3
    for path in (
        "assets/../app.py",
        "data/bib/1.json",
        "data/",
        "assets/none.js",
        "paper/9/",
        "page/1/",
        "page/x/",
        "?paper=arxiv:2506.99999",
    ):
        assert client.get(f"/{path}").status_code == 404


def test_a_paper_has_a_page_and_its_old_address_leads_there(client: TestClient) -> None:
    for day, (name, title, *_) in enumerate(PAPERS, 1):
        moved = client.get("/", params={"paper": name})
        assert (moved.status_code, moved.headers["location"]) == (301, f"/paper/{day}/")
        page = html.fromstring(client.get(f"/paper/{day}/").text)
        assert page.findtext(".//h1") == title
        (canonical,) = page.xpath("//link[@rel='canonical']/@href")
        assert canonical == f"https://digest.example.org/paper/{day}/"
    listed = etree.fromstring(client.get("/sitemap.xml").content).xpath("//*[local-name()='loc']/text()")
    assert listed == ["https://digest.example.org/", *(f"https://digest.example.org/paper/{day}/" for day in (3, 2, 1))]


def test_a_papers_page_has_what_the_store_knows(client: TestClient, room: Room) -> None:
    paper = Paper(("arxiv:2506.00001",), PAPERS[0][1], abstract="We listen <b>closely</b>.", version=2, upvotes=7)
    with write(room.ws.store) as db:
        record(db, [Sighting(ARXIV, paper)], room.ws.clock())
    page = html.fromstring(client.get("/paper/1/").text)
    assert page.findtext(".//p[@class='abstract']") == paper.abstract
    assert page.xpath("//section/p[@class='about']")[0].text_content() == "Abstract from arXiv"
    assert page.xpath("//dl//a/text()") == ["v2", "v1"]
    assert page.xpath("//dl//dd")[-1].text == "7 upvotes"
    assert "7 upvotes" in html.fromstring(client.get("/").text).text_content()
    assert client.get("/data/index.json").json()["votes"] == [0, 0, 7]


@pytest.mark.parametrize(
    ("query", "field"), [("?since=yesterday", "since"), ("?since=2025-02-30", "since"), ("?sort=best", "sort")]
)
def test_a_filter_that_means_nothing_is_named(client: TestClient, query: str, field: str) -> None:
    answer = client.get(f"/api/entries{query}")
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", field])


def test_a_search_can_be_followed(client: TestClient, room: Room) -> None:
    papers = [
        Paper((f"arxiv:2506.1000{n}",), f"Beats {n}", abstract=f"Ventricles {word}; github.com/a/b{n}")
        for n, word in enumerate(("alone", "together"))
    ]
    with write(room.ws.store) as db:
        record(db, [Sighting(ARXIV, paper) for paper in papers], room.ws.clock())
    decide_all(room.ws, "accept", [paper.id for paper in papers], "ann", "", {"modality": "ecg"})
    query = "?q=ventricels+together&modality=ecg,cmr&code=1&sort=added"
    assert [item["id"] for item in client.get(f"/api/entries{query}").json()["items"]] == [papers[1].id]
    today = room.ws.clock().date()
    assert ids(client, f"?since={today}") == ["arxiv", "arxiv"]
    feed = client.get(f"/feeds/search.json{query}").json()
    assert [item["title"] for item in feed["items"]] == [papers[1].title]
    assert client.get(urlsplit(feed["feed_url"]).path, params=urlsplit(feed["feed_url"]).query).json() == feed
    atom = etree.fromstring(client.get(f"/feeds/search.atom{query}").content)
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    assert len(client.get("/feeds/search.json").json()["items"]) == 2
    assert client.get("/feeds/search.txt").status_code == 404
    assert client.get("/feeds/search.atom?task=magic").status_code == 400
    for length, status in ((300, 200), (301, 400)):
        assert client.get(f"/feeds/search.atom?q={'a' * length}").status_code == status


def test_only_a_file_that_changed_is_parsed_again(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def counted(text: str, path: Path, taxonomy: Taxonomy) -> Entry:
        parsed.append(path.name)
        return parse_entry(text, path, taxonomy)

    monkeypatch.setattr(watched, "PATIENCE", 60.0)
    monkeypatch.setattr(catalog_cache, "parse_entry", counted)
    assert ids(client, "?q=night") == ["title"]
    assert sorted(parsed) == ["1.toml", "2.toml", "3.toml"]
    old, new = room.ws.catalog / "entries" / "2025" / "3.toml", room.ws.catalog / "new"
    new.write_text(old.read_text().replace("Fibrillation at night", "Tachycardia at noon"))
    new.replace(old)
    assert ids(client, "?q=night") == []
    assert ids(client, "?q=tachycardia") == ["title"]
    assert parsed[3:] == ["3.toml"]
    text = old.read_text()
    old.unlink()
    assert ids(client, "?q=tachycardia") == []
    old.write_text(text)
    assert ids(client, "?q=tachycardia") == ["title"]
    assert parsed[4:] == ["3.toml"], "of a file that is gone, nothing is kept"


def test_what_the_night_arranged_is_served_until_most_of_the_papers_are_others(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked first for a paper or the map after each change waited until all was computed anew."""
    assert renew_layout(room.ws)
    assert not renew_layout(room.ws), "the same texts have the same layout"
    monkeypatch.setattr(sys, "executable", "/nowhere")  # which would compute
    places = client.get("/data/map.json").json()
    assert len(set(map(tuple, places))) == 3
    folder = room.ws.catalog / "entries" / "2025"
    new = folder.joinpath("3.toml").read_text().replace("fibrillationatnight", "noon").replace("at night", "at noon")
    folder.joinpath("4.toml").write_text(new)
    after = dict(
        zip(
            (entry["id"] for entry in client.get("/api/entries").json()["items"]),
            client.get("/data/map.json").json(),
            strict=True,
        )
    )
    assert [after[name] for name, *_ in sorted(PAPERS, reverse=True)] == places
    assert after["title:noon"] == after["title:fibrillationatnight"], "where its labels are, until the next night"
    clusters = client.get("/data/clusters.json").json()
    assert len(clusters["of"]) == 4
    assert client.get("/paper/4/").status_code == 200
    for number in range(5, 10):
        folder.joinpath(f"{number}.toml").write_text(new.replace("title:noon", f"title:noon{number}"))
    assert client.get("/data/map.json").status_code == 503, "too few are known: all are computed, which fails here"
