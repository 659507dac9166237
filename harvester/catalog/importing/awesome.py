"""Imports an Awesome-style list: the papers it names, and the labels its sections give them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry
from harvester.catalog.importing.blocks import Block, blocks
from harvester.catalog.importing.choices import Choices
from harvester.catalog.importing.details import date_and_venue, links_by_role, paper_link
from harvester.catalog.importing.markdown import Heading
from harvester.catalog.importing.outline import Outline, Place
from harvester.catalog.importing.titles import is_date
from harvester.catalog.importing.unknown import MetHeading, Unknown
from harvester.catalog.published import Published
from harvester.domain.folding import whole_title
from harvester.domain.identity import best, link_identifier, title_identifier
from harvester.domain.labels import Labels, completed

_FEW_WORDS = 3  # a bullet with no more than this, its dash included, is not a title
LONGEST = 20_000_000  # bytes of a list; GitHub shows half a megabyte, and anything this long is not a list


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The number and text of a line that looks like a paper but could not be placed."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The content of a list.

    `placements` counts each paper once per section; `derived` counts those that derived sections repeat,
    `skipped` those in sections that the caller wants left out. `unknown` are those of the `headings` that left papers
    unplaced.
    """

    papers: tuple[Entry, ...]
    placements: int
    derived: int
    unplaced: tuple[Unplaced, ...]
    skipped: int = 0
    unknown: tuple[Unknown, ...] = ()
    headings: tuple[MetHeading, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A block and the section it is in."""

    block: Block
    place: Place


def parse_list(text: str, taxonomy: Taxonomy, choices: Choices | None = None) -> ImportedList:
    """Read a list. The same title in several sections is one paper with the labels of all of them.

    Args:
        choices: what the caller says about headings (see `choices.parse_choices`); takes precedence over the taxonomy.
    """
    groups: dict[str, list[_Mention]] = {}
    lost: list[_Mention] = []
    exclusive = [facet.id for facet in taxonomy.facets if facet.exclusive]
    skipped = 0
    outline = Outline(taxonomy, choices or Choices())
    for mention in _mentions(text, outline):
        block, place = mention.block, mention.place
        if place.skipped:
            skipped += 1
            continue
        group = groups.setdefault(whole_title(block.title), []) if block.title and place.known else lost
        (lost if _contradicts(mention, group, exclusive) else group).append(mention)
    if choices:
        choices.require(outline.met)
    papers, nameless = _papers(groups, taxonomy)
    # A derived section repeats papers placed elsewhere; a paper that is nowhere else is lost like any other.
    repeated = [mention for mention in lost if mention.place.derived and whole_title(mention.block.title) in groups]
    unplaced = {mention.block.line: mention.block.text for mention in [*lost, *nameless]}
    for mention in repeated:
        del unplaced[mention.block.line]
    return ImportedList(
        papers=tuple(papers),
        placements=sum(_placements(group) for group in groups.values()),
        derived=len(repeated),
        unplaced=tuple(Unplaced(line, unplaced[line]) for line in sorted(unplaced)),
        skipped=skipped,
        unknown=outline.unknown(unplaced),
        headings=outline.headings,
    )


def read_list(path: Path) -> str:
    """The text of a list.

    Raises:
        CatalogError: the file cannot be read, is not text, or is too long for a list.
    """
    try:
        if path.stat().st_size > LONGEST:
            raise CatalogError(
                f"{path} is longer than {LONGEST // 1_000_000} MB; pass the README.md of an Awesome list."
            )
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CatalogError(f"Cannot read {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CatalogError(f"{path}, line {line}: not UTF-8 text; save the list as UTF-8 and try again.") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise CatalogError(f"{path}, line {line}: not a text file; pass the README.md of an Awesome list.")
    return text


def _mentions(text: str, outline: Outline) -> Iterator[_Mention]:
    for item in blocks(text):
        if isinstance(item, Heading):
            outline.enter(item.level, item.text, item.line)
        elif _looks_like_a_paper(item, outline.place):
            yield _Mention(item, outline.place)


def _looks_like_a_paper(block: Block, place: Place) -> bool:
    """A title with details or in a known section; a link or bullet where papers are listed; not contents or prose."""
    if block.is_contents:
        return False
    if block.title:
        return bool(place.known or place.derived or block.web_links or block.notes)
    if block.web_links:
        return place.inside or block.bullet or block.text.startswith(("[", "|"))
    if place.known and block.bullet:  # a title without a link, or with one to a file in the list's own folder
        return bool(block.links) or len(block.text.split()) > _FEW_WORDS
    return place.inside and block.text.startswith("[") and any(map(is_date, block.notes))


def _papers(groups: Mapping[str, list[_Mention]], taxonomy: Taxonomy) -> tuple[list[Entry], list[_Mention]]:
    """An entry for each title, and the mentions of titles left without an identifier."""
    links = {key: links_by_role(mention.block for mention in group) for key, group in groups.items()}
    named = _identifiers({key: group[0].block.title for key, group in groups.items()}, links)
    papers: list[Entry] = []
    nameless: list[_Mention] = []
    for key, group in groups.items():
        if key in named:
            papers.append(_entry(named[key], group, links[key], taxonomy))
        else:
            nameless.extend(group)
    return papers, nameless


def _identifiers(titles: Mapping[str, str], links: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The identifier of each title: one from its links that no other title claims, else that of the title.

    Two titles claim one arXiv id when a list's maintainer copied a link and forgot to change it; we cannot tell whose
    it is. A title without letters, or whose key another paper already has, gets none.
    """
    claims: dict[str, set[str]] = defaultdict(set)
    for key, held in links.items():
        for claimed in _link_identifiers(held):
            claims[claimed].add(key)
    named: dict[str, str] = {}
    taken: set[str] = set()
    for key, title in titles.items():
        own = [claimed for claimed in _link_identifiers(links[key]) if len(claims[claimed]) == 1]
        identifier = best(own) if own else title_identifier(title) or ""
        if identifier and identifier not in taken:
            taken.add(identifier)
            named[key] = identifier
    return named


def _link_identifiers(links: Mapping[str, str]) -> list[str]:
    found = (link_identifier(address) for role, address in links.items() if paper_link(role))
    return [identifier for identifier in found if identifier]


def _entry(identifier: str, group: list[_Mention], links: Mapping[str, str], taxonomy: Taxonomy) -> Entry:
    details = [date_and_venue(mention.block) for mention in group]
    given = {label for mention in group for label in mention.place.labels}
    found = {
        facet.id: tuple(label for label in facet.label_ids if (facet.id, label) in given)
        for facet in taxonomy.facets
        if not facet.exclusive
    }
    found |= {facet.id: _given(group, facet.id)[:1] for facet in taxonomy.facets if facet.exclusive}
    return Entry(
        id=identifier,
        title=group[0].block.title,
        published=next((date for date, _ in details if date), Published()),
        venue=next((venue for _, venue in details if venue), ""),
        labels=completed(Labels(found), taxonomy),
        links=links,
    )


def _given(group: list[_Mention], facet: str) -> tuple[str, ...]:
    """The labels of one facet that sections give, in their order."""
    return tuple(label for mention in group for owner, label in mention.place.labels if owner == facet)


def _contradicts(mention: _Mention, group: list[_Mention], exclusive: list[str]) -> bool:
    """Whether a section gives a second label of an exclusive facet: the list's maintainer must say which is meant."""
    pairs = ((_given(group, facet)[:1], _given([mention], facet)[:1]) for facet in exclusive)
    return any(first and other and first != other for first, other in pairs)


def _placements(group: list[_Mention]) -> int:
    """How many sections list the paper; one that gives no label (Other) counts as well."""
    return len({label for mention in group for label in mention.place.labels or (("", ""),)})
