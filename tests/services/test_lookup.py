"""One paper by its name: what all services know about it, the notices included, and what happens while one fails."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvester.base.errors import FetchError, HarvesterError
from harvester.domain.notices import NOTICE_KINDS
from harvester.domain.papers import Paper
from harvester.services import lookup
from harvester.services.catalog.add import add
from harvester.services.catalog.lists import build
from harvester.services.catalog.site import write_site
from harvester.services.harvest.proposals import fetch_proposals, propose, unsettled
from harvester.services.review.queries import paper_detail
from harvester.services.workspace import Workspace
from harvester.sources.crossref.record import Reading
from harvester.store.engine import read
from harvester.store.papers import find
from harvester.web.review.view import pane
from tests.conftest import Upstream, both_databases
from tests.room import ENCODER, Room, feeds

KINDS = {"retraction": "retraction", "correction": "correction", "expression_of_concern": "concern"}
LABELS = {"task": "prognosis"}
DOWN = {"kind": "status", "status": 503, "count": -1}


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream, store_url: str) -> Iterator[Room]:
    made = Room.make(tmp_path, upstream.url, store_url, **sections(upstream))
    upstream.control(today="2026-06-01", clear_log=True)
    yield made
    made.ws.store.dispose()


def sections(upstream: Upstream) -> dict[str, Any]:
    return {
        "harvest": {"feeds": feeds(upstream.url, "circulation")},
        "harvest.crossref": {"url": f"{upstream.url}/crossref", "min_interval": 0.0, "venues": []},
        "harvest.europepmc": {"url": f"{upstream.url}/europepmc/webservices/rest", "min_interval": 0.0},
    }


def ask(upstream: Upstream, path: str) -> Any:
    with urllib.request.urlopen(f"{upstream.url}{path}", timeout=10) as answer:
        return json.load(answer)


def noticed(upstream: Upstream, kind: str) -> tuple[str, str]:
    """The DOI of an article about which there is a notice of this kind, and that of the notice."""
    works = ask(upstream, "/crossref/works?rows=200&filter=has-update:true")["message"]["items"]
    return next(
        (work["DOI"], told["DOI"])
        for work in works
        for told in work["updated-by"]
        if told["type"] == kind and not work["relation"]
    )


def stored(room: Room, name: str) -> Paper | None:
    with read(room.ws.store) as db:
        found = find(db, name)
    return found.paper if found else None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_added_by_its_doi_comes_with_its_notices(room: Room, upstream: Upstream, kind: str) -> None:
    doi, notice = noticed(upstream, kind)
    role, link = KINDS[kind], f"https://doi.org/{notice.lower()}"
    said = room.run("catalog", "add", doi, "--task", "prognosis")
    assert f"It is {NOTICE_KINDS[role]}: {link}" in said  # type: ignore[index]
    (entry,) = room.entries
    assert f'{role} = "{link}"' in entry.read_text()
    paper = stored(room, f"doi:{doi}")
    assert paper is not None
    assert (paper.links[role], paper.withdrawn) == (link, role == "retraction")
    assert "RETRACTED" not in paper.title
    build(room.ws)
    text = (room.ws.catalog / "README.md").read_text()
    assert ("~~**" in text) == (role == "retraction")
    assert link in text
    site = room.folder / "site"
    write_site(room.ws, site)
    assert ("<s " in (site / "index.html").read_text()) == (role == "retraction")
    assert any(link in page.read_text() for page in site.rglob("*.json"))


def test_a_retracted_paper_that_somebody_suggests_is_marked(room: Room, upstream: Upstream) -> None:
    doi, notice = noticed(upstream, "retraction")
    propose(room.ws, doi, "", "192.0.2.1")
    assert fetch_proposals(room.ws) == 1
    detail = paper_detail(room.ws, doi)
    assert (detail.state, detail.paper.withdrawn) == ("pending", True)
    assert detail.paper.links["retraction"] == f"https://doi.org/{notice.lower()}"
    assert pane(detail, room.ws.taxonomy)["notices"] == ["retracted"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_is_not_added_as_a_paper(room: Room, upstream: Upstream, kind: str) -> None:
    doi, notice = noticed(upstream, kind)
    said = room.run("catalog", "add", notice, "--task", "prognosis", status=1)
    assert f"is a notice ({KINDS[kind]}) about doi:{doi}, not a paper" in " ".join(said.split())
    assert room.entries == []
    propose(room.ws, notice, "", "192.0.2.1")
    assert fetch_proposals(room.ws) == 1
    assert [proposal.state for proposal in unsettled(room.ws)] == ["unknown"]


def newest_of_circulation(upstream: Upstream) -> str:
    works = ask(upstream, "/crossref/works?rows=1&filter=container-title:Circulation&sort=created")["message"]["items"]
    return str(works[0]["DOI"])


@pytest.mark.parametrize("kind", ["status", "html", "malformed", "reset"])
def test_the_next_service_is_asked_while_one_fails(room: Room, upstream: Upstream, kind: str) -> None:
    fault = {"kind": kind, "status": 503, "count": -1}
    doi = newest_of_circulation(upstream)
    upstream.control(today="2026-06-01", faults=[{"match": "/crossref/", **fault}])
    assert add(room.ws, doi, LABELS).id == f"doi:{doi}"
    upstream.control(faults=[{"match": path, **fault} for path in ("/crossref/", "/europepmc/")])
    with pytest.raises(FetchError, match=r"^doi:10\.1000/x was not found, and not every service gave an answer: "):
        add(room.ws, "10.1000/x", LABELS)


def test_a_suggestion_is_found_in_a_feed_while_all_others_fail(room: Room, upstream: Upstream) -> None:
    with urllib.request.urlopen(f"{upstream.url}/feed/circulation.xml", timeout=10) as answer:
        shown = answer.read().decode()
    doi = (
        shown.partition("<prism:doi>")[2].partition("<")[0] or shown.partition("https://doi.org/")[2].partition("<")[0]
    )
    upstream.control(faults=[{"match": path, **DOWN} for path in ("/crossref/", "/europepmc/")])
    propose(room.ws, doi, "", "192.0.2.1")
    propose(room.ws, "10.1000/nobody.knows", "", "192.0.2.1")
    assert fetch_proposals(room.ws) == 1
    assert paper_detail(room.ws, doi).state == "pending"
    assert [proposal.name for proposal in unsettled(room.ws)] == ["doi:10.1000/nobody.knows"]
    upstream.control(faults=[])
    assert fetch_proposals(room.ws) == 1
    assert [proposal.state for proposal in unsettled(room.ws)] == ["unknown"]


@both_databases
def test_a_pubmed_id_is_looked_up_at_europe_pmc(room: Room, upstream: Upstream) -> None:
    works = [one for one in ask(upstream, "/_works") if one["source"] == "MED" and one["indexed"] < "2025-12-01"]
    entry = add(room.ws, f"https://pubmed.ncbi.nlm.nih.gov/{works[0]['id']}/", LABELS)
    assert f"pmid:{works[0]['id']}" in stored(room, entry.id).identifiers  # type: ignore[union-attr]
    assert entry.id == f"doi:{works[0]['doi']}"
    (only_pmc, *_) = [one for one in ask(upstream, "/_works") if one["source"] == "PMC"]
    assert stored(room, add(room.ws, only_pmc["id"], LABELS).id) is not None
    with pytest.raises(HarvesterError, match=r"^Nothing is known about pmid:1; check it"):
        add(room.ws, "pmid:1", LABELS)


def test_nothing_that_is_turned_off_is_asked(tmp_path: Path, upstream: Upstream) -> None:
    off = {name: {**keys, "enabled": False} for name, keys in sections(upstream).items() if "." in name}
    there = Room.make(tmp_path, upstream.url, **off, harvest={"feeds": []})
    upstream.control(clear_log=True)
    with pytest.raises(HarvesterError, match="Nothing is known"):
        add(there.ws, "10.1000/x", LABELS)
    assert upstream.log() == []


def test_an_old_entry_keeps_what_it_has_and_gains_the_notice(tmp_path: Path, upstream: Upstream) -> None:
    there = Room.make(tmp_path, upstream.url, **sections(upstream), classifier={"encoder": ENCODER})
    upstream.control(today="2026-06-01")
    doi, notice = noticed(upstream, "retraction")
    folder = there.folder / "data" / "catalog" / "entries" / "2025"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(
        f'id = "doi:{doi}"\ntitle = "My own title"\nkind = "research"\ntask = ["prognosis"]\n'
        f'[links]\npaper = "https://doi.org/{doi}"\n'
    )
    entry = add(there.ws, doi, {})
    assert (entry.title, entry.path) == ("My own title", Path("entries/2025/mine.toml"))
    assert entry.links["retraction"] == f"https://doi.org/{notice.lower()}"


def test_a_doi_that_was_given_up_leads_to_its_successor(room: Room, upstream: Upstream) -> None:
    """Crossref answers to the alias with the record of the DOI that took its place."""
    doi = newest_of_circulation(upstream)
    real = lookup.find_doi

    def successor(ws: Workspace, name: str) -> Reading | None:
        return real(ws, f"doi:{doi}" if name == "doi:10.9999/old" else name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "find_doi", successor)
        propose(room.ws, "10.9999/old", "", "192.0.2.1")
        assert fetch_proposals(room.ws) == 1
    assert {"doi:10.9999/old", f"doi:{doi}"} <= set(paper_detail(room.ws, "10.9999/old").paper.identifiers)
