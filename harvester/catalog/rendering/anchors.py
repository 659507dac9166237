"""GitHub's names for headings, and the links to them.

GitHub lower-cases a heading's text, drops everything but letters, marks, decimal digits, connectors (``_``),
hyphens and spaces, turns each space into a hyphen, and numbers repeated names:
https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb
An emoji is dropped but the space before it is not ("Tasks X" is ``tasks-``), and the invisible variation
selector behind many emojis is a mark, so it stays: headings are better written without it.
"""

import unicodedata

from harvester.catalog.importing.markdown import Heading, Row, pieces

_VARIATION = "\N{VARIATION SELECTOR-16}"


class Slugger:
    """Names for the headings of one page, which must be given in order."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def name(self, heading: str) -> str:
        """The anchor of a heading by its text as the reader sees it."""
        plain = slug(heading)
        unique = plain
        while unique in self._given:
            self._given[plain] += 1
            unique = f"{plain}-{self._given[plain]}"
        self._given[unique] = 0
        return unique


def slug(heading: str) -> str:
    """The anchor of a heading that is the only one of its name."""
    return "".join("-" if char == " " else char for char in heading.strip().lower() if char in " -" or _is_word(char))


def heading_text(name: str, emoji: str) -> str:
    """Name and emoji without the invisible selector, so that every reader of GitHub's rule finds the same anchor."""
    return f"{name} {emoji}".strip().replace(_VARIATION, "")


def dead_anchors(page: str) -> list[tuple[int, str]]:
    """The links of a page to a heading that it does not have, with their lines."""
    slugger, content = Slugger(), list(pieces(page))
    names = {slugger.name(piece.text) for piece in content if isinstance(piece, Heading)}
    texts = [
        (piece.line, content)
        for piece in content
        if not isinstance(piece, Heading)
        for content in (piece.cells if isinstance(piece, Row) else (piece.content,))
    ]
    links = [(line, span.value) for line, content in texts for span in content.of("link")]
    return [(line, link[1:]) for line, link in links if link.startswith("#") and link[1:] not in names]


def _is_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category in ("Nd", "Pc")
