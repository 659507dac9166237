"""Mentions of papers joined into entries: which mentions are of one paper, and what identifies it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.importing.facts import roles
from harvester.catalog.importing.inline import Link
from harvester.catalog.importing.item import Item
from harvester.catalog.importing.outline import Place
from harvester.catalog.importing.roles import by_role, paper_link
from harvester.catalog.importing.same_title import Part, divided, one_title
from harvester.catalog.published import Published
from harvester.domain.folding import whole_title
from harvester.domain.identity import best, link_identifier, numbered, title_identifier, without_version
from harvester.domain.labels import Labels, completed
from harvester.domain.same_work import issuer, names_conflict


@dataclass(frozen=True, slots=True)
class Mention:
    """An item with its web links, the section it is in, and how many lists were before its own."""

    item: Item
    links: tuple[Link, ...]
    place: Place

    @property
    def roled(self) -> list[tuple[str, str]]:
        """The roles and addresses of its links."""
        return list(roles(self.links, self.item.hints))

    @property
    def names(self) -> frozenset[str]:
        """The identifiers in the links that lead to the paper itself."""
        found = (link_identifier(address) for role, address in self.roled if paper_link(role))
        return frozenset(name for name in found if name)


@dataclass(slots=True)
class Group:
    """The mentions of one paper; the first gives its title. Those in derived sections give no labels.

    `issuer` is the one whose identifiers tell it from other papers of its title, "" if there are none. `unsure` are
    mentions of which it cannot be told whether they are of another paper.
    """

    mentions: list[Mention]
    derived: list[Mention] = field(default_factory=list)
    issuer: str = ""
    unsure: list[Mention] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title that the first mention gives."""
        return self.mentions[0].item.title

    @property
    def names(self) -> frozenset[str]:
        """The identifiers in the links of all mentions."""
        return frozenset(name for mention in self.mentions for name in mention.names)

    @property
    def every(self) -> list[Mention]:
        """All mentions."""
        return [*self.mentions, *self.derived]


class Groups:
    """The papers of one or several lists: first all mentions are added, then they are settled."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._exclusive = [facet.id for facet in taxonomy.facets if facet.exclusive]
        self._mentions: dict[str, list[Mention]] = {}
        self._by_title: dict[str, list[Group]] = {}
        self._same: dict[str, str] = {}
        self._shared: frozenset[str] = frozenset()

    def add(self, mention: Mention) -> None:
        """Add a mention."""
        self._mentions.setdefault(whole_title(mention.item.title), []).append(mention)

    def settle(self) -> list[tuple[Mention, str]]:
        """Decide which mentions are of one paper; returns those that cannot be used, and why."""
        self._join_titles()
        titles: dict[str, set[str]] = defaultdict(set)
        for title, mentions in self._mentions.items():
            for name in (name for mention in mentions for name in mention.names):
                titles[without_version(name)].add(title)
        self._shared = frozenset(name for name, claiming in titles.items() if len(claiming) > 1)
        lost: list[tuple[Mention, str]] = []
        for title, mentions in self._mentions.items():
            parts, chosen = divided([self._own(mention.names) for mention in mentions])
            self._by_title[title] = [self._group(part, mentions, chosen, lost) for part in parts]
        return lost

    def _join_titles(self) -> None:
        """Put the mentions of titles together that are one, as an identifier that they share says."""
        claims: dict[str, dict[str, str]] = defaultdict(dict)
        for title, mentions in self._mentions.items():
            for mention in mentions:
                for name in mention.names:
                    claims[without_version(name)].setdefault(title, mention.item.title)
        for titles in claims.values():
            (first, spelled), *others = titles.items()
            for other, said in others:
                if self._one(other) != self._one(first) and one_title(spelled, said):
                    self._same[self._one(other)] = self._one(first)
        for other in self._same:
            both = [*self._mentions.get(self._one(other), ()), *self._mentions.pop(other, ())]
            self._mentions[self._one(other)] = sorted(both, key=lambda mention: mention.item.number)

    def _one(self, title: str) -> str:
        """The title that stands for this one."""
        while title in self._same:
            title = self._same[title]
        return title

    def _group(self, part: Part, mentions: Sequence[Mention], chosen: str, lost: list[tuple[Mention, str]]) -> Group:
        group = Group([mentions[part.mentions[0]]], issuer=chosen, unsure=[mentions[number] for number in part.unsure])
        for mention in (mentions[number] for number in part.mentions[1:]):
            if facet := _contradicted(mention, group, self._exclusive):
                lost.append((mention, f"a second {facet} of one paper"))
            else:
                group.mentions.append(mention)
        return group

    def _own(self, names: Iterable[str]) -> frozenset[str]:
        """The identifiers that no other title claims."""
        return frozenset(name for name in names if without_version(name) not in self._shared)

    def add_derived(self, mention: Mention) -> bool:
        """Add a mention in a derived section; whether its paper is anywhere else."""
        alike = self._by_title.get(self._one(whole_title(mention.item.title)), [])
        own = self._own(mention.names)
        known = (group for group in alike if group.names & own)
        fitting = (group for group in alike if not names_conflict(group.names, own))
        group = next(known, None) or next(fitting, None)
        if group:
            group.derived.append(mention)
        return group is not None

    def entries(self) -> tuple[list[tuple[Group, Entry]], list[Group]]:
        """An entry for each paper, and the papers that have no name at all."""
        groups = self._in_order()
        named = self._named(groups)
        made = [(group, _entry(name, group, self._taxonomy)) for group, name in zip(groups, named, strict=True) if name]
        return made, [group for group, name in zip(groups, named, strict=True) if not name]

    def shared(self) -> list[tuple[str, list[Item]]]:
        """The identifiers that several titles claim, each with the first items of these titles that have it."""
        claims: dict[str, dict[str, Item]] = defaultdict(dict)
        for group in self._in_order():
            for mention in group.mentions:
                for name in (name for name in mention.names if without_version(name) in self._shared):
                    claims[without_version(name)].setdefault(self._one(whole_title(group.title)), mention.item)
        claimed = [(name, sorted(items.values(), key=lambda item: item.number)) for name, items in claims.items()]
        return sorted((pair for pair in claimed if len(pair[1]) > 1), key=lambda pair: pair[1][0].number)

    def unsure(self) -> list[tuple[Item, Item]]:
        """Items that may be of another paper than the one of their title, after the first item of this."""
        return [(group.mentions[0].item, one.item) for group in self._in_order() for one in group.unsure]

    def disagreements(self) -> list[tuple[str, Item, Item]]:
        """The dates and venues in which mentions of one paper differ: what differs, the first item and the other."""
        groups = self._in_order()
        found = [(what, *pair) for group in groups for what, pair in _differing([one.item for one in group.mentions])]
        return sorted(found, key=lambda one: one[2].number)

    def _in_order(self) -> list[Group]:
        groups = (group for alike in self._by_title.values() for group in alike)
        return sorted(groups, key=lambda group: group.mentions[0].item.number)

    def _named(self, groups: Sequence[Group]) -> list[str]:
        """The identifier of each paper: one from its links that no other title claims, else that of its title.

        Two titles claim one arXiv id when a list's maintainer copied a link and forgot to change it; we cannot tell
        whose it is. Of several titles that begin alike, all but the first get a number.
        """
        taken: set[str] = set()
        named: list[str] = []
        for group in groups:
            own = [name for name in self._own(group.names) if issuer(name) == group.issuer or not group.issuer]
            name = best(own) if own else _free(title_identifier(group.title) or "", taken)
            taken.add(name)
            named.append(name)
        return named


def _differing(items: Sequence[Item]) -> Iterator[tuple[str, tuple[Item, Item]]]:
    """The date and the venue, if a later item has another one than the first that has any."""
    dated = [item for item in items if item.published]
    placed = [item for item in items if item.venue]
    for item in dated[1:]:
        if not _compatible(dated[0].published, item.published):
            yield "date", (dated[0], item)
            break
    for item in placed[1:]:
        if whole_title(item.venue) != whole_title(placed[0].venue):
            yield "venue", (placed[0], item)
            break


def _compatible(one: Published, other: Published) -> bool:
    """Whether two dates may be the same day: what both know of it is equal."""
    parts = zip((one.year, one.month, one.day), (other.year, other.month, other.day), strict=True)
    return all(not (mine and theirs) or mine == theirs for mine, theirs in parts)


def placements(group: Group) -> int:
    """How many sections list the paper; one that gives no label (Other) counts as well."""
    return len({label for mention in group.mentions for label in mention.place.labels or (("", ""),)})


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while name and (numbered(name, number) if number > 1 else name) in taken:
        number += 1
    return numbered(name, number) if number > 1 else name


def _entry(identifier: str, group: Group, taxonomy: Taxonomy) -> Entry:
    items = [mention.item for mention in group.mentions]
    given = {label for mention in group.mentions for label in mention.place.labels}
    found = {
        facet.id: tuple(label for label in facet.label_ids if (facet.id, label) in given)
        for facet in taxonomy.facets
        if not facet.exclusive
    }
    found |= {facet.id: _given(group.mentions, facet.id)[:1] for facet in taxonomy.facets if facet.exclusive}
    return Entry(
        id=identifier,
        title=group.title,
        authors=next((item.authors for item in items if item.authors), ()),
        published=next((item.published for item in items if item.published), Published()),
        venue=next((item.venue for item in items if item.venue), ""),
        note=next((item.note for item in items if item.note), ""),
        labels=completed(Labels(found), taxonomy),
        links=by_role(link for mention in group.every for link in mention.roled),
    )


def _given(mentions: Iterable[Mention], facet: str) -> tuple[str, ...]:
    """The labels of one facet that sections give, in their order."""
    return tuple(label for mention in mentions for owner, label in mention.place.labels if owner == facet)


def _contradicted(mention: Mention, group: Group, exclusive: Sequence[str]) -> str:
    """The exclusive facet of which a section gives a second label: the list's maintainer must say which is meant."""
    pairs: Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]] = (
        (facet, _given(group.mentions, facet)[:1], _given([mention], facet)[:1]) for facet in exclusive
    )
    return next((facet for facet, first, other in pairs if first and other and first != other), "")
