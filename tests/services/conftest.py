from typing import Any

import pytest

from tests.room import Room
from tests.room.snapshot import records, write
from tests.services.backfilling import run


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Room, dict[str, Any]]:
    """A backfill that is not killed; others reuse its embeddings, so that torch is loaded only once."""
    room = Room.make(tmp_path_factory.mktemp("undisturbed"), "http://127.0.0.1:1")
    return room, run(room, "backfill", str(write(room.folder / "snapshot.jsonl", records())))
