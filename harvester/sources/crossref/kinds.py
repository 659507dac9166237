"""What a work is: a paper, a part of an issue, or a notice about an article, and which works belong together."""

import re
from collections.abc import Iterator

from harvester.domain.identity import address_of, doi_identifier
from harvester.domain.notices import Notice, NoticeKind
from harvester.sources.crossref.fields import first_text
from harvester.sources.json_fields import Fields, fields_of, list_of, text_of

PREPRINT = "posted-content"
PAPERS = {
    "journal-article": "",
    "proceedings-article": "",
    "book-chapter": "",  # Lecture Notes in Computer Science
    PREPRINT: "",
    "report": "",
    "dissertation": "",
    "dataset": "dataset",
}
"""The types of works that are papers, with the kind that they declare. All others are not: issues, components, reviews
of a paper, books with papers in them."""
SAME_WORK = ("has-preprint", "is-preprint-of", "is-version-of", "is-same-as")
_NOTICES: dict[str, NoticeKind] = {
    "retraction": "retraction",
    "withdrawal": "retraction",
    "removal": "retraction",
    "partial retraction": "correction",
    "correction": "correction",
    "erratum": "correction",
    "corrigendum": "correction",
    "addendum": "correction",
    "clarification": "correction",
    "expression of concern": "concern",
}


def related(work: Fields) -> Iterator[str]:
    """The identifiers of the same work elsewhere: a preprint's article, an article's preprint, another version.

    Raises:
        ValueError: the relations are not in Crossref's format.
    """
    relations = fields_of(work, "relation") if work.get("relation") else {}
    for kind in SAME_WORK:
        for other in list_of(relations, kind, dict):
            name = doi_identifier(text_of(other, "id")) if text_of(other, "id-type").lower() == "doi" else None
            if name:
                yield name


def notices_in(work: Fields, doi: str) -> tuple[Notice, ...]:
    """The notices that this work is: what it says about other articles.

    Raises:
        ValueError: the updates are not in Crossref's format.
    """
    about = [(kind, other) for kind, other in _updates(work, "update-to") if other != doi]
    name = first_text(work, "title") if about else ""
    return tuple(dict.fromkeys(Notice(kind, (other,), address_of(doi), name=name) for kind, other in about))


def notices_about(work: Fields, doi: str, *, retracted: bool) -> tuple[Notice, ...]:
    """The notices that an article tells of; a notice may share the article's DOI, or have no record at all.

    Raises:
        ValueError: the updates are not in Crossref's format.
    """
    told = [Notice(kind, (doi,), address_of(other)) for kind, other in _updates(work, "updated-by")]
    told += [Notice(kind, (doi,), address_of(doi)) for kind, other in _updates(work, "update-to") if other == doi]
    if retracted and not any(notice.kind == "retraction" for notice in told):
        told.append(Notice("retraction", (doi,), address_of(doi)))
    return tuple(dict.fromkeys(told))


def _updates(work: Fields, name: str) -> Iterator[tuple[NoticeKind, str]]:
    """The kind and the other DOI of each update that is a notice: a new version is none."""
    for update in list_of(work, name, dict):
        kind = _NOTICES.get(re.sub(r"[\s_-]+", " ", text_of(update, "type")).strip().lower())
        if kind and (other := doi_identifier(text_of(update, "DOI"))):
            yield kind, other
