"""The declarations of every source."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.base.errors import HarvesterError
from harvester.config.settings import load_settings
from harvester.config.shipped import DEFAULTS
from harvester.domain.papers import Paper, Sighting
from harvester.domain.provenance import CATALOG, Provenance, Rank
from harvester.sources import registry
from harvester.sources.source import SourceKind
from harvester.store import schema
from harvester.store.engine import connect, open_store, read, write
from harvester.store.papers import find
from harvester.store.recording import record
from tests.conftest import ROOT

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
RANKS = {
    "catalog": Rank.IMPORTED,
    "huggingface": Rank.AGGREGATED,
    "npj-digital-medicine": Rank.JOURNAL,
    "europepmc": Rank.JOURNAL,
    "crossref": Rank.JOURNAL,
    "arxiv_rss": Rank.ANNOUNCED,
    "arxiv_oai": Rank.ANNOUNCED,
    "arxiv_snapshot": Rank.ARXIV,
    "arxiv": Rank.ARXIV,
}
"""Every source of the shipped configuration, and the catalog's files. Stores hold these numbers."""


def test_every_module_that_declares_a_source_is_registered() -> None:
    folder = ROOT / "harvester" / "sources"
    declaring = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if re.search(r"^KIND\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert declaring == set(registry.MODULES)
    assert all(isinstance(kind, SourceKind) for kind in registry.KINDS)


def test_every_source_has_a_rank_of_its_own_declaration() -> None:
    shipped = load_settings(DEFAULTS).harvest
    named = [*registry.names(shipped), CATALOG.name]
    assert len(named) == len(set(named))
    assert {name: registry.provenance_of(name).rank for name in named} == RANKS
    assert [rank.value for rank in sorted(set(RANKS.values()))] == [0, 1, 2, 3, 4], "as stores of the first release"


def test_sources_probes_and_sections_bear_the_declared_names() -> None:
    shipped = load_settings(DEFAULTS).harvest
    for kind in registry.KINDS:
        sections = kind.sections(shipped)
        assert bool(sections) == (kind.settings is not None), "every section is documented in config.toml"
        if kind.probe:
            assert tuple(kind.probe(section).name for section in sections) == kind.names(shipped)


def test_an_unknown_name_is_an_error_and_no_journal() -> None:
    with pytest.raises(HarvesterError, match=r"'heart_archive'.*registry\.py"):
        registry.provenance_of("heart_archive")


def test_a_feed_that_was_taken_out_of_the_configuration_stays_a_journal() -> None:
    assert registry.provenance_of("circulation") == Provenance("circulation", Rank.JOURNAL, "journal")


@pytest.mark.parametrize("name", RANKS)
def test_the_store_keeps_the_rank_that_the_sighting_carries(tmp_path: Path, name: str) -> None:
    url = f"sqlite:///{tmp_path}/harvester.db"
    schema.upgrade(connect(url))
    with write(store := open_store(url)) as db:
        record(db, [Sighting(registry.provenance_of(name), Paper(("arxiv:2506.00001",), "Hearts"))], NOW)
    with read(store) as db:
        found = find(db, "arxiv:2506.00001")
    store.dispose()
    assert found is not None
    assert found.authority == RANKS[name]
