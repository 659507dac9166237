"""Europe PMC's query language (https://europepmc.org/help#query-syntax): AND and OR in capitals, everything bracketed.

The precedence of the operators is undocumented, and words without a field search full texts, too.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from harvester.base.clock import utc_date
from harvester.domain.coverage import Work
from harvester.sources.search_terms import COMPUTING_TERMS, SEARCH_TERMS
from harvester.sources.window import Window


def query_for(terms: Iterable[str]) -> str:
    """Papers that mention one of the terms and one of computing's, in the title or the abstract.

    PubMed alone has some 100,000 papers on the heart a year, nearly all of them without computing.
    """
    return f"{_any_of(terms)} AND {_any_of(COMPUTING_TERMS)}"


def dated(query: str, window: Window) -> str:
    """The query with the window as days, both ends included.

    The days are those on which Europe PMC first indexed a record: PubMed's dates of publication may lie months ahead.
    """
    return indexed_between(query, utc_date(window.since), last_day(window))


def last_day(window: Window) -> date:
    """The last day of which the window contains a moment."""
    return utc_date(window.until - timedelta(microseconds=1))


def recent(query: str, now: datetime, days: int) -> str:
    """The query for what was indexed on the given number of whole days before `now`."""
    today = utc_date(now)
    return indexed_between(query, today - timedelta(days=days), today - timedelta(days=1))


def indexed_between(query: str, first: date, last: date) -> str:
    """The query for what was indexed from one day to another."""
    return f"({query}) AND (FIRST_IDATE:[{first} TO {last}])"


def asked_as(work: Work) -> str:
    """A query for one work: by its identifiers and its title."""
    fields = {"doi": "DOI", "pmid": "EXT_ID", "pmcid": "PMCID"}
    named = [name.partition(":") for name in work.identifiers]
    by_id = [f'{fields[kind]}:"{value}"' for kind, _, value in named if kind in fields and '"' not in value]
    words = " ".join(re.findall(r"[^\W_]+", work.title))
    return " OR ".join([*by_id, *([f'TITLE:"{words}"'] if words else [])])


def _any_of(terms: Iterable[str]) -> str:
    return f"(TITLE_ABS:({' OR '.join(map(_term, terms))}))"


def _term(term: str) -> str:
    return f'"{term}"' if re.search(r"\W", term) else term


DEFAULT_QUERY = query_for(SEARCH_TERMS)
