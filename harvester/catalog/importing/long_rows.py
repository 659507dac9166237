"""Cells of a table's row behind the last column of its header, which Markdown drops with their links. Pure."""

import re

_PREFIX = re.compile(r"[\s>]*")  # of a row in a quote or a bullet
_BAR = re.compile(r"(?<!\\)\|")
_MOST = 50  # cells of a row that are split


def cells_behind(row: str, columns: int) -> list[str]:
    """What a row's source has behind so many columns; a bar that nobody escaped makes a column more."""
    text = _PREFIX.sub("", row, count=1).rstrip()
    if text.count("|") < columns:
        return []
    cells = _BAR.split(text.removeprefix("|"), maxsplit=columns + _MOST)[columns:]
    if text.endswith("|") and cells and not cells[-1]:
        cells.pop()
    return [cell.strip().replace("\\|", "|") for cell in cells]
