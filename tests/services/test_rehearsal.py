"""`harvester run --dry-run`: the same night on a copy of the store."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.rehearsal import rehearse
from harvester.services.workspace import Workspace
from harvester.sources.registry import chosen
from harvester.store.engine import read
from harvester.store.tables import metadata
from tests.conftest import Upstream, both_databases
from tests.room import Room

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
SINCE = datetime(2025, 6, 11, tzinfo=UTC)


def rows(ws: Workspace) -> dict[str, list[Any]]:
    with read(ws.store) as db:
        return {table.name: list(db.execute(select(table))) for table in metadata.sorted_tables}


@pytest.fixture
def room(tmp_path: Path, upstream: Upstream, store_url: str) -> Room:
    made = Room.make(tmp_path, upstream.url, store_url, **{"harvest": {"timeout": 20.0, "read_limit": 20.0}})
    made.now = NOW
    return made


@both_databases
def test_a_dry_run_shows_what_the_night_brings_and_writes_nothing(room: Room) -> None:
    ws = room.ws
    before = rows(ws)
    found = rehearse(ws, SINCE, None, ())
    assert rows(ws) == before
    real = [harvest(ws, source, SINCE, None) for source in chosen(ws.settings.harvest, source_state(ws.store), ())]
    assert [(one.name, one.state, one.received, one.new, one.error) for one in found] == [
        (one.source, one.state, one.received, one.report().new, one.error) for one in real
    ]
    assert sum(one.new for one in found) > 10
    (again,) = rehearse(ws, SINCE, None, ["arxiv"])
    assert (again.name, again.new, again.error) == ("arxiv", 0, None)


def test_the_command_says_that_nothing_was_kept(tmp_path: Path, upstream: Upstream) -> None:
    room = Room.make(tmp_path, upstream.url)
    shown = room.run("run", "--dry-run", "--source", "arxiv", "--since", "2025-06-12", now="2025-06-12T23:30:00Z")
    assert "arxiv was asked for 2025-06-12T00:00:00Z to 2025-06-12T23:30:00Z." in shown
    assert "Nothing was kept" in shown
    assert room.json("runs") == []
