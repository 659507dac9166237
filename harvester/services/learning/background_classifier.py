"""Classifies papers that the harvest has stored while it waits before its next request to arXiv."""

import logging
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING

from harvester.services.learning.classify import classify_some, load_classifier, waiting_for
from harvester.services.learning.models import model_version
from harvester.services.workspace import Watch, Workspace

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

log = logging.getLogger(__name__)
BATCH = 64  # texts between two checks whether the harvest has ended, which then waits for at most this many


class BackgroundClassifier:
    """A thread that classifies during a `with` block, whenever `notice` reports that papers were stored.

    The next step of the run classifies the papers that it leaves, and also runs into any error again and reports it.
    `classifier` is the loaded classifier, if there was a paper to classify.
    """

    def __init__(self, ws: Workspace, watch: Watch) -> None:
        self.classifier: Classifier | None = None
        self._ws, self._watch = ws, watch
        self._stored, self._over = Event(), Event()
        self._thread = Thread(target=self._work, name="classify alongside", daemon=True)

    def __enter__(self) -> "BackgroundClassifier":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._stored.set()
        self._thread.join()

    def notice(self, stage: str, done: int, total: int | None) -> None:
        """The harvest's `Watch`, called after every stored batch."""
        self._watch(stage, done, total)
        self._stored.set()

    def _work(self) -> None:
        try:
            while not self._over.is_set():
                self._classify_what_waits()
                self._stored.wait()
                self._stored.clear()
        except Exception as error:  # whatever it is: the step after the harvest tries again and reports it
            log.info("Classification is postponed until the harvest has ended: %s", error)

    def _classify_what_waits(self) -> None:
        model, done = model_version(self._ws), 0
        while not self._over.is_set() and (waiting := waiting_for(self._ws, model, BATCH)):
            self.classifier = self.classifier or load_classifier(self._ws)
            classify_some(self._ws, self.classifier, waiting)
            done += len(waiting)
            self._watch("classified", done, None)
