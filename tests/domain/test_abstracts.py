"""Whose abstracts the public sees."""

import pytest

from harvester.domain.abstracts import ARXIV, PUBMED, free_abstract
from harvester.domain.papers import Paper, Stored
from harvester.domain.provenance import Rank

NAMES = ("arxiv:2401.00001", "doi:10.1/x", "pmid:7")


@pytest.mark.parametrize(
    ("names", "source", "rank", "expected"),
    [
        (NAMES, "arxiv", Rank.ARXIV, ("arxiv:2401.00001", ARXIV)),
        (NAMES, "huggingface", Rank.AGGREGATED, ("arxiv:2401.00001", ARXIV)),
        (NAMES, "", Rank.ARXIV, ("arxiv:2401.00001", ARXIV)),
        (NAMES[1:], "europepmc", Rank.JOURNAL, ("pmid:7", PUBMED)),
        (NAMES[1:], "europepmc", Rank.AGGREGATED, ("", "")),  # a preprint of another server
        (NAMES, "crossref", Rank.JOURNAL, ("", "")),
        (NAMES[1:2], "npj-digital-medicine", Rank.JOURNAL, ("", "")),
    ],
)
def test_only_abstracts_of_arxiv_and_pubmed_are_free(
    names: tuple[str, ...], source: str, rank: Rank, expected: tuple[str, str]
) -> None:
    assert free_abstract(Stored(1, Paper(names, "T", "A"), rank, source)) == expected
