"""The images of the list: badges, and charts of the catalog's growth. The same entries always give the same bytes.

They are files beside the list, so that reading it sends no request to another site. Their gray and red are legible on
both white and dark pages.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from classifiers.taxonomy import Facet, Taxonomy
from harvester.base.svg import Bar, columns, element, label, picture, rows
from harvester.catalog.entry import Entry
from harvester.domain.labels import KIND

IMAGES = "images"
YEARS, LABELS = f"{IMAGES}/years.svg", f"{IMAGES}/labels.svg"
_INK, _BAR, _GREY, _RED = "#7d8590", "#c24a5f", "#5b6066", "#9c2740"
_SANS = "Verdana,DejaVu Sans,sans-serif"
_SHOWN_YEARS = 15
_WIDTH = 900
_TITLE_BELOW, _CHARTS_BELOW = 16, 30  # vertical positions of a chart's title, and of the chart
_COLUMN, _COLUMNS_STEP, _COLUMNS_HEIGHT = 38, 56, 90
_ROW, _ROWS_STEP, _GAP = 13, 19, 24
_CHAR, _LONGEST_NAME = 7, 28  # pixels per wide character, and most characters of a name


def badges(entries: Sequence[Entry]) -> dict[str, tuple[str, str]]:
    """The label and value of each badge, by file name."""
    dates = [entry.published for entry in entries if entry.published]
    code = sum("code" in entry.links for entry in entries)
    newest = max(dates).label if dates else "none"
    said = {"papers": ("papers", f"{len(entries)}"), "code": ("with code", f"{code}"), "newest": ("newest", newest)}
    return {f"{IMAGES}/{name}.svg": both for name, both in said.items()}


def pictures(entries: Sequence[Entry], taxonomy: Taxonomy) -> dict[str, str]:
    """Badges and charts as SVG, by file name; an empty catalog has no charts."""
    drawn = {name: _badge(*said) for name, said in badges(entries).items()}
    return drawn | ({YEARS: _years(entries), LABELS: _labels(entries, taxonomy)} if entries else {})


def _badge(name: str, value: str) -> str:
    left, right = 12 + _CHAR * len(name), 12 + _CHAR * len(value)
    shapes = [
        element("title", {}, f"{name}: {value}"),
        element("rect", {"width": left + right, "height": 20, "rx": 3, "fill": _GREY}),
        element("path", {"d": f"M{left} 0h{right}v20h-{right}z", "fill": _RED}),
        label(name, 6, 14, fill="#fff"),
        label(value, left + 6, 14, fill="#fff"),
    ]
    size = {"width": f"{left + right}", "height": "20", "font-family": _SANS, "font-size": "11"}
    return f"{picture(left + right, 20, f'{name}: {value}', shapes, size)}\n"


def _years(entries: Sequence[Entry]) -> str:
    """Papers per year for the most recent years, including years without any."""
    counts = Counter(entry.published.year for entry in entries if entry.published)
    last = max(counts, default=0)
    years = range(max(min(counts, default=0), last - _SHOWN_YEARS + 1), last + 1) if counts else range(0)
    bars = [Bar(counts[year], f"{year}: {counts[year]}") for year in years]
    top = _CHARTS_BELOW + 14
    middle = _COLUMN // 2
    base = top + _COLUMNS_HEIGHT
    drawn = columns(bars, step=_COLUMNS_STEP, width=_COLUMN, height=_COLUMNS_HEIGHT, top=top)
    shapes = [_title("Papers per year", 0), element("g", {"fill": _BAR}, *drawn)]
    most = max((bar.value for bar in bars), default=0) or 1
    for number, (year, bar) in enumerate(zip(years, bars, strict=True)):
        x = number * _COLUMNS_STEP + middle
        above = base - round(_COLUMNS_HEIGHT * bar.value / most) - 5
        shapes += [
            label(f"{bar.value}", x, above, text_anchor="middle"),
            label(f"{year}", x, base + 16, text_anchor="middle"),
        ]
    shapes.append(element("path", {"d": f"M0 {base}.5h{_WIDTH}", "stroke": _INK}))
    return _chart(base + 24, "Papers per year", shapes)


def _labels(entries: Sequence[Entry], taxonomy: Taxonomy) -> str:
    """Papers by label, with a panel for each facet; labels without papers are left out."""
    facets = [facet for facet in taxonomy.facets if facet.id != KIND]
    held = [_counts(entries, facet) for facet in facets]
    panel = (_WIDTH + _GAP) // max(1, len(facets))
    shapes = [
        shape
        for number, (facet, counts) in enumerate(zip(facets, held, strict=True))
        for shape in (_title(facet.name, number * panel), *_panel(counts, number * panel, panel - _GAP))
    ]
    tallest = max((len(counts) for counts in held), default=0)
    return _chart(_CHARTS_BELOW + _ROWS_STEP * tallest + 4, "Papers by label", shapes)


def _panel(counts: Mapping[str, int], left: int, width: int) -> Iterator[str]:
    """A bar for each label, with its name on the left and its count on the right."""
    names = {name: _shortened(name) for name in counts}
    middle = left + 8 + round(0.9 * _CHAR * max(map(_width, names.values()), default=0))
    length = max(20, left + width - middle - 8 - _CHAR * 5)
    most = max(counts.values(), default=1)
    bars = [Bar(count, f"{name}: {count}") for name, count in counts.items()]
    drawn = rows(bars, left=middle, top=_CHARTS_BELOW, step=_ROWS_STEP, thickness=_ROW, length=length)
    yield element("g", {"fill": _BAR}, *drawn)
    for number, (name, count) in enumerate(counts.items()):
        y = _CHARTS_BELOW + number * _ROWS_STEP + 11
        yield label(names[name], middle - 8, y, text_anchor="end")
        yield label(f"{count}", middle + round(length * count / most) + 6, y)


def _counts(entries: Iterable[Entry], facet: Facet) -> dict[str, int]:
    counts = Counter(label for entry in entries for label in entry.labels.of(facet.id))
    return {label.name: counts[label.id] for label in facet.labels if counts[label.id]}


def _title(text: str, x: int) -> str:
    return label(text, x, _TITLE_BELOW, font_size=14, font_weight="bold")


def _chart(height: int, said: str, shapes: Iterable[str]) -> str:
    """A chart as wide as the page, in a color that is legible on white and on black."""
    size = {"width": f"{_WIDTH}", "height": f"{height}", "font-family": _SANS, "font-size": "11", "fill": _INK}
    return f"{picture(_WIDTH, height, said, shapes, size)}\n"


def _width(text: str) -> int:
    """The width in columns: East Asian characters count as two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _shortened(name: str) -> str:
    kept = name
    while _width(kept) > _LONGEST_NAME:
        kept = kept[:-1]
    return name if kept == name else f"{kept.rstrip()}…"
