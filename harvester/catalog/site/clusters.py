"""The clusters of the map, and their names: the labels that tell a cluster's papers from all others.

Neither depends on chance: the same papers in the same places have the same clusters.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 14  # clusters; more names than that hide the map
_COMPARED = 2000  # papers that are grouped with each other; the others join the cluster they are in the middle of
_SECOND = 0.3  # the share of a cluster's papers that a second label needs, to be named too
_TELLING = 0.08  # how far a label must set a cluster apart to name it
_UNNAMED, _ALL = "Other papers", "All papers"


def groups(places: Sequence[Sequence[int]]) -> list[int]:
    """The number of the cluster of each of the places: compact groups of neighbors (Ward 1963)."""
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering

    count = min(_MOST, max(1, round(math.sqrt(len(places)) / 2)))
    if count < 2:
        return [0] * len(places)
    points = np.asarray(places, dtype=np.float64)
    some = points[:: -(-len(points) // _COMPARED)]
    of_some = AgglomerativeClustering(count, linkage="ward").fit_predict(some)
    centers = np.stack([some[of_some == group].mean(axis=0) for group in range(count)])
    nearest = ((points[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
    found: list[int] = np.unique(nearest, return_inverse=True)[1].tolist()
    return found


def clusters(
    places: Sequence[Sequence[int]], grouped: Sequence[int], entries: Sequence[Entry], taxonomy: Taxonomy
) -> dict[str, Any]:
    """Names and middles of the clusters, largest first, and the position of each paper's cluster among them.

    Args:
        places: where on the map each of the entries is.
        grouped: what `groups` says of the places.
    """
    import numpy as np

    if not entries:
        return {"name": [], "at": [], "of": []}
    points, found = np.asarray(places, dtype=np.float64), np.asarray(grouped)
    sizes = np.bincount(found)
    order = sorted(range(len(sizes)), key=lambda group: (-sizes[group], int(np.argmax(found == group))))
    of = np.argsort(order)[found]
    middles = [np.median(points[of == group], axis=0) for group in range(len(order))]
    return {
        "name": _distinct(_telling_labels(of, entries, taxonomy)),
        "at": [[int(x), int(y)] for x, y in middles],
        "of": [int(group) for group in of],
    }


def _telling_labels(of: "NDArray[Any]", entries: Sequence[Entry], taxonomy: Taxonomy) -> Iterator[list[str]]:
    """For each cluster, the names of the labels that set it apart, the most telling first and one per facet."""
    import numpy as np

    labels = [(facet.id, label) for facet in taxonomy.facets if not facet.exclusive for label in facet.labels]
    held = np.array([[entry.labels.has(facet, label.id) for facet, label in labels] for entry in entries], dtype=bool)
    usual = (held.sum(axis=0) + 1) / (len(entries) + 2)
    for group in range(int(of.max()) + 1):
        share = held[of == group].mean(axis=0)
        telling = share * np.log(np.maximum(share, 1e-9) / usual)  # a label's part of the Kullback-Leibler divergence
        named: dict[str, str] = {}
        for number in np.argsort(-telling, kind="stable"):
            facet, label = labels[number]
            if telling[number] >= _TELLING and (not named or share[number] >= _SECOND):
                named.setdefault(facet, label.name)
        yield list(named.values()) or [_UNNAMED if of.any() else _ALL]


def _distinct(found: Iterator[list[str]]) -> list[str]:
    """A name for each cluster: two labels, a third where others have the same two, else a number behind them."""
    names: dict[frozenset[str], str] = {}
    for labels in found:
        tries = [labels[:2], labels[:3], *([*labels[:3], f"({number})"] for number in range(2, len(names) + 3))]
        new = next(some for some in tries if some and frozenset(some) not in names)
        names[frozenset(new)] = " · ".join(new)
    return list(names.values())
