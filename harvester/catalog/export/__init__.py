"""Exports the catalog for other programs. Pure functions from entries to text.

Every format contains all fields of an entry, newest paper first; text is cleaned (one line, no control characters).
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from harvester.catalog.entry import Entry
from harvester.catalog.export.atom import to_atom
from harvester.catalog.export.biblatex import to_biblatex
from harvester.catalog.export.bibtex import to_bibtex
from harvester.catalog.export.cff import to_cff
from harvester.catalog.export.csl import to_csl_json
from harvester.catalog.export.records import Context, plain
from harvester.catalog.export.ris import to_ris
from harvester.catalog.export.tables import to_csv, to_json, to_json_schema
from harvester.catalog.sections import newest_first

Writer = Callable[[list[Entry], Context], str]

WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "json": to_json,
        "csv": to_csv,
        "bibtex": to_bibtex,
        "biblatex": to_biblatex,
        "ris": to_ris,
        "csl-json": to_csl_json,
        "cff": to_cff,
        "atom": to_atom,
        "json-schema": to_json_schema,
    }
)
"""The writer of each format, by the name that ``catalog export --format`` takes."""

EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "json": "json",
        "csv": "csv",
        "bibtex": "bib",
        "biblatex": "biblatex.bib",
        "ris": "ris",
        "csl-json": "csl.json",
        "cff": "cff",
        "atom": "atom",
        "json-schema": "schema.json",
    }
)


def export(entries: Iterable[Entry], context: Context, name: str) -> str:
    """All entries in the format `name`, a key of `WRITERS`; the same entries always give the same text."""
    return WRITERS[name](shown(entries), context)


def shown(entries: Iterable[Entry]) -> list[Entry]:
    """The entries as every export has them: clean, newest first."""
    return newest_first(map(plain, entries))
