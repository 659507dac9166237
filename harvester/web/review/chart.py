"""The chart of the nights: one bar each, as tall as its number of new papers. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from harvester.base.svg import Bar, columns, picture
from harvester.services.operations.statistics import NightSummary

_STEP, _WIDTH, _HEIGHT = 18, 14, 80


def chart(nights: Sequence[NightSummary]) -> Markup:
    """The nights, oldest first; the style sheet colors each bar by the state of its night."""
    bars = [Bar(night.new, _caption(night), night.state) for night in reversed(nights)]
    return picture(
        _STEP * len(bars),
        _HEIGHT + 2,
        "New papers per run, oldest first",
        columns(bars, step=_STEP, width=_WIDTH, height=_HEIGHT),
        {"class": "chart", "preserveAspectRatio": "xMinYMid"},
    )


def _caption(night: NightSummary) -> str:
    return f"{night.name}: {night.state}, {night.new} new, {night.queued} queued"
