"""arXiv's query API asked for papers by their ids, 100 a request: what feeds and audits name gets its text here."""

import re
from collections.abc import Iterator, Sequence

from harvester.domain.identity import arxiv_version
from harvester.domain.papers import Paper
from harvester.domain.text import clean
from harvester.sources.arxiv.api import ACCEPT, NAMESPACES, ArxivSettings, read_page
from harvester.sources.errors import BadQuery, Incomplete, Malformed
from harvester.sources.http import Transport
from harvester.sources.xml import parse_xml

BATCH = 100


def hydrate(api: ArxivSettings, transport: Transport, ids: Sequence[str]) -> tuple[list[Paper], list[str]]:
    """The newest version of every paper named by its base id, and the ids that arXiv knows nothing of.

    Raises:
        FetchError: an answer is missing, malformed, holds less than it announces, or answers another question.
    """
    papers: list[Paper] = []
    for part in batches(ids):
        # An unknown id is left out without a word, so what came is held against what was asked.
        params: dict[str, str | int] = {"id_list": ",".join(part), "start": 0, "max_results": len(part)}
        papers += read_ids_page(transport.get(api.url, params, ACCEPT).body, part)
    found = {paper.id for paper in papers}
    return papers, [base for base in dict.fromkeys(ids) if f"arxiv:{base}" not in found]


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids without repetition, as many at a time as one request takes."""
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), BATCH):
        yield unique[start : start + BATCH]


def read_ids_page(body: bytes, ids: Sequence[str]) -> list[Paper]:
    """The papers of an answer to `ids`, each once.

    Raises:
        Malformed: not an arXiv feed, or it holds a paper that nobody asked for.
        BadQuery: arXiv rejects an id, or looked up others than ours.
        Incomplete: fewer papers than the total it names.
    """
    total, listed = read_page(body, "")
    _check_echo(body, ids)
    papers = {paper.id: paper for paper in listed}
    if strangers := sorted(papers.keys() - {f"arxiv:{base}" for base in ids}):
        raise Malformed(f"arXiv sent {strangers[0]}, which was not asked for.")
    if len(papers) < min(total, len(ids)):
        raise Incomplete(f"arXiv sent {len(papers)} of the {total} papers that it has of {len(ids)} asked for by id.")
    return list(papers.values())


def _check_echo(body: bytes, ids: Sequence[str]) -> None:
    """arXiv's title repeats what it looked up; the answer to somebody else's question is none to ours."""
    title = parse_xml(body, "arXiv").findtext("atom:title", "", NAMESPACES)
    echo = re.search(r"id_list=([^&]*)", title)
    if echo and _bases(echo[1].split(",")) != _bases(ids):
        raise BadQuery(f"arXiv looked up other ids than ours: {clean(echo[1])[:200]!r}.")


def _bases(ids: Sequence[str]) -> set[str]:
    named = (arxiv_version(text) for text in ids)
    return {found[0] for found in named if found}
