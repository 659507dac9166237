"""What programs read on a paper's page: Highwire's citation tags, OpenGraph, and JSON-LD. Pure.

- Google Scholar: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing
- Zotero's connector reads the same tags, and ``z:itemType`` for what they do not tell.
- https://ogp.me, https://schema.org/ScholarlyArticle
"""

from collections.abc import Iterator, Sequence
from typing import Any

from classifiers.taxonomy import Taxonomy
from harvester.base.escape import url
from harvester.catalog.entry import Entry
from harvester.catalog.export.publication import Publication, doi_of, publication
from harvester.catalog.export.records import paper_address
from harvester.catalog.published import Published
from harvester.catalog.site.known import Known
from harvester.domain.person_names import split_name

_ZOTERO = {
    Publication.JOURNAL: "journalArticle",
    Publication.CONFERENCE: "conferencePaper",
    Publication.PREPRINT: "preprint",
    Publication.DATASET: "dataset",
    Publication.SOFTWARE: "computerProgram",
    Publication.OTHER: "document",
}
_CONTAINERS = {
    Publication.JOURNAL: "citation_journal_title",
    Publication.CONFERENCE: "citation_conference_title",
}
_DESCRIPTION = 200  # characters that chats and search engines show of a page
_VERSIONS = 10  # of a paper at arXiv; few have more
_HEADLINE = 110  # characters; https://developers.google.com/search/docs/appearance/structured-data/article


def label_names(entry: Entry, taxonomy: Taxonomy) -> list[str]:
    """The names of the entry's labels, in the taxonomy's order."""
    return [label.name for facet in taxonomy.facets for label in facet.labels if entry.labels.has(facet.id, label.id)]


def description(entry: Entry, known: Known) -> str:
    """A sentence or two on the paper: the beginning of its abstract, else who wrote it and where it appeared."""
    place = ", ".join(filter(None, (entry.venue, entry.published.month_and_year)))
    return shortened(known.abstract or ". ".join(filter(None, (", ".join(entry.authors), place))), _DESCRIPTION)


def shortened(text: str, most: int) -> str:
    """The text's first whole words, with an ellipsis if there are more."""
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[:most]}…"


def citation_tags(entry: Entry, known: Known, page: str, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Names and contents of the meta elements, in order; `page` is the page's own address."""
    return [(name, content) for name, content in _tags(entry, known, page, taxonomy) if content]


def _tags(entry: Entry, known: Known, page: str, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    form = publication(entry)
    yield "citation_title", entry.title
    for author in entry.authors:
        yield "citation_author", highwire_name(author)
    yield "citation_publication_date", str(entry.published).replace("-", "/")
    yield _CONTAINERS.get(form, "citation_publisher"), entry.venue
    yield "citation_doi", doi_of(entry)
    yield "citation_arxiv_id", _named(entry, "arxiv")
    yield "citation_pmid", _named(entry, "pmid") or known.pmid
    yield "citation_abstract_html_url", page
    yield "citation_public_url", url(paper_address(entry))
    yield "citation_pdf_url", _pdf(entry)
    yield "citation_abstract", known.abstract
    for name in label_names(entry, taxonomy):
        yield "citation_keywords", name
    yield "z:itemType", _ZOTERO[form]


def highwire_name(author: str) -> str:
    """``Family, Given``; in natural order where Zotero would take that for two people, and for groups."""
    name = split_name(author)
    given = " ".join(filter(None, (name.given, name.suffix)))
    if name.literal or not name.family or not given or (" " in name.surname and " " in given):
        return author.replace(",", "") if name.literal else author
    return f"{name.surname}, {given}"


def linked_data(entry: Entry, known: Known, page: str, taxonomy: Taxonomy) -> dict[str, Any]:
    """The paper as a ScholarlyArticle, without the properties that are not known."""
    form = publication(entry)
    paper = url(paper_address(entry))
    shown = {
        "@context": "https://schema.org",
        "@type": {Publication.DATASET: "Dataset", Publication.SOFTWARE: "SoftwareSourceCode"}.get(
            form, "ScholarlyArticle"
        ),
        "@id": page,
        "url": page,
        "name": entry.title,
        "headline": shortened(entry.title, _HEADLINE),
        "author": [_author(author) for author in entry.authors],
        "datePublished": str(entry.published),
        "isPartOf": _container(form, entry.venue),
        "abstract": known.abstract,
        "keywords": label_names(entry, taxonomy),
        "identifier": entry.id,
        "sameAs": paper,
        "creativeWorkStatus": "Retracted" if "retraction" in entry.links else "",
    }
    return {name: value for name, value in shown.items() if value}


def _author(author: str) -> dict[str, str]:
    return {"@type": "Organization" if split_name(author).literal else "Person", "name": author}


def _container(form: Publication, venue: str) -> dict[str, str]:
    kind = "Periodical" if form is Publication.JOURNAL else "CreativeWork"
    return {"@type": kind, "name": venue} if venue else {}


def _named(entry: Entry, scheme: str) -> str:
    kind, _, name = entry.id.partition(":")
    return name if kind == scheme else ""


def _pdf(entry: Entry) -> str:
    given, arxiv = url(entry.links.get("pdf", "")), _named(entry, "arxiv")
    return given or (f"https://arxiv.org/pdf/{arxiv}" if arxiv else "")


def day_of(published: Published) -> str:
    """The date for OpenGraph, which takes whole ones only."""
    return str(published) if published.exact else ""


def versions(entry: Entry, known: Known) -> Sequence[tuple[str, str]]:
    """Names and addresses of the paper's versions at arXiv, newest first."""
    arxiv = _named(entry, "arxiv")
    newest = range(known.version, max(0, known.version - _VERSIONS), -1) if arxiv else ()
    return [(f"v{number}", f"https://arxiv.org/abs/{arxiv}v{number}") for number in newest]
