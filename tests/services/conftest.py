from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvester.services.workspace import Workspace
from harvester.store.engine import connect
from harvester.store.schema import upgrade
from tests.room import Room
from tests.room.snapshot import records, write
from tests.services.backfilling import run
from tests.services.catalogues import open_room


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Room, dict[str, Any]]:
    """A backfill that is not killed; others reuse its embeddings, so that torch is loaded only once."""
    room = Room.make(tmp_path_factory.mktemp("undisturbed"), "http://127.0.0.1:1")
    return room, run(room, "backfill", str(write(room.folder / "snapshot.jsonl", records())))


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    made = open_room(tmp_path, f"sqlite:///{tmp_path}/h.db")
    yield made
    made.store.dispose()


@pytest.fixture
def either(tmp_path: Path, store_url: str) -> Iterator[Workspace]:
    """The working folder on either kind of store."""
    engine = connect(store_url)
    upgrade(engine)
    engine.dispose()
    made = open_room(tmp_path, store_url)
    yield made
    made.store.dispose()
