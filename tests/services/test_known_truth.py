"""Works of which the stand-in tells what belongs together: preprints, their articles, and other servers' copies."""

import gzip
import json
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from harvester.domain.notices import sift
from harvester.domain.papers import Author, Paper, Sighting
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.crossref import api as crossref
from harvester.sources.europepmc import api as europepmc
from harvester.sources.http import Transport
from harvester.sources.names import name_of
from harvester.sources.source import HarvestSettings
from harvester.sources.window import Window
from harvester.store import schema
from harvester.store.engine import connect, open_store, read, write
from harvester.store.papers import numbers_of
from harvester.store.recording import record
from tests.conftest import Upstream

NOW = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
WINDOW = Window(datetime(2025, 1, 1, tzinfo=UTC), NOW)
ASKING = HarvestSettings(timeout=30, read_limit=60, attempts=2)
EVERYTHING = "(TITLE_ABS:(heart OR cardiac OR the OR a))"


def preprints(corpus: Path, wanted: set[str]) -> list[Sighting]:
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        papers = [paper for line in lines if (paper := json.loads(line))["id"] in wanted]
    return [Sighting(ARXIV, _preprint(paper)) for paper in papers if not paper.get("feed")]


def _preprint(paper: Mapping[str, Any]) -> Paper:
    authors = tuple(Author(name) for text in paper["authors"] if (name := name_of(text)))
    when = datetime.fromisoformat(paper["published"])
    return Paper((f"arxiv:{paper['id']}",), paper["title"], paper["abstract"], authors, when, when, version=1)


def articles(url: str) -> list[Sighting]:
    """All that Europe PMC and Crossref have, in that order."""
    search = europepmc.EuropePmcSettings(url=f"{url}/europepmc/webservices/rest", query=EVERYTHING, min_interval=0)
    with urllib.request.urlopen(f"{url}/crossref/works?rows=1000&select=ISSN") as answer:
        issns = {work["ISSN"][0] for work in json.load(answer)["message"]["items"] if work.get("ISSN")}
    venues = crossref.CrossrefSettings(url=f"{url}/crossref", venues=tuple(sorted(issns)), min_interval=0)
    batches = [
        *europepmc.fetch(search, Transport(ASKING), WINDOW),
        *crossref.fetch(venues, "me@example.org", Transport(ASKING), WINDOW),
    ]
    return [sighting for batch in batches for sighting in sift(batch.sightings).papers]


@pytest.fixture
def store(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path}/works.db"
    schema.upgrade(connect(url))
    return open_store(url)


@pytest.mark.parametrize("preprints_first", [True, False])
def test_every_version_of_a_work_becomes_one_paper_and_no_other(
    upstream: Upstream, corpus: Path, store: Engine, preprints_first: bool
) -> None:
    upstream.control(today="2026-06-01")
    with urllib.request.urlopen(f"{upstream.url}/_works") as answer:
        works = json.load(answer)
    known, shown = preprints(corpus, {work["arxiv"] for work in works}), articles(upstream.url)
    with write(store) as db:
        record(db, [*known, *shown] if preprints_first else [*shown, *known], NOW)
    names = {f"doi:{work['doi'].lower()}": f"arxiv:{work['arxiv']}" for work in works if work["doi"] and work["arxiv"]}
    with read(store) as db:
        numbers = numbers_of(db, [*names, *names.values()])
    pairs = [(numbers[doi], numbers[own]) for doi, own in names.items() if doi in numbers and own in numbers]
    held = defaultdict(set)
    for own in names.values():
        if own in numbers:
            held[numbers[own]].add(own)

    assert len(pairs) >= 40, "the stand-in shows too little to tell"
    assert sum(one == other for one, other in pairs) / len(pairs) >= 0.97, "recall"
    assert [found for found in held.values() if len(found) > 1] == [], "precision"
