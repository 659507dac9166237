"""What Crossref knows about single papers: a few groups of DOIs each night.

Papers of the catalog are asked for because of notices: a retraction may come years later, outside every window. The
same answers name the article of an accepted preprint, wherever it appeared; for one that arXiv alone has, an article is
searched for. Papers that a feed showed without abstract or authors are completed.

What was asked for rests for a month, and what has rested longest is asked for first.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from harvester import __version__
from harvester.base.clock import utc_date
from harvester.base.errors import CatalogError, FetchError
from harvester.catalog.folder import load_entry
from harvester.domain.identity import link_identifier, names_of_kind, preprint_server
from harvester.domain.notices import Notice
from harvester.domain.papers import Paper
from harvester.domain.same_work import is_preprint
from harvester.services.crossref_client import crossref_settings, crossref_transport
from harvester.services.harvest.journal_versions import suggest_versions
from harvester.services.workspace import Workspace
from harvester.sources.crossref import api
from harvester.sources.crossref.lookup import Found, look_up_many, published_version
from harvester.sources.errors import BadQuery
from harvester.sources.http import Transport
from harvester.store.cursors import cursor, set_cursor
from harvester.store.engine import read, write
from harvester.store.incomplete import accepted_dois, without_text
from harvester.store.notices import attach
from harvester.store.odd_records import keep_odd
from harvester.store.papers import load
from harvester.store.queue import in_state
from harvester.store.recording import record

log = logging.getLogger(__name__)
MOST = 200  # DOIs a night
SEARCHES = 10  # preprints a night whose article is searched for, one request each
AGAIN = timedelta(days=30)  # a DOI may be in a feed before it is registered
FORGOTTEN = timedelta(days=365)  # after which it does not matter any more when a name was asked for
ASKED = f"{api.PROVENANCE.name}/asked"
"""The cursor that remembers, in place of validators, when which name was asked for."""


@dataclass(slots=True)
class Completion:
    """How many DOIs were asked for, and how many records came.

    `suggested` counts journal versions; `noticed` are the notices that are new, with their papers' numbers; `error` is
    why it ended early.
    """

    asked: int = 0
    found: int = 0
    suggested: int = 0
    noticed: list[tuple[int, Notice]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    requests: int = 0
    error: str = ""


def complete_papers(ws: Workspace) -> Completion:
    """Ask Crossref for what is missing, and merge it; without [harvest.crossref], nothing is asked.

    If Crossref gives no answer, the result has the reason, and what came before.

    Raises:
        StoreError: the store fails.
    """
    settings = crossref_settings(ws)
    if settings is None:
        return Completion()
    asking = _Asking(ws, settings, crossref_transport(ws, settings), utc_date(ws.clock()))
    try:
        asking.complete()
    except FetchError as error:
        asking.done.error = str(error)
    done = asking.done
    done.requests = asking.transport.requests
    if done.asked:
        log.info("Crossref knew %s of %s papers that were asked for", done.found, done.asked)
    return done


class _Asking:
    """One night's questions, and what came of them."""

    def __init__(self, ws: Workspace, settings: api.CrossrefSettings, transport: Transport, today: date) -> None:
        self.ws, self.settings, self.transport, self.today = ws, settings, transport, today
        self.contact, self.done = ws.settings.harvest.contact, Completion()
        self.preprints = _unpublished(ws)
        with read(ws.store) as db:
            self.asked = cursor(db, ASKED).validators

    def complete(self) -> None:
        """The questions, in order of their worth.

        Raises:
            FetchError: Crossref gives no answer.
        """
        resting = _recent(self.asked, self.today)
        with read(self.ws.store) as db:
            accepted = _rested(accepted_dois(db, resting), self.asked)
            bare = without_text(db, api.PROVENANCE.name, MOST, resting)
        articles = self._ask(list(dict.fromkeys((*accepted, *bare)))[:MOST])
        self._ask([name for name in articles if name not in _recent(self.asked, self.today)])
        self._search(resting)

    def _ask(self, names: Sequence[str]) -> list[str]:
        """Look DOIs up; returns those of articles whose preprints are in the catalog, as the preprints name them."""
        dois, articles = [name.removeprefix("doi:") for name in names], dict[str, None]()
        for group, found in look_up_many(self.settings, self.contact, self.transport, dois, self.today):
            self.done.asked += len(group)
            self._keep(found, [f"doi:{doi}" for doi in group])
            articles |= dict.fromkeys(_named_articles(found))
        return list(articles)

    def _search(self, resting: Collection[str]) -> None:
        """Search for the articles of preprints that have no DOI by which Crossref could know them."""
        bare = [paper for paper in self.preprints.values() if not names_of_kind(paper.identifiers, "doi")]
        waiting = {paper.id: paper for paper in bare if paper.id not in resting}
        for name in _rested(sorted(waiting), self.asked)[:SEARCHES]:
            try:
                article = published_version(self.settings, self.contact, self.transport, waiting[name], self.today)
                found = Found({name: article} if article else {})
            except BadQuery as error:  # it must rest like the others, or it would be the first again every night
                found = Found({}, (f"The article of {name} cannot be searched for: {error}",))
            self._keep(found, [name])

    def _keep(self, found: Found, names: Sequence[str]) -> None:
        now = self.ws.clock()
        with write(self.ws.store) as db:
            for reading in filter(None, (reading.sighting for reading in found.readings.values())):
                merged = record(db, [reading], now, add=False)
                waiting = [replace(one, first=True) for one in merged if one.number in self.preprints]
                self.done.suggested += suggest_versions(db, [reading] * len(waiting), waiting, now)
            attached = attach(db, (notice for reading in found.readings.values() for notice in reading.notices))
            keep_odd(db, api.PROVENANCE.name, found.odd, __version__, now)
            before = cursor(db, ASKED)
            self.asked = {**_remembered(before.validators, self.today), **dict.fromkeys(names, self.today.isoformat())}
            set_cursor(db, ASKED, replace(before, validators=self.asked))
        self.done.found += len(found.readings)
        self.done.noticed += attached.new
        self.done.notes += found.notes


def _unpublished(ws: Workspace) -> dict[int, Paper]:
    """The preprints of the catalog, by number, whose entries do not show an article yet."""
    with read(ws.store) as db:
        files = {candidate.paper: candidate.entry for candidate in in_state(db, "accepted") if candidate.entry}
        papers = {number: stored.paper for number, stored in load(db, files).items()}
    return {
        number: paper
        for number, paper in papers.items()
        if is_preprint(paper) and not paper.withdrawn and _shows_preprint(ws, files[number] or "")
    }


def _shows_preprint(ws: Workspace, file: str) -> bool:
    try:
        entry = load_entry(ws.catalog, Path(file), ws.taxonomy)
    except CatalogError:  # the run's report names it already
        return False
    return _is_preprints(link_identifier(entry.links.get("paper", "")) or entry.id)


def _named_articles(found: Found) -> Iterable[str]:
    """The DOIs of articles in the records of preprints."""
    for reading in found.readings.values():
        if reading.sighting and reading.sighting.source.kind == "preprint":
            names = names_of_kind(reading.sighting.paper.identifiers, "doi")
            yield from sorted(name for name in names if not _is_preprints(name))


def _is_preprints(name: str) -> bool:
    return name.startswith("arxiv:") or bool(preprint_server(name))


def _rested(names: Sequence[str], asked: Mapping[str, str]) -> list[str]:
    """The names that were never asked for, then the others, the longest ago first."""
    return sorted(names, key=lambda name: asked.get(name, ""))


def _recent(asked: Mapping[str, str], today: date) -> dict[str, str]:
    """The names that were asked for so lately that they rest."""
    return {name: day for name, day in asked.items() if date.fromisoformat(day) + AGAIN > today}


def _remembered(asked: Mapping[str, str], today: date) -> dict[str, str]:
    return {name: day for name, day in asked.items() if date.fromisoformat(day) + FORGOTTEN > today}
