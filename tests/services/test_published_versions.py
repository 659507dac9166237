"""The article of an accepted preprint is found at Crossref in whatever venue it appeared, and becomes a suggestion."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.services.harvest import completion
from harvester.services.harvest.completion import complete_papers
from harvester.services.operations.nightly import run
from harvester.services.review.decisions import decide_all
from harvester.services.review.journal_updates import journal_updates, settle_suggestions
from harvester.services.review.queries import paper_detail
from harvester.services.review.splitting import split
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.arxiv.api import ArxivSettings
from harvester.sources.arxiv.ids import hydrate
from harvester.sources.http import HttpSettings, Transport
from harvester.store.engine import write
from harvester.store.recording import record
from tests.conftest import Upstream, both_databases
from tests.room import Room

SERVER = Provenance("medrxiv", Rank.AGGREGATED, "preprint")
LATER = datetime(2025, 12, 1, 23, 30, tzinfo=UTC)
OFF: dict[str, Any] = {"enabled": False}


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream, store_url: str) -> Iterator[Room]:
    """No venue is harvested: single works alone are asked for."""
    crossref = {"url": f"{upstream.url}/crossref", "min_interval": 0.0, "venues": []}
    sections: dict[str, Any] = {"harvest.crossref": crossref, "harvest": {"feeds": []}, "harvest.arxiv_rss": OFF}
    made = Room.make(tmp_path, upstream.url, store_url, **sections)
    upstream.control(today="2025-12-01", clear_log=True)
    made.now = LATER
    yield made
    made.ws.store.dispose()


def ask(upstream: Upstream, path: str) -> Any:
    with urllib.request.urlopen(f"{upstream.url}{path}", timeout=10) as answer:
        return json.load(answer)


def posted(upstream: Upstream) -> list[dict[str, Any]]:
    """Preprints of which Crossref knows the article, one of each work."""
    found = ask(upstream, "/crossref/works?rows=500&filter=type:posted-content")["message"]["items"]
    return [work for work in found if work["relation"].get("is-preprint-of") and not work["DOI"].endswith(("v2", "v3"))]


def accept(room: Room, source: Provenance, *papers: Paper) -> None:
    with write(room.ws.store) as db:
        record(db, [Sighting(source, paper) for paper in papers], room.now)
    for paper in papers:
        (done,) = decide_all(room.ws, "accept", [paper.id], "ann", "", {"task": "diagnosis", "modality": "ecg"})
        assert not done.error


def requests(upstream: Upstream) -> int:
    return sum("/crossref/" in one["path"] for one in upstream.log())


@both_databases
def test_a_preprints_own_record_names_its_article(room: Room, upstream: Upstream) -> None:
    """The titles differ, and the article's venue is not harvested: nothing but `relation` says that they are one."""
    work, *_ = posted(upstream)
    (article,) = work["relation"]["is-preprint-of"]
    upstream.control(clear_log=True)
    name = f"doi:{work['DOI']}"
    accept(room, SERVER, Paper((name,), "As its server had it", "Of hearts.", (Author("Cy Poe"),)))
    done = complete_papers(room.ws)
    assert (done.suggested, done.error, done.requests, requests(upstream)) == (1, "", 2, 2)
    (update,) = journal_updates(room.ws)
    there = ask(upstream, f"/crossref/works/{article['id']}")["message"]
    assert update.suggestion.link == f"https://doi.org/{article['id']}"
    assert update.suggestion.venue == there["container-title"][0].replace("&amp;", "&")
    assert f"doi:{article['id']}" in paper_detail(room.ws, name).paper.identifiers
    assert settle_suggestions(room.ws, [name], "ann", take=True)[0].state == "taken"
    room.later(days=40)
    again = complete_papers(room.ws)
    assert (again.suggested, len(journal_updates(room.ws))) == (0, 0), "what was taken is not suggested again"


def test_what_was_dismissed_is_not_suggested_again(room: Room, upstream: Upstream) -> None:
    work, *_ = posted(upstream)
    name = f"doi:{work['DOI']}"
    accept(room, SERVER, Paper((name,), "As its server had it", "Of hearts.", (Author("Cy Poe"),)))
    assert complete_papers(room.ws).suggested == 1
    assert settle_suggestions(room.ws, [name], "ann", take=False)[0].state == "dismissed"
    room.later(days=40)
    assert complete_papers(room.ws).suggested == 0


def test_an_article_that_is_stored_as_another_paper_joins_its_preprint(room: Room, upstream: Upstream) -> None:
    work, *_ = posted(upstream)
    doi = work["relation"]["is-preprint-of"][0]["id"]
    journal = Provenance("crossref", Rank.JOURNAL, "journal")
    article = Paper((f"doi:{doi}",), "Quite another title", "Of hearts.", (Author("Al Roe"),), venue="Heart Example")
    with write(room.ws.store) as db:
        record(db, [Sighting(journal, article)], room.now)
    accept(room, SERVER, Paper((f"doi:{work['DOI']}",), "As its server had it", "Of hearts.", (Author("Cy Poe"),)))
    assert complete_papers(room.ws).suggested == 1
    assert paper_detail(room.ws, f"doi:{doi}").paper.id == paper_detail(room.ws, f"doi:{work['DOI']}").paper.id


def test_articles_of_arxivs_preprints_are_found_by_relation_or_by_title_and_authors(
    room: Room, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the stand-in's truth: what is suggested is right, and nearly all that there is."""
    monkeypatch.setattr(completion, "SEARCHES", 1000)
    works = [one for one in ask(upstream, "/_works") if one["arxiv"] and one["online"] <= "2025-12-01"]
    truth = {one["arxiv"]: one["doi"] for one in works if one["source"] != "PPR"}
    alone = {one["arxiv"] for one in works} - truth.keys()
    assert len(truth) > 20
    api = ArxivSettings(url=f"{upstream.url}/api/query", min_interval=0)
    papers, _ = hydrate(
        api, Transport(HttpSettings(timeout=20, read_limit=20)), [*sorted(truth)[:20], *sorted(alone)[:5]]
    )
    bare = [paper for paper in papers if len(paper.identifiers) == 1]  # the others name an article of their own
    accept(room, ARXIV, *bare)
    upstream.control(clear_log=True)
    done = complete_papers(room.ws)
    assert (done.error, done.requests) == ("", len(bare))
    assert requests(upstream) == len(bare)
    found = {update.row.id.removeprefix("arxiv:"): update.suggestion.link for update in journal_updates(room.ws)}
    assert {f"https://doi.org/{truth.get(base)}" == link for base, link in found.items()} == {True}, "precision"
    assert len(found) >= 0.97 * len(truth.keys() & {paper.id.removeprefix("arxiv:") for paper in bare})
    assert done.suggested == len(found)


def test_few_are_searched_for_a_night_and_those_that_rested_longest_first(
    room: Room, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "SEARCHES", 2)
    papers = [Paper((f"arxiv:2506.0000{n}",), f"Quux of frobs {n}", "Of hearts.", version=1) for n in range(1, 6)]
    accept(room, ARXIV, *papers)
    asked = []
    for _ in range(4):
        upstream.control(clear_log=True)
        complete_papers(room.ws)
        asked.append([one["path"].partition("bibliographic=")[2].partition("&")[0] for one in upstream.log()])
        room.later(days=1)
    assert [len(night) for night in asked] == [2, 2, 1, 0], "each rests for a month"
    room.later(days=40)
    upstream.control(clear_log=True)
    complete_papers(room.ws)
    again = [one["path"].partition("bibliographic=")[2].partition("&")[0] for one in upstream.log()]
    assert again == asked[0]


def test_a_search_that_crossref_rejects_rests_like_the_others(
    room: Room, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "SEARCHES", 1)
    papers = [Paper((f"arxiv:2506.0000{n}",), f"Quux of frobs {n}", "Of hearts.", version=1) for n in (1, 2)]
    accept(room, ARXIV, *papers)
    upstream.control(faults=[{"match": "/crossref/", "kind": "status", "status": 400, "count": 1}])
    done = complete_papers(room.ws)
    assert (done.error, len(done.notes)) == ("", 1)
    assert "The article of arxiv:2506.00001 cannot be searched for" in done.notes[0]
    assert (complete_papers(room.ws).notes, complete_papers(room.ws).requests) == ([], 0)


def test_only_accepted_preprints_without_an_article_are_searched_for(room: Room, upstream: Upstream) -> None:
    pending = Paper(("arxiv:2506.00001",), "Pending hearts", "Of hearts.", version=1)
    links = {"paper": "https://arxiv.org/abs/2506.00002"}
    published = Paper(("arxiv:2506.00002",), "Published hearts", "Of hearts.", version=1, links=links)
    withdrawn = Paper(("arxiv:2506.00003",), "Withdrawn hearts", "Of hearts.", version=1, withdrawn=True)
    with write(room.ws.store) as db:
        record(db, [Sighting(ARXIV, pending)], room.now)
    accept(room, ARXIV, published, withdrawn)
    entry = next(path for path in room.entries if "published" in path.name)
    entry.write_text(entry.read_text().replace(links["paper"], "https://doi.org/10.9999/x"))
    done = complete_papers(room.ws)
    assert (done.requests, done.suggested) == (0, 0)


def test_what_people_have_taken_apart_stays_apart(room: Room, upstream: Upstream) -> None:
    work, *_ = posted(upstream)
    name, doi = f"doi:{work['DOI']}", f"doi:{work['relation']['is-preprint-of'][0]['id']}"
    accept(room, SERVER, Paper((name,), "As its server had it", "Of hearts.", (Author("Cy Poe"),)))
    assert complete_papers(room.ws).suggested == 1
    settle_suggestions(room.ws, [name], "ann", take=False)
    split(room.ws, name)
    room.later(days=40)
    complete_papers(room.ws)
    assert doi not in paper_detail(room.ws, name).paper.identifiers


def test_a_night_tells_what_came_of_it_even_if_crossref_fails_halfway(room: Room, upstream: Upstream) -> None:
    upstream.control(today="2026-06-01")
    works = ask(upstream, "/crossref/works?rows=100&filter=has-update:true")["message"]["items"]
    updated = next(work for work in works if not work["relation"])
    article = Paper((f"doi:{updated['DOI']}",), "As the catalog has it", "Of hearts.", (Author("Jane Doe"),))
    accept(room, Provenance("heart", Rank.JOURNAL, "journal"), article)
    accept(room, ARXIV, Paper(("arxiv:2506.00001",), "Quux of frobs", "Of hearts.", version=1))
    upstream.control(faults=[{"match": "/crossref/", "query": "bibliographic", "kind": "html", "count": 1}])
    report = run(room.ws, sources=["crossref"], digest=False)
    assert [notice.id for notice in report.notices] == [article.id]
    assert any("not JSON" in error for error in report.errors)
    (source,) = report.sources
    assert source.requests == 2
