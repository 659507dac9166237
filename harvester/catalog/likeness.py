"""Similarity of texts as cosines, of their weighted words (TF-IDF) or of vectors made from these."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class WeightedWords:
    """Texts as sparse rows of unit length, one column per word that is not an English stop word."""

    def __init__(self, texts: Sequence[str], **choices: Any) -> None:
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._words = TfidfVectorizer(sublinear_tf=True, stop_words="english", **choices)
        try:
            self.rows = self._words.fit_transform(texts)
        except ValueError:  # from scikit-learn: no word is left, because there are no texts, or only symbols
            self.rows = csr_matrix((len(texts), 1))

    def cosines(self, text: str) -> "Floats":
        """float64 array (texts,): the similarity of each text to another one."""
        import numpy as np

        if not self.rows.nnz:
            return np.zeros(self.rows.shape[0])
        found: Floats = (self.rows @ self._words.transform([text]).T).toarray().ravel()
        return found


def nearest(cosines: "Floats", count: int, floor: float, without: int | None = None) -> list[tuple[int, float]]:
    """At most `count` (position, cosine) pairs above `floor`, largest first; ties in order of position."""
    import numpy as np

    wanted = count if without is None else count + 1
    some = np.argpartition(-cosines, wanted - 1)[:wanted] if wanted < len(cosines) else range(len(cosines))
    ranked = sorted((-round(float(cosines[position]), 4), int(position)) for position in some if position != without)
    return [(position, -negative) for negative, position in ranked[:count] if -negative > floor]
