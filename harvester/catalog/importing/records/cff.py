"""Reads CITATION.cff (https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md).

Its keys are given the names of BibTeX's fields, so that both are understood by the same rules.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvester.catalog.export.bibtex import latex
from harvester.catalog.importing.records.citation import Citation, Records, Unreadable, Work
from harvester.catalog.importing.records.fields import (
    identifier_of,
    links_of,
    published_of,
    title_of,
    venue_of_record,
    work_of,
)
from harvester.domain.text import clean

_IS_CFF = re.compile(r"^cff-version\s*:", re.MULTILINE)
_WORKS = {"software": Work.SOFTWARE, "data": Work.DATASET, "database": Work.DATASET, "dataset": Work.DATASET}
_BIBTEX = {  # the first of CFF's keys that has a value
    "title": ("title",),
    "journal": ("journal",),
    "booktitle": ("conference", "collection-title"),
    "institution": ("institution", "department"),
    "publisher": ("publisher", "repository"),
    "volume": ("volume",),
    "number": ("number", "issue"),
    "note": ("notes",),
    "year": ("year", "year-original"),
    "month": ("month",),
    "pmid": ("pmcid",),
}
_VERBATIM = {"doi": ("doi",), "url": ("url",), "link": ("repository-artifact", "repository")}


def is_cff(name: str, text: str) -> bool:
    """Whether a text is a CITATION.cff, whatever its file is called, and no README that shows one."""
    return name.lower().endswith(".cff") or (bool(_IS_CFF.search(text)) and "```" not in text)


def read_cff(text: str) -> Records:
    """The paper of ``preferred-citation`` before the program or data set that the file describes.

    Of ``references``, which lists other people's work as well, those by one of the authors come last.
    """
    import yaml

    try:
        document = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes texts, lists and maps, and nothing else
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = f"it is not valid YAML ({getattr(error, 'problem', None) or type(error).__name__})"
        return Records(unreadable=(Unreadable(mark.line + 1 if mark else 1, "", why),))
    except RecursionError:
        return Records(unreadable=(Unreadable(1, "", "it is nested too deeply"),))
    if not isinstance(document, dict):
        return Records(unreadable=(Unreadable(1, "", "it has no keys"),))
    found = [citation for citation in _citations(document, text) if citation]
    missing = () if found else (Unreadable(1, "", "it has no title with letters"),)
    return Records(tuple(found), missing)


def _citations(document: Mapping[str, Any], text: str) -> Iterator[Citation | None]:
    preferred, own = _mapping(document.get("preferred-citation")), _reference(document, "software", 1)
    if preferred:
        yield _reference(preferred, "generic", _line(text, "preferred-citation"))
    yield own
    line = _line(text, "references")
    for listed in _sequence(document.get("references")):
        cited = _reference(_mapping(listed), "generic", line)
        if cited and own and set(cited.authors) & set(own.authors) and not preferred:
            yield cited


def _reference(given: Mapping[str, Any], usual: str, line: int) -> Citation | None:
    fields = _fields(given)
    title = title_of(fields)
    identifier = identifier_of(fields, title)
    if not title or not identifier:
        return None
    kind = _plain(given.get("type")) or usual
    return Citation(
        id=identifier,
        title=title,
        authors=tuple(filter(None, map(_name, _sequence(given.get("authors"))))),
        published=published_of(fields),
        venue=venue_of_record(fields, identifier),
        links=links_of(fields) | _code(given),
        keywords=tuple(filter(None, map(_plain, _sequence(given.get("keywords"))))),
        work=_work(kind, fields),
        line=line,
    )


def _work(kind: str, fields: Mapping[str, str]) -> Work:
    return _WORKS.get(kind.partition("-")[0].lower()) or (work_of("misc", fields) if kind == "generic" else Work.PAPER)


def _fields(given: Mapping[str, Any]) -> dict[str, str]:
    fields = {name: latex(_first(given, keys)) for name, keys in _BIBTEX.items()}
    fields |= {name: _first(given, keys) for name, keys in _VERBATIM.items()}
    fields["date"] = _first(given, ("date-published", "date-released", "issue-date"))
    if not fields["year"]:
        fields["year"] = fields["date"][:4]
    for named in map(_mapping, _sequence(given.get("identifiers"))):
        kind, value = _plain(named.get("type")), _plain(named.get("value"))
        name = {"doi": "doi", "url": "url"}.get(kind, "note")
        fields[name] = f"{fields[name]} {value}".strip() if name == "note" else fields[name] or value
    return {name: value for name, value in fields.items() if value}


def _code(given: Mapping[str, Any]) -> dict[str, str]:
    address = _first(given, ("repository-code",))
    return {"code": address} if address.startswith(("https://", "http://")) else {}


def _first(given: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((text for key in keys if (text := _plain(given.get(key)))), "")


def _plain(value: object) -> str:
    """A scalar as text; of an organization or a conference its name."""
    if isinstance(value, dict):
        value = value.get("name")
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return clean(str(value))


def _name(author: object) -> str:
    if not isinstance(author, dict):
        return _plain(author)
    parts = ("given-names", "name-particle", "family-names", "name-suffix")
    return " ".join(filter(None, (_plain(author.get(part)) for part in parts))) or _first(author, ("name", "alias"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _line(text: str, key: str) -> int:
    found = re.search(rf"^{key}\s*:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
