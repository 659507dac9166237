"""Records that cannot be read are kept as they came, and read by the next version of the program."""

import json
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from harvester import __version__
from harvester.domain.cursors import Cursor
from harvester.domain.papers import OddRecord, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.services.harvest.collect import harvest, source_state
from harvester.services.harvest.completion import complete_papers
from harvester.services.workspace import Workspace
from harvester.sources import huggingface, journals
from harvester.sources.arxiv import entries
from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.crossref import api as crossref
from harvester.sources.crossref import lookup
from harvester.sources.errors import Malformed
from harvester.sources.europepmc import api as europepmc
from harvester.sources.journal_item import Item
from harvester.sources.registry import chosen
from harvester.store.cursors import set_cursor
from harvester.store.engine import read, write
from harvester.store.odd_records import keep_odd, untried
from harvester.store.papers import find
from harvester.store.recording import record
from harvester.store.tables import odd_records
from tests.conftest import Upstream, both_databases
from tests.room import Room

GOOD = {"paper": {"id": "2506.00099", "title": "Readable now", "summary": "Of hearts.", "publishedAt": None}}
Service = Callable[[str], dict[str, object]]
SOURCES: dict[str, tuple[Any, str, Service]] = {
    "arxiv": (entries, "as_paper", lambda _: {}),
    "arxiv_rss": (arxiv_rss, "_announcement", lambda url: {"url": f"{url}/rss", "categories": ["cs.CV", "cs.AI"]}),
    "europepmc": (
        europepmc,
        "read_record",
        lambda url: {"url": f"{url}/europepmc/webservices/rest", "min_interval": 0.0},
    ),
    "crossref": (
        crossref,
        "read_record",
        lambda url: {"url": f"{url}/crossref", "min_interval": 0.0, "venues": ["Circulation"]},
    ),
    "huggingface": (huggingface, "as_sighting", lambda _: {}),
    "npj-digital-medicine": (journals, "as_paper", lambda _: {}),
}
"""What reads a record of each source, and the source's section of config.toml where the usual one lacks it."""


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
def test_what_a_source_cannot_read_is_kept_once_and_read_by_the_next_version(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every third record is made unreadable, as by a change of the service's format; by the text that it has."""
    module, reader, section = SOURCES[name]
    sections = {f"harvest.{name}": section(upstream.url)} if section(upstream.url) else {}
    room = Room.make(tmp_path, upstream.url, **sections)
    ws, real = room.ws, getattr(module, reader)

    def strict(first: Any, *more: Any) -> Any:
        if zlib.crc32(_text(first).encode()) % 3 == 0:
            if name == "arxiv_rss":
                return None
            raise Malformed("its format is new") if name == "arxiv" else ValueError("its format is new")
        return real(first, *more)

    with monkeypatch.context() as old:
        old.setattr(module, reader, strict)
        first = run(ws, name)
        assert any("its format is new" in note or "it was left out" in note for note in first)
    kept = odd(ws)
    assert kept
    assert {row.source for row in kept} == {name}
    with monkeypatch.context() as old:
        old.setattr(module, reader, strict)
        if module is journals:
            with write(ws.store) as db:
                set_cursor(db, name, Cursor())  # a feed that has not changed is not read again
        run(ws, name)
    assert [row.raw for row in odd(ws)] == [row.raw for row in kept], "however often it comes"
    with write(ws.store) as db:
        db.execute(update(odd_records).values(version="0.0.1"))
    assert "A record that an earlier version could not read has been read." in run(ws, name)
    assert odd(ws) == []


def _text(record: Any) -> str:
    """What identifies a record: its title, whatever form it has."""
    return str(
        getattr(record, "title", None)
        or (record.entry.get("title") if isinstance(record, Item) else None)
        or record.get("title")
        or record.get("paper")
    )


def test_one_that_makes_a_reader_fail_does_not_cost_the_source_its_night(tmp_path: Path, upstream: Upstream) -> None:
    """Kept by another version, in a form that this one does not expect."""
    room = Room.make(tmp_path, upstream.url)
    for name in ("arxiv", "huggingface", "npj-digital-medicine"):
        with write(room.ws.store) as db:
            keep_odd(db, name, [OddRecord("\x00 neither XML nor JSON", "?")], "0.0.1", room.now)
        run(room.ws, name)
        with read(room.ws.store) as db:
            assert untried(db, name, __version__) == []
    assert len(odd(room.ws)) == 3


@both_databases
def test_a_lookups_odd_record_is_kept_too(tmp_path: Path, upstream: Upstream, store_url: str) -> None:
    section = SOURCES["crossref"][2](upstream.url)
    room = Room.make(tmp_path, upstream.url, store_url, **{"harvest.crossref": section})
    with urllib.request.urlopen(f"{upstream.url}/crossref/works?rows=1", timeout=10) as answer:
        (work,) = json.load(answer)["message"]["items"]
    feed = Provenance("heart", Rank.JOURNAL, "journal")
    with write(room.ws.store) as db:
        record(db, [Sighting(feed, Paper((f"doi:{work['DOI']}",), "As the feed has it"))], room.now)
    with pytest.MonkeyPatch.context() as old:
        old.setattr(lookup, "read_record", _fail)
        done = complete_papers(room.ws)
    assert done.notes == [f"Crossref's record of doi:{work['DOI']} cannot be read and was left out: its format is new."]
    (kept,) = odd(room.ws)
    assert (kept.source, json.loads(kept.raw)["DOI"]) == ("crossref", work["DOI"])
    room.ws.store.dispose()


def _fail(*_: object) -> None:
    raise ValueError("its format is new")


def odd(ws: Workspace) -> list[Any]:
    with read(ws.store) as db:
        return list(db.execute(select(odd_records).order_by(odd_records.c.id)).all())
