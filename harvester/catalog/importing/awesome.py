"""Imports an Awesome-style list: the papers it names, the labels of its sections, and what becomes of each link."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry
from harvester.catalog.importing import account
from harvester.catalog.importing.account import Balance, Skipped, Unplaced
from harvester.catalog.importing.choices import Choices
from harvester.catalog.importing.grouping import Groups, Mention, placements
from harvester.catalog.importing.inline import Link
from harvester.catalog.importing.item import Item
from harvester.catalog.importing.items import items
from harvester.catalog.importing.nodes import Close, Heading, Hidden, links_of
from harvester.catalog.importing.outline import Outline, Place
from harvester.catalog.importing.page import page
from harvester.catalog.importing.records.decoding import text_of
from harvester.catalog.importing.roles import why_no_web_link
from harvester.catalog.importing.skipping import why_no_paper
from harvester.catalog.importing.unknown import MetHeading, Unknown

_FEW_WORDS = 3  # a bullet with no more than this, its dash included, is not a title
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_FEW_CONTROLS = 3  # in a line
LONGEST = 10_000_000  # bytes of a list; GitHub shows half a megabyte, and anything this long is not a list


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The content of a list.

    `placements` counts each paper once per section; `derived` counts those that derived sections repeat. `skipped` are
    links that are of no paper. `unknown` are those of the `headings` that left papers unplaced, `left_out` those whose
    name says that they list none. `conflicts` are sentences on identifiers that several titles
    claim, on titles that may be those of several papers, and on dates and venues that differ.
    """

    papers: tuple[Entry, ...]
    placements: int
    derived: int
    unplaced: tuple[Unplaced, ...]
    skipped: tuple[Skipped, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    left_out: tuple[Unknown, ...] = field(default=(), compare=False)
    headings: tuple[MetHeading, ...] = field(default=(), compare=False)
    conflicts: tuple[str, ...] = ()
    balance: Balance = Balance()  # noqa: RUF009 - frozen, so it can be shared


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a list, and its file's name if there are several."""

    text: str
    file: str = ""


def parse_list(text: str, taxonomy: Taxonomy, choices: Choices | None = None) -> ImportedList:
    """Read a list. The same title in several sections is one paper with the labels of all of them.

    Args:
        choices: what the caller says about headings (see `choices.parse_choices`); takes precedence over the taxonomy.
    """
    return parse_lists([Source(text)], taxonomy, choices)


def parse_lists(sources: Sequence[Source], taxonomy: Taxonomy, choices: Choices | None = None) -> ImportedList:
    """Read several lists as one."""
    chosen, groups = choices or Choices(), Groups(taxonomy)
    readers = [_Sorter(source, taxonomy, chosen, groups, number) for number, source in enumerate(sources)]
    for reader in readers:
        reader.sort()
    if choices:
        choices.require({key for reader in readers for key in reader.outline.met})
    for mention, why in groups.settle():
        readers[mention.item.file].lose(mention.item, mention.links, why)
    derived = sum(reader.sort_derived() for reader in readers)
    made, nameless = groups.entries()
    for group in nameless:
        for mention in group.every:
            readers[mention.item.file].lose(mention.item, mention.links, "its title has no letters")
    for reader in readers:
        reader.finish()
    lost = tuple(record for reader in readers for record in reader.unplaced)
    left = tuple(record for reader in readers for record in reader.skipped)
    mentions = [mention for group, _ in made for mention in group.every]
    numbers = {(mention.item.file, link.number) for mention in mentions for link in mention.links}
    linked = sum(any(mention.links for mention in group.every) for group, _ in made)
    return ImportedList(
        papers=tuple(entry for _, entry in made),
        placements=sum(placements(group) for group, _ in made),
        derived=derived,
        unplaced=lost,
        skipped=left,
        unknown=tuple(unknown for reader in readers for unknown in reader.unknown(reader.unplaced)),
        left_out=tuple(unknown for reader in readers for unknown in reader.unknown(reader.by_section)),
        conflicts=(
            *(_conflict(name, items, sources) for name, items in groups.shared()),
            *(_unsure(*found, sources) for found in groups.unsure()),
            *(_disagreement(*found, sources) for found in groups.disagreements()),
        ),
        headings=tuple(heading for reader in readers for heading in reader.outline.headings),
        balance=account.balance(sum(reader.links for reader in readers), len(numbers), linked, left, lost),
    )


def _conflict(name: str, items: Sequence[Item], sources: Sequence[Source]) -> str:
    """``arxiv:2307.06312 is linked by 'One' (line 3) and 'Two' (line 7), so none gets it; ...``"""
    papers = [f"{item.title!r} ({_where(item, sources)})" for item in items]
    return f"{name} is linked by {', '.join(papers[:-1])} and {papers[-1]}, so none gets it; correct the wrong links."


def _unsure(first: Item, other: Item, sources: Sequence[Source]) -> str:
    return (
        f"{other.title!r} ({_where(other, sources)}) may be another paper than that of this title "
        f"({_where(first, sources)}), but no identifiers tell them apart; they are one entry."
    )


def _disagreement(what: str, first: Item, other: Item, sources: Sequence[Source]) -> str:
    """``'One' has the venue TMI (line 3) and MICCAI (line 9); the first is taken.``"""
    given = [f"{item.published if what == 'date' else item.venue} ({_where(item, sources)})" for item in (first, other)]
    return f"{first.title!r} has the {what} {given[0]} and {given[1]}; the first is taken."


def _where(item: Item, sources: Sequence[Source]) -> str:
    file = sources[item.file].file
    return f"{file}, line {item.line}" if file else f"line {item.line}"


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
        text = text_of(path.read_bytes())
    except OSError as error:
        raise CatalogError(f"Cannot read {path}: {error.strerror or error}.") from error
    if line := next((number for number, line in enumerate(text.split("\n"), 1) if _is_binary(line)), 0):
        raise CatalogError(f"{path}, line {line}: not a text file; pass the README.md of an Awesome list.")
    return text


def _is_binary(line: str) -> bool:
    """Whether it has a NUL, or more other control characters than may have been pasted by mistake."""
    return "\0" in line or len(_CONTROL.findall(line)) > max(_FEW_CONTROLS, len(line) // 20)


class _Sorter:
    """Sorts the links of one list: to papers, to those that are left out, and to those without a place."""

    def __init__(self, source: Source, taxonomy: Taxonomy, choices: Choices, groups: Groups, number: int) -> None:
        self._source, self._groups, self._file = source, groups, number
        self.outline = Outline(taxonomy, choices)
        self.unplaced: list[Unplaced] = []
        self.skipped: list[Skipped] = []
        self.by_section: list[Unplaced] = []
        self._derived: list[Mention] = []
        nodes = page(source.text)
        self._missing = {link.number: link for link in links_of(nodes)}
        self.links = len(self._missing)
        self._events = items(nodes, source.text, self.outline.knows)

    def sort(self) -> None:
        """Read the list; what derived sections have must wait for all others."""
        for number, event in enumerate(self._events):
            if isinstance(event, Heading):
                self._enter(event)
            elif isinstance(event, Close):
                self.outline.leave(event.level)
            elif isinstance(event, Hidden):
                self._skip([event.link], event.place)
            else:
                self._sort(replace(event, file=self._file, number=(self._file, number)))

    def sort_derived(self) -> int:
        """Sort what derived sections have; how many papers they repeat."""
        repeated = [self._groups.add_derived(mention) for mention in self._derived]
        for mention, is_repeated in zip(self._derived, repeated, strict=True):
            if not is_repeated:
                self.lose(mention.item, mention.links, "it is only in a section that nobody assigns")
        return sum(repeated)

    def finish(self) -> None:
        """Account for links that nothing was made of, and put all records into the list's order."""
        for link in self._missing.values():
            self.unplaced.append(account.unplaced(link.line, link.source, [link], "it was not read"))
        self.unplaced = [replace(record, file=self._source.file) for record in sorted(self.unplaced, key=_line)]
        self.skipped = [replace(record, file=self._source.file) for record in sorted(self.skipped, key=_line)]

    def unknown(self, records: Sequence[Unplaced]) -> tuple[Unknown, ...]:
        """The headings without a meaning, of these records."""
        texts: dict[int, str] = {}
        for record in records:
            texts[record.line] = f"{texts.get(record.line, '')} {record.text}".strip()
        return self.outline.unknown(texts, self._source.file)

    def lose(self, item: Item, links: Sequence[Link], why: str) -> None:
        """Account for an item without a place."""
        self._take(links)
        self.unplaced.append(account.unplaced(item.line, item.text, links, why))

    def _enter(self, heading: Heading) -> None:
        if heading.text:
            self.outline.enter(heading.level, heading.text, heading.line)
        else:
            self.outline.leave(heading.level)

    def _sort(self, item: Item) -> None:
        place = self.outline.place
        links = tuple(link for link in item.links if not why_no_web_link(link))
        local = [link for link in item.links if why_no_web_link(link) == "local file"]
        if local and not links and item.bullet and place.known:
            self.lose(item, local, "it links only to a file of the list's own folder")
        usable = {link.number for link in links}
        for link in item.links:
            if link.number not in usable and link.number in self._missing:
                self._skip([link], why_no_web_link(link))
        reason = why_no_paper(item, links, place, self.outline.path)
        if reason:
            self._leave_out(item, links, place, reason)
        elif item.title and place.derived:
            self._take(links)
            self._derived.append(Mention(item, links, place))
        elif item.title and place.known:
            self._take(links)
            self._groups.add(Mention(item, links, place))
        elif (links or not _only_navigates(item)) and (why := _why_lost(item, links, place)):
            self.lose(item, links, why)

    def _leave_out(self, item: Item, links: Sequence[Link], place: Place, reason: str) -> None:
        self._skip(links, reason)
        if place.skipped and not links and (item.title or item.bullet):
            self.skipped.append(Skipped(item.line, item.text, reason, links=0))
        elif links and not place.skipped and reason != "text" and (item.title or item.opens):
            self.by_section.append(Unplaced(item.line, item.text))

    def _skip(self, links: Sequence[Link], reason: str) -> None:
        self._take(links)
        self.skipped += (account.skipped(link, reason) for link in links)

    def _take(self, links: Sequence[Link]) -> None:
        for link in links:
            self._missing.pop(link.number, None)


def _only_navigates(item: Item) -> bool:
    """Whether all of its links lead to places of the list itself."""
    return bool(item.links) and all(why_no_web_link(link) in ("navigation", "badge", "image") for link in item.links)


def _why_lost(item: Item, links: Sequence[Link], place: Place) -> str:
    """Why an item that may be a paper has no place; "" for what is only text."""
    if item.title:
        return "no heading above it names a label" if links or item.dated else ""
    if links:
        return "no title was found"
    if place.known and item.bullet and not item.links:  # a title without a link
        return "no title was found" if len(item.text.split()) > _FEW_WORDS else ""
    return "no title was found" if place.inside and item.dated and item.opens else ""


def _line(record: Unplaced | Skipped) -> int:
    return record.line
