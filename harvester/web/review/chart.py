"""A bar a night, as numbers for an SVG of fixed size. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from harvester.services.operations.statistics import NightSummary

WIDTH, HEIGHT, GAP = 14, 80, 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One night: `height` of its new papers, up to HEIGHT; `state` colours it, `title` tells it in words."""

    x: int
    y: int
    height: int
    state: str
    title: str


def bars(nights: Sequence[NightSummary]) -> list[Bar]:
    """The nights, oldest first."""
    tallest = max((night.new for night in nights), default=0) or 1
    made = []
    for place, night in enumerate(reversed(nights)):
        height = max(2, round(HEIGHT * night.new / tallest))
        title = f"{night.name}: {night.state}, {night.new} new, {night.queued} queued"
        made.append(Bar(place * (WIDTH + GAP), HEIGHT - height, height, night.state, title))
    return made
