"""Stores that this process harvests from the stand-in, and the data that two of them must have in common."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from classifiers.taxonomy import load_taxonomy
from harvester.config.settings import load_settings
from harvester.domain.cursors import Cursor
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.registry import enabled
from harvester.store.cursors import cursor
from harvester.store.engine import open_store, read
from harvester.store.papers import load
from harvester.store.tables import candidates, papers, sightings
from tests.room.configuration import Section, write_config
from tests.room.folder import prepare_store

VENUES = ("Rhythm and Signal", "npj Digital Medicine", "Circulation")
MONDAY, THURSDAY = "2025-06-09", "2025-06-12"


def configured(folder: Path, upstream: str, store: str, **changed: Section) -> Path:
    """A config.toml with all sources and short waits; `changed` overwrites keys of sections."""
    sections: dict[str, dict[str, Any]] = {
        "harvest": {
            "overlap_days": 3,
            "timeout": 20.0,
            "read_limit": 20.0,
            "max_wait": 0.05,
            "max_bytes": 4_000_000,
        },
        "harvest.arxiv": {"query": "abs:images OR abs:clinical OR abs:cardiac"},
        "harvest.arxiv_rss": {"url": f"{upstream}/rss", "categories": ["cs.CV", "cs.LG", "stat.ML"]},
        "harvest.europepmc": {
            "url": f"{upstream}/europepmc/webservices/rest",
            "min_interval": 0.0,
            "query": "TITLE_ABS:(heart OR cardiac OR clinical)",
        },
        "harvest.crossref": {"url": f"{upstream}/crossref", "min_interval": 0.0, "venues": list(VENUES)},
    }
    for name, keys in changed.items():
        sections[name] |= keys
    return write_config(folder, upstream, store, sections)


@dataclass(frozen=True)
class Snapshot:
    """Everything that must not depend on how often the harvest failed: all data except row numbers and timestamps."""

    papers: Mapping[str, tuple[Any, ...]]
    sightings: frozenset[tuple[Any, ...]]
    candidates: frozenset[tuple[Any, ...]]

    @property
    def seen(self) -> set[str]:
        return {str(row[0]) for row in self.sightings}


def snapshot(store: Engine) -> Snapshot:
    with read(store) as db:
        found = load(db, db.scalars(select(papers.c.number)))
        names = {number: row.paper.id for number, row in found.items()}
        # Without the announce type, which depends on the feed that showed the paper first that day.
        seen = [(names[row.paper], row.source, row.version, row.announced) for row in db.execute(select(sightings))]
        waiting = [(names[row.paper], row.state) for row in db.execute(select(candidates))]
    stored = {row.paper.id: (row.paper, row.authority) for row in found.values()}
    assert len(stored) == len(found), "two rows of one paper"
    assert len(seen) == len(set(seen)), "a sighting that was kept twice"
    return Snapshot(stored, frozenset(seen), frozenset(waiting))


@dataclass(frozen=True)
class Field:
    """A store, and the sources that fill it."""

    ws: Workspace

    @classmethod
    def make(cls, folder: Path, upstream: str, template: "Field | None" = None, store: str = "") -> "Field":
        """A fresh store in `folder` or at the URL `store`, or a copy of another one."""
        folder.mkdir(parents=True, exist_ok=True)
        database = folder / "harvester.db"
        if template:
            template.ws.store.dispose()  # its last connection folds the write-ahead log into the file
            shutil.copy(str(template.ws.store.url.database), database)
        settings = load_settings(configured(folder, upstream, store or f"sqlite:///{database}"))
        prepare_store(settings.store_url)
        return cls(Workspace(settings, open_store(settings.store_url), _taxonomy(), lambda: datetime.now(UTC)))

    def night(
        self,
        source: str,
        day: str = THURSDAY,
        at: str = "23:30",
        since: datetime | None = None,
        until: datetime | None = None,
        watch: Watch = unwatched,
        **changed: Any,
    ) -> SourceOutcome:
        """Query a source as a run on that day would."""
        now = datetime.fromisoformat(f"{day}T{at}:00").replace(tzinfo=UTC)
        wanted = self.ws.settings.harvest.model_copy(update=changed)
        settings = self.ws.settings.model_copy(update={"harvest": wanted})
        ws = replace(self.ws, settings=settings, clock=lambda: now)
        (chosen,) = [candidate for candidate in enabled(wanted, source_state(ws.store)) if candidate.name == source]
        return harvest(ws, chosen, since, until, watch)

    def snapshot(self) -> Snapshot:
        return snapshot(self.ws.store)

    def cursor(self, source: str) -> Cursor:
        with read(self.ws.store) as db:
            return cursor(db, source)


@cache
def _taxonomy() -> Any:
    return load_taxonomy(None)
