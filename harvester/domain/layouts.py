"""How the papers of the catalog lie to each other: on its map, in clusters, and which ones are most similar. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from harvester.domain.labels import Labels

_Label = tuple[str, str]
_ENOUGH = 0.5  # the share of the papers that a layout must know, to be good for all of them


@dataclass(frozen=True, slots=True)
class Layout:
    """Of each of the papers `ids`, its place ``[x, y]``, the number of its cluster, and the positions in `ids` of the
    papers most similar to it, nearest first. `mark` identifies the texts that it was made from."""

    mark: str
    ids: Sequence[str]
    places: Sequence[Sequence[int]]
    groups: Sequence[int]
    similar: Sequence[Sequence[int]]


def fitted(layout: Layout, papers: Mapping[str, Labels]) -> Layout | None:
    """The layout of the papers, in their order; None if it knows too few of them.

    A paper that it does not know is put where a known one is that shares most labels with it; nothing is similar to it.
    """
    known = {name: number for number, name in enumerate(layout.ids)}
    wanted = list(papers)
    if sum(name in known for name in wanted) < _ENOUGH * len(wanted):
        return None
    held: dict[frozenset[_Label], str] = {}  # the first paper of each set of labels: there are few sets
    for name in filter(known.__contains__, wanted):
        held.setdefault(frozenset(papers[name].pairs), name)
    like = cache(lambda labels: held[_most_alike(labels, held)])
    at = [known[name if name in known else like(frozenset(papers[name].pairs))] for name in wanted]
    position = {known[name]: place for place, name in enumerate(wanted) if name in known}
    similar = [
        [position[other] for other in layout.similar[known[name]] if other in position] if name in known else []
        for name in wanted
    ]
    groups = _renumbered([layout.groups[number] for number in at])
    return Layout(layout.mark, wanted, [layout.places[number] for number in at], groups, similar)


def _most_alike(labels: frozenset[_Label], held: Collection[frozenset[_Label]]) -> frozenset[_Label]:
    """The first set that shares most labels, and has fewest others."""
    return max(held, key=lambda own: (len(own & labels), -len(own)))


def _renumbered(groups: Sequence[int]) -> list[int]:
    """The groups without those that are empty by now."""
    numbers = {group: number for number, group in enumerate(sorted(set(groups)))}
    return [numbers[group] for group in groups]
