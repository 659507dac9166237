"""What the site's pages need of how its papers lie to each other, each part made when it is first asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TypeVar

from harvester.catalog.site import apart, nearby
from harvester.catalog.site.clusters import groups
from harvester.domain.layouts import Layout

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Functions that return, in the order of the papers, the positions of the most similar ones, nearest first, the
    places on the map, and the numbers of the clusters."""

    similar: Callable[[], Sequence[Sequence[int]]]
    places: Callable[[], Sequence[Sequence[int]]]
    groups: Callable[[], Sequence[int]]


def once(make: Callable[[], T]) -> Callable[[], T]:
    """The function, called once, also where several threads need its result at the same time."""
    lock, kept = Lock(), cache(make)

    def made() -> T:
        with lock:
            return kept()

    return made


def computed(texts: Sequence[str]) -> Arrangement:
    """An arrangement computed in this process."""
    placed = once(lambda: nearby.vectors(texts))
    places = once(lambda: nearby.layout(placed()))
    return Arrangement(once(lambda: nearby.similar(placed())), places, once(lambda: groups(places())))


def computed_apart(texts: Sequence[str]) -> Arrangement:
    """An arrangement computed in another process, so that this one stays small."""
    places = once(lambda: apart.layout(texts))
    return Arrangement(once(lambda: apart.similar(texts)), places, once(lambda: apart.groups(places())))


def arranged(layout: Layout) -> Arrangement:
    """An arrangement that was made before."""
    return Arrangement(lambda: layout.similar, lambda: layout.places, lambda: layout.groups)
