"""GitHub's anchors for headings, and the links to them.

GitHub lower-cases a heading's text, drops everything but letters, marks, decimal digits, connectors (``_``),
hyphens and spaces, turns each space into a hyphen, and numbers repeated anchors:
https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb
An emoji is dropped but the space before it is not: "Tasks" with an emoji becomes ``tasks-``. The invisible variation
selector after many emojis is a mark, so it is kept; headings are better written without it.
"""

import unicodedata

from harvester.catalog.importing.nodes import Heading, every, links_of
from harvester.catalog.importing.page import page

_VARIATION = "\N{VARIATION SELECTOR-16}"


class Slugger:
    """Generates the anchors of a page, whose headings must be passed in order."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def name(self, heading: str) -> str:
        """The anchor of a heading, given its text as the reader sees it."""
        plain = slug(heading)
        unique = plain
        while unique in self._given:
            self._given[plain] += 1
            unique = f"{plain}-{self._given[plain]}"
        self._given[unique] = 0
        return unique


def slug(heading: str) -> str:
    """The anchor of a heading whose text occurs only once."""
    return "".join("-" if char == " " else char for char in heading.strip().lower() if char in " -" or _is_word(char))


def heading_text(name: str, emoji: str) -> str:
    """Name and emoji without the invisible selector, so that every program that follows GitHub's rule agrees."""
    return f"{name} {emoji}".strip().replace(_VARIATION, "")


def dead_anchors(text: str) -> list[tuple[int, str]]:
    """The links to headings that a page does not have, as (line, anchor)."""
    slugger, nodes = Slugger(), page(text)
    names = {slugger.name(node.text) for node in every(nodes) if isinstance(node, Heading)}
    links = [(link.line, link.target) for link in links_of(nodes) if link.target.startswith("#")]
    return [(line, target[1:]) for line, target in links if target[1:] not in names]


def _is_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category in ("Nd", "Pc")
