"""Journal versions of accepted preprints: what a source shows of them becomes a suggestion for the entry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from harvester.domain.merging import Absorbed, Merged
from harvester.domain.papers import Sighting
from harvester.sources.registry import provenance_of
from harvester.store.journal_updates import suggest


def suggest_versions(db: Connection, shown: Sequence[Sighting], merged: Sequence[Merged], now: datetime) -> int:
    """Suggest the journal versions among merged sightings, and those that the merges brought; returns how many."""
    articles = [pair for pair in zip(shown, merged, strict=True) if pair[0].source.kind == "journal"]
    absorbed = [
        (article, replace(result, first=True))
        for result in merged
        for lost in result.absorbed
        if (article := _article(lost))
    ]
    return sum(suggest(db, sighting, result, now) for sighting, result in (*articles, *absorbed))


def _article(lost: Absorbed) -> Sighting | None:
    """What a journal had shown of a paper that turned out to be another paper's article."""
    shown = (provenance_of(name) for name in lost.sources)
    journal = next((source for source in shown if source.kind == "journal"), None)
    return Sighting(journal, lost.paper) if journal else None
