"""How a list writes dates and the names of authors. Pure, and independent of the system's language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harvester.catalog.published import MONTHS, Published

_CODE = re.compile(r"%(-?[YymdbB])")

DATES: tuple[str, ...] = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y/%-m/%-d", "%Y%m%d", "%-d %B %Y", "%-d %b %Y", "%-d %b., %Y", "%d %b %Y",
    "%d %B %Y", "%B %-d, %Y", "%b %-d, %Y", "%b. %-d, %Y", "%b., %-d, %Y", "%b %-d %Y", "%Y年%-m月%-d日",
    "%b., %Y", "%b. %Y", "%b, %Y", "%b %Y", "%b-%Y", "%B, %Y", "%B %Y", "%Y %B", "%Y %b", "%Y-%m", "%Y/%m", "%Y.%m",
    "%m/%Y", "%Y/%-m", "%Y年%-m月", "%Y%m", "%Y",
)  # fmt: skip
"""The ways of writing a date that are recognised in a list, the most precise first."""


@dataclass(frozen=True, slots=True)
class Names:
    """How authors are listed: what stands between two of them and before the last, and how many are named.

    If there are more than `most` (0: no limit), the first ones are named, followed by ``et al.``
    """

    between: str = ", "
    last: str = ", "
    most: int = 0

    def show(self, authors: Sequence[str]) -> str:
        """The authors in this style; "" if there are none."""
        if self.most and len(authors) > self.most:
            return f"{self.between.join(authors[: self.most])} et al."
        *first, last = authors or ("",)
        return f"{self.between.join(first)}{self.last}{last}" if first else last


NAMES = tuple(
    Names(between, last) for between in (", ", "; ", ",", " and ") for last in (between, " and ", ", and ", " & ")
)
"""The ways of listing authors that are recognised in a list."""


def show_date(when: Published, styles: Sequence[str]) -> str:
    """The date in the first style that needs no more than is known of it; "" if nothing is known."""
    if not when:
        return ""
    found = next((style for style in styles if precision(style) <= known(when)), "%Y")
    return _CODE.sub(lambda code: _written(when, code[1]), found)


def known(when: Published) -> int:
    """How much is known of a date: 1 its year, 2 its month as well, 3 its day as well."""
    return 1 + bool(when.month) + bool(when.day) if when else 0


def precision(style: str) -> int:
    """How much of a date a style needs, see `known`."""
    codes = {code[-1] for code in _CODE.findall(style)}
    return 3 if "d" in codes else 2 if codes & {"m", "b", "B"} else 1


def _written(when: Published, code: str) -> str:
    name = MONTHS[when.month - 1].capitalize() if when.month else ""
    return {
        "Y": f"{when.year:04}",
        "y": f"{when.year % 100:02}",
        "m": f"{when.month:02}",
        "-m": f"{when.month}",
        "d": f"{when.day:02}",
        "-d": f"{when.day}",
        "B": name,
        "b": name[:3],
    }.get(code, "")
