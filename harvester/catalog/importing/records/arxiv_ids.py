"""Finds the arXiv id of a BibTeX record, in whichever field and form its reference manager put it."""

import re
from collections.abc import Mapping

from harvester.catalog.importing.records.latex import verbatim
from harvester.catalog.importing.records.paper_pages import paper_at
from harvester.domain.identity import arxiv_version

_ID = re.compile(
    r"(?<![\d.])(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?(?!\d)|[a-z-]{2,16}(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?(?!\d))"
)
_NAMED = re.compile(r"arxiv|\bcorr\b|\babs/", re.IGNORECASE)
_VENUE = re.compile(r"(?:arxiv(?:\W|preprint|e-?prints?|:|\d|$)|corr(?:$|[\s,]+abs/))", re.IGNORECASE)
_LINKS = ("url", "ee", "pdf", "link", "howpublished", "doi", "note", "biburl")
# Google Scholar writes "journal={arXiv preprint arXiv:2101.00001}", DBLP "journal={CoRR}, volume={abs/2101.00001}",
# NASA ADS "eid={arXiv:2101.00001}", Zotero "number={arXiv:2101.00001}", Semantic Scholar "volume={abs/2101.00001}".
_TEXTS = ("journal", "journaltitle", "booktitle", "volume", "number", "eid", "pages", "note", "howpublished",
          "publisher", "series", "institution", "type", "annote", "addendum", "pubstate", "extra")  # fmt: skip


def arxiv_in(fields: Mapping[str, str]) -> str:
    """The base id (``2101.00001``, ``cs/0101001``), or ""."""
    archive = fields.get("archiveprefix", "") or fields.get("eprinttype", "") or "arxiv"
    if "arxiv" in archive.lower():
        for name in ("eprint", "arxivid", "arxiv", "arxiv_id"):
            if found := _first(verbatim(fields.get(name, ""))):
                return found
    for name in _LINKS:
        if found := _linked(verbatim(fields.get(name, ""))):
            return found
    written = " ".join(verbatim(fields.get(name, "")) for name in _TEXTS)
    return _first(_behind_the_name(written)) if _NAMED.search(written) else ""


def is_arxiv(venue: str) -> bool:
    """Whether a venue is arXiv: ``arXiv preprint arXiv:2101.00001``, ``ArXiv``, ``CoRR``."""
    return bool(_VENUE.match(venue.strip()))


def _linked(text: str) -> str:
    """The id in an address, or in a DOI of arXiv's."""
    for word in re.split(r"[\s,;]+", text):
        address = word.strip("().").rstrip("/")
        whole = address if "://" in address else f"https://{address}"
        doi = re.search(r"10\.48550/arxiv\.", address, re.IGNORECASE)
        found = f"arxiv:{address[doi.end() :]}" if doi else paper_at(whole)
        found = address if address.lower().startswith("arxiv:") else found
        if found.lower().startswith("arxiv:") and (named := arxiv_version(found)):
            return named[0]
    return ""


def _behind_the_name(text: str) -> str:
    """The text from where arXiv is first mentioned: what stands before may be another number of that form."""
    found = _NAMED.search(text)
    behind = text[found.start() :] if found else ""
    return behind if _ID.search(behind) else text


def _first(text: str) -> str:
    found = _ID.search(text)
    named = arxiv_version(found[0]) if found else None
    return named[0] if named else ""
