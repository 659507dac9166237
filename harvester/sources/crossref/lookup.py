"""What Crossref knows about single DOIs."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from harvester.domain.identity import doi_identifier
from harvester.domain.papers import OddRecord, Paper
from harvester.domain.same_work import same_work
from harvester.domain.text import clean
from harvester.sources.crossref.answer import NOT_FOUND, read_work
from harvester.sources.crossref.api import FEW, SELECT, CrossrefSettings, ask, get
from harvester.sources.crossref.kinds import PAPERS, PREPRINT
from harvester.sources.crossref.record import read_record
from harvester.sources.dates import AHEAD
from harvester.sources.errors import BadQuery, Malformed
from harvester.sources.http import Params, Transport
from harvester.sources.records import UNREADABLE, Reading, why_unreadable

GROUP = 50  # DOIs in one request
ARTICLES = ",".join(f"type:{kind}" for kind, declared in PAPERS.items() if kind != PREPRINT and not declared)


@dataclass(frozen=True, slots=True)
class Found:
    """The readings by identifier (``doi:...``), and the records that cannot be read, each with a note."""

    readings: dict[str, Reading]
    notes: tuple[str, ...] = ()
    odd: tuple[OddRecord, ...] = ()


def look_up(settings: CrossrefSettings, contact: str, transport: Transport, doi: str, today: date) -> Reading | None:
    """The record of one DOI; None if Crossref does not know it.

    Args:
        doi: without ``doi:``.

    Raises:
        FetchError: no answer, or one that is not a record.
    """
    try:
        answer = get(settings, contact, transport, f"/works/{quote(doi, safe='')}", {})
    except BadQuery as error:
        if error.body.strip() == NOT_FOUND:
            return None
        raise BadQuery(f"{error} Correct harvest.crossref.url.", error.body) from error
    try:
        return read_record(read_work(answer.body), today + AHEAD)
    except UNREADABLE as error:
        raise Malformed(f"Crossref's record of {clean(doi)} cannot be read: {error}.") from None


def look_up_many(
    settings: CrossrefSettings, contact: str, transport: Transport, dois: Sequence[str], today: date
) -> Iterator[tuple[Sequence[str], Found]]:
    """The records of many DOIs, with each group of DOIs that was asked for; unknown ones are missing among them.

    Raises:
        FetchError: no answer, or one that is not a list of records.
    """
    askable = [doi for doi in dois if "," not in doi]  # a comma ends a filter's value
    for begin in range(0, len(askable), GROUP):
        group = askable[begin : begin + GROUP]
        chosen = ",".join(f"doi:{doi}" for doi in group)
        page = ask(settings, contact, transport, {"filter": chosen, "rows": len(group)})
        yield group, _found(page.works, today)


def published_version(
    settings: CrossrefSettings, contact: str, transport: Transport, preprint: Paper, today: date
) -> Reading | None:
    """The article of a preprint: it names the preprint in its `relation`, or is the same work by title and authors.

    Crossref's search ranks all works that share a word, so what it finds is only a proposal. Preprints with a DOI of
    Crossref's need no search (`look_up_many`): their own records name the article.

    Raises:
        FetchError: no answer, or one that is not a list of records.
    """
    first = preprint.authors[0].name if preprint.authors else ""
    asked = " ".join(re.findall(r"[^\W_]+", f"{preprint.title} {first}"))
    params: Params = {"filter": ARTICLES, "query.bibliographic": asked, "rows": FEW, "select": SELECT}
    likely = _found(ask(settings, contact, transport, params).works, today).readings.values()
    return next((reading for reading in likely if reading.sighting and _is_of(preprint, reading.sighting.paper)), None)


def _is_of(preprint: Paper, article: Paper) -> bool:
    return bool(set(preprint.identifiers) & set(article.identifiers)) or same_work(preprint, article)


def _found(works: Sequence[Any], today: date) -> Found:
    readings: dict[str, Reading] = {}
    notes, odd = [], []
    for work in works:
        name = doi_identifier(str(work.get("DOI") or "")) if isinstance(work, dict) else None
        if name is None:
            continue
        try:
            readings[name] = read_record(work, today + AHEAD)
        except UNREADABLE as error:
            why = why_unreadable(error)
            notes.append(f"Crossref's record of {name} cannot be read and was left out: {why}.")
            odd.append(OddRecord(json.dumps(work, sort_keys=True), why))
    return Found(readings, tuple(notes), tuple(odd))
