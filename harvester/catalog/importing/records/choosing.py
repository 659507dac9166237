"""Which of the records, files and links of a repository is the paper that its maintainer wants to be cited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from harvester.base.errors import CatalogError
from harvester.catalog.importing.records.bibtex import read_bibtex
from harvester.catalog.importing.records.cff import is_cff, read_cff
from harvester.catalog.importing.records.citation import Citation, Records, Unreadable, Work
from harvester.catalog.importing.records.naming import (
    links_by_role,
    mentions,
    other_papers,
    own_papers,
    paper_id,
    rank,
    title_at,
)
from harvester.catalog.importing.records.page import Link, Page, read_page
from harvester.domain.folding import whole_title
from harvester.domain.identity import address_of, best, link_identifier, names_of_kind, title_identifier
from harvester.domain.papers import PREPRINT_SERVER, venue_of

_REMEDY = "correct it in a copy and give that file, or give the paper's arXiv id or DOI"
_NO_PAPER = "give a README that says how to cite its paper, or the paper's arXiv id or DOI"
_MOST_NAMED = 3  # papers in a message


@dataclass(frozen=True, slots=True)
class Source:
    """A README, a .bib file or a CITATION.cff, and what messages call it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The paper, and what its reader should know about the choice.

    `by_link` says that only a link names the paper: its identifier is certain, and its title, if any, is the link's.
    """

    citation: Citation
    warnings: tuple[str, ...] = ()
    by_link: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """A source and what is in it."""

    source: Source
    page: Page
    records: Records

    def of(self, work: Work) -> list[Citation]:
        return [citation for citation in self.records.citations if citation.work is work]


def choose(sources: Sequence[Source]) -> Choice:
    """The paper of a repository: of the first source that has a record of a paper, else the one that the text names.

    Software and data sets are taken only where there is no paper; otherwise they are links of the paper.

    Raises:
        CatalogError: there is no paper, or the record that comes first cannot be read.
    """
    read = [_read(source) for source in sources]
    warnings: list[str] = []
    found, own = _recorded(read, warnings)
    chosen = _with_links(found or _linked(own, warnings), own, read)
    if chosen.repairs:
        warnings.append(f"{_place(own, chosen.line)}: the record was read although {'; '.join(chosen.repairs)}.")
    return Choice(chosen, tuple(dict.fromkeys(warnings)), by_link=found is None)


def _read(source: Source) -> _Read:
    if is_cff(source.name, source.text):
        return _Read(source, Page((), (), ""), read_cff(source.text))
    return _Read(source, read_page(source.text), read_bibtex(source.text))


def _recorded(read: Sequence[_Read], warnings: list[str]) -> tuple[Citation | None, _Read]:
    """The record of the paper and the source that it is in; no record where the source's text alone names the paper."""
    for one in read:
        papers = _ordered(one)
        if papers and _is_of_others(one, papers[0]):
            _tell_of_others(read, _linked(one, []), warnings)
            return None, one
        if papers:
            _refuse_if_first_is_unreadable(one, papers[0], warnings)
            chosen = _merged(papers[0], [paper for other in read for paper in _same(other, papers[0])])
            _tell_of_others(read, chosen, warnings)
            return chosen, one
        warnings += [_unreadable(one, record) for record in one.records.unreadable]
    for one in read:
        if own_papers(one.page):
            return None, one
    return _no_paper(read, warnings)


def _no_paper(read: Sequence[_Read], warnings: list[str]) -> tuple[Citation, _Read]:
    """A data set, else software."""
    for one in read:
        for record in one.records.unreadable:
            if record.work is Work.PAPER:
                raise CatalogError(_unreadable(one, record).rstrip("."), remedy=_REMEDY)
    for work, called in ((Work.DATASET, "a data set"), (Work.SOFTWARE, "software")):
        for one in read:
            if found := one.of(work):
                warnings.append(f"{one.source.name} names no paper, only {called}: {found[0].title!r} was taken.")
                return found[0], one
    raise CatalogError(_nothing(read), remedy=_NO_PAPER)


def _nothing(read: Sequence[_Read]) -> str:
    named = " and ".join(one.source.name for one in read)
    verb = "contain" if len(read) > 1 else "contains"
    if several := [paper for one in read for paper in other_papers(one.page)]:
        linked = ", ".join(several[:_MOST_NAMED])
        return f"{named} {verb} no record of a paper, and it is not clear which of its links is its own: {linked}"
    return f"{named} {verb} no BibTeX record with a title and no link to a paper"


def _ordered(one: _Read) -> list[Citation]:
    """The papers: those that the README's head names, then by section, then by their order."""
    papers = one.of(Work.PAPER)
    return sorted(papers, key=lambda paper: (not mentions(one.page, paper.title), rank(one.page, paper.line)))


def _is_of_others(one: _Read, first: Citation) -> bool:
    """Whether the first record is in a section about other people's work, while a link elsewhere is called its own."""
    linked = own_papers(one.page)
    cited = [link for link in linked if rank(one.page, link.line) == 0 and paper_id(link) != first.id]
    return rank(one.page, first.line) > 1 and not mentions(one.page, first.title) and bool(cited) and cited == linked


def _refuse_if_first_is_unreadable(one: _Read, first: Citation, warnings: list[str]) -> None:
    """A broken record is not silently replaced by the next one, unless the README names that one at its top."""
    certain = mentions(one.page, first.title)
    place = (rank(one.page, first.line), first.line)
    for record in one.records.unreadable:
        before = (rank(one.page, record.line), record.line) < place
        if before and record.work is Work.PAPER and not certain:
            raise CatalogError(_unreadable(one, record).rstrip("."), remedy=_REMEDY)
        warnings.append(_unreadable(one, record))


def _unreadable(one: _Read, record: Unreadable) -> str:
    called = f"the record {record.key}" if record.key else "the record"
    return f"{_place(one, record.line)}: {called} cannot be read: {record.why}."


def _place(one: _Read, line: int) -> str:
    return f"{one.source.name}, line {line}"


def _same(one: _Read, paper: Citation) -> list[Citation]:
    """The records of the same paper: often as a preprint, and as it was published."""
    title = whole_title(paper.title)
    return [other for other in one.of(Work.PAPER) if whole_title(other.title) == title or other.id == paper.id]


def _merged(first: Citation, same: Sequence[Citation]) -> Citation:
    printed = next((paper for paper in (first, *same) if paper.venue not in ("", PREPRINT_SERVER)), first)
    identifier = best([paper.id for paper in same])
    return replace(
        first,
        id=identifier,
        authors=max((paper.authors for paper in (first, *same)), key=lambda names: (len(names), len(" ".join(names)))),
        published=printed.published or first.published,
        venue=printed.venue,
        links=_links_of(same, identifier),
    )


def _links_of(same: Sequence[Citation], identifier: str) -> dict[str, str]:
    """The links of all records of a paper; the article's address is kept where the preprint's identifier is taken."""
    links = {role: address for paper in reversed(same) for role, address in paper.links.items()}
    shown = {identifier, *map(link_identifier, links.values())}
    names = (paper.id for paper in same if not paper.id.startswith("title:") and paper.id not in shown)
    for address in filter(None, map(address_of, dict.fromkeys(names))):
        role = next(role for role in chain(["paper"], (f"paper-{n}" for n in count(2))) if role not in links)
        links[role] = address
    return links


def _tell_of_others(read: Sequence[_Read], chosen: Citation, warnings: list[str]) -> None:
    title = whole_title(chosen.title)
    others = [
        f"{paper.title!r} ({_place(one, paper.line)})"
        for one in read
        for paper in one.of(Work.PAPER)
        if whole_title(paper.title) != title and paper.id != chosen.id
    ]
    if others:
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        names = ", ".join(dict.fromkeys(others[:_MOST_NAMED]))
        taken = repr(chosen.title) if chosen.title else chosen.id
        warnings.append(f"Several papers are named: {taken} was taken, not {names}{more}.")


def _linked(one: _Read, warnings: list[str]) -> Citation:
    """The paper of a link, where there is no record."""
    first, *others = own_papers(one.page)
    identifier = paper_id(first) or title_identifier(title_at(first)) or ""
    if others:
        more = ", ".join(map(paper_id, others[:_MOST_NAMED]))
        warnings.append(f"{_place(one, first.line)}: {identifier} was taken, not {more}, which is linked as well.")
    title, venue = title_at(first), venue_of("", identifier)
    return Citation(identifier, title, venue=venue, links={"paper": first.address}, line=first.line)


def _with_links(chosen: Citation, own: _Read, read: Sequence[_Read]) -> Citation:
    """The paper with what the README's text, and records of its software and data, say about where things are."""
    if chosen.work is Work.PAPER:
        chosen = _with_own_links(chosen, own)
    links = {**links_by_role(own.page), **chosen.links}
    if chosen.work is Work.PAPER:
        for role, work in (("code", Work.SOFTWARE), ("data", Work.DATASET)):
            records = [record for one in read for record in one.of(work) if rank(one.page, record.line) < 2]
            if found := _elsewhere(records):
                links.setdefault(role, found)
    return replace(chosen, links={role: links[role] for role in sorted(links, key=_by_role)})


def _by_role(role: str) -> tuple[bool, bool]:
    """The paper first, then its code, then the rest."""
    return not role.startswith("paper"), role != "code"


def _with_own_links(chosen: Citation, own: _Read) -> Citation:
    """The paper with the identifier and the address that the text gives it.

    A link to arXiv and one to a DOI are the same paper, before and after it was published; with two of one kind, it is
    not clear which is meant. Where the record has a DOI, only a link at the README's top can be its preprint.
    """
    links = [link for link in own_papers(own.page) if _may_be(chosen, own, link)]
    if not chosen.id.startswith("title:"):
        links = [link for link in links if link.in_head and paper_id(link).startswith("arxiv:")]
    named = {paper_id(link): link.address for link in links}
    if not named or any(len(names_of_kind(named, kind)) > 1 for kind in ("arxiv", "doi", "pmid")):
        return chosen
    identifier = best([chosen.id, *named])
    addresses = [chosen.links.get("paper") or address_of(chosen.id), *named.values()]
    kept = [address for address in dict.fromkeys(addresses) if address]
    if chosen.links.get("paper") or not chosen.id.startswith("title:"):
        kept = kept[:1]  # the record's own; the identifier has the other one
    papers = {f"paper-{number}" if number > 1 else "paper": address for number, address in enumerate(kept, 1)}
    return replace(chosen, id=identifier, links={**chosen.links, **papers})


def _may_be(chosen: Citation, own: _Read, link: Link) -> bool:
    """Whether a link can be the chosen paper's: it has its title or none, and is not of another record.

    Where there are other papers, a link without a title may be theirs, unless the README's top names the chosen one.
    """
    others = [paper for paper in own.of(Work.PAPER) if whole_title(paper.title) != whole_title(chosen.title)]
    if any(paper.id == paper_id(link) for paper in others):
        return False
    if title := title_at(link):
        return whole_title(title) == whole_title(chosen.title)
    return not others or mentions(own.page, chosen.title)


def _elsewhere(records: Sequence[Citation]) -> str:
    """Where the first of some records leads."""
    addresses = (record.links.get("code") or record.links.get("paper") or address_of(record.id) for record in records)
    return next(filter(None, addresses), "")


_DESCRIBED = 20_000  # characters; from every start the patterns below look for an end
_ABSTRACT = re.compile(r"^[#* ]*abstract\W*$(?P<text>.*?)^#", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_CFF_ABSTRACT = re.compile(r"^abstract\s*:\s*[>|]?-?(?P<text>.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_RECORD = re.compile(r"^[ \t>]*@\w+\s*[{(].*?^[ \t>]*[})]", re.MULTILINE | re.DOTALL)


def about(source: Source) -> str:
    """The words of a source that describe its subject: its abstract, else everything except the records."""
    text = source.text[:_DESCRIBED]
    found = (_CFF_ABSTRACT if is_cff(source.name, source.text) else _ABSTRACT).search(text)
    return (found["text"] if found else _RECORD.sub("", text)).strip()
