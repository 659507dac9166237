"""The filters of the list, as its addresses, the API and the feed of a search have them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.site.addresses import LONGEST_SEARCH
from harvester.catalog.site.known import UNKNOWN, AllKnown
from harvester.web.catalog_cache import Contents

ORDERS = ("newest", "oldest", "added", "relevance")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CODE = re.compile(r"code(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Filters:
    """What an address asks for; empty fields ask for nothing.

    `labels` are ids by facet, of which one is enough; so it is for `years` and `venues`. `since` is the first day on
    which a paper may have joined the catalog.
    """

    labels: Mapping[str, frozenset[str]]
    q: str = ""
    years: frozenset[str] = frozenset()
    venues: frozenset[str] = frozenset()
    code: bool = False
    since: date | None = None
    sort: str = ""

    def takes(self, entry: Entry, added: date | None) -> bool:
        """Whether an entry passes every filter but the words."""
        return (
            all(not ids or ids & set(entry.labels.of(facet)) for facet, ids in self.labels.items())
            and (not self.years or f"{entry.published.year:04}" in self.years)
            and (not self.venues or entry.venue in self.venues)
            and (not self.code or any(map(_CODE.fullmatch, entry.links)))
            and (not self.since or (added is not None and added >= self.since))
        )


def read_filters(asked: QueryParams, taxonomy: Taxonomy) -> Filters:
    """The filters in an address.

    Raises:
        RequestValidationError: a label, date or order does not exist, or the search is too long.
    """
    labels = {facet.id: _ids(asked.getlist(facet.id)) for facet in taxonomy.facets}
    since, sort = asked.get("since"), asked.get("sort", "")
    words = asked.get("q", "")
    days = _not_a_date(since) if since is not None else ()
    if problems := [*_unknown(labels, taxonomy), *days, *_no_order(sort), *_too_long(words)]:
        raise RequestValidationError(problems)
    return Filters(
        labels,
        words,
        _ids(asked.getlist("year")),
        frozenset(filter(None, asked.getlist("venue"))),
        asked.get("code") in ("1", "true"),
        date.fromisoformat(since) if since else None,
        sort,
    )


def found(contents: Contents, filters: Filters) -> list[Entry]:
    """The entries that pass, best first if there are words, else newest first, or as `sort` says."""
    matching = (
        [contents.entries[number] for number in contents.finder.find(filters.q)] if filters.q else contents.entries
    )
    known = contents.known() if filters.since or filters.sort == "added" else {}
    passed = [entry for entry in matching if filters.takes(entry, known.get(entry.id, UNKNOWN).added)]
    return _sorted(contents, passed, known, filters.sort)


def _sorted(contents: Contents, passed: list[Entry], known: AllKnown, sort: str) -> list[Entry]:
    if sort in ("", "relevance"):
        return passed
    newest = sorted(passed, key=lambda entry: contents.place[entry.id])
    if sort == "added":
        return sorted(newest, key=lambda entry: known.get(entry.id, UNKNOWN).added or date.min, reverse=True)
    return newest[::-1] if sort == "oldest" else newest


def _ids(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, (name.strip() for text in texts for name in text.split(","))))


def _unknown(wanted: Mapping[str, frozenset[str]], taxonomy: Taxonomy) -> Sequence[dict[str, Any]]:
    """The labels that do not exist, as FastAPI describes what is invalid."""
    return [
        {
            "loc": ["query", facet.id],
            "msg": f"{facet.id} has no label {name!r}; it has: {', '.join(facet.label_ids)}.",
            "type": "enum",
        }
        for facet in taxonomy.facets
        for name in sorted(wanted[facet.id] - set(facet.label_ids))
    ]


def _not_a_date(text: str) -> Sequence[dict[str, Any]]:
    try:
        if _DATE.fullmatch(text) and date.fromisoformat(text):
            return []
    except ValueError:  # the calendar has no such day
        pass
    return [{"loc": ["query", "since"], "msg": f"{text[:40]!r} is no date such as 2025-06-12.", "type": "date"}]


def _no_order(text: str) -> Sequence[dict[str, Any]]:
    if text in ("", *ORDERS):
        return []
    return [
        {"loc": ["query", "sort"], "msg": f"There is no order {text[:40]!r}; use {', '.join(ORDERS)}.", "type": "enum"}
    ]


def _too_long(text: str) -> Sequence[dict[str, Any]]:
    if len(text) <= LONGEST_SEARCH:
        return []
    message = f"The search has {len(text)} characters; at most {LONGEST_SEARCH} are read."
    return [{"loc": ["query", "q"], "msg": message, "type": "string_too_long"}]
