"""A notice that reaches no paper is named in the report: the title, the address and the reason. All are invented."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance
from harvester.services.harvest.collect import harvest
from harvester.services.harvest.keeping import attach_late
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.workspace import Workspace
from harvester.sources import huggingface, journals
from harvester.sources.arxiv import api as arxiv
from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.crossref import api as crossref
from harvester.sources.europepmc import api as europepmc
from harvester.sources.http import Transport
from harvester.sources.source import Source
from harvester.sources.window import Batch, Window
from harvester.store.engine import read
from harvester.store.papers import find
from tests.room import Room

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
FEED = journals.PROVENANCE.named("heart")
TITLE = "Convolutional networks that read heart sounds of children"
MED = {"source": "MED", "id": "99000001", "pmid": "99000001", "firstIndexDate": "2025-06-01"}
WORK = {"DOI": "10.9999/n.1", "type": "journal-article", "author": [{"given": "Jane", "family": "Doe"}]}
ABOUT = {"type": "Erratum for", "source": "MED", "id": "99000002"}


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Room.make(tmp_path).ws


def show(ws: Workspace, source: Provenance, *batches: Batch) -> SourceOutcome:
    def fetch(_transport: Transport, _window: Window) -> Iterator[Batch]:
        yield from batches

    outcome = harvest(ws, Source(source, fetch), None, None)
    assert outcome.error is None
    return outcome


def item(title: str, number: int = 1) -> Batch:
    shown = Paper((f"doi:10.9999/h.{number}",), title, "", (Author("Jane Doe"),))
    return Batch([Sighting(FEED, Paper(**{**_fields(shown), "links": {"paper": f"https://h.example/{number}"}}))], 1)


def _fields(paper: Paper) -> dict[str, Any]:
    return {name: getattr(paper, name) for name in ("identifiers", "title", "abstract", "authors")}


def notes(outcome: SourceOutcome) -> str:
    return " ".join(outcome.report().notes)


@pytest.mark.parametrize(
    "title",
    [
        f"Correction: {TITLE}", f"Author Correction: {TITLE}", f"Erratum to: {TITLE}", f"Retraction Note: {TITLE}",
        f"Corrigendum to “{TITLE}” [Heart Ex. 1 (2025) 1–9]", f"Expression of Concern: {TITLE}",
    ],
)  # fmt: skip
def test_a_feeds_notice_about_an_unknown_article_is_named(ws: Workspace, title: str) -> None:
    outcome = show(ws, FEED, item(title))
    assert notes(outcome) == (
        f"1 item is a notice about papers that are not here, and left out: “{title}” (https://h.example/1; the store "
        "has no such paper)."
    )
    assert outcome.changes == {}


@pytest.mark.parametrize(
    ("source", "batch", "named", "address"),
    [
        (
            europepmc.PROVENANCE,
            europepmc.reread(json.dumps({**MED, "title": f"Correction: {TITLE}."}), NOW),
            f"Correction: {TITLE}",
            "https://europepmc.org/article/MED/99000001",
        ),
        (
            europepmc.PROVENANCE,
            europepmc.reread(
                json.dumps(
                    {
                        **MED,
                        "title": "Erratum.",
                        "pubTypeList": {"pubType": ["Published Erratum"]},
                        "commentCorrectionList": {"commentCorrection": [ABOUT]},
                    }
                ),
                NOW,
            ),
            "Erratum",
            "https://europepmc.org/article/MED/99000001",
        ),
        (
            crossref.PROVENANCE,
            crossref.reread(json.dumps({**WORK, "title": [f"Correction to: {TITLE}"]}), NOW),
            f"Correction to: {TITLE}",
            "https://doi.org/10.9999/n.1",
        ),
        (
            crossref.PROVENANCE,
            crossref.reread(
                json.dumps(
                    {
                        **WORK,
                        "title": ["Retraction Note: <i>Hearts</i>"],
                        "update-to": [{"DOI": "10.9999/gone", "type": "retraction"}],
                    }
                ),
                NOW,
            ),
            "Retraction Note: Hearts",
            "https://doi.org/10.9999/n.1",
        ),
    ],
)
def test_every_journals_service_names_them(
    ws: Workspace, source: Provenance, batch: Batch, named: str, address: str
) -> None:
    outcome = show(ws, source, batch)
    assert f"“{named}” ({address}; the store has no such paper)" in notes(outcome)
    assert outcome.changes == {}


@pytest.mark.parametrize("source", [arxiv.PROVENANCE, arxiv_rss.PROVENANCE, huggingface.PROVENANCE])
def test_where_there_are_no_notices_such_a_title_is_a_papers(ws: Workspace, source: Provenance) -> None:
    shown = Paper(("arxiv:2506.00001",), "Correction: a game of masks", "Of hearts.", version=1)
    outcome = show(ws, source, Batch([Sighting(source, shown)], 1))
    assert len(outcome.changes) == 1
    assert outcome.report().notes == ()


def test_two_papers_of_one_title_are_told(ws: Workspace) -> None:
    two = item("Reply", 1), item("Reply", 2)
    outcome = show(ws, FEED, *two, item("Correction: Reply", 3))
    assert "(https://h.example/3; several papers bear that title)" in notes(outcome)


def test_a_notice_that_comes_before_its_paper_reaches_it_the_same_night(ws: Workspace) -> None:
    """The journal's feed is read first, and shows the retraction; Europe PMC still brings the article."""
    feed = show(ws, FEED, item(f"Retraction Note: {TITLE}"), item("Correction: Nobody knows", 2))
    other = show(ws, europepmc.PROVENANCE, europepmc.reread(json.dumps({**MED, "title": f"{TITLE}."}), NOW))
    attach_late(ws, [feed, other])
    assert [(notice.kind, notice.link) for _, notice in feed.noticed] == [("retraction", "https://h.example/1")]
    assert "Retraction Note" not in notes(feed)
    assert "“Correction: Nobody knows”" in notes(feed)
    with read(ws.store) as db:
        stored = find(db, "pmid:99000001")
    assert stored is not None
    assert stored.paper.withdrawn


def test_the_same_notice_is_named_once(ws: Workspace) -> None:
    twice: Sequence[Batch] = [item(f"Correction: {TITLE}")] * 2
    assert notes(show(ws, FEED, *twice)).count("Correction:") == 1


@pytest.mark.parametrize(
    ("source", "batch"),
    [
        (europepmc.PROVENANCE, europepmc.reread(json.dumps({**MED, "title": "Issue information"}), NOW)),
        (crossref.PROVENANCE, crossref.reread(json.dumps({**WORK, "title": ["Issue information"]}), NOW)),
        (
            crossref.PROVENANCE,
            crossref.reread(json.dumps({**WORK, "type": "peer-review", "title": ["Issue information"]}), NOW),
        ),
        (FEED, item("Issue information")),
    ],
)
def test_what_is_no_paper_is_named(ws: Workspace, source: Provenance, batch: Batch) -> None:
    assert notes(show(ws, source, batch)) == "1 item is no paper and was left out: Issue information."
