"""Working folders with a catalogue, and what the tests of its services put into them."""

from datetime import UTC, datetime
from pathlib import Path

from harvester.catalog.folder import load_catalog
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.workspace import Workspace
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.recording import record
from tests.room import Room
from tests.room.configuration import Section

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
KNOWN = Paper(
    ("arxiv:2401.00001",), "Known hearts", "An abstract.", (Author("Ann Bee"), Author("Cy Dee")),
    published=datetime(2024, 1, 2, tzinfo=UTC), links={"paper": "https://arxiv.org/abs/2401.00001"},
)  # fmt: skip


def open_room(folder: Path, store_url: str, upstream: str = "http://127.0.0.1:9", **sections: Section) -> Workspace:
    room = Room.make(folder, upstream, store_url, **sections)
    room.now = NOW
    return room.ws


def ids(ws: Workspace) -> list[str]:
    return [entry.id for entry in load_catalog(ws.catalog, ws.taxonomy).entries]


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def know(ws: Workspace, paper: Paper) -> None:
    with write(ws.store) as db:
        record(db, [Sighting(ARXIV, paper)], NOW)


def entry_file(ws: Workspace, name: str, links: str) -> None:
    path = ws.catalog / "entries" / "2024" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'id = "title:{name}"\ntitle = "{name}"\nkind = "review"\n[links]\n{links}\n')
