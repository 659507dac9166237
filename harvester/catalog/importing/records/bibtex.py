"""Reads the BibTeX records in a text, such as a repository's README.

``pybtex`` reads the records; one that it refuses is repaired first. Unknown words before a brace, as programs have
them, are no records unless they contain a title.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harvester.catalog.importing.records.authors import authors_in
from harvester.catalog.importing.records.citation import Citation, Records, Unreadable
from harvester.catalog.importing.records.fields import (
    identifier_of,
    links_of,
    published_of,
    title_of,
    venue_of_record,
    work_of,
)
from harvester.catalog.importing.records.latex import from_latex
from harvester.catalog.importing.records.mending import CONTINUES, SWALLOWED, Unmendable, balanced_end, mend
from harvester.catalog.importing.records.regions import Region, regions

_TITLE = re.compile(r"\btitle\s*=", re.IGNORECASE)
_KEY = re.compile(r"@\w+\s*[{(]\s*(?P<key>[^\s,={}()\"]{1,80})\s*(?=[,\n])")
_NO_KEY = re.compile(r"@\w+\s*[{(]\s*[\w-]+\s*=")  # the library takes "title={Tides}" for a key
_LONGEST = 50_000  # characters of one record
_INHERITED = ("year", "date", "month", "publisher", "series", "organization")


def read_bibtex(text: str) -> Records:
    """The records of a text, and those that cannot be read."""
    macros: dict[str, str] = {}
    read: list[_Read | Unreadable] = []
    for region in regions(text):
        if region.kind == "string":
            macros |= _macros(region, macros)
        elif region.is_known or _TITLE.search(region.text, 0, balanced_end(region.text) or len(region.text)):
            read.append(_read(region, macros))
    records = {record.key.lower(): record for record in reversed(read) if isinstance(record, _Read) and record.key}
    parents = {record.crossref for record in records.values() if record.crossref != record.key.lower()}
    made = (record for record in read if isinstance(record, Unreadable) or record.key.lower() not in parents - {""})
    found = [_made(record, records) for record in made]
    return Records(
        tuple(record for record in found if isinstance(record, Citation)),
        tuple(record for record in found if isinstance(record, Unreadable)),
    )


def _macros(region: Region, known: Mapping[str, str]) -> Mapping[str, str]:
    """``@string{hn = {Heart Notes}}``, read like a record without a key."""
    try:
        return mend(region.text[:_LONGEST], known).fields
    except Unmendable:
        return {}


@dataclass(frozen=True, slots=True)
class _Read:
    """A record's fields, before those of the record that it refers to are added."""

    region: Region
    key: str
    fields: Mapping[str, str]
    repairs: tuple[str, ...]

    @property
    def crossref(self) -> str:
        """The key of the proceedings or the book that it is part of."""
        return self.fields.get("crossref", "").strip().lower()


def _read(region: Region, macros: Mapping[str, str]) -> _Read | Unreadable:
    key = found["key"] if (found := _KEY.match(region.text)) else ""
    try:
        fields, repairs = _fields(region, macros)
    except Unmendable as error:
        # An unknown type that is broken, too, is more probably no record; one that has a title is named nevertheless.
        return Unreadable(region.line, key, str(error), work_of(region.kind, {"title": region.text}))
    return _Read(region, key, fields, repairs)


def _made(record: _Read | Unreadable, records: Mapping[str, _Read]) -> Citation | Unreadable | None:
    if isinstance(record, Unreadable):
        return record
    parent = records.get(record.crossref)
    fields = {**_inherited(parent.fields), **record.fields} if parent else record.fields
    citation = _citation(record.region, record.key, fields, record.repairs)
    if citation.title and citation.id:
        return citation
    why = "its title has no letters, and it has no other identifier" if citation.title else "it has no title"
    return Unreadable(record.region.line, record.key, why, citation.work) if record.region.is_known else None


def _inherited(parent: Mapping[str, str]) -> dict[str, str]:
    """What a paper has from its proceedings: their title is where it appeared, their DOI is not its own."""
    fields = {name: parent[name] for name in _INHERITED if name in parent}
    where = parent.get("booktitle") or parent.get("title")
    return {**fields, "booktitle": where} if where else fields


def _fields(region: Region, macros: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The fields by their lower-case names, and what had to be repaired.

    Raises:
        Unmendable: the record cannot be read.
    """
    from pybtex.exceptions import PybtexError

    text = region.text[:_LONGEST]
    end = balanced_end(text)
    if end is not None and not _NO_KEY.match(text) and not CONTINUES.match(text, end):
        try:
            fields = _parsed(text[:end], macros)
        except (PybtexError, ValueError):
            pass
        else:
            if not any(SWALLOWED.search(value) for value in fields.values()):
                return fields, ()
    if not region.is_known:
        raise Unmendable("it is no complete record")
    mended = mend(text, macros)
    try:
        return _parsed(mended.text, macros), mended.notes
    except (PybtexError, ValueError) as error:
        raise Unmendable(f"{error}") from None


def _parsed(record: str, macros: Mapping[str, str]) -> dict[str, str]:
    """The fields of a record in order, read by the library; the first of two with one name counts."""
    from pybtex.database.input.bibtex import Parser, month_names

    parser = Parser(person_fields=(), macros={**month_names, **macros}, keyless_entries=False)
    (held,) = parser.parse_string(record).entries.values()
    return {name.lower(): str(value) for name, value in held.fields.items()}


def _citation(region: Region, key: str, fields: Mapping[str, str], repairs: tuple[str, ...]) -> Citation:
    title = title_of(fields)
    identifier = identifier_of(fields, title, key)
    authors, mended = authors_in(fields.get("author", ""))
    keywords = (from_latex(word) for word in re.split(r"[,;]", fields.get("keywords", "")))
    return Citation(
        id=identifier,
        title=title,
        authors=authors,
        published=published_of(fields),
        venue=venue_of_record(fields, identifier),
        links=links_of(fields),
        keywords=tuple(filter(None, keywords)),
        work=work_of(region.kind, fields),
        line=region.line,
        repairs=(*repairs, "its authors are not separated by “and”") if mended else repairs,
    )
