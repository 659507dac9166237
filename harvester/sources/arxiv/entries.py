"""The entries of an answer of arXiv's API as our records; one that cannot be read costs only itself.

The ``arxiv`` package drops entries without dates, and fails as a whole at a date that is none.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harvester.domain.identity import arxiv_version, doi_identifier
from harvester.domain.papers import Author, OddRecord, Paper
from harvester.domain.text import clean
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.arxiv.withdrawal import is_withdrawn
from harvester.sources.errors import Malformed
from harvester.sources.names import name_of
from harvester.sources.xml import XmlElement, parse_xml

if TYPE_CHECKING:
    from arxiv import Result

NAMESPACES = {"atom": "http://www.w3.org/2005/Atom", "opensearch": "http://a9.com/-/spec/opensearch/1.1/"}


def read_entries(body: bytes, entries: Sequence[XmlElement]) -> tuple[list[Paper], list[OddRecord]]:
    """The papers of a feed, given with its entries, and those entries that are odd."""
    results = _results(body)
    if len(results) != len(entries):
        return _one_by_one(entries)
    try:
        return [as_paper(result) for result in results], []
    except Malformed:
        return _one_by_one(entries)


def read_odd(raw: str) -> Paper:
    """The paper of an entry that was odd.

    Raises:
        Malformed: it still is.
    """
    (entry,) = parse_xml(_feed_of(raw), "arXiv").findall(f"{{{NAMESPACES['atom']}}}entry")
    papers, odd = _one_by_one([entry])
    if odd:
        raise Malformed(odd[0].why)
    return papers[0]


def _one_by_one(entries: Sequence[XmlElement]) -> tuple[list[Paper], list[OddRecord]]:
    from lxml import etree

    papers, odd = [], []
    for entry in entries:
        raw = str(etree.tostring(entry, encoding="unicode", with_tail=False))
        try:
            results = _results(_feed_of(raw))
            papers += [as_paper(result) for result in results]
            if not results:
                raise Malformed("it lacks an id or a date")
        except Malformed as error:
            odd.append(OddRecord(raw, f"{_name(entry)}: {error}"))
    return papers, odd


def _results(body: bytes) -> "list[Result]":
    from arxiv._feed import parse  # its public API, Client, does not accept bytes

    try:
        return list(parse(body).results)
    except (ValueError, OverflowError):  # a date that is none
        return []


def _feed_of(raw: str) -> bytes:
    atom = NAMESPACES["atom"]
    return f'<feed xmlns="{atom}">{raw}</feed>'.encode()


def _name(entry: XmlElement) -> str:
    """What a note calls an entry."""
    found = (clean(entry.findtext(f"{{{NAMESPACES['atom']}}}{tag}", "")) for tag in ("id", "title"))
    return next(filter(None, found), "without an id")[:80]


def as_paper(result: "Result") -> Paper:
    """An arXiv result as our record.

    Raises:
        Malformed: the entry has no arXiv id or no title.
    """
    named = arxiv_version(result.entry_id.rpartition("/abs/")[2])
    if named is None:
        raise Malformed(f"arXiv sent an entry without an arXiv id: {result.entry_id[:80]!r}.")
    if not (title := plain_tex(clean(result.title))):
        raise Malformed("it has no title")
    base, version = named
    doi = doi_identifier(result.doi or "")
    links = {"paper": f"https://arxiv.org/abs/{base}"}
    categories = dict.fromkeys((result.primary_category, *result.categories))
    comment = clean(result.comment or "")
    return Paper(
        identifiers=(f"arxiv:{base}", *((doi,) if doi and doi.startswith("doi:") else ())),
        title=title,
        abstract=plain_tex(clean(result.summary)),
        authors=tuple(
            Author(name, clean("; ".join(author.affiliation)))
            for author in result.authors
            if (name := name_of(plain_tex(author.name)))
        ),
        published=result.published,
        updated=result.updated,
        version=max(1, version),
        categories=tuple(filter(None, categories)),
        venue=clean(result.journal_ref or ""),
        comment=comment,
        links=links,
        withdrawn=is_withdrawn(comment),
    )
