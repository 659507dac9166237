"""Charts as SVG: every text is escaped, and the same numbers give the same bytes.

Sizes and places are in pixels, from the upper left corner.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_THIN = 2  # the height of a column of nothing, so that it can be pointed at


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how much, what is said where one points at it, and the class that colours it ("" for none)."""

    value: int
    title: str
    mark: str = ""


def element(name: str, attributes: Mapping[str, object], *children: str) -> Markup:
    """One element; children that are no `Markup` are text. Attributes without a value ("" or None) are left out."""
    given = Markup("").join(
        Markup(' {}="{}"').format(Markup(key), _text(f"{value}"))  # noqa: S704 - names are our own
        for key, value in attributes.items()
        if value not in ("", None)
    )
    tag = Markup(name)  # noqa: S704 - so is this one
    if not children:
        return Markup("<{}{}/>").format(tag, given)
    return Markup("<{}{}>{}</{}>").format(tag, given, Markup("").join(map(_text, children)), tag)


def picture(width: int, height: int, label: str, shapes: Iterable[str], attributes: Mapping[str, str]) -> Markup:
    """A whole picture; `label` is what it says to those who do not see it."""
    head = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        **attributes,
        "role": "img",
        "aria-label": label,
    }
    lines = [line for shape in shapes for line in ("\n", shape)]
    return element("svg", head, *lines, "\n")


def columns(bars: Sequence[Bar], *, step: int, width: int, height: int, top: int = 0) -> list[Markup]:
    """Bars that stand side by side, the tallest of them `height` tall with its upper end at `top`."""
    most = max((bar.value for bar in bars), default=0) or 1
    made = []
    for number, bar in enumerate(bars):
        tall = max(_THIN, round(height * bar.value / most))
        at = {"x": number * step, "y": top + height - tall, "width": width, "height": tall}
        made.append(_bar(bar, at))
    return made


def rows(bars: Sequence[Bar], *, left: int, top: int, step: int, thickness: int, length: int) -> list[Markup]:
    """Bars that lie one below the other, the longest of them `length` long."""
    most = max((bar.value for bar in bars), default=0) or 1
    return [
        _bar(
            bar,
            {"x": left, "y": top + number * step, "width": round(length * bar.value / most), "height": thickness},
        )
        for number, bar in enumerate(bars)
    ]


def label(text: str, x: int, y: int, **attributes: object) -> Markup:
    """Text whose base line begins at x, y."""
    return element(
        "text", {"x": x, "y": y, **{key.replace("_", "-"): value for key, value in attributes.items()}}, text
    )


def _bar(bar: Bar, at: Mapping[str, int]) -> Markup:
    return element("rect", {**at, "class": bar.mark}, element("title", {}, bar.title))


def _text(text: str) -> Markup:
    return text if isinstance(text, Markup) else escape(_NOT_IN_XML.sub("", text))
