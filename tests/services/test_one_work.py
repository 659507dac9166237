"""Several sources, one work: preprints that appear in a journal, and papers their authors withdraw."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.domain.papers import Paper, Sighting
from harvester.domain.provenance import Provenance
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.operations.nightly import accepted_among
from harvester.services.review.decisions import decide_all
from harvester.services.review.documents import paper_document, updates_document
from harvester.services.review.journal_updates import journal_updates, settle_suggestions
from harvester.services.review.queries import paper_detail
from harvester.services.workspace import Workspace
from harvester.sources import journals
from harvester.sources.arxiv import api, snapshot
from harvester.sources.http import Transport
from harvester.sources.registry import chosen
from harvester.sources.source import Source
from harvester.sources.window import Batch, Window
from tests.conftest import Upstream, both_databases
from tests.room import Room, feeds

ARXIV = ("arxiv", "arxiv_rss")
CIRCULATION = journals.PROVENANCE.named("circulation")
Ask = Callable[[str, str], SourceOutcome]


@pytest.fixture
def ws(tmp_path: Path, store_url: str, upstream: Upstream) -> Workspace:
    room = Room.make(
        tmp_path,
        upstream.url,
        store_url,
        **{
            "harvest": {
                "timeout": 20.0,
                "read_limit": 20.0,
                "feeds": feeds(upstream.url, "circulation", "npj-digital-medicine"),
            },
            "harvest.arxiv": {"query": "all:heart OR all:cardiac OR all:coronary OR all:rPPG"},
            "harvest.arxiv_rss": {"url": f"{upstream.url}/rss", "categories": ["cs.CV", "eess.IV", "cs.LG"]},
        },
    )
    return replace(room.ws, clock=lambda: datetime.now(UTC))


@pytest.fixture
def ask(ws: Workspace, upstream: Upstream) -> Ask:
    """Query a source on a day, for the fortnight before it."""

    def on(day: str, source: str) -> SourceOutcome:
        upstream.control(today=day)
        now = datetime.fromisoformat(f"{day}T23:30:00+00:00")
        (found,) = chosen(ws.settings.harvest, source_state(ws.store), [source])
        outcome = harvest(replace(ws, clock=lambda: now), found, now - timedelta(days=14), None)
        assert outcome.error is None
        return outcome

    return on


def accept(ws: Workspace, name: str) -> Path:
    decided = decide_all(ws, "accept", [name], "ann", "", {"modality": "xray"})[0]
    return Path(decided.entry or decided.error)


@both_databases
def test_a_journal_version_is_the_same_paper_and_a_suggestion_where_it_was_accepted(ws: Workspace, ask: Ask) -> None:
    ask("2025-04-10", "arxiv")
    by_doi, by_title = accept(ws, "2504.01220"), accept(ws, "2504.01597")
    known = ask("2025-06-10", "npj-digital-medicine")
    ask("2025-06-10", "circulation")
    assert known.suggested == 1

    found = {row["id"]: row["suggestion"] for row in updates_document(journal_updates(ws), ws.taxonomy)}
    assert found["arxiv:2504.01220"]["published"] == "2025-06-02"
    assert found["arxiv:2504.01597"]["link"] == "https://doi.org/10.99999/cardio.2025.0002"
    document = paper_document(paper_detail(ws, "10.99999/cardio.2025.0002"), ws.taxonomy)
    assert document["id"] == "arxiv:2504.01597"
    assert {seen["source"] for seen in document["sightings"]} == {"arxiv", "circulation"}

    taken = settle_suggestions(ws, ["2504.01220"], "ann", take=True)[0]
    assert taken.state == "taken"
    text = by_doi.read_text()
    assert 'venue = "npj-digital-medicine"' in text
    assert "published = 2025-06-02" in text
    assert 'paper = "https://doi.org/10.99999/cardio.2025.0001"' in text
    assert 'preprint = "https://arxiv.org/abs/2504.01220"' in text
    before = by_title.read_text()
    assert settle_suggestions(ws, ["2504.01597"], "ann", take=False)[0].state == "dismissed"
    assert by_title.read_text() == before
    assert journal_updates(ws) == []
    assert "no open suggestion" in settle_suggestions(ws, ["2504.01597"], "ann", take=True)[0].error
    ask("2025-06-11", "npj-digital-medicine")
    assert journal_updates(ws) == [], "what was settled is not suggested again"


def test_a_journal_that_has_not_changed_is_not_read_again(ws: Workspace, ask: Ask, upstream: Upstream) -> None:
    assert ask("2025-06-10", "circulation").received > 0
    upstream.control(clear_log=True)
    assert ask("2025-06-10", "circulation").state == "quiet"
    assert [entry["status"] for entry in upstream.log()] == [304]


def test_a_preprint_accepted_after_it_was_published_shows_the_journal(ws: Workspace, ask: Ask) -> None:
    ask("2025-04-10", "arxiv")
    ask("2025-06-10", "circulation")
    text = accept(ws, "2504.01597").read_text()
    assert 'venue = "circulation"' in text
    assert 'paper = "https://doi.org/10.99999/cardio.2025.0002"' in text
    assert journal_updates(ws) == []


def test_a_withdrawal_is_told_where_the_paper_was_accepted(ws: Workspace, ask: Ask) -> None:
    ask("2025-06-16", "arxiv_rss")
    accept(ws, "2506.08383")
    outcome = ask("2025-07-08", "arxiv_rss")
    assert accepted_among(ws, outcome.withdrawn) == ["arxiv:2506.08383"]
    document = paper_document(paper_detail(ws, "2506.08383"), ws.taxonomy)
    assert document["withdrawn"]
    assert document["state"] == "accepted", "people decide what becomes of the entry"


def test_an_article_that_proves_to_be_the_preprints_own_is_a_suggestion(ws: Workspace) -> None:
    """A preprint accepted under another title gained the DOI of its article weeks later; nobody was told."""
    now = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
    there = replace(ws, clock=lambda: now)
    preprint = Paper(("arxiv:2506.00001",), "Beats", "Text.", published=now, version=1)
    article = Paper(
        ("doi:10.1000/x",), "Heartbeats learned", venue="Circulation", links={"paper": "https://doi.org/10.1000/x"}
    )

    show(there, api.PROVENANCE, preprint)
    accept(there, "2506.00001")
    assert show(there, CIRCULATION, article).suggested == 0
    gained = replace(preprint, identifiers=(*preprint.identifiers, "doi:10.1000/x"), version=2)
    assert show(there, api.PROVENANCE, gained).suggested == 1
    assert show(there, api.PROVENANCE, gained).suggested == 0
    (update,) = updates_document(journal_updates(there), there.taxonomy)
    assert update["id"] == "arxiv:2506.00001"
    assert update["suggestion"]["venue"] == "Circulation"


def test_a_backfilled_preprint_is_not_taken_for_an_article(ws: Workspace) -> None:
    """The snapshot's name was in no table, so what it showed of the preprint was suggested as a journal's version."""
    now = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
    there = replace(ws, clock=lambda: now)
    preprint = Paper(("arxiv:2506.00001",), "Beats", "Text.", published=now, version=1)
    show(there, CIRCULATION, Paper(("doi:10.1000/x",), "Heartbeats learned", venue="Circulation"))
    accept(there, "10.1000/x")
    show(there, snapshot.PROVENANCE, preprint)
    gained = replace(preprint, identifiers=(*preprint.identifiers, "doi:10.1000/x"), version=2)
    assert show(there, api.PROVENANCE, gained).suggested == 0
    assert paper_detail(there, "10.1000/x").paper.id == "arxiv:2506.00001", "the two are one paper"
    assert journal_updates(there) == []


def show(ws: Workspace, source: Provenance, paper: Paper) -> SourceOutcome:
    """Harvest a source that shows one paper."""

    def fetch(_transport: Transport, _window: Window) -> Iterator[Batch]:
        yield Batch([Sighting(source, paper)], 1)

    return harvest(ws, Source(source, fetch), None, None)


def test_a_long_cool_down_is_shared_even_where_nothing_is_spaced_and_not_slept_through(
    ws: Workspace, upstream: Upstream
) -> None:
    """With min_interval = 0 nobody heard of it; with any other, the next source slept an hour in the run's lock."""
    fault = {"match": "/api/query", "kind": "status", "status": 429, "retry_after": 3000}
    upstream.control(today="2025-06-12", faults=[fault], clear_log=True)
    there = replace(ws, clock=lambda: datetime(2025, 6, 12, 23, 30, tzinfo=UTC))
    outcomes = [
        harvest(there, source, None, None) for source in chosen(ws.settings.harvest, source_state(ws.store), ARXIV)
    ]
    assert [outcome.state for outcome in outcomes] == ["failed", "failed"]
    assert "is not asked now" in (outcomes[1].error or "")
    assert len(upstream.log()) == 1
