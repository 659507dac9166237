"""Figures for maintainers: the nightly runs, the classifier's quality, the number of subscribers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from classifiers.taxonomy import Facet, Label
from harvester.digest.interest import is_choosy
from harvester.domain.labels import Labels
from harvester.domain.run_report import RunReport
from harvester.services.learning.models import model_info
from harvester.services.workspace import Workspace
from harvester.store.decisions import newest_standing
from harvester.store.engine import read
from harvester.store.predictions import current
from harvester.store.queue import newest_scopes
from harvester.store.runs import recent_runs
from harvester.store.subscribers import all_subscribers

DECIDED = 500  # newest decisions that the model is compared with
QUEUED = 5_000  # newest candidates whose scope is averaged by month


@dataclass(frozen=True, slots=True)
class NightSummary:
    """A run as its report describes it; `state` is ``cut off`` if it left none.

    `merged` counts records that proved to be papers which other sources had shown; `warnings` name papers of the
    catalog that were retracted, corrected or withdrawn.
    """

    name: str
    state: str
    new: int
    in_scope: int
    queued: int
    sent: int | None
    seconds: float | None
    errors: tuple[str, ...]
    merged: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How a label performs: the model's predictions against reviewers' decisions, and its F1 in cross-validation."""

    facet: str
    name: str
    predicted: int
    decided: int
    both: int
    f1: float | None

    @property
    def precision(self) -> float | None:
        """The share of the model's assignments that reviewers kept."""
        return self.both / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """The share of the reviewers' assignments that the model had predicted."""
        return self.both / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """The model in use; `accepted` and `rejected` count the newest decisions.

    `drift` has one element per month, newest first: how many papers joined the queue and their mean scope. A model that
    meets texts unlike those it was trained on becomes less sure.
    """

    version: str
    papers: int
    labels: tuple[LabelFigures, ...]
    accepted: int
    rejected: int
    drift: tuple[tuple[str, int, float], ...]


@dataclass(frozen=True, slots=True)
class SubscriberFigures:
    """How many people are in each state, chose each mail frequency, and chose each label; no addresses."""

    states: Mapping[str, int]
    every: Mapping[str, int]
    topics: Sequence[tuple[str, int]]


def nights(ws: Workspace, limit: int) -> list[NightSummary]:
    """The newest runs, newest first."""
    with read(ws.store) as db:
        return [_night(name, report) for name, report in recent_runs(db, limit)]


def subscribers(ws: Workspace) -> SubscriberFigures:
    """How many people subscribe to what."""
    with read(ws.store) as db:
        people = all_subscribers(db)
    active = [subscriber for subscriber in people if subscriber.state == "active"]
    names = {(facet.id, label.id): label.name for facet in ws.taxonomy.facets for label in facet.labels}
    wanted = Counter(
        (facet, label)
        for subscriber in active
        for facet, labels in subscriber.preferences.topics.items()
        for label in labels
    )
    everything = sum(not is_choosy(subscriber.preferences) for subscriber in active)
    topics = [("Everything", everything), *((names.get(key, key[1]), made) for key, made in wanted.most_common())]
    return SubscriberFigures(
        Counter(subscriber.state for subscriber in people),
        Counter(subscriber.preferences.every for subscriber in active),
        topics,
    )


def classifier(ws: Workspace) -> ModelFigures:
    """How the model in use performs.

    Raises:
        HarvesterError: the model cannot be read.
    """
    info = model_info(ws)
    with read(ws.store) as db:
        decided = newest_standing(db, DECIDED)
        predicted = current(db, [decision.paper for decision in decided], info.version)
        queued = newest_scopes(db, QUEUED)
    pairs = [
        (predicted[decision.paper].labels, decision.labels)
        for decision in decided
        if decision.labels and decision.paper in predicted
    ]
    figures = info.metrics.get("cross_validation", {})
    return ModelFigures(
        info.version,
        int(figures.get("papers", 0)),
        tuple(_label_figures(facet, label, pairs, figures) for facet in ws.taxonomy.facets for label in facet.labels),
        sum(decision.action == "accept" for decision in decided),
        sum(decision.action == "reject" for decision in decided),
        _by_month(queued),
    )


def _night(name: str, report: RunReport | None) -> NightSummary:
    if report is None:
        return NightSummary(name, "cut off", 0, 0, 0, None, None, ())
    return NightSummary(
        name,
        report.state,
        report.papers.new,
        report.in_scope,
        report.queued,
        report.digest.sent if report.digest else None,
        report.seconds,
        tuple(report.problems),
        sum(source.merged for source in report.sources),
        tuple(report.warnings),
    )


def _label_figures(
    facet: Facet, label: Label, pairs: Sequence[tuple[Labels, Labels]], figures: Mapping[str, Any]
) -> LabelFigures:
    found = [(predicted.has(facet.id, label.id), decided.has(facet.id, label.id)) for predicted, decided in pairs]
    known = figures.get("facets", {}).get(facet.id, {}).get("labels", {}).get(label.id, {})
    return LabelFigures(
        facet.name,
        label.name,
        sum(predicted for predicted, _ in found),
        sum(decided for _, decided in found),
        sum(predicted and decided for predicted, decided in found),
        known.get("f1"),
    )


def _by_month(queued: Sequence[tuple[datetime, float]]) -> tuple[tuple[str, int, float], ...]:
    months: dict[str, list[float]] = {}
    for moment, scope in queued:
        months.setdefault(f"{moment:%Y-%m}", []).append(scope)
    return tuple((month, len(found), sum(found) / len(found)) for month, found in sorted(months.items(), reverse=True))
