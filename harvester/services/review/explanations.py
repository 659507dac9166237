"""What helps to judge a paper but is slow to compute: the sentences its labels rest on, and similar papers.

A long-running process keeps the classifier and an index of the catalog in memory. Each is built in a background thread
when it is first needed, the classifier again when another model comes into use; until it is ready the answer is None,
and the caller asks again.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from threading import Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from harvester.base.errors import HarvesterError
from harvester.catalog.likeness import WeightedWords, nearest
from harvester.domain.identity import title_key
from harvester.domain.papers import Paper
from harvester.services.learning.classify import explain, load_classifier, model_version
from harvester.services.review.queries import PaperDetail, accepted_texts, like_titled
from harvester.services.workspace import Workspace

if TYPE_CHECKING:
    from classifiers.classifier import Classifier
    from classifiers.records import Neighbour, Reason

log = logging.getLogger(__name__)
REMEMBERED = 500  # explanations
FRESH = 300.0  # seconds after which the index of the catalog is rebuilt
NEAREST = 5
FAR = 0.08  # cosine below which two texts are unrelated
SAME_TITLE = 0.85  # ratio of equal characters in the titles' keys
TITLE_BEGINNING = 12  # letters used to look up papers of nearly the same title
_Made = TypeVar("_Made")
_MAKING = Lock()  # two threads that import scikit-learn at once see each other's modules half-initialized


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sentences each label rests on, by ``facet:label``, and the nearest papers of the labeled set."""

    reasons: Mapping[str, tuple["Reason", ...]]
    nearest: tuple["Neighbour", ...]


@dataclass(frozen=True, slots=True)
class SimilarPaper:
    """A paper similar to another one, and how similar: the cosine of their words, or 1 for nearly the same title."""

    paper: Paper
    state: str
    likeness: float


Nearest = Callable[[PaperDetail], list[SimilarPaper]]


class Explanations:
    """Explains labels and finds similar papers in a long-running process."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._classifier: Background[Classifier] = Background(lambda: load_classifier(ws))
        self._version = ""  # of the model that `_classifier` loads
        self._catalog = Background(lambda: _index(accepted_texts(ws)), FRESH)
        self._known: OrderedDict[object, Explanation] = OrderedDict()
        self._choice = Lock()
        self._at_work = Lock()  # one explanation at a time: each uses all cores

    def why(self, detail: PaperDetail) -> Explanation | None:
        """The sentences a paper's labels rest on; None while the classifier is loading.

        Raises:
            HarvesterError: the model or the encoder is missing or tampered with.
        """
        labels = detail.labels
        version = model_version(self._ws)
        key = (version, detail.paper.text_hash, tuple(sorted(labels.facets.items())))
        if key in self._known:
            return self._known[key]
        classifier = self._of(version).now()
        if classifier is None:
            return None
        with self._at_work:
            found = explanation_of(self._ws, detail, classifier)
        self._known[key] = found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _of(self, version: str) -> "Background[Classifier]":
        """The classifier; a new one once training, or a rollback, has put another model into use."""
        with self._choice:
            if version != self._version:
                self._version, self._classifier = version, Background(lambda: load_classifier(self._ws))
            return self._classifier

    def nearest(self, detail: PaperDetail) -> list[SimilarPaper] | None:
        """The papers of the catalog whose words are most like this paper's; None while the index is being built.

        Raises:
            HarvesterError: the store fails.
        """
        find = self._catalog.now()
        return None if find is None else find(detail)


def explanation_of(ws: Workspace, detail: PaperDetail, classifier: "Classifier | None" = None) -> Explanation:
    """The sentences a paper's labels rest on.

    Args:
        classifier: one that is already loaded; without it, one is loaded, which takes about five seconds.

    Raises:
        HarvesterError: the model or the encoder is missing or tampered with.
    """
    return Explanation(*explain(ws, detail.paper, detail.labels.facets, classifier))


def explain_if_possible(ws: Workspace, detail: PaperDetail) -> Explanation | None:
    """The sentences a paper's labels rest on; None if there is nothing to read or the model cannot be loaded."""
    if not detail.prediction or not detail.paper.abstract:
        return None
    try:
        return explanation_of(ws, detail)
    except HarvesterError as error:
        log.warning("No explanation: %s", error)
        return None


def doubles(ws: Workspace, detail: PaperDetail) -> list[SimilarPaper]:
    """Papers of nearly the same title that the store treats as different works: possible duplicates."""
    key = title_key(detail.paper.title)
    if len(key) < TITLE_BEGINNING:
        return []
    found = []
    for paper, candidate in like_titled(ws, detail, key[:TITLE_BEGINNING]):
        if SequenceMatcher(None, key, title_key(paper.title), autojunk=False).ratio() >= SAME_TITLE:
            found.append(SimilarPaper(paper, candidate.state if candidate else "not queued", 1.0))
    return found


class Background(Generic[_Made]):
    """A value that is slow to build: callers get the last one built while a thread rebuilds it in the background."""

    def __init__(self, make: Callable[[], _Made], fresh: float = float("inf")) -> None:
        self._make, self._fresh = make, fresh
        self._lock = Lock()
        self._value: _Made | None = None
        self._error: HarvesterError | None = None
        self._begun = -float("inf")
        self._busy = False

    def now(self) -> _Made | None:
        """The current value; None before the first one is built. Raises what the last build raised."""
        with self._lock:
            if not self._busy and (time.monotonic() - self._begun >= self._fresh or self._begun < 0):
                self._busy, self._begun = True, time.monotonic()
                Thread(target=self._work, daemon=True).start()
            if self._error and not self._busy:
                raise self._error
            return self._value

    def _work(self) -> None:
        value, failed = None, None
        try:
            with _MAKING:
                value = self._make()
        except HarvesterError as error:
            failed = error
        except Exception as error:  # a bug of ours: the caller must not wait forever
            log.warning("%s", self._make, exc_info=log.isEnabledFor(logging.DEBUG))
            failed = HarvesterError(f"This cannot be shown: {type(error).__name__}.")
        with self._lock:
            self._value, self._error, self._busy = value or self._value, failed, False


def _index(papers: Sequence[tuple[int, Paper]]) -> Nearest:
    """A function that finds those of these papers whose words are most like another paper's."""
    words = WeightedWords([_text(paper) for _, paper in papers], ngram_range=(1, 2))
    positions = {number: position for position, (number, _) in enumerate(papers)}

    def find(detail: PaperDetail) -> list[SimilarPaper]:
        """The most similar first, without the paper itself."""
        found = nearest(words.cosines(_text(detail.paper)), NEAREST, FAR, without=positions.get(detail.number))
        return [SimilarPaper(papers[position][1], "accepted", cosine) for position, cosine in found]

    return find


def _text(paper: Paper) -> str:
    """Title and abstract; the title twice, because it says most."""
    return f"{paper.title}\n{paper.title}\n{paper.abstract}"
