"""One record of Europe PMC in the form ``core`` as our record."""

from datetime import date, datetime

from harvester.base.clock import midnight
from harvester.base.escape import is_web_url
from harvester.domain.identity import doi_identifier, title_identifier
from harvester.domain.notices import Notice, is_furniture
from harvester.domain.papers import Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.sources.abstract import abstract_of
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.dates import sane
from harvester.sources.europepmc.authors import authors_in
from harvester.sources.europepmc.fields import day_of, inner_list
from harvester.sources.europepmc.notices import (
    articles_of,
    notice_kind,
    notices_about,
    numbered,
    page_of,
    same_work,
    types_of,
)
from harvester.sources.feed import plain_text
from harvester.sources.json_fields import Fields, fields_of, text_of
from harvester.sources.records import Reading

ARTICLE = Provenance("europepmc", Rank.JOURNAL, "journal")
PREPRINT = Provenance("europepmc", Rank.AGGREGATED, "preprint")  # the article's text comes before its preprint's
MOST_VERSIONS = 9999
_KINDS = {
    "review": ("review", "review article", "systematic review", "meta analysis", "scoping review"),
    "dataset": ("dataset", "data paper", "data descriptor"),
    "editorial": ("editorial", "comment", "news", "newspaper article", "letter"),
}
_SHORT = {"letter"}  # also a form of research article, which then has an abstract
_PATENT = "PAT"


def read_record(record: Fields, latest: date) -> Reading:
    """Read one record; dates after `latest` are an issue's and not taken. Patents and parts of issues contain nothing.

    Raises:
        ValueError: it has no title or no id, is a notice about nothing, or a field is not in Europe PMC's format.
    """
    title, source = _title(record), text_of(record, "source")
    identifiers = _identifiers(record, title)
    page = page_of(identifiers, source, text_of(record, "id"))
    if kind := notice_kind(record):
        if not (articles := articles_of(record)):
            raise ValueError(f"it is a {kind} that names no article")
        return Reading(notices=(Notice(kind, articles, page, name=title),))
    if source == _PATENT or is_furniture(title):
        return Reading()
    paper = _paper(record, title, identifiers, page, latest)
    told = notices_about(record, identifiers, page)
    announced = sane(day_of(record, "firstIndexDate"), latest)
    if source == "PPR":
        return Reading(Sighting(PREPRINT, paper, announced, PREPRINT.kind), told)
    return Reading(Sighting(ARTICLE, paper, announced), told)


def _paper(record: Fields, title: str, identifiers: tuple[str, ...], page: str, latest: date) -> Paper:
    abstract = abstract_of(text_of(record, "abstractText"))
    return Paper(
        identifiers=identifiers,
        title=title,
        abstract=abstract,
        authors=authors_in(record),
        published=_published(record, latest),
        version=_version(record),
        venue=_venue(record),
        links={role: url for role, url in (("paper", page), ("pdf", _pdf(record))) if is_web_url(url)},
        keywords=tuple(dict.fromkeys(filter(None, map(plain_text, inner_list(record, "keywordList", "keyword", str))))),
        kind=_kind(types_of(record), abstract),
    )


def _title(record: Fields) -> str:
    """The title as text; PubMed ends every title that is not a question with a full stop."""
    title = plain_tex(plain_text(text_of(record, "title")))
    if text_of(record, "source") == "MED" and title.endswith(".") and not title.endswith(".."):
        title = title[:-1].rstrip()
    if not any(map(str.isalnum, title)):
        raise ValueError("it has no title")
    return title


def own_names(record: Fields) -> tuple[str, ...]:
    """The record's own DOI, PubMed id and PMC id.

    Raises:
        ValueError: one is not in Europe PMC's format.
    """
    found = (
        doi_identifier(text_of(record, "doi")),
        numbered("MED", text_of(record, "pmid")) or numbered(text_of(record, "source"), text_of(record, "id")),
        numbered("PMC", text_of(record, "pmcid")),
    )
    return tuple(filter(None, found))


def _identifiers(record: Fields, title: str) -> tuple[str, ...]:
    """All its names. Records in PMC alone have neither PubMed id nor DOI, those of AGRICOLA only a number there."""
    own = own_names(record)
    names = tuple(dict.fromkeys((*own, *same_work(record))))
    if not text_of(record, "id") and not own:
        raise ValueError("it has no id")
    by_title = title_identifier(title)
    return names or ((by_title,) if by_title else ())


def _published(record: Fields, latest: date) -> datetime | None:
    """The earlier of publication and indexing: what is only printed bears the date of a coming issue."""
    days = (sane(day_of(record, name), latest) for name in ("firstPublicationDate", "firstIndexDate"))
    day = min(filter(None, days), default=None)
    return midnight(day) if day else None


def _version(record: Fields) -> int:
    """A preprint's version: where the server has one record for all of them (medRxiv, bioRxiv), 1; 0 for an article."""
    if text_of(record, "source") != "PPR":
        return 0
    number = record.get("versionNumber")
    return number if isinstance(number, int) and 1 <= number <= MOST_VERSIONS else 1


def _venue(record: Fields) -> str:
    if text_of(record, "source") == "PPR":
        return plain_text(text_of(fields_of(record, "bookOrReportDetails"), "publisher"))
    journal = fields_of(fields_of(record, "journalInfo"), "journal")
    names = (plain_text(text_of(journal, name)) for name in ("title", "isoabbreviation", "medlineAbbreviation"))
    return next(filter(None, names), "")


def _pdf(record: Fields) -> str:
    """The address of a PDF that everybody may read."""
    offered = inner_list(record, "fullTextUrlList", "fullTextUrl", dict)
    free = (
        text_of(offer, "url")
        for offer in offered
        if offer.get("documentStyle") == "pdf" and offer.get("availabilityCode") in ("OA", "F")
    )
    return next(free, "")


def _kind(types: list[str], abstract: str) -> str:
    declared = set(types) - (_SHORT if abstract else set())
    return next((kind for kind in ("editorial", "review", "dataset") if declared & set(_KINDS[kind])), "")
