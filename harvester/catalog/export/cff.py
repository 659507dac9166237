"""CITATION.cff: how to cite the list, with its papers as references (Citation File Format 1.2.0).

https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md
"""

import re
from typing import Any
from urllib.parse import quote

from harvester.catalog.entry import Entry
from harvester.catalog.export.publication import Publication, doi_of, publication
from harvester.catalog.export.records import Context, other_links, paper_address
from harvester.catalog.export.yaml_text import to_yaml
from harvester.domain.person_names import split_name

_TYPES = {
    Publication.JOURNAL: "article",
    Publication.CONFERENCE: "conference-paper",
    Publication.PREPRINT: "article",
    Publication.DATASET: "data",
    Publication.SOFTWARE: "software",
    Publication.OTHER: "generic",
}
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")  # the schema takes no others
_URI = "%/:=&?~#+!$,;'@()*[]"  # RFC 3986: all that an address may contain besides letters, digits and -._
_UNKNOWN = "anonymous"  # a reference must have an author


def to_cff(entries: list[Entry], context: Context) -> str:
    """The file; a DOI that the schema does not take, and links, are among a reference's ``identifiers``."""
    document = {
        "cff-version": "1.2.0",
        "message": "Please cite this list if you use it, and the papers in it that you use.",
        "type": "dataset",
        "title": context.taxonomy.title,
        "authors": [{"name": context.maintainers}],
        "abstract": context.taxonomy.scope.definition,
        "url": context.home,
        "license": context.license,
        "references": [_reference(entry) for entry in entries],
    }
    return to_yaml(_filled(document))


def _reference(entry: Entry) -> dict[str, Any]:
    form, when = publication(entry), entry.published
    doi, code = doi_of(entry), entry.links.get("code", "")
    reference = {
        "type": _TYPES[form],
        "title": entry.title,
        "authors": _distinct([_author(name) for name in entry.authors]) or [{"name": _UNKNOWN}],
        "year": when.year,
        "month": when.month,
        "date-published": str(when) if when.day else "",
        **_venue(form, entry.venue),
        "status": "preprint" if form is Publication.PREPRINT else "",
        "doi": doi if _DOI.fullmatch(doi) else "",
        "url": _uri(paper_address(entry)),
        "repository-code": _uri(code),
        "identifiers": _identifiers(entry),
        "keywords": list(dict.fromkeys(entry.labels.names)),
        "notes": entry.note,
    }
    return _filled(reference)


def _venue(form: Publication, venue: str) -> dict[str, Any]:
    if not venue:
        return {}
    if form is Publication.JOURNAL:
        return {"journal": venue}
    return {"conference" if form is Publication.CONFERENCE else "publisher": {"name": venue}}


def _author(text: str) -> dict[str, str]:
    name = split_name(text)
    if name.literal or not name.family:
        return {"name": text}
    return _filled(
        {
            "family-names": name.family,
            "given-names": name.given,
            "name-particle": name.particle,
            "name-suffix": name.suffix,
        }
    )


def _identifiers(entry: Entry) -> list[dict[str, str]]:
    """The entry's id, and its links besides paper and code."""
    links = {role: address for role, address in other_links(entry).items() if role != "code"}
    own = {"type": "other", "value": entry.id}
    return _distinct([own, *(_identifier(role, address) for role, address in links.items())])


def _identifier(role: str, address: str) -> dict[str, str]:
    return {"type": "url", "value": _uri(address)} | ({"description": role} if role else {})


def _uri(address: str) -> str:
    """The address as the schema takes it: in ASCII, the scheme in lower case."""
    scheme, mark, rest = address.partition("://")
    return quote(f"{scheme.lower()}{mark}{rest}", safe=_URI)


def _distinct(items: list[dict[str, str]]) -> list[dict[str, str]]:
    """The schema allows no item twice."""
    return [item for place, item in enumerate(items) if item not in items[:place]]


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
