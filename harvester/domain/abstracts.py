"""Whose abstracts may be shown to everybody. Pure.

arXiv gives its metadata into the public domain (CC0, https://info.arxiv.org/help/license), and PubMed shows its
abstracts to everybody, under the terms at https://pubmed.ncbi.nlm.nih.gov/disclaimer. What publishers say in feeds and
deposit at Crossref is theirs.
"""

from harvester.domain.identity import best, names_of_kind
from harvester.domain.papers import Stored
from harvester.domain.provenance import Rank

ARXIV, PUBMED = "arXiv", "PubMed"
_OF_ARXIV = frozenset({"arxiv", "arxiv_rss", "arxiv_oai", "arxiv_snapshot", "huggingface"})
_OF_PUBMED = "europepmc"


def free_abstract(stored: Stored) -> tuple[str, str]:
    """The paper's identifier at the source whose abstract may be shown, and the source's name; ``("", "")`` if none."""
    arxiv, pubmed = (names_of_kind(stored.paper.identifiers, kind) for kind in ("arxiv", "pmid"))
    if arxiv and (stored.text_source in _OF_ARXIV or stored.authority >= Rank.ANNOUNCED):
        return best(arxiv), ARXIV
    if pubmed and stored.text_source == _OF_PUBMED and stored.authority == Rank.JOURNAL:
        return best(pubmed), PUBMED
    return "", ""
