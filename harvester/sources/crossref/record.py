"""One work of Crossref as our record (https://api.crossref.org/swagger-ui/index.html)."""

import re
from datetime import date

from harvester.domain.identity import address_of, doi_identifier
from harvester.domain.notices import is_furniture, without_mark
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.sources.abstract import abstract_of
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.crossref.fields import day_of, first_text, published
from harvester.sources.crossref.kinds import (
    PAPERS,
    PREPRINT,
    notices_about,
    notices_in,
    related,
)
from harvester.sources.feed import plain_text
from harvester.sources.json_fields import Fields, list_of, text_of
from harvester.sources.names import group_name, name_of
from harvester.sources.records import Reading

ARTICLE = Provenance("crossref", Rank.JOURNAL, "journal")
POSTED = Provenance("crossref", Rank.AGGREGATED, "preprint")  # the article's text comes before its preprint's
_TEX = re.compile(r"<jats:tex-math\b[^<>]*>.*?</jats:tex-math\s*>", re.DOTALL)
_MATHML = re.compile(r"<(?:\w+:)?math\b")
_VERSION = re.compile(r"/v([1-9]\d{0,3})\Z")  # Research Square's DOIs
_ABBREVIATED = re.compile(r"(?:jr|sr)", re.IGNORECASE)


def read_record(work: Fields, latest: date) -> Reading:
    """Read one work; dates after `latest` are an issue's and not taken.

    Raises:
        ValueError: it has no DOI, is a paper without title, or a field is not in Crossref's format.
    """
    kind, doi = text_of(work, "type"), doi_identifier(text_of(work, "DOI"))
    if doi is None:
        raise ValueError("it has no DOI")
    if notices := notices_in(work, doi):
        return Reading(notices=notices)
    if kind not in PAPERS:
        return Reading()
    shown = _title(work)
    if is_furniture(shown):
        return Reading()
    title = without_mark(shown)
    told = notices_about(work, doi, retracted=title != shown)
    paper, announced = _paper(work, doi, title, latest), day_of(work, "created", latest)
    if kind == PREPRINT:
        return Reading(Sighting(POSTED, paper, announced, POSTED.kind), told)
    return Reading(Sighting(ARTICLE, paper, announced), told)


def _paper(work: Fields, doi: str, title: str, latest: date) -> Paper:
    kind = text_of(work, "type")
    return Paper(
        identifiers=tuple(dict.fromkeys((doi, *related(work)))),
        title=title,
        abstract=abstract_of(_one_formula(text_of(work, "abstract"))),
        authors=_authors(work),
        published=published(work, latest),
        version=_version(doi) if kind == PREPRINT else 0,
        venue=_server(work) if kind == PREPRINT else first_text(work, "container-title"),
        links={"paper": address_of(doi)},
        kind=PAPERS[kind],
    )


def _title(work: Fields) -> str:
    """The title with its subtitle, which some publishers put into both fields."""
    title, subtitle = _words(work, "title"), _words(work, "subtitle")
    if not any(map(str.isalnum, title)):
        raise ValueError("it has no title")
    if not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title} {subtitle}" if title.endswith((":", "?", "!")) else f"{title}: {subtitle}"


def _words(work: Fields, name: str) -> str:
    found = (plain_text(_one_formula(text)) for text in list_of(work, name, str))
    return plain_tex(next(filter(None, found), ""))


def _one_formula(markup: str) -> str:
    """Without the TeX, a whole document, that Springer puts beside a formula's MathML."""
    return _TEX.sub("", markup) if _MATHML.search(markup) else markup


def _authors(work: Fields) -> tuple[Author, ...]:
    found = [Author(_name(author), _affiliation(author)) for author in list_of(work, "author", dict)]
    return tuple(dict.fromkeys(author for author in found if any(map(str.isalpha, author.name))))


def _name(author: Fields) -> str:
    """``Jane Doe, Jr.`` from the parts of a name; a group has nothing but a name."""
    group, given, family, suffix = (plain_text(text_of(author, name)) for name in ("name", "given", "family", "suffix"))
    if not family:
        return group_name(group) or name_of(given)
    if _ABBREVIATED.fullmatch(suffix):
        suffix = f"{suffix}."
    return name_of(f"{given} {family}".strip() + (f", {suffix}" if suffix else ""))


def _affiliation(author: Fields) -> str:
    places = (plain_text(text_of(place, "name")) for place in list_of(author, "affiliation", dict))
    return "; ".join(dict.fromkeys(filter(None, places)))


def _server(work: Fields) -> str:
    """The preprint server: medRxiv names itself as the institution, and the subject as the group."""
    names = (plain_text(text_of(place, "name")) for place in list_of(work, "institution", dict))
    return next(filter(None, names), "") or plain_text(text_of(work, "group-title"))


def _version(doi: str) -> int:
    """A preprint's version: where one DOI stands for all of them, 1."""
    found = _VERSION.search(doi)
    return int(found[1]) if found else 1
