"""Which papers a query of arXiv's API cannot find: the answer "no" must never be wrong."""

import urllib.parse
import urllib.request

import pytest

from harvester.domain.papers import Author, Paper
from harvester.sources.arxiv.api import DEFAULT_QUERY, read_page
from harvester.sources.arxiv.matching import may_match
from tests.conftest import Upstream

PAPER = Paper(
    ("arxiv:2506.00001",),
    "Arteries and their blood flow",
    "We measure a beating heart in résumé form.",
    authors=(Author("Ada Wave"),),
    categories=("eess.IV", "cs.LG"),
    comment="Accepted at MICCAI",
)


@pytest.mark.parametrize(
    "query",
    [
        "all:artery",
        'all:"blood flow"',
        "abs:hear*",
        "ti:arteries AND abs:heart",
        "ti:lung OR (abs:resume AND cat:eess.IV)",
        "cat:cs.* ANDNOT ti:arteries",  # what it excludes is arXiv's to say
        "heart",
        "lung heart",  # without an operator
        "au:wave",
        "co:miccai",
        "submittedDate:[202506010000 TO 202506020000]",
        "ti:arteries AND (",
    ],
)
def test_a_query_that_may_find_the_paper(query: str) -> None:
    assert may_match(query, PAPER)


@pytest.mark.parametrize(
    "query",
    [
        "all:lung",
        'all:"flow blood"',
        'all:"form Ada"',  # no phrase spans two fields
        "ti:heart",
        "ti:arteries AND abs:lung",
        "cat:cs.CV",
        "hear",
        "ti:lung OR (abs:heart AND cat:cs.CV)",
    ],
)
def test_a_query_that_cannot_find_the_paper(query: str) -> None:
    assert not may_match(query, PAPER)


def test_without_authors_only_title_abstract_and_categories_are_known() -> None:
    bare = Paper(PAPER.identifiers, PAPER.title, PAPER.abstract, categories=PAPER.categories)
    assert may_match("all:lung", bare)
    assert not may_match("ti:lung OR abs:lung", bare)


def test_no_paper_that_the_shipped_query_finds_is_called_impossible(upstream: Upstream) -> None:
    span = "submittedDate:[202506020000 TO 202506052359]"
    everything, found = ask(upstream, span), ask(upstream, f"({DEFAULT_QUERY}) AND {span}")
    possible = {paper.id for paper in everything if may_match(DEFAULT_QUERY, paper)}
    assert found
    assert {paper.id for paper in found} <= possible
    assert len(possible) < len(everything) / 5, "it can tell"


def ask(upstream: Upstream, query: str) -> list[Paper]:
    address = f"{upstream.url}/api/query?{urllib.parse.urlencode({'search_query': query, 'max_results': 2000})}"
    with urllib.request.urlopen(address, timeout=60) as answer:
        body: bytes = answer.read()
    return read_page(body, query).papers
