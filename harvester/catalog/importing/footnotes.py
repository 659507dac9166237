"""Links in footnotes, joined to the one paper that cites the note. Pure.

A note that several items or a section cite is of none of them; its links stay hidden, as do those that lead neither
to a paper nor to code.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from harvester.catalog.importing.inline import Inline, Link, Span, join, links_in
from harvester.catalog.importing.nodes import Bullet, Heading, Hidden, Line, Node, Row, Table, Text, every
from harvester.catalog.importing.paragraphs import is_detail, papers_of
from harvester.catalog.importing.roles import leads_to_code
from harvester.catalog.importing.titles import find_title, leads_to_paper
from harvester.catalog.importing.words import word_count
from harvester.domain.identity import link_identifier

_Place = tuple[str, int]
"""What cites a note: the kind of the item, and its line."""
_HEADING = "heading"
_PROSE = "prose"
_FEWEST = 3  # words of a heading that is a title


def with_footnotes(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes with the links of footnotes where they are cited."""
    notes: dict[str, list[Link]] = defaultdict(list)
    for node in every(nodes):
        if isinstance(node, Hidden) and node.note and _is_of_paper(node.link):
            notes[node.note].append(node.link)
    if not notes:
        return tuple(nodes)
    citing: dict[str, set[_Place]] = defaultdict(set)
    for place, note in _citations(nodes):
        citing[note].add(place)
    joined = {
        note: tuple(links)
        for note, links in notes.items()
        if len(citing[note]) == 1 and next(iter(citing[note]))[0] not in (_HEADING, _PROSE)
    }
    return tuple(_with(nodes, joined, {link.number for links in joined.values() for link in links}))


def _is_of_paper(link: Link) -> bool:
    return bool(link_identifier(link.target)) or leads_to_code(link)


def _citations(nodes: Sequence[Node], bullet: int = 0) -> Iterator[tuple[_Place, str]]:
    """The items of a page that cite notes, and which."""
    for node, below in zip_longest(nodes, nodes[1:]):
        if isinstance(node, Heading):
            kind = "title" if _is_title(node, below) else _HEADING
            yield from (((kind, node.line), note) for note in _notes([node.content]))
        elif isinstance(node, Table):
            for row in (Row(node.line, node.columns), *node.rows):
                yield from ((("row", row.line), note) for note in _notes(row.cells))
        elif isinstance(node, Bullet):
            yield from _citations(node.children, node.line)
        elif isinstance(node, Text) and _notes(line.content for line in node.lines):
            yield from ((("bullet", bullet), note) for note in _notes_of(node.lines)) if bullet else _in_text(node)


def _is_title(heading: Heading, below: Node | None) -> bool:
    """Whether a heading is the title of a paper: authors, a venue or links are right below it."""
    details = isinstance(below, Text) and all(is_detail(line.content) for line in below.lines)
    return details and word_count(heading.text) >= _FEWEST


def _in_text(node: Text) -> Iterator[tuple[_Place, str]]:
    """The papers of a paragraph that cite notes; a sentence is no paper only because it cites one."""
    for lines in papers_of(node.lines):
        like = any(map(leads_to_paper, links_in(*(line.content for line in lines))))
        titled = find_title(lines[0].content, bullet=False, like_a_paper=like).title
        yield from (((_PROSE if not titled else "text", lines[0].line), note) for note in _notes_of(lines))


def _notes_of(lines: Iterable[Line]) -> list[str]:
    return _notes(line.content for line in lines)


def _notes(contents: Iterable[Inline]) -> list[str]:
    return [span.note for content in contents for span in content.of("footnote")]


def _with(nodes: Sequence[Node], joined: Mapping[str, tuple[Link, ...]], taken: set[int]) -> Iterator[Node]:
    def put(content: Inline) -> Inline:
        return _cited_here(content, joined)

    heading = Inline()
    for node in nodes:
        above, heading = heading, node.content if isinstance(node, Heading) else Inline()
        if isinstance(node, Bullet):
            yield replace(node, children=tuple(_with(node.children, joined, taken)))
        elif isinstance(node, Text):
            first = join(node.lines[0].content, put(Inline("", tuple(above.of("footnote")))))
            lines = (replace(node.lines[0], content=first), *node.lines[1:])
            yield Text(tuple(replace(line, content=put(line.content)) for line in lines))
        elif isinstance(node, Table):
            rows = tuple(replace(row, cells=tuple(map(put, row.cells))) for row in node.rows)
            yield replace(node, columns=tuple(map(put, node.columns)), rows=rows)
        elif not (isinstance(node, Hidden) and node.link.number in taken):
            yield node


def _cited_here(content: Inline, joined: Mapping[str, tuple[Link, ...]]) -> Inline:
    """A text with the links of its notes where the marks are, which no reader sees."""
    marks = content.of("footnote")
    if not marks:
        return content
    links = (Span(mark.start, mark.end, "link", link) for mark in marks for link in joined.get(mark.note, ()))
    return Inline(content.text, (*(span for span in content.spans if span.kind != "footnote"), *links))
