"""Similar papers, and a map that places them near each other. All seeds are fixed, so results are reproducible.

Texts become vectors by latent semantic analysis (TF-IDF and a truncated SVD, Deerwester et al. 1990). It takes seconds
for 20,000 papers, where a sentence encoder takes minutes, and titles with labels carry most of the information.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.likeness import WeightedWords, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SIMILAR = 8  # papers listed on a paper's page
SCALE = 1000  # the map is a square with sides of this many units
_DIMENSIONS = 64
_LANDMARKS = 1200  # papers that t-SNE arranges; the others go between those they resemble
_STEPS = 350  # of t-SNE; from a start by principal components, later ones move little
_NEIGHBOURS = 4
_RELATED = 0.1  # cosine below which papers have nothing in common
_BLOCK = 1000  # rows of the similarity matrix with the landmarks held at once
_COSINES = 10_000_000  # similarities of papers held at once


def text_of(entry: Entry, taxonomy: Taxonomy, abstract: str = "") -> str:
    """An entry's title, the names of its labels, and the abstract if it is known."""
    names = (label.name for facet in taxonomy.facets for label in facet.labels if entry.labels.has(facet.id, label.id))
    return ". ".join((entry.title, *names, abstract))


def texts_of(entries: Sequence[Entry], taxonomy: Taxonomy, abstracts: Mapping[str, str]) -> list[str]:
    """What papers are compared by.

    Args:
        abstracts: the known abstracts, by entry id.
    """
    return [text_of(entry, taxonomy, abstracts.get(entry.id, "")) for entry in entries]


def vectors(texts: Sequence[str]) -> "Floats":
    """float32 array (papers, dimensions) of unit length, or zeros for a paper that shares no word with another."""
    import numpy as np
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    counted = WeightedWords(texts, max_features=20_000).rows
    size = min(_DIMENSIONS, min(counted.shape) - 1)
    if size < 2:
        return np.asarray(counted.toarray(), dtype=np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):  # equal texts have no variance that could be explained
        reduced = TruncatedSVD(size, n_iter=3, random_state=0).fit_transform(counted)
    return np.asarray(normalize(reduced), dtype=np.float32)


def similar(placed: "Floats") -> list[list[int]]:
    """For each paper, the positions of the most similar papers, nearest first; unrelated ones are left out."""
    found: list[list[int]] = []
    rows = max(1, _COSINES // max(1, len(placed)))
    for start in range(0, len(placed), rows):
        block = placed[start : start + rows] @ placed.T
        for own, cosines in enumerate(block, start):
            found.append([other for other, _ in nearest(cosines, SIMILAR, _RELATED, without=own)])
    return found


def layout(placed: "Floats") -> list[list[int]]:
    """A map position for each paper, ``[x, y]`` from 0 to `SCALE`: similar papers are close (t-SNE, Maaten 2008)."""
    import numpy as np

    if len(placed) < 4:
        return [[SCALE * (2 * n + 1) // (2 * len(placed)), SCALE // 2] for n in range(len(placed))]
    step = -(-len(placed) // _LANDMARKS)
    chosen = np.arange(0, len(placed), step)
    arranged = _tsne(placed[chosen])
    points = arranged if step == 1 else _between(placed, placed[chosen], arranged)
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) / np.maximum(high - low, 1e-9) * SCALE
    return [[int(x), int(y)] for x, y in np.rint(scaled)]


def _tsne(placed: "Floats") -> Any:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    near = min(30.0, (len(placed) - 1) / 3)
    arrange = TSNE(2, perplexity=near, init="pca", random_state=0, max_iter=_STEPS, metric="cosine")
    with threadpool_limits(1):  # sums in a fixed order give the same map; and threads spin on a busy machine
        return arrange.fit_transform(placed)


def _between(placed: "Floats", landmarks: "Floats", arranged: Any) -> Any:
    """Every paper at the weighted mean of the landmarks it resembles most, shifted a little so that none overlap."""
    import numpy as np

    spots = np.empty((len(placed), 2))
    for start in range(0, len(placed), _BLOCK):
        likeness = placed[start : start + _BLOCK] @ landmarks.T
        nearest = np.argpartition(-likeness, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        weight = np.maximum(np.take_along_axis(likeness, nearest, axis=1), 1e-3) ** 4
        middle = (arranged[nearest] * weight[..., None]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
        spots[start : start + _BLOCK] = middle
    spread = float(np.ptp(arranged)) / 120
    return spots + np.random.default_rng(0).normal(0, spread, spots.shape)
