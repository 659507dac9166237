"""One paper by its name, from the first service that knows it; one that fails does not keep the next from being asked.

An arXiv id is looked up at arXiv; a DOI or a PubMed id at Crossref, Europe PMC, and in the journals' feeds, as far as
these are enabled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harvester.base.clock import utc_date
from harvester.base.errors import FetchError
from harvester.domain.notices import Notice, sift
from harvester.domain.papers import Paper, Sighting
from harvester.services.arxiv_client import arxiv_settings, arxiv_transport
from harvester.services.crossref_client import find_doi
from harvester.services.gated import gated_transport
from harvester.services.workspace import Workspace
from harvester.sources import journals
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv import ids as arxiv_ids
from harvester.sources.europepmc import api as europepmc
from harvester.sources.http import Transport
from harvester.sources.records import Reading
from harvester.store.engine import write
from harvester.store.notices import attach
from harvester.store.papers import load
from harvester.store.recording import record


@dataclass(frozen=True, slots=True)
class Brought:
    """What a name stands for, recorded: a paper with its number, or a notice about others, or neither."""

    number: int | None = None
    paper: Paper | None = None
    notices: tuple[Notice, ...] = ()


def bring(ws: Workspace, name: str) -> Brought | None:
    """Look a name up and record what is found, the notices about the paper included; None if nobody knows it.

    Raises:
        FetchError: nobody knows it, and of those asked some gave no answer.
    """
    found = _look_up(ws, name)
    if found is None:
        return None
    with write(ws.store) as db:
        merged = record(db, [_named(found.sighting, name)] if found.sighting else [], ws.clock())
        attach(db, found.notices)
        numbers = [result.number for result in merged]
        stored = load(db, numbers)
    paper = stored[numbers[0]].paper if numbers else None
    return Brought(numbers[0] if numbers else None, paper, found.notices)


def _named(sighting: Sighting, name: str) -> Sighting:
    """With the name that was asked for: to a DOI that was given up, Crossref answers with its successor's record."""
    paper = sighting.paper
    return replace(sighting, paper=replace(paper, identifiers=tuple(dict.fromkeys((*paper.identifiers, name)))))


def _look_up(ws: Workspace, name: str) -> Reading | None:
    failed: list[FetchError] = []
    ways = (_from_arxiv,) if name.startswith("arxiv:") else (find_doi, _from_europepmc, _from_feeds)
    for way in ways:
        try:
            found = way(ws, name)
        except FetchError as error:
            failed.append(error)
            continue
        if found:
            return found
    if failed:
        told = " ".join(dict.fromkeys(map(str, failed)))
        raise FetchError(f"{name} was not found, and not every service gave an answer: {told}")
    return None


def _from_arxiv(ws: Workspace, name: str) -> Reading | None:
    found, _ = arxiv_ids.hydrate(arxiv_settings(ws), arxiv_transport(ws), [name.removeprefix("arxiv:")])
    return Reading(Sighting(arxiv_api.PROVENANCE, found[0])) if found else None


def _from_europepmc(ws: Workspace, name: str) -> Reading | None:
    for settings in europepmc.KIND.enabled(ws.settings.harvest):
        transport = gated_transport(ws, europepmc.PROVENANCE.name, settings.min_interval)
        if found := europepmc.look_up(settings, transport, name, utc_date(ws.clock())):
            return Reading(found.sighting, found.notices)
    return None


def _from_feeds(ws: Workspace, name: str) -> Reading | None:
    """The paper as one of the journals' feeds shows it; each feed holds the latest few dozen."""
    failed: list[FetchError] = []
    for feed in journals.KIND.enabled(ws.settings.harvest):
        try:
            found = next(_among(ws, feed, name), None)
        except FetchError as error:
            failed.append(error)
            continue
        if found:
            return found
    if failed:
        raise failed[0]
    return None


def _among(ws: Workspace, feed: journals.FeedSettings, name: str) -> Iterator[Reading]:
    transport = Transport(ws.settings.harvest, allow_private=feed.allow_private)
    for sighting in journals.read(feed, transport, {}).batch.sightings:
        if name in sighting.paper.identifiers:
            sifted = sift([sighting])
            yield Reading(next(iter(sifted.papers), None), sifted.notices)
