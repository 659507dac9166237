"""The pictures of the list: badges, and charts of how the catalog grows. Same entries, same bytes.

They are files beside the list, so that no other site is asked whenever somebody reads it. Their grey and red can be
read on a white page and on a dark one.
"""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from classifiers.taxonomy import Facet, Taxonomy
from harvester.catalog.entry import Entry
from harvester.domain.labels import KIND

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IMAGES = "images"
YEARS, LABELS = f"{IMAGES}/years.svg", f"{IMAGES}/labels.svg"
_INK, _BAR = "#7d8590", "#c24a5f"
_SHOWN_YEARS = 15
_STYLE: Any = {
    "svg.hashsalt": "cardio-harvester",  # names of clip paths would be random
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign in a name is one
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}
_BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {value}">
<title>{label}: {value}</title>
<rect width="{width}" height="20" rx="3" fill="#5b6066"/>
<path d="M{left} 0h{right}v20h-{right}z" fill="#9c2740"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="6" y="14">{label}</text>
<text x="{start}" y="14">{value}</text>
</g>
</svg>
"""


def badges(entries: Sequence[Entry]) -> dict[str, tuple[str, str]]:
    """What the badges say: label and value by the name of the file."""
    dates = [entry.published for entry in entries if entry.published]
    code = sum("code" in entry.links for entry in entries)
    newest = max(dates).label if dates else "none"
    said = {"papers": ("papers", f"{len(entries)}"), "code": ("with code", f"{code}"), "newest": ("newest", newest)}
    return {f"{IMAGES}/{name}.svg": both for name, both in said.items()}


def pictures(entries: Sequence[Entry], taxonomy: Taxonomy) -> dict[str, str]:
    """Badges and charts as SVG, by file name; no charts for an empty catalog."""
    drawn = {name: _badge(*said) for name, said in badges(entries).items()}
    return drawn | (_charts(entries, taxonomy) if entries else {})


def _badge(label: str, value: str) -> str:
    left, right = 12 + 7 * len(label), 12 + 7 * len(value)
    return _BADGE.format(
        label=escape(label), value=escape(value), width=left + right, left=left, right=right, start=left + 6
    )


def _charts(entries: Sequence[Entry], taxonomy: Taxonomy) -> dict[str, str]:
    import matplotlib

    with matplotlib.rc_context(_STYLE):
        return {YEARS: _svg(_years(entries)), LABELS: _svg(_labels(entries, taxonomy))}


def _years(entries: Sequence[Entry]) -> "Figure":
    """Papers by year, the last years of them, without gaps."""
    counts = Counter(entry.published.year for entry in entries if entry.published)
    last = max(counts, default=0)
    years = range(max(min(counts, default=0), last - _SHOWN_YEARS + 1), last + 1) if counts else range(0)
    figure, (axes,) = _canvas(1, 1.5)
    bars = axes.bar([str(year) for year in years], [counts[year] for year in years], color=_BAR, width=0.7)
    axes.bar_label(bars, color=_INK, padding=1)
    axes.set_yticks([])
    axes.set_title("Papers per year", loc="left", fontsize=10)
    return figure


def _labels(entries: Sequence[Entry], taxonomy: Taxonomy) -> "Figure":
    """Papers by label, a panel a facet; labels without a paper are left out."""
    facets = [facet for facet in taxonomy.facets if facet.id != KIND]
    held = [_counts(entries, facet) for facet in facets]
    rows = max((len(counts) for counts in held), default=1)
    figure, panels = _canvas(max(1, len(facets)), 0.6 + 0.2 * rows)
    for axes, facet, counts in zip(panels, facets, held, strict=False):
        _bars(axes, counts, rows)
        axes.set_title(facet.name, loc="left", fontsize=10)
    return figure


def _bars(axes: "Axes", counts: Mapping[str, int], rows: int) -> None:
    """A bar a label from the top down, as thick in a panel of few labels as in one of `rows`."""
    names = list(counts)[::-1]
    bars = axes.barh(names, [counts[name] for name in names], color=_BAR, height=0.7)
    axes.bar_label(bars, color=_INK, padding=2)
    axes.set_ylim(len(names) - max(rows, 1) - 0.5, len(names) - 0.5)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)


def _counts(entries: Iterable[Entry], facet: Facet) -> dict[str, int]:
    counts = Counter(label for entry in entries for label in entry.labels.of(facet.id))
    return {label.name: counts[label.id] for label in facet.labels if counts[label.id]}


def _canvas(panels: int, height: float) -> "tuple[Figure, list[Axes]]":
    """A separate figure, not pyplot's: nothing is kept, and no window system is needed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, height), layout="constrained")
    figure.patch.set_alpha(0)
    found = figure.subplots(1, panels, squeeze=False)[0]
    for axes in found:
        axes.patch.set_alpha(0)
    return figure, list(found)


def _svg(figure: "Figure") -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
