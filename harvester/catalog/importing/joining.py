"""Papers of a list joined with the entries of a catalog, so that no paper gets a second entry. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry, entry_path
from harvester.catalog.importing.roles import paper_link, with_links
from harvester.catalog.importing.same_title import one_title
from harvester.domain.folding import whole_title
from harvester.domain.identity import link_identifier
from harvester.domain.labels import Labels
from harvester.domain.same_work import names_conflict

Numbered = Callable[[Sequence[Entry]], Sequence[int]]
"""The number of the paper that each entry is of; equal for entries of one paper."""


@dataclass(frozen=True, slots=True)
class JoinedList:
    """The entry of each paper of a list, how many of the papers had one, and what people should know about it."""

    entries: tuple[Entry, ...]
    merged: int
    told: tuple[str, ...]


def join_list(catalog: Iterable[Entry], papers: Sequence[Entry], taxonomy: Taxonomy, numbered: Numbered) -> JoinedList:
    """Find or make the entry of each paper of a list.

    Args:
        catalog: the entries there are.
        numbered: what the store takes entries for; asked only if there are new ones.
    """
    joiner = _Joiner(catalog, taxonomy)
    ids = [joiner.take(paper) for paper in papers]
    kept = joiner.settle(numbered)
    entries = tuple(joiner.entries[kept.get(name, name)] for name in ids)
    return JoinedList(entries, len(papers) - len(joiner.new), tuple(joiner.told))


class _Joiner:
    """The entries of a catalog, to which papers are added."""

    def __init__(self, catalog: Iterable[Entry], taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self.entries = {entry.id: entry for entry in catalog}
        self.new: set[str] = set()
        self.told: list[str] = []
        self._titled: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries.values():
            self._titled[whole_title(entry.title)].append(entry.id)

    def take(self, paper: Entry) -> str:
        """Add a paper; the id of its entry."""
        alike = self._titled.get(whole_title(paper.title), ())
        old = self.entries.get(paper.id) or _namesake([self.entries[name] for name in alike], paper)
        if old:
            self.told += _told(old, paper)
            self.entries[old.id] = joined(old, paper, self._taxonomy)
            return old.id
        self.entries[paper.id] = paper
        self._titled[whole_title(paper.title)].append(paper.id)
        self.new.add(paper.id)
        return paper.id

    def settle(self, numbered: Numbered) -> dict[str, str]:
        """Join new entries with those that they are one paper with; the entry of each that is gone."""
        kept: dict[str, str] = {}
        if not self.new:
            return kept
        entries = sorted(self.entries.values(), key=lambda entry: (entry.path or entry_path(entry)).as_posix())
        same: dict[int, list[Entry]] = defaultdict(list)
        for entry, number in zip(entries, numbered(entries), strict=True):
            same[number].append(entry)
        for alike in same.values():
            first, *others = sorted(alike, key=lambda entry: entry.id in self.new)
            for other in others:
                if other.id in self.new:
                    self._join(first.id, other)
                    kept[other.id] = first.id
        return kept

    def _join(self, first: str, other: Entry) -> None:
        self.told.append(
            f"{other.title!r} ({other.id}) is one paper with {self.entries[first].title!r} ({first}), as far as the "
            "store knows; they are one entry."
        )
        self.entries[first] = joined(self.entries[first], other, self._taxonomy)
        del self.entries[other.id]
        self.new.discard(other.id)


def find_entry(entries: Iterable[Entry], paper: Entry) -> Entry | None:
    """The entry of a paper: of the same id, else of the same title."""
    listed = list(entries)
    own = next((entry for entry in listed if entry.id == paper.id), None)
    return own or _namesake([entry for entry in listed if whole_title(entry.title) == whole_title(paper.title)], paper)


def _namesake(alike: Sequence[Entry], paper: Entry) -> Entry | None:
    """Of entries of one title, that of a paper; none if the ids of all of them are other ones of the same issuer."""
    names = _names(paper)
    known = (entry for entry in alike if _names(entry) & names)
    fitting = (entry for entry in alike if not names_conflict(_names(entry), names))
    unsure = (entry for entry in alike if not names_conflict([entry.id], [paper.id]))
    return next(chain(known, fitting, unsure), None)


def joined(old: Entry, found: Entry, taxonomy: Taxonomy) -> Entry:
    """An entry merged with what a list says: labels and links are joined, missing authors or a missing note added."""
    facets = {
        facet.id: old.labels.of(facet.id)
        if facet.exclusive
        else tuple(
            label for label in facet.label_ids if old.labels.has(facet.id, label) or found.labels.has(facet.id, label)
        )
        for facet in taxonomy.facets
    }
    return replace(
        old,
        labels=Labels(facets),
        links=with_links(old.links, found.links),
        authors=old.authors or found.authors,
        note=old.note or found.note,
    )


def _told(old: Entry, paper: Entry) -> Iterator[str]:
    """What does not agree in an entry and a paper that becomes part of it."""
    if old.id == paper.id and not one_title(old.title, paper.title):
        yield f"{paper.title!r} has the identifier of {old.title!r} ({old.id}), so it was added to that entry."
    elif names_conflict(_names(old), _names(paper)):
        yield (
            f"{paper.title!r} ({paper.id}) may be another paper than the entry of this title, {old.id}, but no "
            "identifiers tell them apart; they are one entry."
        )


def _names(entry: Entry) -> set[str]:
    """The identifiers of an entry and of its paper's pages, without those of its title."""
    names = (link_identifier(address) for role, address in entry.links.items() if paper_link(role))
    return {name for name in (entry.id, *names) if name and not name.startswith("title:")}
