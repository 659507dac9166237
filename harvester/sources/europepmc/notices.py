"""Retractions, corrections and concerns, by publication type and by the relations between records.

A notice is a record of its own and no paper; the article tells of it as well: the record of one is often there before
that of the other.
"""

import re
from collections.abc import Iterator, Sequence

from harvester.domain.identity import address_of, doi_identifier
from harvester.domain.notices import Notice, NoticeKind
from harvester.sources.europepmc.fields import inner_list
from harvester.sources.json_fields import Fields, text_of

_NOTICES: dict[str, NoticeKind] = {
    "retraction of publication": "retraction",
    "retraction notice": "retraction",
    "retraction": "retraction",
    "published erratum": "correction",
    "correction": "correction",
    "erratum": "correction",
    "expression of concern": "concern",
}
_ABOUT: dict[str, NoticeKind] = {
    "retraction of": "retraction",
    "partial retraction of": "correction",
    "erratum for": "correction",
    "expression of concern for": "concern",
}
_TOLD_IN: dict[str, NoticeKind] = {
    "retraction in": "retraction",
    "partial retraction in": "correction",
    "erratum in": "correction",
    "expression of concern in": "concern",
}
_SAME_WORK = ("preprint of", "preprint in")
RETRACTED = "retracted publication"


def types_of(record: Fields) -> list[str]:
    """The publication types, spelled alike: PubMed writes "Published Erratum", PMC "retraction" or "review-article".

    Raises:
        ValueError: they are not in Europe PMC's format.
    """
    return [_folded(name) for name in inner_list(record, "pubTypeList", "pubType", str)]


def notice_kind(record: Fields) -> NoticeKind | None:
    """What kind of notice the record is, None for an article.

    Raises:
        ValueError: a field is not in Europe PMC's format.
    """
    by_type = (_NOTICES.get(name) for name in types_of(record))
    by_relation = (_ABOUT.get(relation) for relation, _ in _relations(record))
    return next((kind for kind in (*by_type, *by_relation) if kind), None)


def articles_of(record: Fields) -> tuple[str, ...]:
    """The identifiers of the articles that a notice is about."""
    return _distinct(name for relation, other in _relations(record) if relation in _ABOUT for name in _names(other))


def same_work(record: Fields) -> tuple[str, ...]:
    """The identifiers of the same work's preprint or article. An "Update of" may be another work."""
    return _distinct(name for relation, other in _relations(record) if relation in _SAME_WORK for name in _names(other))


def notices_about(record: Fields, identifiers: tuple[str, ...], page: str) -> tuple[Notice, ...]:
    """The notices that an article tells of; `page` is its own, for a retraction without a notice."""
    told = [
        Notice(_TOLD_IN[relation], identifiers, _page(other) or page)
        for relation, other in _relations(record)
        if relation in _TOLD_IN
    ]
    if RETRACTED in types_of(record) and not any(notice.kind == "retraction" for notice in told):
        told.append(Notice("retraction", identifiers, page))
    return tuple(dict.fromkeys(told))


def page_of(identifiers: Sequence[str], source: str, number: str) -> str:
    """The address of a record: its DOI's, else Europe PMC's own page."""
    for name in identifiers:
        if name.startswith(("doi:", "arxiv:")):
            return address_of(name)
    known = re.fullmatch(r"[A-Za-z]{1,9}", source) and re.fullmatch(r"[\w.-]+", number)
    return f"https://europepmc.org/article/{source}/{number}" if known else ""


def numbered(source: str, number: str) -> str:
    """``pmid:...`` or ``pmcid:PMC...`` from the id of a record, "" if it is neither."""
    if source == "MED" and re.fullmatch(r"[0-9]{1,9}", number):
        return f"pmid:{number}"
    return f"pmcid:{number}" if source == "PMC" and re.fullmatch(r"PMC[0-9]{1,9}", number) else ""


def _relations(record: Fields) -> list[tuple[str, Fields]]:
    listed = inner_list(record, "commentCorrectionList", "commentCorrection", dict)
    return [(_folded(text_of(other, "type")), other) for other in listed]


def _names(other: Fields) -> tuple[str, ...]:
    """The identifiers of a related record, whose DOI stands at the end of the reference."""
    doi = doi_identifier(text_of(other, "reference"))
    return tuple(filter(None, (doi, numbered(text_of(other, "source"), text_of(other, "id")))))


def _page(other: Fields) -> str:
    names = _names(other)
    if names and names[0].startswith("pmid:"):
        return address_of(names[0])
    return page_of(names, text_of(other, "source"), text_of(other, "id"))


def _distinct(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()
