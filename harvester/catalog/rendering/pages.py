"""The pages of a list that is too long for one file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

Text = TypeVar("Text", bound=str)

PAGE_LIMIT = 500_000  # bytes; GitHub shows at most 512,000 of a file
PAGES = "sections"
MARKER = "<!-- Made by `harvester catalog build`: edit the entries, not this file. -->"


def in_parts(papers: Sequence[Text]) -> list[list[Text]]:
    """The papers split into parts that fit on a page, leaving room for the page's header."""
    parts: list[list[Text]] = []
    room = 0
    for paper in papers:
        size = len(paper.encode()) + 2
        if size > room:
            parts.append([])
            room = PAGE_LIMIT - 10_000
        parts[-1].append(paper)
        room -= size
    return parts


def is_ours(path: Path) -> bool:
    """Whether a build wrote the page."""
    with path.open("rb") as file:
        return file.readline().strip() == MARKER.encode()
