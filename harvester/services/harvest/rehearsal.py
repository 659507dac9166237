"""What a night would ask and bring: the same requests and the same judgment, on a copy of the store that is dropped."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from harvester.domain.run_report import SourceReport
from harvester.services.harvest.collect import harvest, plan, reconsider, source_state
from harvester.services.harvest.keeping import attach_late
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.registry import chosen
from harvester.store import schema
from harvester.store.backup import sqlite
from harvester.store.backup.copy import move_rows
from harvester.store.engine import connect


def rehearse(
    ws: Workspace, since: datetime | None, until: datetime | None, names: Sequence[str], watch: Watch = unwatched
) -> list[SourceReport]:
    """The report of each source as `run` would make it; the store is only read.

    Raises:
        UsageError: a source is unknown, or a window is empty.
        StoreError: the store cannot be copied.
    """
    for source in chosen(ws.settings.harvest, source_state(ws.store), names):
        plan(ws, source, since, until)
    with _copy_of(ws.store) as store:
        there = replace(ws, store=store)
        asked = chosen(ws.settings.harvest, source_state(store), names)
        outcomes = [harvest(there, source, since, until, watch) for source in asked]
        reconsider(there, asked, outcomes)
        attach_late(there, outcomes)
        return [outcome.report() for outcome in outcomes]


@contextmanager
def _copy_of(store: Engine) -> Iterator[Engine]:
    """An SQLite store with the same rows, in a temporary folder."""
    with TemporaryDirectory(prefix="harvester-") as folder:
        file = Path(folder) / "copy.db"
        if store.dialect.name == "sqlite":
            sqlite.copy_out(Path(str(store.url.database)), file)
        copy = connect(f"sqlite:///{file}")
        try:
            if store.dialect.name != "sqlite":
                schema.upgrade(copy)
                move_rows(store, copy)
            yield copy
        finally:
            copy.dispose()
