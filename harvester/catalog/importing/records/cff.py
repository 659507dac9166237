"""Reads CITATION.cff (https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md).

Its keys are given the names of BibTeX's fields, so that both are understood by the same rules.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvester.catalog.export.bibtex import latex
from harvester.catalog.importing.records.authors import authors_in
from harvester.catalog.importing.records.citation import Citation, Records, Unreadable, Work
from harvester.catalog.importing.records.fields import (
    identifier_of,
    links_of,
    published_of,
    title_of,
    venue_of_record,
    work_of,
)
from harvester.catalog.importing.records.regions import unmarked
from harvester.domain.folding import folded
from harvester.domain.person_names import split_name, surname_first
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
_NAME_PARTS = ("given-names", "name-particle", "family-names", "name-suffix")
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
    untitled = tuple(_untitled(document, text))
    missing = untitled if found or untitled else (Unreadable(1, "", "it has no title with letters"),)
    return Records(tuple(found), missing)


def _citations(document: Mapping[str, Any], text: str) -> Iterator[Citation | None]:
    preferred, own = _preferred(document), _reference(document, "software", 1)
    line = _line(text, "preferred-citation")
    yield from (_reference(cited, "generic", line) for cited in preferred)
    yield own
    line = _line(text, "references")
    for listed in _sequence(document.get("references")):
        cited = _reference(_mapping(listed), "generic", line)
        if cited and own and _short(cited) & _short(own) and not preferred:
            yield cited


def _preferred(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The references of ``preferred-citation``, which some people write as a list."""
    given = document.get("preferred-citation")
    return [cited for cited in map(_mapping, given if isinstance(given, list) else [given]) if cited]


def _short(citation: Citation) -> set[tuple[str, str]]:
    """The authors by surname and first initial: a reference may abbreviate what the file spells out."""
    names = map(split_name, citation.authors)
    return {(folded(name.surname or name.literal), folded(name.given)[:1]) for name in names}


def _untitled(document: Mapping[str, Any], text: str) -> Iterator[Unreadable]:
    """The preferred citations that nothing names: the program that the file describes must not stand for them."""
    line = _line(text, "preferred-citation")
    for cited in _preferred(document):
        if not _reference(cited, "generic", line):
            why = "its preferred-citation has no title with letters"
            yield Unreadable(line, "", why, _work(_plain(cited.get("type")) or "generic", _fields(cited)))


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
        authors=_authors(given.get("authors")),
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
    return clean(unmarked(str(value)))


def _authors(given: object) -> tuple[str, ...]:
    """The names of a list; people also write one text, as BibTeX has it."""
    if isinstance(given, str):
        return authors_in(latex(clean(given)))[0]
    return tuple(filter(None, map(_name, _sequence([given] if isinstance(given, dict) else given))))


def _name(author: object) -> str:
    if not isinstance(author, dict):
        return _plain(author)
    first, *others = (_plain(author.get(part)) for part in _NAME_PARTS)
    family = others[1]
    turned = bool(first and family) and surname_first(first) and surname_first(family)
    parts = [*others, first] if turned else [first, *others]
    return " ".join(filter(None, parts)) or _first(author, ("name", "alias"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _line(text: str, key: str) -> int:
    found = re.search(rf"^{key}\s*:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
