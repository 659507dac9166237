"""The tasks that an engine takes, the results it returns, and the step that both engines perform. No I/O."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from classifiers.records import Text
from harvester.domain.labels import Labels
from harvester.domain.predictions import Prediction
from harvester.services.learning.classify import predictions_of

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

TASK = 2048  # texts: enough to sort by length, but few enough that several tasks in flight fit into memory


@dataclass(frozen=True, slots=True)
class Task:
    """Texts to classify together.

    Each text has an element in `items`, by which the job recognizes it; `note` is passed through. Both must be JSON.
    `all_of_them` says whether the job wants every prediction, or only those in scope.
    """

    texts: Sequence[Text]
    items: Sequence[Any]
    note: Any
    all_of_them: bool


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A task's note, and its items with their predictions."""

    note: Any
    found: Sequence[tuple[Any, Prediction]]


Source = Callable[[], Iterator[Task]]
"""Yields a job's tasks from the beginning; can be sent to another process."""


def here(source: Source, load: "Callable[[], Classifier]") -> Iterator[TaskResult]:
    """The engine that runs in this process; the classifier is loaded for the first task with a text."""
    classifier: Classifier | None = None
    for task in source():
        if task.texts and classifier is None:
            classifier = load()
        yield done(task, classifier)


def done(task: Task, classifier: "Classifier | None") -> TaskResult:
    """Classify a task's texts; a task without texts needs no classifier."""
    found = predictions_of(classifier, task.texts) if classifier and task.texts else []
    pairs = zip(task.items, found, strict=True)
    return TaskResult(
        task.note, [(item, prediction) for item, prediction in pairs if task.all_of_them or prediction.in_scope]
    )


def portable(source: Source) -> Callable[[], Iterator[str]]:
    """A source of the same tasks, as JSON."""
    return _Portable(source)


@dataclass(frozen=True, slots=True)
class _Portable:
    source: Source

    def __call__(self) -> Iterator[str]:
        for task in self.source():
            texts = [(text.id, text.title, text.abstract) for text in task.texts]
            yield json.dumps([texts, list(task.items), task.note, task.all_of_them])


def read_task(document: str) -> Task:
    """A task from its JSON."""
    texts, items, note, all_of_them = json.loads(document)
    return Task([Text(*text) for text in texts], items, note, all_of_them)


def write_done(result: TaskResult) -> str:
    """A finished task as JSON; numbers lose no precision."""
    return json.dumps([result.note, [(item, asdict(prediction)) for item, prediction in result.found]])


def read_done(document: str) -> TaskResult:
    """A finished task from its JSON."""
    note, found = json.loads(document)
    return TaskResult(note, [(item, _prediction(values)) for item, values in found])


def _prediction(values: dict[str, Any]) -> Prediction:
    labels = Labels(values["labels"]["facets"])
    return Prediction(**{**values, "labels": labels, "unsure": tuple(values["unsure"])})
