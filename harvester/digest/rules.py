"""Who is due a digest, and what it contains. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from classifiers.taxonomy import Taxonomy
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.subscribers import Preferences

PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
FORMS = ("html", "text")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HEARTBEAT = timedelta(days=7)  # of silence, after which a heartbeat may be sent
Topics = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """An accepted paper with the labels it has now.

    `scope` is the probability of being in scope, by the classifier (0 if it never saw the paper); `page` is a path.
    """

    number: int
    paper: Paper
    labels: Labels
    scope: float = 0.0
    page: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The papers of a digest under one heading; without a heading if it would add nothing."""

    heading: str
    items: tuple[Item, ...]


def is_due(preferences: Preferences, confirmed: date, last: date | None, today: date) -> bool:
    """Whether it is time for another digest, by the UTC days of their consent, of the last digest, and today.

    A weekly digest with a fixed day is due from that day until it was sent: a late one is sent late, once, and the next
    one is on its own day again. A monthly one has such a day as well: that of the consent, or the last one of a month
    that has no such day.
    """
    if preferences.every == "month":
        day = _monthly(confirmed.day, today)
        return day >= confirmed if last is None else day > last
    if preferences.every == "week" and preferences.weekday is not None:
        day = today - timedelta(days=(today.weekday() - preferences.weekday) % 7)
        return day >= confirmed if last is None else day > last
    return last is None or today - last >= PERIODS[preferences.every]


def _monthly(day: int, today: date) -> date:
    """The newest date up to today that has this day of the month, or ends a month without it."""
    before = today.replace(day=1) - timedelta(days=1)
    here, earlier = (month.replace(day=min(day, monthrange(month.year, month.month)[1])) for month in (today, before))
    return here if here <= today else earlier


def is_silent(confirmed: date, last: date | None, today: date) -> bool:
    """Whether somebody has heard nothing for so long that a heartbeat is due."""
    return today - (last or confirmed) >= HEARTBEAT


def grouped(items: Iterable[Item], topics: Topics, taxonomy: Taxonomy) -> tuple[Group, ...]:
    """A digest's papers under the subscriber's topics, each paper once, under the first one it matches.

    Subscribers to everything get the labels of the taxonomy's first facet as headings. The best papers come first under
    their heading, and the heading of the best one comes first; what is under none comes last.
    """
    left = best_first(items)
    place = {item.number: place for place, item in enumerate(left)}
    groups = []
    for facet, label, heading in _headings(topics, taxonomy):
        under = tuple(item for item in left if item.labels.has(facet, label))
        if under:
            groups.append(Group(heading, under))
            shown = {item.number for item in under}
            left = [item for item in left if item.number not in shown]
    groups.sort(key=lambda group: place[group.items[0].number])
    if left:
        groups.append(Group("More" if groups else "", tuple(left)))
    return tuple(groups)


def best_first(items: Iterable[Item]) -> list[Item]:
    """The papers that are most certainly in scope first; of equal ones, the newest."""
    return sorted(items, key=lambda item: (-item.scope, *_newest_first(item)))


def _headings(topics: Topics, taxonomy: Taxonomy) -> list[tuple[str, str, str]]:
    """Facet, label and name of the labels to group by, in the taxonomy's order."""
    first = taxonomy.facets[0]
    wanted = topics or {first.id: first.label_ids}
    return [
        (facet.id, label.id, label.name)
        for facet in taxonomy.facets
        for label in facet.labels
        if label.id in wanted.get(facet.id, ())
    ]


def _newest_first(item: Item) -> tuple[float, int]:
    published = item.paper.published
    return (-published.timestamp() if published else 0.0, item.number)
