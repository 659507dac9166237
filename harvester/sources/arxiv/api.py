"""The arXiv query API (https://info.arxiv.org/help/api/user-manual.html), queried by submission date.

We use the ``arxiv`` package for its typed results, but not its transport: it has no timeout, takes an HTML page or an
error entry for an empty result, and recovers silently from a truncated body. So we fetch the document, check it against
the query, and pass on only complete bytes.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pydantic import Field, field_validator

from harvester.base.counts import count_of
from harvester.base.escape import excerpt, one_line
from harvester.base.settings_section import WebAddress
from harvester.domain.coverage import Work
from harvester.domain.folding import whole_title
from harvester.domain.identity import names_of_kind
from harvester.domain.papers import OddRecord, Paper, Sighting
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.arxiv.entries import NAMESPACES, read_entries, read_odd
from harvester.sources.arxiv.matching import may_match
from harvester.sources.errors import BadQuery, Incomplete, Malformed
from harvester.sources.http import Transport
from harvester.sources.search_terms import SEARCH_TERMS
from harvester.sources.source import HarvestSettings, Probe, Source, SourceKind, SourceState, WebSource
from harvester.sources.window import Batch, Window, is_another_format
from harvester.sources.xml import XmlElement, parse_xml

PROVENANCE = Provenance("arxiv", Rank.ARXIV, "preprint")
ACCEPT = "application/atom+xml"
WEEKS = 4  # whose papers tell how many there are a week
PAGE = 1000  # arXiv asks to refine queries with more results; slices go up to 2,000
DEFAULT_QUERY = " OR ".join(f'all:"{term}"' if re.search(r"\W", term) else f"all:{term}" for term in SEARCH_TERMS)
"""Deliberately broad: the query decides what can be found at all, the classifier what is in scope."""


class ArxivSettings(WebSource):
    """The arXiv query API."""

    url: WebAddress = "https://export.arxiv.org/api/query"
    min_interval: float = Field(default=3.0, ge=0)
    query: str = DEFAULT_QUERY

    @field_validator("query")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("it is empty; arXiv would return nothing")
        return one_line(value)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: the total of the query, the papers, and the entries that cannot be read."""

    total: int
    papers: list[Paper]
    odd: list[OddRecord]


def fetch(settings: ArxivSettings, transport: Transport, window: Window) -> Iterator[Batch]:
    """Everything submitted in the window that matches the query, oldest first.

    arXiv fails on deep pages, so each next page is the first page of a shorter window that begins with the last minute
    seen; real paging is needed only for more than one page within a single minute.

    Raises:
        FetchError: an answer is missing, malformed, or contains less than it announces.
    """
    begin, start, seen = window.since, 0, set[str]()
    expected = None
    while True:
        page = _page(settings, transport, Window(begin, window.until), start)
        expected = page.total if expected is None else expected
        new = {paper.id: paper for paper in page.papers if paper.id not in seen}
        odd = [record for record in page.odd if record.raw not in seen]
        seen.update(new, (record.raw for record in odd))
        last = page.total <= start + PAGE
        reached = window.until if last else _whole_minute(page.papers[-1]) if page.papers else begin
        again = sum(_whole_minute(paper) >= reached for paper in new.values())
        yield Batch(
            [Sighting(PROVENANCE, paper) for paper in new.values()],
            len(new) + len(odd),
            expected,
            reached=reached,
            again=again,
            notes=[f"An entry cannot be read and was left out: {record.why}." for record in odd],
            odd=odd,
        )
        if last:
            return
        begin, start = (reached, 0) if reached > begin else (begin, start + PAGE)


def reread(raw: str, _now: datetime) -> Batch:
    """An entry that an earlier version could not read.

    Raises:
        Malformed: nor can this one.
    """
    return Batch([Sighting(PROVENANCE, read_odd(raw))], 1)


def titled(settings: ArxivSettings, transport: Transport, title: str) -> list[Paper]:
    """The papers that arXiv finds by the words of a title, likeliest first; the caller decides whether one matches.

    Raises:
        FetchError: no answer, or not one to this query.
    """
    words = " ".join(re.findall(r"[^\W_]+", title))
    query = f'ti:"{words}"'
    params: dict[str, str | int] = {"search_query": query, "start": 0, "max_results": 5}
    return read_page(transport.get(settings.url, params, ACCEPT).body, query).papers


def _page(settings: ArxivSettings, transport: Transport, window: Window, start: int) -> Page:
    """One page of a window's papers, checked to be complete."""
    query = dated(settings.query, window)
    order = {"sortBy": "submittedDate", "sortOrder": "ascending"}
    params: dict[str, str | int] = {"search_query": query, "start": start, "max_results": PAGE, **order}
    try:
        body = transport.get(settings.url, params, ACCEPT).body
    except BadQuery as error:
        raise BadQuery(f"{error} {_complaint(error.body)}Correct harvest.arxiv.query or harvest.arxiv.url.") from error
    page = read_page(body, query)
    due, came = min(PAGE, page.total - start), len({paper.id for paper in page.papers}) + len(page.odd)
    if came < due:
        raise Incomplete(f"arXiv sent {came} of {due} papers (of {page.total}) from number {start} on.")
    return page


def _complaint(body: bytes) -> str:
    """The text of arXiv's error entry as a sentence; "" if the answer is not arXiv's."""
    try:
        summary = parse_xml(body, "arXiv").findtext("atom:entry/atom:summary", "", NAMESPACES)
    except Malformed:
        return ""
    return f"It says: {excerpt(clean(summary), 200)}. " if summary.strip() else ""


def _whole_minute(paper: Paper) -> datetime:
    """The minute of submission: arXiv's windows have no seconds."""
    assert paper.published is not None  # noqa: S101 - the arxiv package drops entries without
    return paper.published.replace(second=0, microsecond=0)


def dated(query: str, window: Window) -> str:
    """The query with the window in arXiv's form: whole minutes, GMT, both ends included."""
    last = window.until - timedelta(minutes=1)
    return f"({query}) AND submittedDate:[{_minute(window.since)} TO {_minute(last)}]"


def read_page(body: bytes, query: str) -> Page:
    """The total and the papers in one answer; an odd entry costs only itself.

    Raises:
        Malformed: not an arXiv feed, one for a different query, or one of which no entry can be read.
        BadQuery: arXiv's error entry, or a query that it rewrote.
    """
    root = parse_xml(body, "arXiv")
    _check_feed(root, query)
    entries = root.findall("atom:entry", NAMESPACES)
    for entry in entries:
        if "/api/errors" in (entry.findtext("atom:id", "", NAMESPACES)):
            raise BadQuery(f"arXiv rejects the query: {clean(entry.findtext('atom:summary', '', NAMESPACES))}.")
    papers, odd = read_entries(body, entries)
    if is_another_format(len(odd), len(entries)):
        raise Malformed(f"arXiv sent entries of which none can be read. {odd[0].why}.")
    return Page(int(root.findtext("opensearch:totalResults", "", NAMESPACES)), papers, odd)


def _check_feed(root: XmlElement, query: str) -> None:
    """Check for an Atom feed with a total for exactly our query: arXiv rewrites sloppy ones and echoes what it ran."""
    if root.tag != f"{{{NAMESPACES['atom']}}}feed":
        raise Malformed("arXiv's address sent a document that is not an Atom feed.")
    if not root.findtext("opensearch:totalResults", "", NAMESPACES).strip().isdecimal():
        raise Malformed("arXiv's answer does not state a total.")
    title = root.findtext("atom:title", "", NAMESPACES)
    echo = re.search(r"search_query=(.*?)(&id_list=|$)", title, re.DOTALL)
    if echo and _folded(echo[1]) != _folded(query):
        raise BadQuery(
            f"arXiv ran a different query from ours: {excerpt(clean(echo[1]), 200)!r}; correct harvest.arxiv.query."
        )


def _folded(query: str) -> str:
    return re.sub(r"[\s+]+", " ", query).strip()


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M")


def _source(settings: ArxivSettings, _harvest: HarvestSettings, _state: SourceState) -> Source:
    asked = hashlib.sha256(settings.query.encode()).hexdigest()
    return Source(
        PROVENANCE,
        partial(fetch, settings),
        asked,
        gated=True,
        calendar=True,
        windowed=True,
        may_match=partial(may_match, settings.query),
        reread=reread,
    )


def _probe(settings: ArxivSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_count, settings), gated=True)


def _count(settings: ArxivSettings, transport: Transport) -> str:
    params: dict[str, str | int] = {"search_query": settings.query, "start": 0, "max_results": 1}
    page = read_page(transport.get(settings.url, params, ACCEPT).body, settings.query)
    if not page.papers and not page.odd:
        raise Malformed("arXiv finds nothing for harvest.arxiv.query.")
    matches = f"The query matches {count_of(page.total, 'paper')}"
    if transport.date is None:
        return f"{matches}."
    return f"{matches}, about {weekly(settings, transport, transport.date):,} a week."


def weekly(settings: ArxivSettings, transport: Transport, now: datetime) -> int:
    """About how many papers a week the query brings.

    Raises:
        FetchError: no answer, or not one to this query.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    query = dated(settings.query, Window(day - timedelta(weeks=WEEKS), day))
    params: dict[str, str | int] = {"search_query": query, "start": 0, "max_results": 1}
    return round(read_page(transport.get(settings.url, params, ACCEPT).body, query).total / WEEKS)


def covers(settings: ArxivSettings, transport: Transport, work: Work) -> bool:
    """Whether the query finds a work that arXiv has under the list's id or, if the list gives none, under its title.

    Raises:
        FetchError: no answer, or not one to this query.
    """
    ids = sorted(name.removeprefix("arxiv:") for name in names_of_kind(work.identifiers, "arxiv"))
    query, params = settings.query, dict[str, str | int]()
    if ids:
        params = {"id_list": ",".join(ids)}  # together with a query: those of the ids that match it
    elif words := " ".join(re.findall(r"[^\W_]+", work.title)):
        query = f'ti:"{words}" AND ({query})'
    else:
        return False
    params |= {"search_query": query, "start": 0, "max_results": 10}
    papers = read_page(transport.get(settings.url, params, ACCEPT).body, query).papers
    return any(bool(ids) or whole_title(paper.title) == whole_title(work.title) for paper in papers)


KIND = SourceKind(PROVENANCE, "arxiv", ArxivSettings, _source, _probe, covers, weekly)
