"""Papers by id from arXiv's query API, 100 per request: the text for papers that feeds and audits name."""

import re
from collections.abc import Iterator, Sequence

from harvester.base.escape import excerpt
from harvester.domain.identity import arxiv_version
from harvester.domain.papers import Paper
from harvester.domain.text import clean
from harvester.sources.arxiv.api import ACCEPT, ArxivSettings, read_page
from harvester.sources.arxiv.entries import NAMESPACES
from harvester.sources.errors import BadQuery, Incomplete, Malformed
from harvester.sources.http import Transport
from harvester.sources.xml import parse_xml

BATCH = 100


def hydrate(api: ArxivSettings, transport: Transport, ids: Sequence[str]) -> tuple[list[Paper], list[str]]:
    """The newest version of every paper by its base id, and the ids that arXiv does not know.

    Raises:
        FetchError: an answer is missing, malformed, contains less than it announces, or answers another query.
    """
    papers: list[Paper] = []
    for part in batches(ids):
        # arXiv silently omits an unknown id, so compare the answer with what was asked.
        params: dict[str, str | int] = {"id_list": ",".join(part), "start": 0, "max_results": len(part)}
        papers += read_ids_page(transport.get(api.url, params, ACCEPT).body, part)
    found = {paper.id for paper in papers}
    return papers, [base for base in dict.fromkeys(ids) if f"arxiv:{base}" not in found]


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids without duplicates, in chunks that fit one request."""
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), BATCH):
        yield unique[start : start + BATCH]


def read_ids_page(body: bytes, ids: Sequence[str]) -> list[Paper]:
    """The papers in an answer to `ids`, each once, without those that cannot be read.

    Raises:
        Malformed: not an arXiv feed, one of which nothing can be read, or with a paper that was not asked for.
        BadQuery: arXiv rejects an id, or looked up ids other than ours.
        Incomplete: fewer papers than the total it states.
    """
    page = read_page(body, "")
    _check_echo(body, ids)
    papers = {paper.id: paper for paper in page.papers}
    if strangers := sorted(papers.keys() - {f"arxiv:{base}" for base in ids}):
        raise Malformed(f"arXiv sent {strangers[0]}, which was not asked for.")
    if page.odd and not papers:
        raise Malformed(f"What arXiv sent of {len(ids)} papers asked for by id cannot be read. {page.odd[0].why}.")
    came = len(papers) + len(page.odd)
    if came < min(page.total, len(ids)):
        raise Incomplete(f"arXiv sent {came} of the {page.total} papers that it has of {len(ids)} asked for by id.")
    return list(papers.values())


def _check_echo(body: bytes, ids: Sequence[str]) -> None:
    """Refuse the answer to somebody else's query: arXiv's title repeats what it looked up."""
    title = parse_xml(body, "arXiv").findtext("atom:title", "", NAMESPACES)
    echo = re.search(r"id_list=([^&]*)", title)
    if echo and _bases(echo[1].split(",")) != _bases(ids):
        raise BadQuery(f"arXiv looked up ids other than ours: {excerpt(clean(echo[1]), 200)!r}.")


def _bases(ids: Sequence[str]) -> set[str]:
    named = (arxiv_version(text) for text in ids)
    return {found[0] for found in named if found}
