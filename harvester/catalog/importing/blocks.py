"""Groups the lines of a list into blocks, each of which describes one paper.

A block begins with a title, a bullet or a table row, and takes the lines below it:

    **Title** \\
    [Nov., 2024] [Venue] \\
    [[Paper](https://...)] [[GitHub](https://...)]
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harvester.catalog.importing.inline import (
    OPENS_LINK_OR_NOTE,
    Link,
    links_in,
    notes_in,
    soft_notes_in,
)
from harvester.catalog.importing.markdown import Heading, Line, Row, pieces
from harvester.catalog.importing.tables import as_line
from harvester.catalog.importing.titles import Titled, begins_bold, find_title, leads_to_paper
from harvester.domain.text import clean

_DETAIL_INDENT = 2  # columns further in than a title
_IMAGE = re.compile(r"!\[(?P<alt>[^\[\]]*+)\]\([^()]*+\)")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a list: a title ("" if none is found), links, and the notes in square brackets.

    `soft` contains other text that may give venue and date, for lists without notes.
    """

    line: int
    text: str
    bullet: bool
    title: str
    links: tuple[Link, ...]
    notes: tuple[str, ...]
    soft: tuple[str, ...] = ()

    @property
    def is_contents(self) -> bool:
        """Whether it only links to other places on the same page."""
        return bool(self.links) and all(link.target.startswith("#") for link in self.links)

    @property
    def web_links(self) -> tuple[Link, ...]:
        """The links that leave the page's own folder."""
        return tuple(link for link in self.links if "://" in link.target)


def blocks(text: str) -> Iterator[Heading | Block]:
    """The headings and blocks of a list, in order."""
    pending: list[Line] = []
    for piece in pieces(text):
        if isinstance(piece, Line) and pending and not _begins_block(piece, pending):
            pending.append(piece)
            continue
        if pending:
            yield _block(pending)
        pending = [piece] if isinstance(piece, Line) else []
        if isinstance(piece, Heading):
            yield piece
        elif isinstance(piece, Row):
            yield _block([as_line(piece)])
    if pending:
        yield _block(pending)


def _begins_block(line: Line, pending: Sequence[Line]) -> bool:
    """Whether a line starts something new."""
    first = pending[0]
    titled = bool(_titled([first]).title.text)
    deeper = line.indent >= first.indent + _DETAIL_INDENT
    if deeper and (titled or (line.bullet and not _titled([line]).title.text)):
        return False  # details of the title above, however they look
    if line.content.text.startswith("|") or begins_bold(line.content):
        return True
    if line.bullet and (first.bullet or not titled):
        return True
    if line.line == pending[-1].last + 1:
        return False
    # Below a blank line only the details of a title that has none yet may follow.
    opens = line.content.shape.startswith(OPENS_LINK_OR_NOTE)
    return not (titled and opens and not any(above.content.of("link") for above in pending))


def _titled(lines: Sequence[Line]) -> Titled:
    like_a_paper = any(leads_to_paper(link) for line in lines for link in links_in(line.content))
    return find_title(lines[0].content, bullet=lines[0].bullet, like_a_paper=like_a_paper)


def _block(lines: Sequence[Line]) -> Block:
    found = _titled(lines)
    rest = [found.rest, *(line.content for line in lines[1:])]
    own = (Link("paper" if found.title.words else "", found.link),) if found.link else ()
    return Block(
        line=lines[0].line,
        text=clean(_IMAGE.sub(lambda image: image["alt"], " ".join(line.source for line in lines))),
        bullet=lines[0].bullet,
        title=found.title.words,
        links=(*own, *(link for line in rest for link in links_in(line))),
        notes=tuple(note for line in rest for note in notes_in(line)),
        soft=tuple(note for line in rest for note in soft_notes_in(line)),
    )
