"""Records that cannot be read are kept as they came, and read by the next version of the program."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from harvester.services.harvest.collect import harvest, source_state
from harvester.services.workspace import Workspace
from harvester.sources.crossref import api as crossref
from harvester.sources.europepmc import api as europepmc
from harvester.sources.registry import chosen
from harvester.store.engine import read, write
from harvester.store.papers import find
from harvester.store.tables import odd_records
from tests.conftest import Upstream, both_databases
from tests.room import Room

GOOD = {"paper": {"id": "2506.00099", "title": "Readable now", "summary": "Of hearts.", "publishedAt": None}}
SOURCES: dict[str, Callable[[str], dict[str, object]]] = {
    "europepmc": lambda url: {"url": f"{url}/europepmc/webservices/rest", "min_interval": 0.0},
    "crossref": lambda url: {"url": f"{url}/crossref", "min_interval": 0.0, "venues": ["Circulation"]},
}


def run(ws: Workspace, name: str) -> list[str]:
    (source,) = chosen(ws.settings.harvest, source_state(ws.store), [name])
    outcome = harvest(ws, source, None, None)
    assert outcome.error is None
    return outcome.notes


@both_databases
def test_an_odd_item_is_kept_and_read_by_the_next_version(tmp_path: Path, upstream: Upstream, store_url: str) -> None:
    room = Room.make(tmp_path, upstream.url, store_url)
    ws = room.ws
    with write(ws.store) as db:
        row = {"source": "huggingface", "raw": json.dumps(GOOD), "why": "?", "version": "0.0.1", "at": room.now}
        for number, raw in enumerate((row["raw"], '{"paper": {"id": 1}}')):
            db.execute(odd_records.insert().values({**row, "raw": raw, "digest": str(number)}))
    assert "A record that an earlier version could not read has been read." in run(ws, "huggingface")
    with read(ws.store) as db:
        assert find(db, "arxiv:2506.00099").paper.title == "Readable now"  # type: ignore[union-attr]
        (left,) = db.execute(select(odd_records)).all()
    assert left.raw == '{"paper": {"id": 1}}'
    assert left.version != "0.0.1", "tried once by each version"


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_source_cannot_read_is_kept_once(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every second record is made unreadable, as by a change of the service's format."""
    room = Room.make(tmp_path, upstream.url, **{f"harvest.{name}": SOURCES[name](upstream.url)})
    ws, seen = room.ws, list[object]()
    api = {"europepmc": europepmc, "crossref": crossref}[name]
    real = api.read_record

    def strict(*arguments: object) -> object:
        seen.append(arguments[0])
        if len(seen) % 2:
            raise ValueError("its format is new")
        return real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as old:
        old.setattr(api, "read_record", strict)
        assert any("its format is new" in note for note in run(ws, name))
    with read(ws.store) as db:
        kept = db.execute(select(odd_records)).all()
    assert kept
    assert {row.source for row in kept} == {name}
    with write(ws.store) as db:
        db.execute(update(odd_records).values(version="0.0.1"))
    assert "A record that an earlier version could not read has been read." in run(ws, name)
    with read(ws.store) as db:
        assert len(db.execute(select(odd_records)).all()) < len(kept)
